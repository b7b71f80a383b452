"""The participant's way through the study on the page: status, signed acts, what lies ahead."""

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from tests.clinic import PASSWORDS, Clinic
from tests.lives import (
    answer_eligibility,
    day_of,
    dose,
    enter_numbers,
    password,
    randomised,
    sign_eligibility,
)
from tests.ui.clipping import clipping_faults
from tests.ui.forms_bench import Went, in_window, press, settle, type_in

from msclinic.domain.values import Code
from msclinic.services.entry import FormEntry
from msclinic.services.life import life, lose, screen_failure, stop_product, withdraw
from msclinic.services.participants import find_participant
from msclinic.services.visit_deviations import proposed_deviations
from msclinic.services.visits import open_unscheduled, open_visit, participant_visits
from msclinic.ui.participants.act_form import ActForm
from msclinic.ui.participants.forms_grid import FormsGrid
from msclinic.ui.participants.screen import ParticipantScreen
from msclinic.ui.style import apply_theme
from msclinic.ui.tasks import Tasks
from msclinic.wording import set_language

ENTER, TAB, ESCAPE = Qt.Key.Key_Return, Qt.Key.Key_Tab, Qt.Key.Key_Escape
PHY = "PHY-01"
_MOST_STOPS = 120


@pytest.fixture
def show(qtbot, clinic):
    def make(account: str, participant: str) -> ParticipantScreen:
        went = Went()
        page = ParticipantScreen(clinic.session(account), went.navigator(), Tasks(), participant)
        page.went = went
        in_window(qtbot, page)
        finish(page)
        return page

    return make


def finish(page: ParticipantScreen) -> None:
    """Let reading and writing under way come back."""
    for _ in range(3):
        page.tasks.wait()
        settle()


def tab_to(name: str) -> None:
    """Walk with Tab to a widget, as somebody without a mouse does."""
    for _ in range(_MOST_STOPS):
        widget = QApplication.focusWidget()
        if widget is not None and widget.objectName() == name:
            return
        press(TAB)
    raise AssertionError(f"Tab does not reach {name}")


def begin(kind: str) -> None:
    """Open the small form of an act with the keyboard."""
    tab_to("participant/acts")
    press(ENTER)
    tab_to(f"participant/act/{kind}/begin")
    press(ENTER)


def sign(page: ParticipantScreen, account: str = PHY, secret: str = "") -> None:
    """Walk to the button that signs, then type the password."""
    tab_to("participant/act/sign")
    press(ENTER)
    assert page.sign_panel.isVisible()
    type_in(secret or PASSWORDS[account])
    press(ENTER)
    finish(page)


def words(page) -> str:
    return " | ".join(one.text() for one in page.findChildren(QLabel) if one.isVisible())


def status(page: ParticipantScreen) -> str:
    return page.strip.accessibleName()


def button(page, name: str) -> QPushButton | None:
    found = [one for one in page.findChildren(QPushButton, name) if one.isVisible()]
    return found[0] if found else None


def state(clinic: Clinic, participant: str) -> str:
    return life(clinic.session("CRC-01"), participant).life.state


def screened(clinic: Clinic, number: int = 1) -> str:
    participant = clinic.enrol(number)
    open_visit(clinic.session("CRC-01"), participant, "SCR", day_of(clinic))
    return participant


def typed(*answers: str) -> None:
    """Type each answer and go on with Enter; a letter or part of a choice chooses it."""
    for answer in answers:
        if answer:
            type_in(answer)
        choices = QApplication.activePopupWidget()
        if choices is not None:
            for key in (Qt.Key.Key_Down, ENTER):
                QTest.keyClick(choices, key)
        press(ENTER)


# Acts, each by keys alone from the page to the signature


@pytest.mark.parametrize(
    ("kind", "answers", "after"),
    [
        ("screen_failure", ("23112026", "Criteria", "IN03", ""), "screen_failed"),
        ("lost_to_follow_up", ("23112026", "12112026", "3", "Y", ""), "lost"),
        ("transfer", ("23112026", "PL02", ""), "transferred"),
        ("death", ("112026", "Pneumonia", "N"), "died"),
        ("withdrawal", ("23112026", "N", "Y", "N", "too far to travel"), "withdrawn"),
    ],
)
def test_an_act_is_recorded_with_keys_alone(show, clinic, kind, answers, after):
    participant = screened(clinic)
    page = show(PHY, participant)
    begin(kind)
    typed(*answers)
    assert state(clinic, participant) == "screened"
    sign(page)
    assert state(clinic, participant) == after
    assert not page.sign_panel.isVisible()
    assert page.acts.card is None
    assert QApplication.focusWidget() is page.strip.acts
    assert page.went.errors == []


def test_the_product_is_stopped_and_follow_up_goes_on(show, clinic):
    participant = randomised(clinic)
    dose(clinic, participant, "V1")
    page = show(PHY, participant)
    assert status(page) == "On product"
    begin("product_stop")
    typed("23112026", "Physician", "")
    sign(page)
    assert status(page).startswith("Off product, in follow-up · ")
    assert "No further infusion. Visits go on." in words(page)
    assert "since 23 Nov 2026 · signed by PHY 01, 23 Nov 2026, 09:30" in words(page)
    assert "without an infusion" in words(page)


def test_completing_the_study_ends_what_lies_ahead(show, clinic):
    participant = randomised(clinic)
    page = show(PHY, participant)
    assert button(page, "participant/plan/V2") is None
    assert button(page, "participant/plan/V1") is not None
    begin("end_of_study")
    typed("23112026", "")
    sign(page)
    assert state(clinic, participant) == "completed"
    assert button(page, "participant/plan/V1") is None
    assert page.visit_box is None


def test_screening_again_opens_the_new_record_and_links_both(show, clinic):
    participant = screened(clinic)
    screen_failure(clinic.session(PHY), participant, day_of(clinic), "WINDOW", password(PHY))
    page = show(PHY, participant)
    begin("rescreening")
    typed("41", "23112026", "Relapse is over")
    sign(page)
    new = find_participant(clinic.session("CRC-01"), "PL01-041")
    assert page.went.places[-1] == ("participant", new)
    again = show(PHY, new)
    earlier = next(one for one in again.strip.findChildren(QPushButton) if "Earlier" in one.text())
    earlier.click()
    assert again.went.places[-1] == ("participant", participant)
    old = show("CRC-01", participant)
    assert status(old).startswith("Screened again under a new code")
    assert any("Later" in one.text() for one in old.strip.findChildren(QPushButton))


def test_nothing_is_stored_of_an_act_that_was_not_signed(show, clinic):
    participant = screened(clinic)
    page = show(PHY, participant)
    begin("transfer")
    typed("23112026", "PL02", "")
    tab_to("participant/act/sign")
    press(ENTER)
    press(ESCAPE)
    assert not page.sign_panel.isVisible()
    assert isinstance(page.acts.card, ActForm)
    press(ESCAPE)
    assert page.acts.card is None
    with clinic.session(PHY).store.read() as reader:
        assert not reader.heads(participant=participant, form="transfer")


def test_an_answer_of_an_unsigned_act_has_no_tick(show, clinic):
    page = show(PHY, screened(clinic))
    begin("transfer")
    typed("23112026")
    card = page.acts.card
    field = card.editors[card.draft.refs[0]].input
    assert field.answer() == day_of(clinic)
    assert field.edit.text() == "23 Nov 2026"
    assert not field._ticked()


def test_what_is_missing_is_named_and_cannot_be_signed(show, clinic):
    page = show(PHY, screened(clinic))
    begin("transfer")
    typed("23112026")
    tab_to("participant/act/sign")
    press(ENTER)
    assert not page.sign_panel.isVisible()
    assert "Still missing: Code of the new site." in words(page)
    card = page.acts.card
    assert card.editors[card.draft.refs[1]].input.edit is QApplication.focusWidget()


def test_an_impossible_answer_is_refused_beside_its_question(show, clinic):
    page = show(PHY, screened(clinic))
    begin("withdrawal")
    typed("23112026", "N", "N")
    type_in("N")
    assert "Three times No is no withdrawal." in words(page)
    typed("Y")
    assert "Three times No is no withdrawal." not in words(page)


def test_a_wrong_password_is_refused_in_the_panel_and_nothing_is_stored(show, clinic):
    participant = screened(clinic)
    page = show(PHY, participant)
    begin("transfer")
    typed("23112026", "PL02", "")
    sign(page, secret="not the password")
    assert page.sign_panel.isVisible()
    assert state(clinic, participant) == "screened"
    type_in(PASSWORDS[PHY])
    press(ENTER)
    finish(page)
    assert state(clinic, participant) == "transferred"


def test_an_act_that_somebody_else_made_impossible_is_refused_in_words(show, clinic):
    participant = randomised(clinic)
    page = show(PHY, participant)
    begin("end_of_study")
    typed("23112026", "")
    lose(clinic.session("PI-01"), participant, day_of(clinic), None, 3, True, password("PI-01"))
    sign(page)
    assert "It cannot follow where the participant stands now." in words(page.sign_panel)
    assert state(clinic, participant) == "lost"


# Randomisation


def test_randomisation_says_who_must_do_what_first(show, clinic):
    participant = screened(clinic)
    scope = answer_eligibility(clinic, participant)
    page = show(PHY, participant)
    begin("randomisation")
    assert "Waits for the signature of the principal investigator." in words(page.acts)
    assert "The coordinator types it twice from the source." in words(page.acts)
    off = button(page, "participant/act/sign")
    assert off is not None
    assert not off.isEnabled()
    press(ENTER)
    assert page.went.places == [("form", participant, "SCR", "1", "eligibility", "1")]
    sign_eligibility(clinic, participant, scope)
    enter_numbers(clinic, participant)
    # Baseline asks for eligibility too, with the EDSS checked again.
    waiting = show(PHY, participant)
    assert button(waiting, "participant/randomise") is None
    assert "Eligibility (V1)" in words(waiting.side)
    baseline = answer_eligibility(clinic, participant, visit="V1")
    sign_eligibility(clinic, participant, baseline)
    ready = show(PHY, participant)
    tab_to("participant/randomise")
    press(ENTER)
    sign(ready)
    assert state(clinic, participant) == "randomised"
    assert status(ready) == "Randomised, no infusion yet"


def test_eligibility_signed_by_another_role_does_not_count(show, clinic):
    participant = screened(clinic)
    answer_eligibility(clinic, participant)
    enter_numbers(clinic, participant)
    page = show(PHY, participant)
    assert button(page, "participant/randomise") is None
    assert "Waits for the signature of the principal investigator." in words(page.side)


# Who sees and does what


@pytest.mark.parametrize("account", ["CRC-01", "NUR-04", "MON-01"])
def test_others_see_the_status_and_who_signs_but_no_act(show, clinic, account):
    participant = randomised(clinic)
    withdraw(
        clinic.session(PHY), participant, day_of(clinic), frozenset({"samples"}), password(PHY)
    )
    page = show(account, participant)
    assert status(page).startswith("Randomised, no infusion yet · withdrew from samples · ")
    assert "No sample may be taken." in words(page)
    page.strip.acts.click()
    settle()
    assert "A physician or the principal investigator records a change" in words(page)
    assert "Withdrawal, 23 Nov 2026" in words(page)
    assert not [
        one for one in page.findChildren(QPushButton) if one.objectName().endswith("/begin")
    ]


def test_a_preparer_is_told_nothing_of_the_status(show, clinic):
    page = show("PREP-01", randomised(clinic))
    assert not page.strip.isVisible()
    assert "Randomised" not in words(page)


def test_what_is_hidden_from_a_preparer_is_not_called_unasked(show, clinic):
    page = show("PREP-01", randomised(clinic))
    assert (page.identity.facts, page.identity.told) == ("", False)


def cells(page: ParticipantScreen) -> set[str]:
    """The words of every form of the grids."""
    grids = page.forms.findChildren(FormsGrid)
    models = [grid.model() for grid in grids if grid.isVisible()]
    return {
        str(model.index(down, across).data())
        for model in models
        for down in range(model.rowCount())
        for across in range(1, model.columnCount())
        if model.cell(model.index(down, across)) is not None
    }


def test_forms_of_visits_that_will_not_take_place_are_not_called_planned(show, clinic):
    participant = randomised(clinic)
    assert "planned" in cells(show(PHY, participant))
    lose(clinic.session(PHY), participant, day_of(clinic), None, 3, True, password(PHY))
    left = cells(show(PHY, participant))
    assert "planned" not in left
    assert "dropped" in left


def test_a_screen_failure_is_not_told_to_book_a_visit_nor_shown_a_worsening_line(show, clinic):
    participant = screened(clinic)
    before = show(PHY, participant)
    assert "Book that visit to see them." in words(before)
    screen_failure(
        clinic.session(PHY), participant, day_of(clinic), "NOT_ELIGIBLE", password(PHY), "IN03"
    )
    page = show(PHY, participant)
    assert "Book that visit" not in words(page)
    assert "Dashed" not in words(page)


def test_each_grid_of_forms_is_named_by_its_visits(show, clinic):
    page = show(PHY, randomised(clinic))
    grids = [grid for grid in page.forms.findChildren(FormsGrid) if grid.isVisible()]
    names = [grid.accessibleName() for grid in grids]
    assert len(set(names)) == len(names)
    assert all(name.startswith("Forms of visits ") for name in names)


def test_only_its_signer_takes_an_act_back(show, clinic):
    participant = randomised(clinic)
    stop_product(
        clinic.session(PHY), participant, day_of(clinic), "PHYSICIAN_DECISION", password(PHY)
    )
    other = show("PI-01", participant)
    other.strip.acts.click()
    settle()
    assert button(other, "participant/undo/product_stop") is None
    page = show(PHY, participant)
    tab_to("participant/acts")
    press(ENTER)
    tab_to("participant/undo/product_stop")
    press(ENTER)
    press(ENTER)
    assert "Type why it was recorded by mistake." in words(page)
    typed("Wrong participant")
    assert page.sign_panel.isVisible()
    type_in(PASSWORDS[PHY])
    press(ENTER)
    finish(page)
    assert state(clinic, participant) == "randomised"
    page.strip.acts.click()
    settle()
    assert "taken back · signed by PHY 01" in words(page)


def test_an_act_changed_beneath_its_signature_is_signed_again(show, clinic):
    participant = randomised(clinic)
    physician = clinic.session(PHY)
    scope = stop_product(
        physician, participant, day_of(clinic), "PHYSICIAN_DECISION", password(PHY)
    )
    entry = FormEntry(physician, participant, "LOG", "product_stop", "1", scope.split("/")[3])
    entry.answer(entry.ref("DSDECOD"), Code("OTHER"), reason={"code": "1", "text": ""})
    entry.complete()
    page = show(PHY, participant)
    assert "signature of PHY 01 void: changed later" in words(page)
    page.strip.acts.click()
    settle()
    again = button(page, "participant/sign/product_stop")
    assert again is not None
    again.click()
    type_in(PASSWORDS[PHY])
    press(ENTER)
    finish(page)
    assert all(act.valid for act in life(physician, participant).acts)


def test_tab_walks_the_page_in_reading_order_and_comes_round(show, clinic):
    page = show("CRC-01", screened(clinic))
    assert page.visit_box is not None
    page.visit_box.fold(False)
    walk = []
    page.strip.acts.setFocus()
    for _ in range(_MOST_STOPS):
        press(TAB)
        focused = QApplication.focusWidget()
        assert focused is not None
        if focused is page.strip.acts:
            break
        walk.append(focused.objectName() or focused.parentWidget().objectName())
    assert QApplication.focusWidget() is page.strip.acts
    wanted = [
        "participant/over_time",
        "participant/plan/V1",
        "participant/forms",
        "participant/add/ET",
        "participant/add/concomitant_medication",
        "participant/before/randomisation",
        "participant/chair/V1",
        "participant/day/V1",
        "participant/book/V1",
        "participant/start/V1",
    ]
    assert [one for one in walk if one in wanted] == wanted


# What lies ahead


def test_windows_and_targets_are_shown_before_anything_is_booked(show, clinic):
    participant = screened(clinic)
    page = show("CRC-01", participant)
    assert "window 24 Nov to 4 Jan 2027" in words(page.course)
    box = page.visit_box
    assert box is not None
    box.fold(False)
    # 28 days after screening, a Monday; the day is proposed and nothing is booked by it.
    assert box.day.answer() == day_of(clinic) + timedelta(days=28)
    assert not box.day._ticked()
    visits = participant_visits(clinic.session("CRC-01"), participant)
    assert next(one for one in visits if one.code == "V1").status == "planned"


def test_a_day_outside_the_window_is_said_before_it_is_booked(show, clinic):
    page = show("CRC-01", screened(clinic))
    box = page.visit_box
    assert box is not None
    box.fold(False)
    box.day.edit.setFocus()
    box.day.edit.selectAll()
    type_in("05012027")
    press(ENTER)
    assert "The day lies outside the window, 24 Nov 2026 to 4 Jan 2027." in words(box)


def test_the_shortest_interval_and_a_skipped_dose_are_said_in_words(show, clinic):
    participant = randomised(clinic)
    dose(clinic, participant, "V1")
    clinic.clock.turn(timedelta(days=110))
    dose(clinic, participant, "V2")
    page = show("CRC-01", participant)
    assert "infusion not before 22 May: 70 days after the one before" in words(page.course)
    clinic.clock.turn(timedelta(days=182 + 22 - 110))
    page = show("CRC-01", participant)
    said = words(page.course)
    assert "Infusion 3 is skipped: more than 21 days late." in said
    assert "The next is infusion 4, target 23 Aug." in said


def test_a_visit_with_a_skipped_dose_begins_without_a_chair(show, clinic):
    participant = randomised(clinic)
    dose(clinic, participant, "V1")
    clinic.clock.turn(timedelta(days=91 + 22))
    page = show("NUR-04", participant)
    tab_to("participant/plan/V2")
    press(ENTER)
    box = page.visit_box
    assert box is not None
    assert not box.chairs.isVisible()
    assert "The visit takes place without an infusion." in words(box)
    button(page, "participant/start/V2").click()
    finish(page)
    visits = participant_visits(clinic.session("NUR-04"), participant)
    second = next(one for one in visits if one.code == "V2")
    assert (second.status, second.chair) == ("open", None)


def test_calls_are_due_after_an_infusion_until_they_are_made(show, clinic):
    participant = randomised(clinic)
    dose(clinic, participant, "V1")
    page = show("NUR-04", participant)
    assert button(page, "participant/call/C1D") is None
    assert "infusion 1 · window 24 Nov to 25 Nov" in words(page.course)
    clinic.clock.turn(timedelta(days=1))
    page = show("NUR-04", participant)
    tab_to("participant/call/C1D")
    press(ENTER)
    finish(page)
    assert button(page, "participant/call/C1D") is None
    assert button(page, "participant/log/calls") is not None


def test_an_unscheduled_visit_opens_at_any_time_and_again(show, clinic):
    participant = screened(clinic)
    screen_failure(clinic.session(PHY), participant, day_of(clinic), "WINDOW", password(PHY))
    page = show("NUR-04", participant)
    for _ in range(2):
        tab_to("participant/add/UNS")
        press(ENTER)
        finish(page)
    tab_to("participant/add/ET")
    press(ENTER)
    finish(page)
    visits = participant_visits(clinic.session("NUR-04"), participant)
    opened = [one.code for one in visits if one.status == "open"]
    assert (opened.count("UNS"), opened.count("ET")) == (2, 1)
    assert button(page, "participant/add/ET") is None
    codes = [
        str(grid.model().headerData(at, Qt.Orientation.Horizontal))
        for grid in page.findChildren(FormsGrid)
        for at in range(1, grid.model().columnCount())
    ]
    assert codes.count("UNS\n23 Nov") == 2


def test_the_coordinator_asks_for_an_exam_at_an_unplanned_visit(show, clinic):
    participant = screened(clinic)
    key = open_unscheduled(clinic.session("CRC-01"), participant, "UNS", day_of(clinic))
    page = show("CRC-01", participant)
    tab_to(f"participant/ask_exam/UNS/{key}")
    press(ENTER)
    finish(page)
    assert button(page, f"participant/ask_exam/UNS/{key}") is None
    seen = participant_visits(clinic.session("RAT-02"), participant)
    assert "UNS" in {one.code for one in seen}


# Deviations


def late_visit(clinic: Clinic) -> str:
    participant = randomised(clinic)
    dose(clinic, participant, "V1")
    clinic.clock.turn(timedelta(days=92 + 8))
    dose(clinic, participant, "V2")
    return participant


def test_a_proposed_deviation_opens_its_form_filled_in(show, clinic):
    participant = late_visit(clinic)
    page = show("CRC-01", participant)
    button(page, "participant/deviation/more").click()
    settle()
    key = "VISIT_WINDOW-V2-1"
    tab_to(f"participant/deviation/accept/{key}")
    press(ENTER)
    finish(page)
    place = page.went.places[-1]
    assert place[:5] == ("form", participant, "LOG", "1", "deviation")
    entry = FormEntry(clinic.session("CRC-01"), participant, "LOG", "deviation", "1", place[5])
    assert str(entry.value("DVTERM")).startswith("Month 3, infusion 2: outside its window")
    again = show("CRC-01", participant)
    assert again.findChild(QPushButton, f"participant/deviation/accept/{key}") is None


def test_a_proposal_is_dismissed_with_a_reason(show, clinic):
    participant = late_visit(clinic)
    page = show("CRC-01", participant)
    before = proposed_deviations(clinic.session("CRC-01"), participant)
    key = before[0].key
    tab_to(f"participant/deviation/dismiss/{key}")
    press(ENTER)
    press(ENTER)
    assert len(proposed_deviations(clinic.session("CRC-01"), participant)) == len(before)
    typed("Done on paper that day")
    finish(page)
    left = {one.key for one in proposed_deviations(clinic.session("CRC-01"), participant)}
    assert left == {one.key for one in before} - {key}
    assert button(page, f"participant/deviation/dismiss/{key}") is None


def test_who_judges_no_deviations_is_shown_none(show, clinic):
    page = show("NUR-04", late_visit(clinic))
    assert not page.side.proposals.isVisible()


# Logs


def test_a_log_shows_its_count_and_opens_its_entries(show, clinic):
    participant = screened(clinic)
    nurse = clinic.session("NUR-04")
    for key, term in (("a" * 16, "Headache"), ("b" * 16, "Rash")):
        entry = FormEntry(nurse, participant, "LOG", "adverse_event", form_key=key)
        entry.answer(entry.ref("AETERM"), term)
        clinic.clock.turn(timedelta(minutes=1))
    page = show("NUR-04", participant)
    assert "2 entries · started: 2" in words(page.forms)
    tab_to("participant/log/adverse_event")
    press(ENTER)
    assert "1 · Headache" in words(page.forms)
    tab_to("participant/log/adverse_event/" + "b" * 16)
    press(ENTER)
    assert page.went.places == [("form", participant, "LOG", "1", "adverse_event", "b" * 16)]
    tab_to("participant/add/relapse")
    press(ENTER)
    assert page.went.places[-1][:5] == ("form", participant, "LOG", "1", "relapse")


def test_acts_are_not_begun_as_forms(show, clinic):
    page = show(PHY, screened(clinic))
    assert button(page, "participant/add/adverse_event") is not None
    assert button(page, "participant/add/death") is None


@pytest.mark.parametrize("kind", ["", "withdrawal", "rescreening", "randomisation"])
@pytest.mark.parametrize(
    ("language", "scale"), [("en", 100), ("pl", 100), ("pl", 150), ("pl", 200)]
)
def test_nothing_of_an_act_is_cut(qapp, show, clinic, kind, language, scale):
    participant = late_visit(clinic) if not kind else screened(clinic)
    if kind == "rescreening":
        screen_failure(clinic.session(PHY), participant, day_of(clinic), "WINDOW", password(PHY))
    set_language(language)
    apply_theme(qapp, "light", scale)
    page = show(PHY, participant)
    page.acts.open_status()
    if kind:
        page.acts.begin_act(kind)
    finish(page)
    assert clipping_faults(page) == []
