"""Signing off on a participant's page, and what was signed beside what is there now."""

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from tests.clinic import PASSWORDS
from tests.signed_visit import CALL, call_made, ready_casebook
from tests.ui.clipping import clipping_faults
from tests.ui.forms_bench import in_window, press, settle, type_in
from tests.ui.screen_help import Visited, been_read

from msclinic.domain.values import Code
from msclinic.services.sign_off import sign_off_of, sign_visit
from msclinic.services.signing import sign
from msclinic.store import WHOLE
from msclinic.ui.forms.screen import FormScreen
from msclinic.ui.participants.screen import ParticipantScreen
from msclinic.ui.style import apply_theme
from msclinic.ui.tasks import Tasks
from msclinic.wording import set_language

ENTER = Qt.Key.Key_Return


@pytest.fixture
def visited() -> Visited:
    return Visited()


@pytest.fixture
def tasks(qtbot):
    made = Tasks()
    yield made
    made.wait()


@pytest.fixture
def page(qtbot, clinic, visited, tasks):
    def make(account: str, participant: str) -> ParticipantScreen:
        session = clinic.session(account)
        made = ParticipantScreen(session, visited.navigator(), tasks, participant)
        been_read(qtbot, made)
        return in_window(qtbot, made)

    return make


def words(widget) -> list[str]:
    return [one.text() for one in widget.findChildren(QLabel) if one.isVisibleTo(widget)]


def button(widget, name: str) -> QPushButton | None:
    return widget.findChild(QPushButton, name)


def status(clinic, participant: str, scope: str) -> str:
    with clinic.session("PHY-01").store.read() as reader:
        return sign_off_of(reader.signatures(participant=participant), scope).status


def changed_after(clinic, participant: str) -> None:
    """The nurse changed an answer of a visit that had been signed off."""
    entry = call_made(clinic, participant)
    sign_visit(clinic.session("PHY-01"), participant, "C1D", "1", PASSWORDS["PHY-01"])
    clinic.clock.turn(timedelta(hours=1))
    entry.answer(entry.ref("E11_CM"), Code("Y"), reason={"code": "1", "text": ""})


def asked(qtbot, screen, scope: str):
    button(screen, f"sign_off/ask/{scope}").click()
    qtbot.waitUntil(screen.sign_offs.panel.isVisible)
    settle()
    return screen.sign_offs.panel


@pytest.mark.requirement("R-SIG-6")
def test_a_visit_is_signed_off_with_the_password(qtbot, clinic, page):
    participant = clinic.enrol(7)
    call_made(clinic, participant)
    screen = page("PHY-01", participant)
    panel = asked(qtbot, screen, "C1D/1")
    type_in(PASSWORDS["PHY-01"])
    press(ENTER)
    qtbot.waitUntil(lambda: not panel.isVisible())
    assert status(clinic, participant, "C1D/1") == "valid"
    assert any("signed off by PHY 01" in text for text in words(screen.sign_offs))
    assert button(screen.sign_offs, "sign_off/ask/C1D/1") is None


@pytest.mark.requirement("R-SIG-6")
def test_what_hinders_stands_in_place_of_the_password(qtbot, clinic, page):
    participant = clinic.enrol(7)
    call_made(clinic, participant, signed=False)
    panel = asked(qtbot, page("PHY-01", participant), "C1D/1")
    said = words(panel)
    assert any("signature missing: I entered these data" in text for text in said)
    assert not panel._card.password.isVisible()
    assert not panel._card.sign.isVisible()
    press(ENTER)
    assert not panel.isVisible()
    assert status(clinic, participant, "C1D/1") == "none"


def test_a_wrong_password_signs_off_nothing_and_is_asked_again(qtbot, clinic, page):
    participant = clinic.enrol(7)
    call_made(clinic, participant)
    panel = asked(qtbot, page("PHY-01", participant), "C1D/1")
    type_in("not the long key")
    press(ENTER)
    qtbot.waitUntil(lambda: not panel.waiting)
    assert panel.isVisible()
    assert status(clinic, participant, "C1D/1") == "none"


def test_the_investigator_signs_the_casebook(qtbot, clinic, page):
    participant = ready_casebook(clinic)
    screen = page("PI-01", participant)
    panel = asked(qtbot, screen, WHOLE)
    type_in(PASSWORDS["PI-01"])
    press(ENTER)
    qtbot.waitUntil(lambda: not panel.isVisible())
    assert status(clinic, participant, WHOLE) == "valid"


@pytest.mark.parametrize("account", ["NUR-04", "CRC-01", "MON-01"])
def test_others_see_how_visits_stand_and_sign_nothing(clinic, page, account):
    participant = clinic.enrol(7)
    changed_after(clinic, participant)
    screen = page(account, participant)
    assert any("void, changed later: PHY 01" in text for text in words(screen.sign_offs))
    assert button(screen, "sign_off/ask/C1D/1") is None
    assert button(screen, "sign_off/shown/C1D/1") is not None


@pytest.mark.requirement("R-SIG-2", "R-SIG-1")
def test_a_void_sign_off_shows_what_was_signed_and_what_is_there_now(qtbot, clinic, page):
    participant = clinic.enrol(7)
    changed_after(clinic, participant)
    screen = page("PHY-01", participant)
    button(screen, "sign_off/shown/C1D/1").click()
    content = screen.sign_offs.content
    qtbot.waitUntil(lambda: content.card is not None and content.card.model.rowCount() > 0)
    card = content.card
    shown = [
        [card.model.index(at, one).data() for one in range(4)]
        for at in range(card.model.rowCount())
    ]
    assert shown == [["Safety call", "New medicine", "No", "Yes (NUR 04)"]]
    said = " ".join(words(card))
    assert "PHY 01, Treating physician" in said
    assert "I reviewed this visit, it is complete" in said
    assert "23 Nov 2026 09:30" in said
    card.changes.click()
    assert card.model.rowCount() > 1
    press(Qt.Key.Key_Escape)
    assert not content.isVisible()


def form(qtbot, clinic, visited, tasks, participant: str, account: str = "NUR-04") -> FormScreen:
    session = clinic.session(account)
    return in_window(
        qtbot,
        FormScreen(session, visited.navigator(), tasks, participant, "C1D", "1", "call", "1"),
    )


@pytest.mark.requirement("R-SIG-1", "R-SIG-2")
def test_a_form_names_each_signature_and_shows_each_version(qtbot, clinic, visited, tasks):
    participant = clinic.enrol(7)
    changed_after(clinic, participant)
    sign(clinic.session("NUR-04"), participant, CALL, "form_entered", PASSWORDS["NUR-04"])
    screen = form(qtbot, clinic, visited, tasks, participant)
    said = " ".join(words(screen))
    assert "I entered these data: NUR 04, Nurse, 23 Nov 2026 10:30" in said
    assert "Void, changed later: I entered these data, NUR 04, Nurse, 23 Nov 2026 09:30" in said
    button(screen, f"{CALL}#signed").click()
    panel = screen.signed_panel
    qtbot.waitUntil(lambda: panel.card is not None and panel.card.state.text() == "Signature valid")
    panel.card.earlier.click()
    qtbot.waitUntil(lambda: panel.card.state.text() == "Signature void")
    assert panel.card.model.index(0, 2).data() == "No"
    panel.card.later.click()
    qtbot.waitUntil(lambda: panel.card.state.text() == "Signature valid")


def test_a_form_without_a_signature_offers_nothing_to_show(qtbot, clinic, visited, tasks):
    participant = clinic.enrol(7)
    call_made(clinic, participant, signed=False)
    screen = form(qtbot, clinic, visited, tasks, participant)
    assert not button(screen, f"{CALL}#signed").isVisible()


@pytest.mark.parametrize("language", ["en", "pl"])
@pytest.mark.parametrize("scale", [100, 150])
def test_nothing_is_clipped(qapp, qtbot, clinic, page, language, scale):
    set_language(language)
    apply_theme(qapp, "light", scale)
    participant = clinic.enrol(7)
    changed_after(clinic, participant)
    screen = page("PI-01", participant)
    panel = asked(qtbot, screen, "C1D/1")
    assert clipping_faults(panel) == []
    panel.dismiss()
    button(screen, "sign_off/shown/C1D/1").click()
    content = screen.sign_offs.content
    qtbot.waitUntil(lambda: content.card is not None and content.card.model.rowCount() > 0)
    settle()
    assert clipping_faults(content) == []
