"""Pictures of the window as a person sees it: 1366 x 768, in the looks that a person can choose."""

from pathlib import Path

from msclinic.ui.demo.hands import Hands

__all__ = ["CONTRAST", "FOUR", "TWO", "Album", "Look"]

SIZE = (1366, 768)
Look = tuple[str, str]
"""Language and theme."""

FOUR: tuple[Look, ...] = (("en", "light"), ("en", "dark"), ("pl", "light"), ("pl", "dark"))
TWO: tuple[Look, ...] = (("en", "light"), ("pl", "dark"))
CONTRAST: tuple[Look, ...] = (("en", "contrast"),)


class Album:
    """Numbered pictures in a folder."""

    def __init__(self, folder: Path, hands: Hands) -> None:
        self._folder, self._hands = folder, hands
        self.count = 0

    def take(self, name: str) -> None:
        """Take one picture of what is in front now."""
        self.count += 1
        window = self._hands.window
        self._hands.settle()
        window.resize(*SIZE)
        # A new size is laid out from the frame inwards, one round of events for each level.
        self._hands.settle()
        window.grab().save(str(self._folder / f"{self.count:02d}-{name}.png"))

    def take_in(self, name: str, looks: tuple[Look, ...]) -> None:
        """Take what is in front in several looks; the first look is there again afterwards."""
        window = self._hands.window
        first = window.settings
        for language, theme in looks:
            window.change_display(first.with_changes(language=language, theme=theme))
            self.take(f"{name}-{language}-{theme}")
        window.change_display(first)
        self._hands.settle()

    def take_all(self, name: str) -> None:
        """Take what is in front in both languages, each light and dark."""
        self.take_in(name, FOUR)
