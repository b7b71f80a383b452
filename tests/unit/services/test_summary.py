"""What a visit summary says, read from a real record."""

from decimal import Decimal

import pytest
from tests.visit_day import VISIT

from msclinic.domain.values import Code
from msclinic.reports.day_model import Absent
from msclinic.services.entry import FormEntry
from msclinic.services.infusion.deviation_record import classify_deviation, deviation_states
from msclinic.services.session import Refused
from msclinic.services.summary import visit_summary


@pytest.fixture
def summary(day):
    clinic, participant = day

    def made(account: str = "CRC-01", visit: str = VISIT, language: str = "en"):
        return visit_summary(clinic.session(account), participant, visit, language=language)

    return made


def test_the_banner_holds_the_code_and_no_more_than_the_year_of_birth(summary):
    banner = summary().banner
    assert (banner.participant, banner.year_of_birth, banner.course) == ("PL01-007", 1981, "PPMS")
    assert banner.allergies == ("penicillin, rash", "Latex")


def test_the_visit_lies_inside_its_window_on_study_day_one(summary):
    visit = summary().visit
    assert (visit.code, visit.study_day, visit.placed) == (VISIT, 1, "inside")
    assert visit.left_how == "Home"


def test_item_texts_are_those_of_the_study_in_the_documents_language(summary):
    texts = {
        item.text
        for section in summary(language="pl").checklist
        for item in section.items
        if item.code == "A18"
    }
    assert texts == {"Masa ciała"}
    weights = [
        item.answer
        for section in summary(language="pl").checklist
        for item in section.items
        if item.code == "A18"
    ]
    assert weights == ["72,4 kg"]


def test_a_failed_item_is_shown_with_its_override_and_reason(summary):
    items = [item for section in summary().checklist for item in section.items]
    (suction,) = [item for item in items if item.text == "Suction at hand"]
    assert suction.outcome == "failed"
    assert suction.override is not None
    assert suction.override.account == "PHY 01"
    assert "next room" in suction.note


def test_what_was_not_done_says_why_and_what_does_not_apply_is_not_open(summary):
    items = {item.text: item for section in summary().checklist for item in section.items}
    assert items["Emergency phone given"].outcome == "not_done"
    assert items["Emergency phone given"].answer == "will be told at the call"
    assert items["Pregnancy test today"].outcome == "not_applicable"


def test_each_person_at_the_bedside_has_their_own_section(summary):
    titles = [section.title for section in summary().checklist if section.code == "C"]
    assert "Pump and line, NUR 04" in titles
    assert "Pump and line, NUR 06" in titles


def test_the_preparers_sign_by_role_alone_for_masked_staff(summary):
    model = summary("PHY-01")
    (gate,) = [gate for gate in model.gates if gate.code == "G2"]
    assert [signer.account for signer in gate.signers] == ["", ""]
    assert {signer.role for signer in gate.signers} == {"Product preparer"}
    assert "PREP 0" not in repr(model)
    assert "PREP-0" not in repr(model)


def test_gates_follow_their_signatures(summary, day):
    states = {gate.code: gate.state for gate in summary().gates}
    assert states == {
        "G1": "signed",
        "G2": "signed",
        "G3": "expired",
        "G4": "open",  # in this day it was signed after the start that it lets begin
        "G6": "open",
        "G7": "open",
    }
    clinic, participant = day
    entry = FormEntry(clinic.session("NUR-04"), participant, VISIT, "fit_to_dose")
    entry.answer(entry.ref("A18"), Decimal("74.2"))
    assert {g.code: g.state for g in summary().gates}["G1"] == "void"
    assert [s.valid for s in summary().signatures if s.meaning == "Fit to dose"] == [False]


def test_the_infusion_is_as_recorded(summary):
    infusion = summary().infusion
    assert infusion.kit == "K-203391"
    assert infusion.given == Decimal("100.0")
    assert [step.rate for step in infusion.rate_steps] == [Decimal("50.0"), Decimal("100.0")]
    assert infusion.rate_steps[-1].end == infusion.end
    assert [(pause.reason, pause.volume) for pause in infusion.interruptions] == [
        ("Toilet", Decimal("44.2"))
    ]
    assert infusion.reaction == "11:15 Flush"


def test_a_missing_measure_has_no_total_and_says_why(summary):
    rows = {row.label: row for row in summary().vitals}
    assert rows["T60"].news2 is None
    assert rows["T60"].consciousness == Absent("not done")
    assert rows["T45"].news2 == 1
    assert rows["Base"].oxygen == Decimal("0.0")


def test_points_that_were_not_taken_are_missed(summary):
    states = {point.label: point.state for point in summary().due_points}
    assert (states["T15"], states["+30"], states["+60"]) == ("done", "done", "missed")


def test_the_examination_stands_with_its_explanation_and_trend(summary):
    model = summary()
    assert (model.edss.step, model.edss.computed) == (Decimal("4.5"), Decimal("4.5"))
    assert model.edss.rated_by == "RAT 02"
    assert "300 m" in model.edss.explanation
    assert [(p.visit, p.step) for p in model.trend.points] == [
        ("SCR", Decimal("4.0")),
        (VISIT, Decimal("4.5")),
    ]
    assert model.trend.threshold == Decimal("5.5")


def test_adverse_events_are_counted_and_dates_stay_partial(summary):
    (event,) = summary().adverse_events
    assert (event.number, event.grade, event.serious) == (1, 2, False)
    assert event.onset == "Nov 2026"
    assert event.assessed_by == "PHY 01"


def test_a_deviation_is_unclassified_until_a_person_classifies_it(summary, day):
    found = summary().deviations
    assert found
    assert all(one.classification == "" for one in found)
    clinic, participant = day
    pi = clinic.session("PI-01")
    with pi.store.read() as reader:
        first = deviation_states(pi, reader, participant, VISIT)[0]
    classify_deviation(pi, participant, VISIT, first.key, "minor", "Staff reminded.")
    (classified,) = [one for one in summary().deviations if one.classification]
    assert (classified.classification, classified.comment) == ("minor", "Staff reminded.")
    assert classified.signed.account == "PI 01"


def test_a_visit_without_infusion_has_no_gates_and_no_infusion(summary):
    model = summary(visit="SCR")
    assert (model.infusion, model.gates, model.checklist) == (None, (), ())
    assert model.edss is not None


def test_the_position_is_the_journals(summary, day):
    clinic, _ = day
    source = summary().provenance
    with clinic.session("CRC-01").store.read() as reader:
        position = reader.position()
    assert (source.journal_position, source.journal_head) == (position.entries, position.head)


@pytest.mark.parametrize("account", ["RAT-02", "PREP-01", "ADMIN-01"])
def test_a_role_without_whole_visits_is_refused(summary, account):
    with pytest.raises(Refused):
        summary(account)


def test_a_monitor_reads_the_summary(summary):
    assert summary("MON-01").banner.participant == "PL01-007"


def test_an_answer_is_not_judged_by_todays_facts(summary, day):
    clinic, participant = day
    entry = FormEntry(clinic.session("NUR-04"), participant, VISIT, "infusion")
    assert entry.value("D10") == Code("Y")
    outcomes = {
        item.text: item.outcome for section in summary().checklist for item in section.items
    }
    assert outcomes["Completed as planned"] == "passed"
