"""Queries beside the field: read, raised, answered and closed by keys alone; locks read-only."""

from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from tests.called import KEY, VISIT, called, sign_call
from tests.ui.clipping import clipping_faults
from tests.ui.forms_bench import Went, in_window, press, settle, type_in

from msclinic.domain.queries import ANSWERED, CLOSED, OPEN
from msclinic.services.data_locks import lock
from msclinic.services.entry import FormEntry
from msclinic.services.queries import participant_queries, raise_query, say
from msclinic.services.source_verification import form_marks, mark_verified
from msclinic.ui.forms.screen import FormScreen
from msclinic.ui.queries.strip import QueryStrip
from msclinic.ui.style import apply_theme
from msclinic.ui.tasks import Tasks
from msclinic.ui.widgets.buttons import Button
from msclinic.wording import set_language

SIZE = (1286, 664)
ASKED = "Is the weight in kilograms?"
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def participant(clinic):
    return clinic.enrol(1)


@pytest.fixture
def vitals(clinic, participant):
    entry = FormEntry(clinic.session("NUR-04"), participant, "SCR", "vital_signs")
    entry.answer(entry.ref("WEIGHT"), Decimal("71.5"))
    return entry


@pytest.fixture
def show(qtbot, clinic, participant):
    def make(account, form="vital_signs", visit="SCR", key="1", item=None):
        page = FormScreen(
            clinic.session(account),
            Went().navigator(),
            Tasks(),
            participant,
            visit,
            key,
            form,
            "1",
            item,
        )
        in_window(qtbot, page, SIZE)
        return page

    return make


def done(qtbot, page):
    qtbot.waitUntil(page.tasks.idle)
    settle()


def words(widget):
    return " ".join(one.text() for one in widget.findChildren(QLabel) if one.isVisible())


def strip_of(page, ref):
    return page.findChild(QueryStrip, f"{page.entry.path(ref)}#queries")


@pytest.mark.requirement("R-DAT-2")
def test_a_monitor_asks_beside_the_item_and_closes_by_keys_alone(
    qtbot, clinic, participant, vitals, show
):
    ref = vitals.ref("WEIGHT")
    page = show("MON-01", item=ref)
    button = page.findChild(Button, f"{vitals.path(ref)}#query")
    assert button.isVisible()
    button.setFocus(Qt.FocusReason.TabFocusReason)
    press(Qt.Key.Key_M, CONTROL)
    type_in(ASKED)
    press(Qt.Key.Key_Return)
    done(qtbot, page)
    (query,) = participant_queries(clinic.session("MON-01"), participant)
    assert (query.status, query.text, query.ref) == (OPEN, ASKED, ref)
    assert ASKED in words(strip_of(page, ref))
    assert ASKED in words(page.queries.card)
    say(clinic.session("NUR-04"), participant, query.key, "answer", "Yes.")
    page.open_queries(ref)
    settle()
    assert "Yes." in words(page.queries.card)
    closing = page.findChild(Button, f"query/{query.key}/close")
    closing.setFocus()
    press(Qt.Key.Key_Space)
    done(qtbot, page)
    assert participant_queries(clinic.session("MON-01"), participant)[0].status == CLOSED
    assert not strip_of(page, ref).isVisible()


def test_the_nurse_reads_the_query_at_the_field_and_answers_it(
    qtbot, clinic, participant, vitals, show
):
    ref = vitals.ref("WEIGHT")
    raise_query(clinic.session("MON-01"), participant, vitals.path(ref), ASKED)
    page = show("NUR-04", item=ref)
    assert ASKED in words(strip_of(page, ref))
    page.panel.focus_item(ref)
    settle()
    press(Qt.Key.Key_M, CONTROL)
    type_in("Yes, kilograms.")
    press(Qt.Key.Key_Return)
    done(qtbot, page)
    (query,) = participant_queries(clinic.session("MON-01"), participant)
    assert (query.status, query.text) == (ANSWERED, "Yes, kilograms.")
    press(Qt.Key.Key_Escape)
    assert not page.queries.card.isVisible()
    assert page.panel.editors[ref].isAncestorOf(QApplication.focusWidget())


def test_a_name_is_sent_only_after_a_second_press(qtbot, clinic, participant, vitals, show):
    ref = vitals.ref("WEIGHT")
    page = show("MON-01", item=ref)
    page.open_queries(ref)
    type_in("Was it Jan Kowalski?")
    press(Qt.Key.Key_Return)
    done(qtbot, page)
    assert participant_queries(clinic.session("MON-01"), participant) == []
    assert "Jan Kowalski" in words(page.queries.card)
    press(Qt.Key.Key_Return)
    done(qtbot, page)
    assert len(participant_queries(clinic.session("MON-01"), participant)) == 1


def test_a_query_on_the_whole_form_stands_above_its_items(clinic, participant, vitals, show):
    raise_query(clinic.session("MON-01"), participant, vitals.prefix, "Complete?")
    page = show("NUR-04")
    assert "Complete?" in words(page._form_queries)


@pytest.mark.requirement("R-BLD-6")
def test_a_rater_sees_the_question_and_not_whose_account_asks(clinic, participant, show):
    walk = FormEntry(clinic.session("RAT-02"), participant, "SCR", "t25fw")
    walk.answer(walk.ref("T25FW_NOTE"), "calm")
    ref = walk.ref("T25FW_NOTE")
    raise_query(clinic.session("MON-01"), participant, walk.path(ref), "Which shoes?")
    page = show("RAT-02", "t25fw", item=ref)
    page.open_queries(ref)
    settle()
    said = words(page.queries.card)
    assert "Which shoes?" in said
    assert "MON 01" not in words(page)


def test_answers_that_follow_a_press_are_marked_as_copied_from_paper(
    clinic, participant, vitals, show
):
    page = show("NUR-04")
    page.findChild(Button, f"{vitals.prefix}#paper").click()
    ref, reason = vitals.ref("WEIGHT"), {"code": "1", "text": ""}
    page.entry.answer(ref, Decimal("72.5"), reason=reason)
    page.open_section(page.way.section_with(ref))
    page.panel.refresh(read=False)
    assert page.entry.heads(ref)[0].source == "transcribed"
    assert "transcribed from paper" in words(page)


def test_a_monitor_marks_the_form_and_the_items_say_so(qtbot, clinic, participant, vitals, show):
    ref = vitals.ref("WEIGHT")
    page = show("MON-01", item=ref)
    page.findChild(Button, f"{vitals.prefix}#verify").click()
    done(qtbot, page)
    marks = form_marks(clinic.session("MON-01"), participant, vitals.prefix)
    assert vitals.path(ref) in marks.verified
    assert "source verified" in words(page)


@pytest.mark.requirement("R-DAT-8")
def test_a_locked_form_is_read_only_and_says_who_locked_it(clinic, participant, show):
    entry = called(clinic, participant)
    sign_call(clinic, entry)
    lock(clinic.session("PI-01"), participant, entry.prefix)
    page = show("NUR-04", "call", VISIT, KEY)
    assert "This form is locked: PI 01" in words(page)
    assert all(page.entry.state(ref).read_only for ref in page.entry.refs())


@pytest.mark.parametrize("account", ["NUR-04", "MON-01", "CRC-01"])
@pytest.mark.parametrize("scale", [100, 150])
def test_nothing_is_clipped_in_polish(qtbot, clinic, participant, vitals, show, account, scale):
    ref = vitals.ref("WEIGHT")
    asked = "Czy masa ciała podana jest w kilogramach, czy w funtach? " * 2
    raise_query(clinic.session("MON-01"), participant, vitals.path(ref), asked)
    raise_query(clinic.session("MON-01"), participant, vitals.prefix, asked)
    set_language("pl")
    apply_theme(QApplication.instance(), "light", scale)
    page = show(account, item=ref)
    for _ in range(6):
        settle()
    assert clipping_faults(page, SIZE) == []
    page.open_queries(ref)
    for _ in range(6):
        settle()
    assert clipping_faults(page.queries.card, SIZE) == []


@pytest.mark.parametrize("account", ["CRC-01", "MON-01", "NUR-04"])
@pytest.mark.parametrize("scale", [100, 150])
def test_what_is_known_of_answers_takes_no_room_from_their_choices(
    clinic, participant, show, account, scale
):
    mark_verified(clinic.session("MON-01"), participant, "SCR/1")
    set_language("pl")
    apply_theme(QApplication.instance(), "light", scale)
    page = show(account, "demography")
    for _ in range(6):
        settle()
    assert "zgodne ze źródłem" in words(page)
    assert clipping_faults(page, SIZE) == []
    area = page._areas[page._current]
    assert area.widget().width() <= area.viewport().width()


def test_the_filled_button_stays_the_next_step_of_the_form(clinic, participant, vitals, show):
    ref = vitals.ref("WEIGHT")
    raise_query(clinic.session("MON-01"), participant, vitals.path(ref), ASKED)
    page = show("NUR-04", item=ref)
    page.open_queries(ref)
    settle()
    shown = [one for one in page.findChildren(Button) if one.isVisible()]
    assert sum(one.kind == "primary" for one in shown) == 1
