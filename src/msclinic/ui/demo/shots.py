"""Pictures of the window as a person sees it: 1366 x 768, in the looks that a person can choose."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from msclinic.app.settings import Settings
from msclinic.ui.demo.hands import Hands

__all__ = ["CONTRAST", "FOUR", "SECOND", "TWO", "Album", "Look"]

SIZE = (1366, 768)
Look = tuple[str, str]
"""Language and theme."""

FOUR: tuple[Look, ...] = (("en", "light"), ("en", "dark"), ("pl", "light"), ("pl", "dark"))
SECOND: Look = ("pl", "dark")
TWO: tuple[Look, ...] = (("en", "light"), SECOND)
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
        window.grab().save(str(self._folder / f"{self.count:03d}-{name}.png"))

    @contextmanager
    def look(self, language: str, theme: str) -> Iterator[None]:
        """Let the window speak another language in another theme for a while."""
        first = self._hands.window.settings
        self._change(first.with_changes(language=language, theme=theme))
        yield
        self._change(first)

    def take_in(self, name: str, looks: tuple[Look, ...]) -> None:
        """Take what is in front in several looks; the first look is there again afterwards."""
        self.take_with(name, looks, None)

    def take_with(
        self, name: str, looks: tuple[Look, ...], show: Callable[[], object] | None
    ) -> None:
        """Take what a person has to open first, in several looks; open afterwards in the first.

        Another look builds the screen anew, and what was opened over it is closed.
        """
        first = self._hands.window.settings
        for language, theme in looks:
            self._change(first.with_changes(language=language, theme=theme))
            if show is not None:
                show()
            self.take(f"{name}-{language}-{theme}")
        if self._change(first) and show is not None:
            show()

    def _change(self, wanted: Settings) -> bool:
        """Take another look; says whether the screen was built anew."""
        window = self._hands.window
        self._hands.settle()
        if wanted == window.settings:
            return False
        window.change_display(wanted)
        self._hands.settle()
        return True

    def take_all(self, name: str) -> None:
        """Take what is in front in both languages, each light and dark."""
        self.take_in(name, FOUR)
