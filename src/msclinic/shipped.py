"""Finds the files that travel with the program: fonts, icons, translations and the shipped study.

They lie at the top of a checkout and inside the package of an installed wheel; nothing else may
guess a path.
"""

from pathlib import Path

__all__ = ["resource", "shipped_study"]

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parent.parent


def resource(name: str) -> Path:
    """Path of a shipped resource.

    Args:
        name: Path below ``resources/``, such as ``fonts/OFL.txt``.

    Raises:
        FileNotFoundError: The program's own files are incomplete.
    """
    return _first(_PACKAGE / "_resources" / name, _CHECKOUT / "resources" / name)


def shipped_study() -> Path:
    """Folder of the study that ships with the program."""
    return _first(_PACKAGE / "_study", _CHECKOUT / "forms")


def _first(*candidates: Path) -> Path:
    for candidate in candidates:
        if candidate.exists():
            return candidate
    raise FileNotFoundError(f"the program's file {candidates[0].name} is missing")
