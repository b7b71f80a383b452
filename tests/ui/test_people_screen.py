"""People on screen: opening an account, the acts on one, delegation, rights, review, incidents."""

import gc
import re
from datetime import date

import pytest
from tests.clinic import COST, PASSWORDS
from tests.ui.screen_help import Visited, been_read, cut_cells, faults_of

from msclinic.domain.values import Code
from msclinic.services.people import accounts
from msclinic.services.people.roles import grant_role
from msclinic.services.sign_in import join
from msclinic.store import opens
from msclinic.ui.people.key_card import KeyCard
from msclinic.ui.people.screen import PeopleScreen
from msclinic.ui.tasks import Tasks
from msclinic.vault import unwrap_with_recovery

ROOM = (1366 - 120, 768 - 60)
SECRET = "seven grey geese fly home"


@pytest.fixture(autouse=True)
def gone() -> None:
    """Screens of earlier tests go here, and not in the thread that reads the study anew."""
    gc.collect()


@pytest.fixture
def screen(qtbot, clinic) -> PeopleScreen:
    tasks = Tasks()
    made = PeopleScreen(clinic.session("ADMIN-01"), Visited().navigator(), tasks, COST)
    made.tasks_of_test = tasks
    qtbot.addWidget(made)
    made.resize(1280, 700)
    made.show()
    been_read(qtbot, made.accounts)
    return made


def fill(form, *, again: str = SECRET, witness_password: str = PASSWORDS["PI-01"]) -> None:
    form.role.answered.emit(Code("NUR"))
    form.password.edit.setText(SECRET)
    form.again.edit.setText(again)
    form.witness.answered.emit(Code("PI-01"))
    form.witness_password.edit.setText(witness_password)


def test_an_account_is_opened_issued_and_witnessed(screen, clinic, qtbot):
    screen.accounts.offer()
    fill(screen.accounts.form)
    assert screen.accounts.form.account.edit.text() == "NUR-01"
    screen.accounts.form._open.click()
    qtbot.waitUntil(lambda: screen.accounts.form is None, timeout=10_000)
    admin = clinic.session("ADMIN-01")
    found = next(one for one in accounts(admin) if one.account == "NUR-01")
    assert (found.roles, found.certified) == (("NUR",), True)
    joined = join(admin, "NUR-01", SECRET)
    assert joined.role == "NUR"
    joined.close(keep_store=True)


def test_an_id_that_was_given_is_not_proposed_again(screen):
    screen.accounts.offer()
    screen.accounts.form.role.answered.emit(Code("PI"))
    assert screen.accounts.form.account.edit.text() == "PI-02"


def test_passwords_that_differ_open_nothing(screen):
    screen.accounts.offer()
    fill(screen.accounts.form, again=SECRET + "!")
    screen.accounts.form._open.click()
    assert "differ" in screen.accounts.form._problem.text()


def test_a_wrong_witness_is_refused_and_every_password_is_gone(screen, clinic, qtbot):
    screen.accounts.offer()
    fill(screen.accounts.form, witness_password="not the password at all")
    screen.accounts.form._open.click()
    assert [
        one.edit.text()
        for one in (screen.accounts.form.password, screen.accounts.form.witness_password)
    ] == [
        "",
        "",
    ]
    qtbot.waitUntil(lambda: bool(screen.accounts.form._problem.text()), timeout=10_000)
    assert "do not match" in screen.accounts.form._problem.text()
    assert "NUR-01" not in [one.account for one in accounts(clinic.session("ADMIN-01"))]


def test_what_was_typed_does_not_show_its_passwords_when_printed(screen, qtbot):
    screen.accounts.offer()
    fill(screen.accounts.form)
    screen.accounts.form.asked.disconnect()
    with qtbot.waitSignal(screen.accounts.form.asked) as asked:
        screen.accounts.form._open.click()
    assert SECRET not in repr(asked.args[0])


def test_the_list_is_a_sound_model(screen, qtmodeltester):
    qtmodeltester.check(screen.accounts.model)


@pytest.mark.parametrize(("language", "scale"), [("en", 100), ("pl", 150)])
def test_nothing_of_the_page_is_cut(qtbot, clinic, language, scale):
    shown = []

    def make() -> PeopleScreen:
        made = PeopleScreen(clinic.session("ADMIN-01"), Visited().navigator(), tasks, COST)
        made.accounts.offer()
        shown.append(made)
        return made

    tasks = Tasks()
    faults = faults_of(qtbot, make, ROOM, language, scale, lambda one: one.isVisible())
    assert faults + cut_cells(shown[0].accounts.table) == []


def acted(screen, qtbot, act: str, account: str = "NUR-04") -> None:
    screen.accounts.choose(account)
    screen.accounts.press(act)


def finish(screen, qtbot) -> None:
    screen.accounts.form._act.click()
    qtbot.waitUntil(lambda: screen.accounts.form is None, timeout=10_000)


@pytest.fixture
def opened(qtbot, clinic):
    """Opens the screen for an account; kept until the test is over."""
    kept = []

    def make(account: str) -> PeopleScreen:
        tasks = Tasks()
        made = PeopleScreen(clinic.session(account), Visited().navigator(), tasks, COST)
        kept.append((tasks, made))
        qtbot.addWidget(made)
        made.resize(1280, 700)
        made.show()
        been_read(qtbot, made.accounts)
        return made

    yield make
    for tasks, _ in kept:
        tasks.wait()


@pytest.mark.requirement("R-USR-4")
def test_a_role_is_granted_and_waits_for_the_investigator(screen, clinic, qtbot):
    acted(screen, qtbot, "grant")
    screen.accounts.form.fields["role"].answered.emit(Code("CRC"))
    finish(screen, qtbot)
    found = next(one for one in accounts(clinic.session("ADMIN-01")) if one.account == "NUR-04")
    assert (set(found.roles), found.lapses) == ({"NUR", "CRC"}, {"CRC": "not_delegated"})
    row = [one.account for one in screen.accounts._accounts].index("NUR-04")
    assert "not delegated" in screen.accounts.model.index(row, 2).data()


def test_a_role_that_conflicts_is_refused_in_the_card(screen, qtbot):
    acted(screen, qtbot, "grant")
    screen.accounts.form.fields["role"].answered.emit(Code("PREP"))
    screen.accounts.form._act.click()
    qtbot.waitUntil(lambda: bool(screen.accounts.form._problem.text()), timeout=10_000)
    assert "may learn the arm" in screen.accounts.form._problem.text()


def test_a_lost_password_is_replaced_beside_a_witness(screen, clinic, qtbot):
    acted(screen, qtbot, "password")
    fields = screen.accounts.form.fields
    for key in ("password", "again"):
        fields[key].edit.setText(SECRET)
    fields["witness"].answered.emit(Code("PI-01"))
    fields["witness_password"].edit.setText(PASSWORDS["PI-01"])
    finish(screen, qtbot)
    join(clinic.session("ADMIN-01"), "NUR-04", SECRET).close(keep_store=True)


def test_the_investigator_delegates_until_a_day(opened, clinic, qtbot):
    grant_role(clinic.session("ADMIN-01"), "NUR-04", "CRC")
    screen = opened("PI-01")
    assert not screen.accounts.new.isVisible()
    acted(screen, qtbot, "delegate")
    form = screen.accounts.form
    form.fields["role"].answered.emit(Code("CRC"))
    form.fields["end"].answered.emit(date(2027, 3, 1))
    finish(screen, qtbot)
    found = next(one for one in accounts(clinic.session("PI-01")) if one.account == "NUR-04")
    assert found.standing.delegations["CRC"].end == date(2027, 3, 1)


def test_an_account_that_was_disabled_offers_no_act(screen, clinic, qtbot):
    acted(screen, qtbot, "disable", "MON-01")
    finish(screen, qtbot)
    screen.accounts.choose("MON-01")
    assert screen.accounts._acts == {}
    assert not screen.accounts._bar.isVisible()


def test_a_leaver_is_struck_off_and_the_record_stays_open(screen, clinic, qtbot):
    acted(screen, qtbot, "strike", "MON-01")
    finish(screen, qtbot)
    assert not clinic.home.ring("MON-01").exists()
    assert "left" in [screen.accounts.model.index(row, 4).data() for row in range(12)][4]


@pytest.mark.requirement("R-USR-5")
def test_a_review_empties_the_list_of_changes(screen, clinic, qtbot):
    screen.open_section("review")
    page = screen.section()
    been_read(qtbot, page)
    assert page.table is not None
    page.review()
    page.form._act.click()
    qtbot.waitUntil(lambda: page.form is None, timeout=10_000)
    been_read(qtbot, page)
    assert page.table is None
    assert "Reviewed" in page._words.text()


@pytest.mark.requirement("R-USR-2")
def test_the_rights_matrix_shows_every_role_of_the_study(screen, clinic, qtbot):
    screen.open_section("rights")
    been_read(qtbot, screen.section())
    columns = screen.section()._rows().columns()
    assert columns[1:] == tuple(clinic.session("ADMIN-01").study.roles)
    held = next(one for one in screen.section()._shown if one.objectName() == "people/holdings")
    since = held.model().index(0, 2).data()
    assert re.fullmatch(r"\d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}", since), since


@pytest.mark.requirement("R-USR-2")
def test_the_matrix_is_saved_as_a_file(screen, clinic, qtbot, tmp_path):
    screen.open_section("rights")
    page = screen.section()
    page.save(tmp_path / "rights.pdf")
    qtbot.waitUntil(lambda: page._said.text() == "A copy was saved.", timeout=20_000)
    assert (tmp_path / "rights.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.requirement("R-SEC-5")
def test_an_incident_is_recorded_in_words(screen, clinic, qtbot):
    screen.open_section("security")
    page = screen.section()
    been_read(qtbot, page)
    assert page.table is None
    page.record()
    page.form.fields["words"].edit.setText("A laptop was lost.")
    page.form._act.click()
    qtbot.waitUntil(lambda: page.form is None, timeout=10_000)
    been_read(qtbot, page)
    assert page.table.model().index(0, 3).data() == "A laptop was lost."


def test_a_monitor_reads_and_can_do_nothing(opened):
    screen = opened("MON-01")
    screen.accounts.choose("NUR-04")
    assert screen.accounts._acts == {}
    for section in ("log", "rights", "review", "security"):
        screen.open_section(section)
    assert screen.section().findChild(object, "people/incident") is None


@pytest.mark.parametrize(("language", "scale"), [("en", 100), ("pl", 150)])
@pytest.mark.parametrize("section", ["log", "rights", "review", "security"])
def test_nothing_of_a_section_is_cut(qtbot, clinic, section, language, scale):
    tasks = Tasks()

    def make() -> PeopleScreen:
        made = PeopleScreen(clinic.session("PI-01"), Visited().navigator(), tasks, COST)
        made.open_section(section)
        return made

    shown = faults_of(
        qtbot, make, ROOM, language, scale, lambda one: not one.section().reading.waiting
    )
    assert shown == []


def test_a_new_recovery_key_is_shown_once_and_opens_the_record(screen, clinic, qtbot):
    screen.open_section("security")
    page = screen.section()
    been_read(qtbot, page)
    page.renew_key()
    page.form._act.click()
    qtbot.waitUntil(lambda: bool(page.findChildren(KeyCard)), timeout=10_000)
    (card,) = page.findChildren(KeyCard)
    key = unwrap_with_recovery(card.shown.text(), clinic.home.data_key("recovery").read_bytes())
    assert opens(clinic.home.database, key)
    card._done.click()
    assert card.shown.text() == ""
