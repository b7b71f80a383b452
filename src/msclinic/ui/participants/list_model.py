"""The list of participants as a table: one row each, in order of code."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from attrs import frozen
from PySide6.QtCore import Qt

from msclinic.services.life import life
from msclinic.services.participants import identities, participant_codes
from msclinic.services.session import Session
from msclinic.services.visits import participant_visits
from msclinic.ui.icons import menu_icon
from msclinic.ui.participants.banner import facts_of, short_day, visit_title, window_words
from msclinic.ui.participants.life_words import state_look
from msclinic.ui.participants.state import Look, at_hand, next_visit, unsettled, visit_look
from msclinic.ui.row_model import RowModel
from msclinic.ui.theme import current_theme
from msclinic.wording import plural, tr

__all__ = ["AT_ONCE", "ParticipantRow", "ParticipantsModel", "participant_rows", "rows_of"]

AT_ONCE = 50
"""How many are read whole before the list shows; the others as they come into view."""


@frozen
class ParticipantRow:
    """One participant of the list.

    Attributes:
        participant: Random id.
        code: Subject code.
        facts: Year of birth, sex, course in words.
        visit: The visit at hand or next.
        when: Its state and window in words.
        icon: Icon of that state.
        tone: Tone of that icon.
        open_points: How much is to settle, in words; empty for nothing.
        read: Whether more than the code was read.
    """

    participant: str
    code: str
    facts: str = ""
    visit: str = ""
    when: str = ""
    icon: str = ""
    tone: str = "text2"
    open_points: str = ""
    read: bool = True


def participant_rows(session: Session, today: date) -> list[ParticipantRow]:
    """Everyone at the site, as far as the role may see; of those further down only the code.

    Args:
        session: Who looks.
        today: The site's day.
    """
    codes = participant_codes(session)
    first = rows_of(session, [one for one, _ in codes[:AT_ONCE]], today)
    rows = {one.participant: one for one in first}
    return [rows.get(one) or ParticipantRow(one, code, read=False) for one, code in codes]


def rows_of(session: Session, among: Iterable[str], today: date) -> list[ParticipantRow]:
    """Whole rows of some participants, as far as the role may see."""
    return [
        _row(session, one.participant, one.code, facts_of(one), today)
        for one in identities(session, among)
    ]


def _row(session: Session, participant: str, code: str, facts: str, today: date) -> ParticipantRow:
    visits = participant_visits(session, participant)
    visit = at_hand(visits, today) or next_visit(session, visits)
    points = len(unsettled(session, visits, today))
    settle = plural(points, one="{count} to settle", other="{count} to settle") if points else ""
    if visit is None:
        look = _ended(session, participant)
        return ParticipantRow(participant, code, facts, "", look.word, look.icon, look.tone, settle)
    look = visit_look(visit, today)
    when = [look.word]
    if visit.status == "open" and visit.day is not None and visit.day != today:
        when.append(tr("since {day}", day=short_day(visit.day, today)))
    elif visit.status != "open" and visit.window is not None:
        when.append(window_words(visit, today))
    return ParticipantRow(
        participant,
        code,
        facts,
        visit_title(session, visit.code),
        " · ".join(when),
        look.icon,
        look.tone,
        settle,
    )


def _ended(session: Session, participant: str) -> Look:
    """Why no visit follows, as far as the role may know."""
    if not session.may("read:end_of_study"):
        return Look("ok", "ok", tr("all visits done"))
    return state_look(life(session, participant).life)


class ParticipantsModel(RowModel[ParticipantRow]):
    """Participants as rows: code, who, visit, when, what is to settle."""

    def fill(self, rows: Iterable[ParticipantRow]) -> None:
        """Put whole rows where only codes stood."""
        found = {one.participant: one for one in rows}
        for place, row in enumerate(self._rows):
            if row.participant in found:
                self._rows[place] = found[row.participant]
                last = self.index(place, self.columnCount() - 1)
                self.dataChanged.emit(self.index(place, 0), last)

    def columns(self) -> tuple[str, ...]:
        """Five."""
        return (
            tr("Participant"),
            tr("Born, sex, course"),
            tr("Visit"),
            tr("State"),
            tr("To settle"),
        )

    def cell(self, row: ParticipantRow, column: int, role: int) -> Any:
        """Words, fonts, icons and colours of a cell."""
        theme = current_theme()
        if role == Qt.ItemDataRole.DisplayRole:
            return (row.code, row.facts, row.visit, row.when, row.open_points)[column]
        if role == Qt.ItemDataRole.FontRole:
            return theme.font("body_strong" if column == 0 else "body")
        if role == Qt.ItemDataRole.ForegroundRole:
            return theme.color("att" if column == 4 else ("text2" if column == 1 else "text"))
        if role == Qt.ItemDataRole.DecorationRole and column == 3 and row.icon:
            return menu_icon(row.icon, theme.color(row.tone))
        if role == Qt.ItemDataRole.DecorationRole and column == 4 and row.open_points:
            return menu_icon("attention", theme.color("att"))
        return None
