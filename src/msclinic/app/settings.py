"""What a person chose for this device: language, colours, size of text. No clinical data."""

import json
from pathlib import Path
from typing import Any

from attrs import evolve, frozen

from msclinic.wording import LANGUAGES

__all__ = ["Settings", "load_settings", "store_settings"]

THEMES = ("light", "dark", "contrast")
SCALES = (100, 125, 150, 175, 200)


@frozen
class Settings:
    """The device's choices.

    Attributes:
        language: ``en`` or ``pl``.
        theme: ``light``, ``dark`` or ``contrast`` (white and few colours on black).
        scale: Size of text in percent.
    """

    language: str = "en"
    theme: str = "light"
    scale: int = 100

    def with_changes(self, **changes: Any) -> "Settings":
        """The same settings with some changed; what is not allowed is left as it was."""
        changed = evolve(self, **changes)
        return Settings(
            language=changed.language if changed.language in LANGUAGES else self.language,
            theme=changed.theme if changed.theme in THEMES else self.theme,
            scale=changed.scale if changed.scale in SCALES else self.scale,
        )


def load_settings(home: Path) -> Settings:
    """The stored choices; a missing or damaged file gives the defaults."""
    try:
        found = json.loads((home / "settings.json").read_text("utf-8"))
        return Settings().with_changes(
            **{key: found[key] for key in ("language", "theme", "scale") if key in found}
        )
    except (OSError, ValueError, TypeError):
        return Settings()


def store_settings(home: Path, settings: Settings) -> None:
    """Write the choices so that a power cut leaves the old or the new ones."""
    temporary = home / "settings.json.new"
    text = json.dumps(
        {"language": settings.language, "theme": settings.theme, "scale": settings.scale}
    )
    home.mkdir(parents=True, exist_ok=True)
    temporary.write_text(text, "utf-8")
    temporary.replace(home / "settings.json")
