"""What stood in an item before: who, when, old, new and why, read from the record.

It shows every entry, also those that were replaced; it can change none.
"""

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any

from attrs import frozen
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from msclinic.domain.values import from_json
from msclinic.forms.definitions import ItemDefinition
from msclinic.forms.session import Ref
from msclinic.services.entry import CHANGED, LATE, FormEntry
from msclinic.services.people import account_code
from msclinic.store import TrailRow
from msclinic.ui.forms.words import answer_words, moment_words, reason_words
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets.base import IconMark, column, empty, label, row, rule
from msclinic.ui.widgets.buttons import Button
from msclinic.ui.widgets.surfaces import Card, scrolled
from msclinic.wording import current_language, date_text, time_text, tr

__all__ = ["TrailCard", "TrailLine", "trail_of"]

_WIDTH = 320


@frozen
class TrailLine:
    """One entry of an item's history.

    Attributes:
        when: When it was typed, at the site.
        who: Account as people read it.
        what: ``Entered 1``, ``Changed 1 → 2``.
        notes: When it happened, reasons, what it waits for.
    """

    when: str
    who: str
    what: str
    notes: tuple[str, ...]


def trail_of(entry: FormEntry, ref: Ref) -> list[TrailLine]:
    """The history of an item, newest first."""
    path = entry.path(ref)
    item = entry.form.item(ref[2])
    codes = [CHANGED, LATE, *(check.code for check in item.checks)]
    reasons: dict[str, list[str]] = {}
    with entry.session.store.read() as reader:
        rows = reader.trail(entry.participant, path)
        for below, code in [
            *((f"{path}/check/{code}", code) for code in codes),
            (f"{path}/override", "OVERRIDE"),
        ]:
            for kept in reader.trail(entry.participant, below):
                words = _kept_words(kept, code)
                value: Mapping[str, Any] = kept.value or {}
                reasons.setdefault(str(value.get("entry", "")), []).append(words)
    by_hash = {one.stored.hash: one for one in rows}
    zone = entry.session.zone
    return [
        _line(one, by_hash, reasons.get(one.stored.hash, []), item, zone, entry)
        for one in reversed(rows)
    ]


def _line(
    one: TrailRow,
    by_hash: Mapping[str, TrailRow],
    reasons: list[str],
    item: ItemDefinition,
    zone: tzinfo,
    entry: FormEntry,
) -> TrailLine:
    def words(row_: TrailRow) -> str:
        if row_.removed:
            return tr("removed")
        answer = from_json(row_.value) if row_.value else None
        return answer_words(answer, item, current_language(), zone, entry.form.units)

    said = one.entry
    before = [by_hash[old] for old in said.supersedes if old in by_hash]
    new = words(one)
    if said.action == "computed":
        what = tr("Computed {value}", value=new)
    elif not before:
        what = tr("Entered {value}", value=new)
    elif all(words(old) == new for old in before):
        what = tr("Confirmed {value}", value=new)
    else:
        olds = ", ".join(dict.fromkeys(words(old) for old in before))
        what = tr("Changed {old} → {new}", old=olds, new=new)
    notes = []
    if said.event_time is not None:
        notes.append(tr("Happened {time}.", time=moment_words(said.event_time, zone)))
    own = reason_words(one.reason)
    if own:
        notes.append(tr("Reason: {reason}.", reason=own))
    notes.extend(reasons)
    if one.waiting:
        notes.append(tr("Waits for entries of another device."))
    at = said.typed_at
    when = f"{date_text(at.astimezone(zone).date())} {time_text(at, zone, seconds=True)}"
    return TrailLine(when, account_code(said.actor or ""), what, tuple(notes))


def _kept_words(kept: TrailRow, code: str) -> str:
    reason = reason_words(kept.reason, code)
    if code == CHANGED:
        return tr("Reason: {reason}.", reason=reason)
    if code == LATE:
        return tr("Late entry: {reason}.", reason=reason)
    if code == "OVERRIDE":
        who = account_code(kept.entry.actor or "")
        return tr("Overridden by {who}: {reason}.", who=who, reason=reason)
    return tr("Kept: {reason}.", reason=reason)


class TrailCard(Card):
    """The history of one item, floating at the right of the page.

    Signals:
        closed: It was closed by its cross or Escape.
    """

    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(margin=0, gap=0)
        self.setParent(parent)
        self.body.setContentsMargins(1, 1, 1, 1)
        self._title = label("", "section", wrap=True)
        self._close = Button("", "quiet", icon="x", size=36)
        self._close.setAccessibleName(tr("Close the history"))
        self._close.clicked.connect(self.closed)
        head = row(gap=8, margins=(16, 6, 6, 6))
        head.addWidget(self._title, 1)
        head.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(head)
        self._content = QWidget()
        self._lines = column(gap=0)
        self._content.setLayout(self._lines)
        self._area = scrolled(self._content)
        self.body.addWidget(self._area, 1)
        self.body.addWidget(rule())
        foot = row(gap=8, margins=(16, 10, 16, 10))
        foot.addWidget(IconMark("shield-check", "ok", 16))
        foot.addWidget(label(tr("Nothing is overwritten."), "secondary", "text2", wrap=True), 1)
        self.body.addLayout(foot)
        self.setAccessibleName(tr("History"))
        self.hide()

    def show_lines(self, title: str, lines: list[TrailLine]) -> None:
        """Show a history beside its item."""
        self._title.setText(tr("{label}, history", label=title))
        empty(self._lines)
        for one in lines:
            self._lines.addWidget(rule())
            self._lines.addWidget(_Entry(one))
        if not lines:
            self._lines.addWidget(label(tr("Nothing was entered yet."), "secondary", "text2"))
        self._lines.addStretch(1)
        self.show()
        self.raise_()
        self._close.setFocus(Qt.FocusReason.OtherFocusReason)

    def place(self, top: int, bottom: int) -> None:
        """Stand at the right of the page with the upper edge near the item.

        Args:
            top: Where the item stands, in the page's coordinates.
            bottom: What it must not reach below, such as the foot of the page.
        """
        page = self.parentWidget()
        if page is None:
            return
        width = min(current_theme().px(_WIDTH), page.width() - 32)
        around = self.body.sizeHint().height() - self._area.sizeHint().height()
        wanted = self._lines.heightForWidth(width - 4) + around + 8
        height = min(wanted, bottom - 32)
        y = max(16, min(top, bottom - height - 16))
        self.setGeometry(page.width() - width - 16, y, width, height)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes; Enter on the cross does too."""
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.closed.emit()
            return
        super().keyPressEvent(event)


class _Entry(QWidget):
    def __init__(self, one: TrailLine) -> None:
        super().__init__()
        head = row(gap=8)
        head.addWidget(label(one.when, "label_strong"), 1)
        head.addWidget(label(one.who, "secondary", "text2"))
        body = column(gap=2, margins=(16, 10, 16, 10))
        body.addLayout(head)
        body.addWidget(label(one.what, "body_medium", wrap=True))
        for note in one.notes:
            body.addWidget(label(note, "secondary", "text2", wrap=True))
        self.setLayout(body)
