"""Pictures of the window as a person sees it: 1366 x 768, light and dark, English and Polish."""

from pathlib import Path

from msclinic.ui.demo.hands import Hands

__all__ = ["Album"]

SIZE = (1366, 768)


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

    def take_all(self, name: str) -> None:
        """Take what is in front in both languages, each light and dark."""
        window = self._hands.window
        first = window.settings
        for language in ("en", "pl"):
            for theme in ("light", "dark"):
                window.change_display(first.with_changes(language=language, theme=theme))
                self.take(f"{name}-{language}-{theme}")
        window.change_display(first)
        self._hands.settle()
