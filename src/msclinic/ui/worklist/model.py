"""The worklist as a table: what is the matter, with whom, where, since when."""

from datetime import date
from typing import Any

from PySide6.QtCore import Qt

from msclinic.services.session import Session
from msclinic.services.sign_off import CASEBOOK_MEANING
from msclinic.services.worklist import Point
from msclinic.ui.icons import menu_icon
from msclinic.ui.participants.banner import short_day
from msclinic.ui.row_model import RowModel
from msclinic.ui.theme import current_theme
from msclinic.wording import current_language, tr

__all__ = ["WorklistModel", "kind_title", "kind_word", "point_words"]

_ICONS = {
    "report": "siren",
    "critical": "stop",
    "conflict": "conflict",
    "review": "eye",
    "finding": "query",
    "query": "query",
    "answered": "query",
    "void": "pen-line",
    "unsigned": "pen-line",
    "sign_off": "pen-line",
}
_URGENT = ("report", "critical")


def kind_title(kind: str) -> str:
    """The name of a kind of point."""
    return {
        "report": tr("Reports due"),
        "critical": tr("Critical results"),
        "conflict": tr("Two answers"),
        "overdue": tr("Overdue visits"),
        "review": tr("Results to review"),
        "finding": tr("Answers to settle"),
        "query": tr("Queries to answer"),
        "answered": tr("Queries answered"),
        "expected": tr("Visits to come"),
        "missing": tr("Missing forms"),
        "unfinished": tr("Unfinished forms"),
        "void": tr("Void signatures"),
        "unsigned": tr("Unsigned forms"),
        "sign_off": tr("To sign off"),
    }[kind]


def kind_word(kind: str) -> str:
    """What one point of a kind is called."""
    return {
        "report": tr("Report due"),
        "critical": tr("Critical result"),
        "conflict": tr("Two answers"),
        "overdue": tr("Overdue visit"),
        "review": tr("Result to review"),
        "finding": tr("Answer to settle"),
        "query": tr("Query to answer"),
        "answered": tr("Answered query"),
        "expected": tr("Visit to come"),
        "missing": tr("Missing form"),
        "unfinished": tr("Unfinished form"),
        "void": tr("Void signature"),
        "unsigned": tr("Unsigned form"),
        "sign_off": tr("Sign-off missing"),
    }[kind]


def point_words(session: Session, point: Point) -> str:
    """What is the matter, in a few words."""
    language = current_language()
    if CASEBOOK_MEANING in point.meanings:
        return tr("The whole casebook")
    if point.form is None:
        return session.study.visit(point.visit.code).title.text(language)
    form = session.study.form(point.form.form)
    title = form.title.text(language)
    if point.item is None:
        return title
    return tr("{form}: {item}", form=title, item=form.item(point.item[2]).label.text(language))


class WorklistModel(RowModel[Point]):
    """Points as rows."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._today = session.now().astimezone(session.zone).date()

    def columns(self) -> tuple[str, ...]:
        """Five."""
        return (tr("Participant"), tr("Kind"), tr("Visit"), tr("Since"), tr("What"))

    def cell(self, row: Point, column: int, role: int) -> Any:
        """Words, fonts, icons of a cell."""
        theme = current_theme()
        if role == Qt.ItemDataRole.DisplayRole:
            return (
                row.code,
                kind_word(row.kind),
                row.visit.code,
                self._day(row.since),
                point_words(self._session, row),
            )[column]
        if role == Qt.ItemDataRole.FontRole:
            return theme.font("body_strong" if column == 0 else "body")
        if role == Qt.ItemDataRole.DecorationRole and column == 1:
            return menu_icon(
                _ICONS.get(row.kind, "attention"),
                theme.color("stop" if row.kind in _URGENT else "att"),
            )
        return None

    def _day(self, day: date | None) -> str:
        return short_day(day, self._today) if day is not None else ""
