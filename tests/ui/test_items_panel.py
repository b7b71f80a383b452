"""Items of a form on a real clinic: stored, refused, kept, changed, late, disputed."""

from datetime import timedelta
from decimal import Decimal

import pytest
from attrs import evolve
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from tests.ui.clipping import clipping_faults
from tests.ui.forms_bench import in_window, press, settle, type_in

from msclinic.domain.values import Missing
from msclinic.services.entry import CHANGED, LATE, FormEntry
from msclinic.services.gateway import recording
from msclinic.ui.forms.blocks import refs_of
from msclinic.ui.forms.items import ItemsPanel
from msclinic.ui.style import apply_theme
from msclinic.ui.widgets.reasons import ReasonBar
from msclinic.ui.widgets.surfaces import scrolled
from msclinic.wording import set_language

ENTER = Qt.Key.Key_Return


@pytest.fixture
def reading(clinic):
    participant = clinic.enrol(7)
    entry = FormEntry(clinic.session("NUR-04"), participant, "V1", "vital_signs")
    return entry, entry.add_repeat("reading")


def again(entry):
    """The same form, read anew from the record."""
    return FormEntry(entry.session, entry.participant, entry.visit, entry.form.oid)


def panel_of(qtbot, entry, key, **more):
    return in_window(qtbot, ItemsPanel(entry, ["reading"], headings=False, **more))


def give(panel, ref, text):
    panel.focus_item(ref)
    settle()
    type_in(text)
    press(ENTER)


def test_an_answer_is_in_the_record_when_enter_is_pressed(qtbot, reading):
    entry, key = reading
    panel = panel_of(qtbot, entry, key)
    stored = []
    panel.stored.connect(stored.append)
    give(panel, entry.ref("SYSBP", key), "124")
    assert stored == [entry.ref("SYSBP", key)]
    assert again(entry).value("SYSBP", key) == 124
    assert QApplication.focusWidget() is panel.editors[entry.ref("DIABP", key)].input.edit


def test_every_input_is_named_by_its_item_path(qtbot, reading):
    entry, key = reading
    panel = panel_of(qtbot, entry, key)
    for ref, editor in panel.editors.items():
        assert editor.objectName() == entry.path(ref)
        assert editor.accessibleName()


def test_an_impossible_value_is_refused_and_not_stored(qtbot, reading):
    entry, key = reading
    ref = entry.ref("SYSBP", key)
    panel = panel_of(qtbot, entry, key)
    give(panel, ref, "900")
    editor = panel.editors[ref]
    assert again(entry).value("SYSBP", key) is None
    assert editor.panel.isVisible()
    assert editor.input.edit.text() == "900"
    assert QApplication.focusWidget() is editor.input.edit
    press(Qt.Key.Key_Escape)
    assert not editor.panel.isVisible()


def test_a_doubtful_value_is_stored_and_kept_with_one_digit(qtbot, reading):
    entry, key = reading
    ref = entry.ref("SYSBP", key)
    panel = panel_of(qtbot, entry, key)
    give(panel, ref, "78")
    assert again(entry).value("SYSBP", key) == 78
    assert isinstance(QApplication.focusWidget(), ReasonBar)
    before = panel.left()
    press(Qt.Key.Key_2)
    assert again(entry).state(ref).findings == ()
    assert panel.left() == before - 1
    assert QApplication.focusWidget() is panel.editors[entry.ref("DIABP", key)].input.edit


def test_mistyped_goes_back_to_the_field_and_explains_the_next_value(qtbot, reading):
    entry, key = reading
    ref = entry.ref("SYSBP", key)
    panel = panel_of(qtbot, entry, key)
    give(panel, ref, "78")
    press(Qt.Key.Key_1)
    assert QApplication.focusWidget() is panel.editors[ref].input.edit
    type_in("118")
    press(ENTER)
    state = again(entry).state(ref)
    assert state.answer == 118
    assert state.findings == ()


def test_a_changed_answer_asks_why_and_takes_one_digit(qtbot, reading):
    entry, key = reading
    ref = entry.ref("SYSBP", key)
    panel = panel_of(qtbot, entry, key)
    give(panel, ref, "124")
    give(panel, ref, "126")
    assert [found.code for found in again(entry).state(ref).findings] == [CHANGED]
    press(Qt.Key.Key_2)
    state = again(entry).state(ref)
    assert state.findings == ()
    assert CHANGED in state.kept


def test_one_reason_explains_everything_that_came_late(qtbot, reading, clinic):
    entry, key = reading
    panel = panel_of(qtbot, entry, key)
    panel.set_event_time(clinic.clock.now() - timedelta(minutes=40))
    late = [entry.ref("SYSBP", key), entry.ref("DIABP", key)]
    for ref, text in zip(late, ("124", "80"), strict=True):
        give(panel, ref, text)
    fresh = again(entry)
    assert all(LATE in {f.code for f in fresh.state(ref).findings} for ref in late)
    bar = next(bar for bar in panel.findChildren(ReasonBar) if bar.isVisible())
    bar.choose("2")
    settle()
    fresh = again(entry)
    assert all(LATE in fresh.state(ref).kept for ref in late)
    assert fresh.heads(late[0])[0].event_time is not None


def test_a_time_given_afterwards_is_no_change_that_needs_a_reason(qtbot, reading, clinic):
    entry, key = reading
    ref = entry.ref("SYSBP", key)
    panel = panel_of(qtbot, entry, key)
    give(panel, ref, "124")
    clinic.clock.turn(timedelta(minutes=10))
    panel.focus_item(ref)
    settle()
    press(Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    type_in("0930")
    press(ENTER)
    state = again(entry).state(ref)
    assert again(entry).heads(ref)[0].event_time is not None
    assert state.answer == 124
    assert state.findings == ()


def test_a_reason_for_no_answer_is_stored(qtbot, reading):
    entry, key = reading
    ref = entry.ref("TEMP", key)
    panel = panel_of(qtbot, entry, key)
    editor = panel.editors[ref]
    editor.answered.emit(Missing("NOT_DONE"))
    assert again(entry).value("TEMP", key) == Missing("NOT_DONE")
    assert editor.input.edit.text() == "Not done"


def test_of_two_answers_one_is_chosen_by_digit(qtbot, reading):
    entry, key = reading
    ref = entry.ref("SYSBP", key)
    entry.answer(ref, 124)
    with recording(entry.session) as act:
        act.set(
            "answered",
            entry.path(ref),
            {"type": "integer", "value": "130"},
            participant=entry.participant,
        )
        # As if another device had not known of the first answer.
        draft = act._drafts[(entry.participant, entry.path(ref))]
        act._drafts[(entry.participant, entry.path(ref))] = evolve(draft, supersedes=())
    panel = panel_of(qtbot, again(entry), key)
    bar = panel.editors[ref].panel.findChild(ReasonBar)
    assert bar.isVisible()
    bar.choose("1")
    settle()
    state = again(entry).state(ref)
    assert len(again(entry).heads(ref)) == 1
    assert state.findings == ()


def test_rows_that_do_not_apply_are_folded_away(qtbot, clinic):
    participant = clinic.enrol(7)
    entry = FormEntry(clinic.session("NUR-04"), participant, "LOG", "adverse_event", "1", "a" * 16)
    panel = in_window(qtbot, ItemsPanel(entry, ["event"]))
    end = panel.editors[entry.ref("AEENDAT")]
    assert not end.isVisible()
    panel.focus_item(entry.ref("AEONGO"))
    press(Qt.Key.Key_N)
    assert end.isVisible()


def test_an_item_of_another_role_is_shown_but_cannot_be_answered(qtbot, clinic):
    participant = clinic.enrol(7)
    entry = FormEntry(clinic.session("NUR-04"), participant, "LOG", "adverse_event", "1", "a" * 16)
    panel = in_window(qtbot, ItemsPanel(entry, ["assessment"]))
    editor = panel.editors[entry.ref("AEREL")]
    assert editor.input.focusPolicy() == Qt.FocusPolicy.NoFocus
    assert "Physician" in editor._note.text()
    assert panel.focus_next_open()
    assert QApplication.focusWidget() is panel.editors[entry.ref("AEACN")].input.edit


def test_a_panel_at_the_chair_stores_the_same(qtbot, reading):
    entry, key = reading
    panel = panel_of(qtbot, entry, key, layout="chair", columns=3)
    give(panel, entry.ref("TEMP", key), "36.6")
    assert again(entry).value("TEMP", key) == Decimal("36.6")


def test_one_more_repeat_is_added_and_gets_the_focus(qtbot, reading, clinic):
    entry, key = reading
    clinic.clock.turn(timedelta(minutes=1))
    panel = panel_of(qtbot, entry, key)
    added = panel.add_repeat("reading")
    settle()
    assert again(entry).keys("reading") == (key, added)
    assert {ref[1] for ref in panel.editors} == {key, added}


def test_items_can_be_chosen_one_by_one(reading):
    entry, key = reading
    one = entry.ref("TEMP", key)
    assert refs_of(entry, [one]) == [one]


@pytest.mark.parametrize("layout", ["desk", "chair"])
def test_nothing_is_clipped_in_polish_at_150_percent(qtbot, qapp, reading, layout):
    entry, key = reading
    set_language("pl")
    apply_theme(qapp, "light", 150)
    entry.answer(entry.ref("SYSBP", key), 78)
    panel = ItemsPanel(entry, ["reading"], layout=layout, room=300, columns=3)
    area = in_window(qtbot, scrolled(panel), (1138, 600))
    assert clipping_faults(area) == []


def offered(panel, ref):
    return [choice.code for choice in panel.editors[ref].panel._bar._choices]


def test_no_device_is_blamed_for_an_age_and_nothing_keeps_a_wrong_code(qtbot, clinic):
    participant = clinic.enrol(7)
    entry = FormEntry(clinic.session("PHY-01"), participant, "SCR", "eligibility")
    age = entry.ref("AGE")
    assert entry.answer(age, 12).accepted
    panel = in_window(qtbot, ItemsPanel(entry, [age]))
    assert offered(panel, age) == ["1", "2", "4", "5"]
    assert "Measure" not in panel.editors[age].panel._advice.text()
    bedside = FormEntry(clinic.session("NUR-04"), participant, "V1", "bedside_check", "1", "a" * 16)
    code, volume = bedside.ref("C02_BAG"), bedside.ref("C06_LABEL")
    assert bedside.answer(code, "PL01-999").accepted
    assert bedside.answer(volume, Decimal("140")).accepted
    panel = in_window(qtbot, ItemsPanel(bedside, [code, volume]))
    assert panel.editors[code].panel.isVisible()
    assert offered(panel, code) == []
    assert panel.editors[code].panel._advice.text() == ""
    assert offered(panel, volume) == ["1", "2", "3", "4", "5"]
