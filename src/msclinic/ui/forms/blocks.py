"""What a panel of items is made of: groups and their repeats, each under its heading."""

from collections.abc import Iterable

from attrs import frozen
from PySide6.QtWidgets import QScrollArea, QWidget

from msclinic.forms.session import Ref
from msclinic.services.entry import FormEntry
from msclinic.ui.widgets.base import label, row

__all__ = ["Block", "Heading", "blocks_of", "into_view", "refs_of"]


@frozen
class Block:
    """What stands under one heading: a group, or one repeat of it.

    Attributes:
        group: OID of the group.
        key: Key of the repeat.
        refs: The items, in order.
    """

    group: str
    key: str
    refs: tuple[Ref, ...]


def refs_of(entry: FormEntry, chosen: Iterable[str | Ref]) -> list[Ref]:
    """Items by reference, and all items of groups named by OID, repeats included."""
    found: list[Ref] = []
    for one in chosen:
        if not isinstance(one, str):
            found.append(one)
            continue
        group = entry.form.item_group(one)
        found.extend((one, key, item.oid) for key in entry.keys(one) for item in group.items)
    return found


def blocks_of(entry: FormEntry, chosen: Iterable[str | Ref]) -> list[Block]:
    """The items, those that follow each other in one group or repeat together."""
    blocks: list[Block] = []
    for ref in refs_of(entry, chosen):
        if blocks and (blocks[-1].group, blocks[-1].key) == ref[:2]:
            blocks[-1] = Block(ref[0], ref[1], (*blocks[-1].refs, ref))
        else:
            blocks.append(Block(ref[0], ref[1], (ref,)))
    return blocks


class Heading(QWidget):
    """The title of a group above its items."""

    def __init__(self, text: str, left: int) -> None:
        super().__init__()
        line = row(margins=(left, 12, 16, 4))
        line.addWidget(label(text, "section", wrap=True))
        self.setLayout(line)


def into_view(widget: QWidget) -> None:
    """Scroll to a widget, where it stands in something that scrolls."""
    above = widget.parentWidget()
    while above is not None and not isinstance(above, QScrollArea):
        above = above.parentWidget()
    if above is not None and widget.isVisible():
        above.ensureWidgetVisible(widget, 0, 24)
