from datetime import timedelta
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QWidget
from tests.clinic import PASSWORDS, build_clinic, copy_clinic
from tests.infusion_day import (
    answer_fit,
    assign_kit,
    check_bedside,
    day_steps,
    play_round,
    release,
)
from tests.ui.clipping import clipping_faults

from msclinic.domain.values import Code
from msclinic.services.entry import FormEntry
from msclinic.services.infusion.view import run_view
from msclinic.ui.infusion.screen import RunScreen
from msclinic.ui.navigation import Navigator
from msclinic.ui.shell import RailEntry, Shell, Who
from msclinic.ui.style import apply_theme
from msclinic.ui.tasks import Tasks
from msclinic.wording import set_language

VISIT = "V1"
MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    return build_clinic(tmp_path_factory.mktemp("template") / "home")


class Played:
    """An infusion day of one participant, played as far as a test wants it."""

    def __init__(self, clinic):
        self.clinic = clinic
        self.participant = clinic.enrol(7)
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
    clinic = copy_clinic(template, tmp_path / "home")
    yield Played(clinic)
    clinic.close()


class Went:
    """Where the screen sent its person, and what it said."""

    def __init__(self):
        self.places, self.said = [], []

    def navigator(self):
        def to(name):
            return lambda *ids: self.places.append((name, *ids))

        names = ("today", "participants", "participant", "form", "run", "exam", "documents")
        return Navigator(**{name: to(name) for name in names}, say=self.said.append)


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


def test_arrived_opens_at_the_first_item_and_says_what_is_left(day, show):
    day.to("ARRIVED")
    page = show()
    assert page.act.words.startswith("Next: Participant code on the trial")
    assert "items open" in seen(page.frame.gate)
    assert QApplication.focusWidget().accessibleName() == "Participant code on the trial card"


def test_wrong_code_is_stored_and_the_gate_says_so(qtbot, day, show):
    day.to("ARRIVED")
    page = show()
    keys(qtbot, page, "PL01-099", "\r")
    stored = day.entry("fit_to_dose")
    assert stored.value("A01") == "PL01-099"
    assert "Shut" in texts(page.frame.gate)
    assert page.view.gates["G1"].status == "shut"


def test_the_physician_signs_g1_at_the_nurses_device(qtbot, day, show):
    day.to("ARRIVED")
    assign_kit(day.clinic, day.participant, VISIT)
    answer_fit(day.clinic, day.participant, VISIT)
    day.clinic.consent(
        day.clinic.session("PHY-01"), day.participant, VISIT, day.clinic.clock.now().date()
    )
    page = show()
    assert day.state() == "ARRIVED"
    join(qtbot, page, "PHY-01")
    assert "beside NUR 04" in seen(page)
    sign(qtbot, page, "PHY-01")
    assert day.state() == "FIT"
    assert page.actor.account == "NUR-04"
    assert not page.went.said
    assert "Waits for the preparer since" in seen(page)


def test_a_preparer_sees_the_release_only_and_signs_it(qtbot, day, show):
    day.to("FIT")
    now = day.clinic.clock.now()
    release(
        day.clinic,
        day.participant,
        VISIT,
        prepared_at=now - 65 * MINUTE,
        use_before=now + 175 * MINUTE,
    )
    page = show("PREP-01")
    assert set(page.view.gates) == {"G2"}
    assert "Fit to dose" not in seen(page)
    sign(qtbot, page, "PREP-01")
    assert [who for who, _ in page.view.gates["G2"].signed] == ["PREP-01"]
    assert page.act.key == "join"


def test_second_checker_sees_nothing_of_the_first_answers_until_both_are_done(qtbot, day, show):
    day.to("AT_BEDSIDE")
    secret = "K-999999"
    check_bedside(
        day.clinic, "NUR-04", day.participant, VISIT, {"C01": secret, "C06_LABEL": Decimal("101.5")}
    )
    page = show()
    join(qtbot, page, "NUR-06")
    assert page.act.words == "Begin my check"
    go(qtbot, page)
    for text in (texts(page), seen(page)):
        assert secret not in text
        assert "101.5" not in text
    assert "are hidden until you have finished" in seen(page)
    code = page.identity.code
    keys(qtbot, page, *typed("K-204817\r", f"{code}\r", f"{code}\r"))
    assert secret not in texts(page)
    assert page.session.account == "NUR-04"


def test_wrong_kit_is_stored_and_g3_stays_shut_with_words(qtbot, day, show):
    day.to("AT_BEDSIDE")
    page = show()
    assert page.view.checks == ()
    go(qtbot, page)
    keys(qtbot, page, *typed("K-111111\r"))
    assert "K-111111" in seen(page)
    assert page.view.gates["G3"].status == "shut"
    assert "not the kit assigned" in seen(page)
    assert "Shut" in texts(page.frame.gate)


def test_start_is_signed_and_then_stamped(qtbot, day, show):
    day.to("VERIFIED")
    page = show()
    keys(qtbot, page, *typed("P-12\r", "20022027\r"))
    sign(qtbot, page, "NUR-04")
    assert page.act.words == "Start infusion"
    go(qtbot, page)
    assert day.state() == "RUNNING"
    assert "Running for" in seen(page)


def test_a_round_by_keyboard_with_the_last_values_above(qtbot, day, show):
    day.to("RUNNING")
    page = show()
    assert page.act.why_not == "from 09:40"
    day.clinic.clock.turn(15 * MINUTE)
    page.tick(day.clinic.clock.now())
    settle(page)
    go(qtbot, page)
    assert page.view.rates[-1].rate == 100
    assert page.act.words == "Begin the T15 round"
    go(qtbot, page)
    assert "Base 124" in seen(page)
    keys(qtbot, page, *typed("122\r", "74\r", "78\r", "15\r", "36.8\r", "97\r", "0\r"))
    keys(qtbot, page, "Alert", "\r")
    go(qtbot, page)
    keys(qtbot, page, *typed("0\r", "12.4\r"), "n")
    go(qtbot, page)
    keys(qtbot, page, "1")
    assert page.act.words == "Finish the round", (page.act, page.step.left_words())
    go(qtbot, page)
    done = [one for one in page.view.rounds if one.point == "T15"]
    assert done[0].status == "done"
    assert page.view.readings[-1].news2.total == 0
    assert page.view.pump == Decimal("12.4")


def test_a_restart_in_a_round_opens_the_round(qtbot, day, show):
    day.to("RUNNING")
    day.clinic.clock.turn(15 * MINUTE)
    page = show()
    go(qtbot, page)
    go(qtbot, page)
    keys(qtbot, page, *typed("122\r", "74\r"))
    page.settle()
    again = show()
    assert "T15 round" in seen(again)
    assert again.act.words == "Next: Pulse"


def test_an_overdue_round_says_so(day, show):
    day.to("RUNNING")
    page = show()
    day.clinic.clock.turn(21 * MINUTE)
    page.tick(day.clinic.clock.now())
    settle(page)
    assert page.frame.chip.text() == "Due 09:45, 6 min late"


def test_a_stop_rule_is_a_red_bar_and_blocks_the_next_step_only(qtbot, day, show):
    day.to("RUNNING")
    day.clinic.clock.turn(15 * MINUTE)
    play_round(day.clinic, day.participant, VISIT, "T15", Decimal("12.5"), {"OXYSAT": 88})
    page = show()
    assert "ask to stop the infusion" in seen(page.frame.stops)
    assert page.act.words == "Stopped: record the end"
    assert page.step.isVisible()


def test_the_end_is_typed_and_stamped(qtbot, day, show):
    day.to("RUNNING")
    page = show()
    day.clinic.clock.turn(68 * MINUTE)
    page.open_end()
    settle(page)
    keys(qtbot, page, *typed("100\r", "0\r"), "y")
    assert page.act.words == "Infusion has ended now"
    go(qtbot, page)
    assert page.view.ended_at == day.clinic.clock.now()
    assert page.view.state.name == "OBSERVING"


def test_a_signed_run_is_read_only_and_leads_to_the_documents(qtbot, day, show):
    day.to("SIGNED")
    page = show()
    assert "The visit is closed and signed" in seen(page)
    go(qtbot, page)
    assert page.went.places == [("documents", day.participant, VISIT)]


@pytest.mark.parametrize("state", ["ARRIVED", "AT_BEDSIDE", "RUNNING", "OBSERVING", "DISCHARGED"])
def test_nothing_is_cut_in_polish_at_150_percent(qapp, day, show, state):
    day.to(state)
    set_language("pl")
    apply_theme(qapp, scale=150)
    page = show()
    assert clipping_faults(page.shell, (1366, 768)) == []


def test_the_clock_and_a_round_fit_in_polish(qtbot, day, show):
    day.to("RUNNING")
    set_language("pl")
    day.clinic.clock.turn(15 * MINUTE)
    page = show()
    go(qtbot, page)
    go(qtbot, page)
    assert page.frame.chip.isVisible()
    assert clipping_faults(page.shell, (1366, 768)) == []


def test_both_checkers_sign_g3_at_one_device(qtbot, day, show):
    day.to("AT_BEDSIDE")
    for account in ("NUR-04", "NUR-06"):
        check_bedside(day.clinic, account, day.participant, VISIT)
    page = show()
    assert "Both checks agree" in seen(page)
    sign(qtbot, page, "NUR-04")
    join(qtbot, page, "NUR-06")
    sign(qtbot, page, "NUR-06")
    assert page.view.gates["G3"].status == "passed"
    assert page.actor.account == "NUR-04"
    assert page.act.words.startswith("Next: Pump number")


def test_a_mismatch_is_shown_to_both_only_after_both_have_finished(day, show):
    day.to("AT_BEDSIDE")
    check_bedside(day.clinic, "NUR-04", day.participant, VISIT, {"C06_LABEL": Decimal("101.5")})
    check_bedside(day.clinic, "NUR-06", day.participant, VISIT)
    page = show()
    assert "The two checks differ" in seen(page)
    assert "101.5" in seen(page)
    assert page.view.gates["G3"].status == "shut"
