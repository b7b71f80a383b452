"""Loads the typeface that ships with the program.

On a machine without fonts Qt draws blank text in silence, so a missing file is a fault here and
never a fallback.
"""

from PySide6.QtGui import QFontDatabase

from msclinic.shipped import resource

__all__ = ["FAMILY", "load_fonts"]

FAMILY = "IBM Plex Sans"
_FILES = ("IBMPlexSans-Regular.ttf", "IBMPlexSans-Medium.ttf", "IBMPlexSans-SemiBold.ttf")


def load_fonts() -> None:
    """Make the shipped weights known to Qt; a second call changes nothing.

    Raises:
        FileNotFoundError: The program's own files are incomplete.
        RuntimeError: Qt cannot read a font file.
    """
    if len(QFontDatabase.styles(FAMILY)) >= len(_FILES):
        return
    for name in _FILES:
        if QFontDatabase.addApplicationFont(str(resource(f"fonts/{name}"))) < 0:
            raise RuntimeError(f"the font file {name} cannot be read")
