"""Gives Python its own way of importing back.

PySide puts itself before every import and reads the source of each module that is loaded after it,
to learn whether the module asks for snake_case or true_property. Nothing here does, and the look
into some hundred files would take a tenth of the time to the sign-in.
"""

import builtins

import PySide6.QtCore  # noqa: F401 - it is what changes the import

__all__ = ["keep_plain"]


def keep_plain() -> None:
    """Import as if PySide had not been loaded."""
    builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)
