"""The rights matrix of the study, and who held which role at the end of any day."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from attrs import frozen
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from msclinic.domain.errors import KnownFault, UserError
from msclinic.domain.values import Code
from msclinic.services.people import account_code
from msclinic.services.people.delegation import local_day
from msclinic.services.people.rights import Holding, Matrix, holdings_at, matrix_of, study_at
from msclinic.services.people.rights_document import end_of_day, rights_file
from msclinic.services.session import Refused, Session
from msclinic.study import Study
from msclinic.ui.forms.words import moment_words
from msclinic.ui.messages import words_of
from msclinic.ui.people.model import role_title
from msclinic.ui.reading import Reading
from msclinic.ui.study.rows import TextModel
from msclinic.ui.tasks import Tasks
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets import Button, CodeCombo, DateField, column, label, row, scrolled
from msclinic.ui.widgets.base import let_go
from msclinic.ui.widgets.choices import Choice
from msclinic.ui.widgets.table import ListTable
from msclinic.wording import current_language, tr

__all__ = ["RightsPage"]


_LEAST = 144


class RightsPage(QWidget):
    """A day, the matrix as it was then, and the roles that were held."""

    def __init__(self, session: Session, tasks: Tasks) -> None:
        super().__init__()
        self.session, self.tasks = session, tasks
        self.day = DateField(tr("As of the end of"), session.now, session.zone)
        self.day.setObjectName("people/rights_day")
        self.day.set_answer(local_day(session))
        self._role = CodeCombo(tr("Role"))
        self._role.setObjectName("people/rights_role")
        # More roles than fit beside each other at large text: one is chosen.
        self._narrow = current_theme().scale > 100
        self._save = Button(tr("Save as PDF…"), icon="download", size=40)
        self._save.setObjectName("people/rights_pdf")
        self._said = label("", "body_medium", "text2", wrap=True)
        self._tables = column(gap=8)
        self._matrix: Matrix | None = None
        self._shown: list[QWidget] = []
        self._build()
        self.day.answered.connect(self._day_typed)
        self.day.problem.connect(self._said.setText)
        self._role.answered.connect(self._role_typed)
        self._save.clicked.connect(self._ask_file)
        self.read()

    def _build(self) -> None:
        tools = row(gap=16, margins=(16, 0, 16, 8))
        when = column(gap=4)
        when.addWidget(label(tr("As of the end of"), "label"))
        when.addWidget(self.day)
        tools.addLayout(when)
        if self._narrow:
            which = column(gap=4)
            which.addWidget(label(tr("Role"), "label"))
            which.addWidget(self._role)
            tools.addLayout(which)
        tools.addStretch(1)
        beneath = row(margins=(16, 0, 16, 8))
        # At large text the button stands beneath the fields.
        large = current_theme().scale > 125
        foot = beneath if large else tools
        foot.addWidget(self._save, 0, Qt.AlignmentFlag.AlignBottom)
        if large:
            beneath.addStretch(1)
        words = row(margins=(16, 0, 16, 4))
        words.addWidget(self._said)
        self._tables.setContentsMargins(16, 0, 16, 16)
        lines = column(gap=0)
        lines.addLayout(tools)
        if large:
            lines.addLayout(beneath)
        lines.addLayout(words)
        lines.addLayout(self._tables, 1)
        content = QWidget()
        content.setLayout(lines)
        self.reading = Reading(self.tasks, scrolled(content), tr("Reading the accounts…"))
        self.reading.again.connect(self.read)
        whole = column(gap=0)
        whole.addWidget(self.reading)
        self.setLayout(whole)
        self.setFocusProxy(self.day)

    def read(self) -> None:
        """Read the day that is typed."""
        session, answer = self.session, self.day.answer()
        day = answer if isinstance(answer, date) else local_day(session)
        self.reading.ask_promptly(lambda: _as_of(session, day), self._take)

    def release(self) -> None:
        """Forget what is under way."""
        self.reading.drop()

    def _take(self, found: "_AsOf | UserError") -> None:
        self.reading.show_content()
        if isinstance(found, UserError):
            # Such as a day that is still to come; another one can be typed.
            self._said.setText(" ".join(words_of(found)))
            return
        study, held, language = found.study, found.held, current_language()
        self._matrix = matrix_of(study, language)
        self._role.set_choices([Choice(code, title) for code, title, *_ in self._matrix.roles])
        if self._narrow and not isinstance(self._role.answer(), Code):
            self._role.set_answer(Code(self._matrix.roles[0][0]))
        self._said.setText(tr("Study version {version}", version=study.version[:12]))
        rows = []
        for one in held:
            state = tr("disabled") if one.disabled else ""
            state = state or ("" if one.delegated else tr("no delegation in force"))
            at = moment_words(one.since, self.session.zone)
            by = account_code(one.by) if one.by is not None else tr("founding")
            rows.append((account_code(one.account), role_title(study, one.role), at, by, state))
        columns = (tr("Account"), tr("Role"), tr("Since"), tr("Granted by"), tr("Note"))
        self._show(TextModel(columns, rows, (4,)))

    def _show(self, held: TextModel) -> None:
        for one in self._shown:
            self._tables.removeWidget(one)
            let_go(one)
        matrix = ListTable(tr("Rights matrix"), self._rows(), row=28, long=(0,))
        matrix.setObjectName("people/matrix")
        holdings = ListTable(tr("Roles held"), held, row=32, long=held.long)
        holdings.setObjectName("people/holdings")
        for table in (matrix, holdings):
            table.setMinimumHeight(current_theme().px(_LEAST))
        self._shown = [matrix, holdings]
        self._tables.addWidget(matrix, 3)
        self._tables.addWidget(holdings, 2)

    def _rows(self) -> TextModel:
        matrix = self._matrix
        if matrix is None:
            return TextModel((tr("What"),), [], ())
        codes = [code for code, *_ in matrix.roles]
        if self._narrow:
            answer = self._role.answer()
            wanted = answer.value if isinstance(answer, Code) else codes[0]
            codes = [wanted] if wanted in codes else codes[:1]
        places = [place for place, (code, *_) in enumerate(matrix.roles) if code in codes]
        rows: list[tuple[str, ...]] = []
        for section in matrix.sections:
            rows.append((section.title.upper(), *("" for _ in places)))
            rows += [(name, *(marks[at] for at in places)) for name, marks in section.rows]
        return TextModel((tr("What"), *codes), rows, ())

    def _day_typed(self, answer: object) -> None:
        if isinstance(answer, date):
            self.day.set_answer(answer)
            self.read()

    def _role_typed(self, answer: object) -> None:
        if isinstance(answer, Code):
            self._role.set_answer(answer)
            self.read()

    def _ask_file(self) -> None:
        name, kind = "rights-and-delegation.pdf", "PDF (*.pdf)"
        chosen, _kind = QFileDialog.getSaveFileName(self, tr("Save as PDF…"), name, kind)
        if chosen:
            self.save(Path(chosen))

    def save(self, path: Path) -> None:
        """Write the document for the day that is typed."""
        session, language = self.session, current_language()
        answer = self.day.answer()
        day = answer if isinstance(answer, date) else None
        self._said.setText(tr("Writing…"))
        self.tasks.read(
            lambda: rights_file(session, path, day, language), self._saved, self._refused
        )

    def _saved(self, _nothing: object) -> None:
        self._said.setText(tr("A copy was saved."))

    def _refused(self, error: Exception) -> None:
        self._said.setText(" ".join(words_of(error)))


@frozen
class _AsOf:
    """Study and roles as they were at the end of a day."""

    study: Study
    held: Sequence[Holding]


def _as_of(session: Session, day: date) -> _AsOf | UserError:
    try:
        moment = end_of_day(session, day)
        return _AsOf(study_at(session, moment), holdings_at(session, moment))
    except (Refused, KnownFault):
        raise
    except UserError as error:
        return error
