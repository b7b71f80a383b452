"""Opening an account: the new person's own password, a witness beside the admin, one button."""

import pytest
from tests.clinic import COST, PASSWORDS
from tests.ui.screen_help import Visited, cut_cells, faults_of

from msclinic.domain.values import Code
from msclinic.services.people import accounts
from msclinic.services.sign_in import join
from msclinic.ui.people.screen import PeopleScreen
from msclinic.ui.tasks import Tasks

ROOM = (1366 - 120, 768 - 60)
SECRET = "seven grey geese fly home"


@pytest.fixture
def screen(qtbot, clinic) -> PeopleScreen:
    tasks = Tasks()
    made = PeopleScreen(clinic.session("ADMIN-01"), Visited().navigator(), tasks, COST)
    made.tasks_of_test = tasks
    qtbot.addWidget(made)
    made.resize(1280, 700)
    made.show()
    return made


def fill(form, *, again: str = SECRET, witness_password: str = PASSWORDS["PI-01"]) -> None:
    form.role.answered.emit(Code("NUR"))
    form.password.edit.setText(SECRET)
    form.again.edit.setText(again)
    form.witness.answered.emit(Code("PI-01"))
    form.witness_password.edit.setText(witness_password)


def test_an_account_is_opened_issued_and_witnessed(screen, clinic, qtbot):
    screen.offer()
    fill(screen.form)
    assert screen.form.account.edit.text() == "NUR-01"
    screen.form._open.click()
    qtbot.waitUntil(lambda: screen.form is None, timeout=10_000)
    admin = clinic.session("ADMIN-01")
    found = next(one for one in accounts(admin) if one.account == "NUR-01")
    assert (found.roles, found.certified) == (("NUR",), True)
    joined = join(admin, "NUR-01", SECRET)
    assert joined.role == "NUR"
    joined.close(keep_store=True)


def test_an_id_that_was_given_is_not_proposed_again(screen):
    screen.offer()
    screen.form.role.answered.emit(Code("PI"))
    assert screen.form.account.edit.text() == "PI-02"


def test_passwords_that_differ_open_nothing(screen):
    screen.offer()
    fill(screen.form, again=SECRET + "!")
    screen.form._open.click()
    assert "differ" in screen.form._problem.text()


def test_a_wrong_witness_is_refused_and_every_password_is_gone(screen, clinic, qtbot):
    screen.offer()
    fill(screen.form, witness_password="not the password at all")
    screen.form._open.click()
    assert [one.edit.text() for one in (screen.form.password, screen.form.witness_password)] == [
        "",
        "",
    ]
    qtbot.waitUntil(lambda: bool(screen.form._problem.text()), timeout=10_000)
    assert "do not match" in screen.form._problem.text()
    assert "NUR-01" not in [one.account for one in accounts(clinic.session("ADMIN-01"))]


def test_what_was_typed_does_not_show_its_passwords_when_printed(screen, qtbot):
    screen.offer()
    fill(screen.form)
    screen.form.asked.disconnect()
    with qtbot.waitSignal(screen.form.asked) as asked:
        screen.form._open.click()
    assert SECRET not in repr(asked.args[0])


def test_the_list_is_a_sound_model(screen, qtmodeltester):
    qtmodeltester.check(screen.model)


@pytest.mark.parametrize(("language", "scale"), [("en", 100), ("pl", 150)])
def test_nothing_of_the_page_is_cut(qtbot, clinic, language, scale):
    shown = []

    def make() -> PeopleScreen:
        made = PeopleScreen(clinic.session("ADMIN-01"), Visited().navigator(), tasks, COST)
        made.offer()
        shown.append(made)
        return made

    tasks = Tasks()
    faults = faults_of(qtbot, make, ROOM, language, scale, lambda one: one.isVisible())
    assert faults + cut_cells(shown[0].table) == []
