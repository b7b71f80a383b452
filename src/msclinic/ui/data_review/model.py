"""Forms with data as a table: participant, visit, form, queries, comparison, lock."""

from typing import Any

from PySide6.QtCore import Qt

from msclinic.services.data_review import ReviewRow
from msclinic.services.session import Session
from msclinic.ui.icons import menu_icon
from msclinic.ui.row_model import RowModel
from msclinic.ui.theme import current_theme
from msclinic.wording import current_language, plural, tr

__all__ = ["FILTERS", "ReviewModel", "filter_title", "fits", "lock_words", "source_progress_words"]

FILTERS = ("all", "unverified", "queries", "changed", "unlocked", "locked")


def filter_title(name: str) -> str:
    """The name of a filter."""
    return {
        "all": tr("All forms"),
        "unverified": tr("Not compared yet"),
        "queries": tr("With queries"),
        "changed": tr("Changed after a lock"),
        "unlocked": tr("Not locked"),
        "locked": tr("Locked data"),
    }[name]


def fits(row: ReviewRow, name: str) -> bool:
    """Whether a form belongs under a filter."""
    return {
        "all": True,
        "unverified": row.unverified,
        "queries": row.queries > 0,
        "changed": row.changed > 0,
        "unlocked": not row.lock,
        "locked": bool(row.lock),
    }[name]


def source_progress_words(row: ReviewRow) -> str:
    """How far a form is compared with its source."""
    words = tr("{done} of {all} compared", done=len(row.progress.verified), all=row.progress.total)
    changed = len(row.progress.changed)
    if changed:
        return words + ", " + plural(changed, one="{count} changed", other="{count} changed")
    return words


def lock_words(row: ReviewRow) -> str:
    """Whether a form is locked, and by what."""
    if not row.lock:
        return ""
    if row.lock == "study":
        return tr("Whole study locked")
    return tr("Form locked") if row.lock == row.prefix else tr("Visit locked")


class ReviewModel(RowModel[ReviewRow]):
    """Forms as rows."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session

    def columns(self) -> tuple[str, ...]:
        """Six."""
        return (
            tr("Participant"),
            tr("Visit"),
            tr("Form"),
            tr("Queries"),
            tr("Source"),
            tr("Locked?"),
        )

    def cell(self, row: ReviewRow, column: int, role: int) -> Any:
        """Words, fonts, icons of a cell."""
        theme = current_theme()
        if role == Qt.ItemDataRole.DisplayRole:
            title = self._session.study.form(row.form.form).title.text(current_language())
            waiting = tr("{count} open", count=row.queries) if row.queries else ""
            return (
                row.code,
                row.visit.code,
                title,
                waiting,
                source_progress_words(row),
                lock_words(row),
            )[column]
        if role == Qt.ItemDataRole.FontRole:
            return theme.font("body_strong" if column == 0 else "body")
        if role == Qt.ItemDataRole.DecorationRole:
            return self._icon(row, column)
        return None

    @staticmethod
    def _icon(row: ReviewRow, column: int) -> Any:
        theme = current_theme()
        if column == 3 and row.queries:
            return menu_icon("query", theme.color("att"))
        if column == 4 and not row.unverified:
            return menu_icon("shield-check", theme.color("ok"))
        if column == 5 and row.lock:
            return menu_icon("lock-keyhole", theme.color("text2"))
        return None
