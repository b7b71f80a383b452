"""Where the code of a scan belongs on a step, or why it belongs nowhere.

A scan is for the chair in front. The code of another participant or kit is never an answer.
"""

from collections.abc import Sequence

from PySide6.QtWidgets import QApplication, QWidget

from msclinic.domain.errors import UserError
from msclinic.services.infusion.view import RunView
from msclinic.ui.editors import ItemEditor
from msclinic.ui.infusion.sight import Sight
from msclinic.ui.widgets.fields import TypedField

__all__ = ["place_scan"]

_CODES = ("A01", "C02_BAG", "C02_CARD")
_KITS = ("C01", "PR_KIT")


def place_scan(sight: Sight, step: QWidget, code: str) -> None:
    """Answer the field that a scan is meant for.

    Args:
        sight: Who acts and the run in front.
        step: What stands in the middle.
        code: What was scanned.

    Raises:
        UserError: It is foreign to this chair, or nothing here asks for it.
    """
    view = sight.view
    if code == view.identity.code:
        wanted: tuple[str, ...] = _CODES
    elif code == _kit(sight) or (_kit(sight) is None and not _like_a_code(view, code)):
        wanted = _KITS
    else:
        raise UserError(
            "foreign_scan",
            what="Failed scan: {scanned} does not belong to {code}.",
            why="Nothing was stored.",
            what_to_do="Do not use it here. Check card and bag at the chair; if it is the wrong"
            " bag, put it in quarantine and call the physician.",
            parameters={"scanned": code, "code": view.identity.code},
        )
    editor = _field(step, wanted)
    if editor is None:
        raise UserError(
            "scan_not_asked",
            what="The scan of {scanned} was not stored.",
            why="It belongs to this chair, but nothing here still asks for it.",
            what_to_do="Go on. To change an answer, type it.",
            parameters={"scanned": code},
        )
    field = editor.input
    if isinstance(field, TypedField):
        field.edit.setText(code)
        field.edit.setModified(True)
        field.commit()


def _field(step: QWidget, wanted: Sequence[str]) -> ItemEditor | None:
    """The field with the focus if it asks for such a code, otherwise the first that does."""
    asking = [
        editor
        for editor in step.findChildren(ItemEditor)
        if editor.item.oid in wanted
        and editor.isVisible()
        and isinstance(editor.input, TypedField)
        and not editor.input.edit.isReadOnly()
        and editor.input.answer() is None
    ]
    focused = QApplication.focusWidget()
    here = [one for one in asking if focused is not None and one.isAncestorOf(focused)]
    return next(iter([*here, *asking]), None)


def _kit(sight: Sight) -> str | None:
    """The kit assigned at this visit, where this person may know it."""
    if not sight.actor.may("read:kit_assignment"):
        return None
    kit = sight.entry("kit_assignment").value("KIT_NUMBER")
    return kit if isinstance(kit, str) else None


def _like_a_code(view: RunView, code: str) -> bool:
    return _shape(code) == _shape(view.identity.code)


def _shape(code: str) -> str:
    return "".join("9" if c.isdigit() else "A" if c.isalpha() else c for c in code.upper())
