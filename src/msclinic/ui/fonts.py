"""Loads the typeface that ships with the program.

On a machine without fonts Qt draws blank text in silence, so a missing file is a fault here and
never a fallback.
"""

from PySide6.QtGui import QFontDatabase

from msclinic.shipped import resource

__all__ = ["FAMILY", "load_fonts"]

FAMILY = "IBM Plex Sans"
_FILES = ("IBMPlexSans-Regular.ttf", "IBMPlexSans-Medium.ttf", "IBMPlexSans-SemiBold.ttf")

_loaded: list[int] = []


def load_fonts() -> None:
    """Make the shipped weights known to Qt; a second call changes nothing.

    Raises:
        FileNotFoundError: The program's own files are incomplete.
        RuntimeError: Qt cannot read a font file.
    """
    # Asking for a family by name would first read every font of the machine.
    if _loaded and QFontDatabase.applicationFontFamilies(_loaded[-1]):
        return
    for name in _FILES:
        number = QFontDatabase.addApplicationFont(str(resource(f"fonts/{name}")))
        if number < 0:
            raise RuntimeError(f"the font file {name} cannot be read")
        _loaded.append(number)
