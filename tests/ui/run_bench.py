"""What tests of the infusion run share: a clinic, a window, hands."""

from datetime import timedelta

import pytest
from attrs import fields
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QWidget
from tests.clinic import PASSWORDS, build_clinic, copy_clinic
from tests.infusion_day import day_steps
from tests.lives import randomised

from msclinic.domain.values import Code
from msclinic.services.entry import FormEntry
from msclinic.services.infusion.view import run_view
from msclinic.ui.infusion.screen import RunScreen
from msclinic.ui.navigation import Navigator
from msclinic.ui.shell import RailEntry, Shell, Who
from msclinic.ui.tasks import Tasks

__all__ = [
    "MINUTE",
    "VISIT",
    "Played",
    "Went",
    "click",
    "day",
    "go",
    "join",
    "keys",
    "seen",
    "settle",
    "show",
    "sign",
    "template",
    "texts",
    "typed",
]

VISIT = "V1"
MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A clinic with one participant, randomised once for every test of the module."""
    clinic = build_clinic(tmp_path_factory.mktemp("template") / "home")
    participant = randomised(clinic, 7)
    clinic.close()
    return clinic, participant


class Played:
    """An infusion day of one participant, played as far as a test wants it."""

    def __init__(self, clinic, participant):
        self.clinic = clinic
        self.participant = participant
        self.steps = day_steps(clinic, self.participant, VISIT, 2)

    def to(self, state):
        for reached in self.steps:
            if reached == state:
                return

    def entry(self, form, account="NUR-04"):
        return FormEntry(self.clinic.session(account), self.participant, VISIT, form)

    def state(self):
        return run_view(self.clinic.session("NUR-04"), self.participant, VISIT).state.name


@pytest.fixture
def day(template, tmp_path):
    clinic = copy_clinic(template[0], tmp_path / "home")
    yield Played(clinic, template[1])
    clinic.close()


class Went:
    """Where the screen sent its person, and what it said."""

    def __init__(self):
        self.places, self.said = [], []

    def navigator(self):
        def to(name):
            return lambda *ids: self.places.append((name, *ids))

        places = {one.name: to(one.name) for one in fields(Navigator)}
        return Navigator(**places | {"say": self.said.append})


@pytest.fixture
def show(qtbot, day):
    """Put the run into the program's own frame, laid out and active."""

    def put(account="NUR-04"):
        went = Went()
        shell = Shell()
        qtbot.addWidget(shell)
        shell.set_who(Who(account, "Infusion nurse"))
        shell.set_rail([RailEntry("today", "Today", "sun")], "today")
        tasks = Tasks(shell)
        page = RunScreen(
            day.clinic.session(account), went.navigator(), tasks, day.participant, VISIT
        )
        tasks.failed.connect(went.said.append)
        tasks.changed.connect(page.refresh)
        shell.banner.set_identity(page.identity)
        shell.banner.show()
        shell.add_page("page", page)
        shell.show_page("page")
        shell.resize(1366, 768)
        shell.show()
        shell.activateWindow()
        qtbot.waitUntil(shell.isActiveWindow)
        page.shell, page.went, page.jobs = shell, went, tasks
        settle(page)
        return page

    return put


def settle(page):
    """Let everything that was asked for happen."""
    for _ in range(5):
        page.jobs.wait()
        QApplication.processEvents()


def texts(page: QWidget):
    """Everything a person could read on the screen or hear of it."""
    found = []
    for widget in [page, *page.findChildren(QWidget)]:
        found += [widget.accessibleName(), widget.accessibleDescription(), widget.toolTip()]
        if isinstance(widget, QLabel | QAbstractButton | QLineEdit):
            found.append(widget.text())
    return " | ".join(text for text in found if text)


def seen(page):
    """Everything written in widgets that are shown."""
    return " | ".join(
        widget.text()
        for widget in page.findChildren(QWidget)
        if isinstance(widget, QLabel | QAbstractButton | QLineEdit)
        and widget.isVisible()
        and widget.text()
    )


def keys(qtbot, page, *given):
    """Type into whatever has the focus; Enter is ``\\r``."""
    for one in given:
        focused = QApplication.focusWidget()
        assert focused is not None, f"nothing has the focus before {one!r}"
        if one == "\r":
            qtbot.keyClick(focused, Qt.Key.Key_Return)
        else:
            qtbot.keyClicks(focused, one)
        settle(page)


def click(page, name):
    """Press a button that is shown, by its object name."""
    found = [one for one in page.findChildren(QAbstractButton, name) if one.isVisible()]
    assert found, f"{name} is not shown; seen: {seen(page)}"
    found[0].click()
    settle(page)


def go(qtbot, page):
    """Ctrl+Enter: do what is next, from anywhere."""
    qtbot.keyClick(
        QApplication.focusWidget() or page, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier
    )
    settle(page)


def sign(qtbot, page, account):
    """The act is to sign; the password is typed again."""
    assert page.act.key == "sign", page.act
    go(qtbot, page)
    assert page.doing.signing.isVisible()
    keys(qtbot, page, PASSWORDS[account], "\r")
    assert not page.doing.signing.isVisible(), seen(page.doing.signing)


def join(qtbot, page, account):
    """A second person signs in at this device."""
    assert page.act.key == "join", page.act
    go(qtbot, page)
    panel = page.findChild(QWidget, "join/password").parentWidget()
    panel.who.answered.emit(Code(account))
    keys(qtbot, page, PASSWORDS[account], "\r")
    assert page.actor.account == account


def typed(*values):
    """Values, each followed by Enter, as single keys for ``keys``."""
    found = []
    for value in values:
        found += [value.removesuffix("\r"), "\r"] if value.endswith("\r") else [value]
    return found
