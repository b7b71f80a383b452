"""One's own password: typed once as it was, twice as it shall be."""

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from msclinic.services.people.passwords import change_password
from msclinic.services.session import Session
from msclinic.ui.messages import words_of
from msclinic.ui.navigation import Navigator
from msclinic.ui.page import Page
from msclinic.ui.people.act_form import ActForm, Answers, Asked
from msclinic.ui.people.pin_form import PinForm, uses_pin
from msclinic.ui.tasks import Outcome, Tasks
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets import PageHead, PasswordField, column, label, row, scrolled
from msclinic.vault import Cost, check_password
from msclinic.wording import tr

__all__ = ["PasswordScreen"]


class PasswordScreen(Page):
    """Three fields and one button."""

    def __init__(
        self, session: Session, go: Navigator, tasks: Tasks, cost: Cost | None = None
    ) -> None:
        """Make the screen.

        Args:
            session: Whose password.
            go: Where the screen can send them.
            tasks: Runs the change.
            cost: Work of the password hash; that of the ring where left out.
        """
        super().__init__(session, go, tasks)
        self._cost = cost
        fields = (
            ("old", tr("Password until now"), PasswordField(tr("Password until now"), size=40)),
            ("password", tr("New password"), PasswordField(tr("New password"), size=40)),
            ("again", tr("The same once more"), PasswordField(tr("The same once more"), size=40)),
        )
        self.form = ActForm(
            Asked(
                "own_password",
                tr("Change your password"),
                tr(
                    "At least 12 characters; a sentence is good. None of the last eight. Your keys "
                    "stay the same, and what you signed stays valid."
                ),
                tr("Change"),
                fields,
                _problem,
            )
        )
        self._done = label("", "body_medium", "ok", wrap=True)
        self._done.hide()
        self.form.setMaximumWidth(current_theme().px(720))
        inner = QWidget()
        lines = column(gap=8, margins=(16, 0, 16, 16))
        across = row()
        across.addWidget(self.form, 1)
        across.addStretch(0)
        lines.addLayout(across)
        lines.addWidget(self._done)
        self.pin = PinForm(session, tasks) if uses_pin(session) else None
        if self.pin is not None:
            self.pin.setMaximumWidth(current_theme().px(720))
            lines.addWidget(self.pin)
        lines.addStretch(1)
        inner.setLayout(lines)
        whole = column(gap=0)
        whole.addWidget(PageHead(tr("Password"), height=56))
        whole.addWidget(scrolled(inner), 1)
        self.setLayout(whole)
        self.setFocusProxy(self.form)
        self.form.asked.connect(self._change)
        self.form.cancelled.connect(go.today)

    def showEvent(self, event: QShowEvent) -> None:
        """Typing begins with the old one."""
        super().showEvent(event)
        self.form.focus_first()

    def release(self) -> None:
        """Drop what was typed."""
        self.form.clear_secrets()
        if self.pin is not None:
            self.pin.clear()

    def _change(self, answers: object) -> None:
        if not isinstance(answers, Answers):
            return
        session, cost = self.session, self._cost
        old, new = answers.secrets["old"], answers.secrets["password"]
        self._done.hide()

        def work() -> Outcome[None]:
            change_password(session, old, new, cost)
            return Outcome(None)

        self.tasks.write(work, self._changed, self._refused)

    def _changed(self, _nothing: object) -> None:
        self.form.say("")
        self._done.setText(tr("Your password is changed. Use the new one from now on."))
        self._done.show()

    def _refused(self, error: Exception) -> None:
        self.form.say(" ".join(words_of(error)).strip())


def _problem(answers: Answers) -> str:
    weak = check_password(answers.secrets["password"])
    if not answers.secrets["old"]:
        return tr("Type the password until now.")
    if weak is not None:
        return weak
    if answers.secrets["password"] != answers.secrets["again"]:
        return tr("The two passwords differ.")
    return ""
