"""Laboratory results that wait for a physician, the most urgent first."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from msclinic.domain.laboratory import Flag
from msclinic.domain.laboratory_flags import CRITICAL
from msclinic.services.lab_results import LabResult
from msclinic.services.laboratory import ResultsToReview
from msclinic.services.session import Session
from msclinic.ui.forms.results import result_words
from msclinic.ui.widgets import Button, IconMark, column, label, row
from msclinic.ui.widgets.base import empty
from msclinic.wording import current_language, plural, tr

__all__ = ["ResultsList"]

_TOP = Qt.AlignmentFlag.AlignTop
_FORMS = 5
_RESULTS = 4


class ResultsList(QWidget):
    """One block for each form, with a button that opens it.

    Signals:
        opened: The form to review.
    """

    opened = Signal(object)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._lines = column(gap=12)
        self._lines.setContentsMargins(0, 12, 0, 0)
        self.setLayout(self._lines)
        self.setAccessibleName(tr("Laboratory results to review"))
        self.hide()

    def set_results(self, waiting: Sequence[ResultsToReview]) -> None:
        """Show what waits; nothing at all where nothing does."""
        empty(self._lines)
        self.setVisible(bool(waiting))
        if not waiting:
            return
        self._lines.addWidget(label(tr("Laboratory results to review"), "section", wrap=True))
        # However many there are, none that is critical is left out.
        shown = max(_FORMS, sum(bool(one.critical) for one in waiting))
        for one in waiting[:shown]:
            self._lines.addWidget(self._block(one))
        more = len(waiting) - shown
        if more > 0:
            words = plural(more, one="and {count} more form", other="and {count} more forms")
            self._lines.addWidget(label(words, "secondary", "text2"))

    def _block(self, one: ResultsToReview) -> QWidget:
        form = self._session.study.form(one.form).title.text(current_language())
        title = f"{one.code}, {form}, {one.visit}"
        lines = column(gap=4)
        lines.addWidget(label(title, "body_medium", wrap=True))
        telling = [result for result in one.results if result.flag is not Flag.NORMAL]
        if not one.completed:
            words = tr("The laboratory is still typing.")
            lines.addWidget(label(words, "secondary", "text2", wrap=True))
        shown = max(_RESULTS, len(one.critical))
        for result in telling[:shown]:
            lines.addLayout(self._result(result))
        if not telling:
            lines.addWidget(label(tr("All in range."), "secondary", "text2", wrap=True))
        hidden = len(telling) - shown
        if hidden > 0:
            words = plural(hidden, one="and {count} more result", other="and {count} more results")
            lines.addWidget(label(words, "secondary", "text2"))
        button = Button(tr("Review"), "outlined", size=44)
        button.setObjectName(f"today/review/{one.participant}/{one.scope}")
        button.setAccessibleName(f"{tr('Review')}: {title}")
        button.clicked.connect(lambda: self.opened.emit(one))
        lines.addWidget(button)
        holder = QWidget()
        holder.setLayout(lines)
        return holder

    def _result(self, result: LabResult) -> QHBoxLayout:
        critical = result.flag in CRITICAL
        line = row(gap=6)
        mark = IconMark("stop", "stop") if critical else IconMark("attention", "att")
        line.addWidget(mark, 0, _TOP)
        words = label(
            result_words(self._session, result),
            "body_strong" if critical else "secondary",
            "stop" if critical else "text",
            wrap=True,
        )
        line.addWidget(words, 1)
        return line
