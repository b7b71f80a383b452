"""What lists of People share: words, buttons, a card while something is done, and a table."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtWidgets import QVBoxLayout, QWidget

from msclinic.services.session import Session
from msclinic.ui.messages import words_of
from msclinic.ui.people.act_form import ActForm, Answers, Asked
from msclinic.ui.reading import Reading
from msclinic.ui.study.rows import TextModel
from msclinic.ui.tasks import Kind, Outcome, Tasks
from msclinic.ui.widgets import Button, FlowLayout, column, label, row
from msclinic.ui.widgets.base import let_go
from msclinic.ui.widgets.table import ListTable
from msclinic.wording import date_text, time_text, tr

__all__ = ["ListPage"]


class ListPage(QWidget):
    """Words, buttons, a card while something is done, and a table or what its absence means."""

    def __init__(self, session: Session, tasks: Tasks, name: str, nothing: str) -> None:
        """Make the page.

        Args:
            session: Who is signed in.
            tasks: Runs what is slow.
            name: Accessible name of the table.
            nothing: What is said where it has no row.
        """
        super().__init__()
        self.session, self.tasks = session, tasks
        self.form: ActForm | None = None
        self.table: ListTable | None = None
        self._name, self._nothing = name, nothing
        self._words = label("", "body", "text2", wrap=True)
        self._said = label("", "body_medium", "ok", wrap=True)
        self._said.hide()
        self._tools = FlowLayout()
        self._holder: QVBoxLayout = column(gap=0)
        self._place: QVBoxLayout = column(gap=0)
        self._do: Callable[[Answers], None] | None = None
        above = column(gap=8, margins=(16, 0, 16, 8))
        above.addWidget(self._words)
        above.addLayout(self._tools)
        above.addWidget(self._said)
        self._holder.setContentsMargins(16, 0, 16, 8)
        content = QWidget()
        content.setLayout(self._place)
        self.reading = Reading(tasks, content, tr("Reading the accounts…"))
        self.reading.again.connect(self.read)
        inner = row(margins=(16, 0, 16, 16))
        inner.addWidget(self.reading)
        lines = column(gap=0)
        lines.addLayout(above)
        lines.addLayout(self._holder)
        lines.addLayout(inner, 1)
        self.setLayout(lines)

    def read(self) -> None:
        """Read the list again."""
        raise NotImplementedError

    def focus_first(self) -> None:
        """The first thing to do is at hand."""
        if self.form is not None:
            self.form.focus_first()
        elif self._tools.count():
            first = self._tools.itemAt(0)
            tool = first.widget() if first is not None else None
            if tool is not None:
                tool.setFocus()
        elif self.table is not None:
            self.table.setFocus()

    def say(self, words: str) -> None:
        """What the page is about now."""
        self._words.setText(words)

    def add_button(self, key: str, title: str, icon: str, press: Callable[[], None]) -> Button:
        """Put one more button over the list."""
        button = Button(title, icon=icon, size=40)
        button.setObjectName(f"people/{key}")
        button.clicked.connect(press)
        self._tools.addWidget(button)
        return button

    def show_rows(self, model: TextModel) -> None:
        """Show the list, or say that there is nothing."""
        old, self.table = self.table, None
        if old is not None:
            self._place.removeWidget(old)
            let_go(old)
        if not model.rowCount():
            self.reading.show_empty(self._nothing)
            return
        self.table = ListTable(self._name, model, row=36, long=model.long)
        self._place.addWidget(self.table)
        self.reading.show_content()

    def release(self) -> None:
        """Forget what is under way."""
        self.reading.drop()

    def ask(self, what: Asked, do: Callable[[Answers], None]) -> None:
        """Show a card; ``do`` runs off the window's thread once it is filled in."""
        self._close()
        form = self.form = ActForm(what)
        self._do = do
        form.asked.connect(self._asked)
        form.cancelled.connect(self._close)
        self._holder.addWidget(form)
        self._said.hide()
        form.focus_first()

    def _close(self) -> None:
        form, self.form = self.form, None
        if form is not None:
            self._holder.removeWidget(form)
            let_go(form)
        self.focus_first()

    def _asked(self, answers: object) -> None:
        do = self._do
        if do is None or not isinstance(answers, Answers):
            return

        def work() -> Outcome[None]:
            do(answers)
            return Outcome(None, {Kind.PEOPLE})

        self.tasks.write(work, self._done, self._refused)

    def _done(self, _nothing: object) -> None:
        self._close()
        self.read()
        self.told(tr("Recorded."))

    def told(self, words: str) -> None:
        """Say what was done."""
        self._said.setText(words)
        self._said.show()

    def _refused(self, error: Exception) -> None:
        words = " ".join(words_of(error))
        if self.form is not None:
            self.form.say(words)
        else:
            self.told(words)

    def moment(self, at: datetime) -> str:
        """Day and clock time at the site."""
        zone = self.session.zone
        return f"{date_text(at.astimezone(zone).date())} {time_text(at, zone)}"
