"""One's own signing PIN: set with the password, typed twice."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from msclinic.services.session import Session
from msclinic.services.signing_pin import pin_meanings, set_signing_pin
from msclinic.ui.messages import words_of
from msclinic.ui.people.act_form import ActForm, Answers, Asked
from msclinic.ui.tasks import Outcome, Tasks
from msclinic.ui.widgets import PasswordField, column, label
from msclinic.vault import refused_pin
from msclinic.wording import tr

__all__ = ["PinForm", "uses_pin"]


def uses_pin(session: Session) -> bool:
    """Whether the study lets this person's role sign anything with a PIN."""
    return any(session.may(f"sign:{meaning}") for meaning in pin_meanings(session.study))


class PinForm(QWidget):
    """Says at which gates the PIN counts, and sets it."""

    def __init__(self, session: Session, tasks: Tasks) -> None:
        super().__init__()
        self._session, self._tasks = session, tasks
        gates = sorted(one for one in pin_meanings(session.study) if session.may(f"sign:{one}"))
        self.form = ActForm(
            Asked(
                "own_pin",
                tr("Your signing PIN"),
                tr(
                    "At gates {gates} the PIN may stand for the password, once you have signed"
                    " with the password after signing in. Six to twelve digits, on this computer's"
                    " key ring alone.",
                    gates=", ".join(gates),
                ),
                tr("Set the PIN"),
                (
                    ("password", tr("Your password"), _secret(tr("Your password"))),
                    ("pin", tr("New PIN"), _digits(tr("New PIN"))),
                    ("again", tr("The same PIN once more"), _digits(tr("The same PIN once more"))),
                ),
                _problem,
                second=True,
            )
        )
        self._done = label("", "body_medium", "ok", wrap=True)
        self._done.hide()
        lines = column(gap=8)
        lines.addWidget(self.form)
        lines.addWidget(self._done)
        self.setLayout(lines)
        self.form.asked.connect(self._set)
        self.form.cancelled.connect(self.clear)

    def clear(self) -> None:
        """Drop what was typed."""
        self.form.clear_secrets()
        self.form.say("")

    def _set(self, answers: object) -> None:
        if not isinstance(answers, Answers):
            return
        session = self._session
        password, pin = answers.secrets["password"], answers.secrets["pin"]
        self._done.hide()

        def work() -> Outcome[None]:
            set_signing_pin(session, password, pin)
            return Outcome(None)

        self._tasks.write(work, self._was_set, self._refused)

    def _was_set(self, _nothing: object) -> None:
        self.form.say("")
        self._done.setText(
            tr("Your PIN is set. It counts after your next signature with password.")
        )
        self._done.show()

    def _refused(self, error: Exception) -> None:
        self.form.say(" ".join(words_of(error)).strip())


def _secret(name: str) -> PasswordField:
    return PasswordField(name, size=40)


def _digits(name: str) -> PasswordField:
    field = PasswordField(name, size=40)
    field.edit.setMaxLength(12)
    field.edit.setInputMethodHints(
        Qt.InputMethodHint.ImhDigitsOnly | Qt.InputMethodHint.ImhSensitiveData
    )
    return field


def _problem(answers: Answers) -> str:
    if not answers.secrets["password"]:
        return tr("Type your password.")
    refusal = refused_pin(answers.secrets["pin"])
    if refusal is not None:
        return refusal.sentence
    if answers.secrets["pin"] != answers.secrets["again"]:
        return tr("The two PINs differ.")
    return ""
