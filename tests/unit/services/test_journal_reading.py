"""The journal is found by what people ask for, and says who, when, what, why and after what."""

from datetime import UTC, timedelta

import pytest
from tests.clinic import NOW, Clinic

from msclinic.domain.errors import UserError
from msclinic.domain.values import Code
from msclinic.record import ACTIONS
from msclinic.services.entry import CHANGED, FormEntry
from msclinic.services.gateway import note_clock, recording
from msclinic.services.journal_model import ACT_GROUPS, PROGRAM, SITE, Criteria, JournalLine
from msclinic.services.journal_reading import find, gap_limit, item_lines, journal_lines, offered
from msclinic.services.journal_words import (
    act_word,
    asked_words,
    duration_words,
    group_word,
    what_words,
    where_words,
    who_words,
    why_words,
)
from msclinic.services.session import Session
from msclinic.services.visits import open_visit
from msclinic.wording import LANGUAGES, catalogue

VITALS = "vital_signs"


def lines(session: Session, criteria: Criteria) -> list[JournalLine]:
    return journal_lines(session, find(session, criteria))


@pytest.mark.requirement("R-AUD-7", "R-AUD-9")
def test_each_filter_gives_what_it_names_and_all_of_it(day: tuple[Clinic, str]) -> None:
    clinic, participant = day
    session = clinic.session("MON-01")
    everything = lines(session, Criteria())
    assert [one.row.position for one in everything] == sorted(
        (one.row.position for one in everything), reverse=True
    )

    def same(criteria: Criteria, wanted) -> None:
        found = {one.row.position for one in lines(session, criteria)}
        assert found == {one.row.position for one in everything if wanted(one)}
        assert 0 < len(found) < len(everything)

    same(Criteria(participant=participant), lambda one: one.row.entry.participant == participant)
    same(Criteria(participant=SITE), lambda one: one.row.entry.participant is None)
    same(Criteria(visit="SCR"), lambda one: one.spot.visit == "SCR")
    same(Criteria(form=VITALS), lambda one: one.spot.form == VITALS)
    same(Criteria(form=VITALS, item="SYSBP"), lambda one: one.spot.item == "SYSBP")
    same(Criteria(person="NUR-06"), lambda one: one.account == "NUR-06")
    same(Criteria(person=PROGRAM), lambda one: bool(one.program))
    same(Criteria(acts=("signed",)), lambda one: one.row.entry.action == "signed")
    noon = NOW + timedelta(hours=2)
    same(Criteria(since=noon), lambda one: one.row.entry.typed_at >= noon)
    same(Criteria(until=noon), lambda one: one.row.entry.typed_at < noon)
    same(
        Criteria(participant=participant, form=VITALS, person="NUR-04", acts=("answered",)),
        lambda one: (
            one.spot.form == VITALS
            and one.account == "NUR-04"
            and one.row.entry.action == "answered"
        ),
    )


@pytest.mark.requirement("R-AUD-6", "R-AUD-7")
def test_a_signature_is_found_with_the_form_that_it_is_over(day: tuple[Clinic, str]) -> None:
    clinic, _ = day
    session = clinic.session("PI-01")
    acts = {one.row.entry.action for one in lines(session, Criteria(form="edss"))}
    assert {"form_opened", "answered", "signed"} <= acts


def test_what_there_is_not_is_refused(clinic: Clinic) -> None:
    session = clinic.session("PI-01")
    for criteria in (
        Criteria(form="nowhere"),
        Criteria(item="NOTHING"),
        Criteria(visit="V99"),
        Criteria(person="NUR-99"),
        Criteria(acts=("invented",)),
        Criteria(form=VITALS, item="AETERM"),
    ):
        with pytest.raises(UserError, match="journal"):
            find(session, criteria)


def test_a_search_can_be_given_up(day: tuple[Clinic, str]) -> None:
    clinic, _ = day
    assert find(clinic.session("PI-01"), Criteria(), stop=lambda: True) == []


@pytest.mark.requirement("R-AUD-1", "R-AUD-2", "R-AUD-7", "R-AUD-10")
def test_a_changed_answer_says_who_when_old_new_and_the_coded_reason_in_words(
    clinic: Clinic,
) -> None:
    participant = clinic.enrol(1)
    session = clinic.session("CRC-01")
    entry = FormEntry(session, participant, "SCR", "demography")
    ref = entry.ref("BRTHYY")
    clinic.clock.turn(timedelta(hours=1))
    entry.answer(ref, 1980)
    entry.keep([ref], CHANGED, "3")
    kept, changed, completed, first = item_lines(session, participant, entry.path(ref))
    assert who_words(session, changed, "en") == "CRC 01"
    assert changed.row.entry.role == "CRC"
    assert changed.row.entry.typed_at == NOW + timedelta(hours=1)
    assert what_words(session, changed, "en") == "Changed 1975 → 1980"
    assert what_words(session, changed, "pl") == "Zmieniono 1975 → 1980"
    assert where_words(session, changed, "en") == "Screening · Demography · Year of birth"
    assert why_words(kept, "en") == "Why changed: Source says otherwise"
    assert completed.row.entry.action == "form_completed"
    assert what_words(session, first, "en") == "Entered 1975"


@pytest.mark.requirement("R-AUD-11")
def test_a_computed_value_is_the_programs_and_names_version_and_rule(
    day: tuple[Clinic, str],
) -> None:
    clinic, _ = day
    session = clinic.session("PI-01")
    computed = lines(session, Criteria(acts=("computed",)))
    assert computed
    for one in computed:
        assert one.account == ""
        assert one.role == ""
        assert one.program == who_words(session, one) == f"msclinic {one.row.entry.app_version}"
        assert one.row.entry.computed is not None
        assert one.row.entry.computed.rule.startswith(one.spot.form)


@pytest.mark.requirement("R-AUD-13")
def test_a_correction_after_a_check_shows_first_answer_check_and_new_answer(
    clinic: Clinic,
) -> None:
    participant = clinic.enrol(1)
    nurse = clinic.session("NUR-04")
    open_visit(clinic.session("CRC-01"), participant, "V1", NOW.date())
    entry = FormEntry(nurse, participant, "V1", VITALS)
    key = entry.add_repeat("reading")
    ref = entry.ref("SYSBP", key)
    doubted = entry.answer(ref, 262)
    codes = [one.code for one in doubted.findings if one.severity in ("soft", "gate")]
    assert codes, "the study doubts such a pressure"
    entry.answer(ref, 126)
    new, first = [
        one
        for one in item_lines(nurse, participant, entry.path(ref))
        if one.row.entry.action == "answered"
    ]
    assert what_words(nurse, new, "en").startswith("Changed 262")
    assert new.row.entry.prompted_by == f"check/{codes[0]}"
    item = entry.form.item("SYSBP")
    message = next(c.message.text("en") for c in item.checks if c.code == codes[0])
    assert asked_words(nurse, new, "en") == f"A check asked: {message}"
    assert asked_words(nurse, first, "en") == ""


@pytest.mark.requirement("R-AUD-12", "R-TIM-2")
def test_the_times_are_kept_apart_and_their_gaps_told(clinic: Clinic) -> None:
    participant = clinic.enrol(1)
    session = clinic.session("CRC-01")
    happened = NOW - timedelta(hours=1, minutes=28)
    entry = FormEntry(session, participant, "SCR", "demography")
    ref = entry.ref("ALLERGY_TEXT")
    entry.answer(ref, "pollen", event_time=happened, reason={"code": "2", "text": ""})
    line = item_lines(session, participant, entry.path(ref))[0]
    assert line.row.entry.event_time == happened
    assert line.lateness == timedelta(hours=1, minutes=28)
    assert line.gap == timedelta(0)
    assert duration_words(line.lateness) == "1 h 28 min"
    assert gap_limit(session) == timedelta(hours=72)


@pytest.mark.requirement("R-AUD-12")
def test_what_was_stored_long_after_it_was_typed_is_listed(clinic: Clinic) -> None:
    participant = clinic.enrol(1)
    session = clinic.session("CRC-01")
    path = "SCR/1/demography/1/person/1/BRTHYY"
    for hours, year in ((71, "1970"), (80, "1971")):
        with recording(session) as act:
            # As what was typed while nobody could sign in is stored at the next sign-in.
            act._typed_at -= timedelta(hours=hours)
            value = {"type": "integer", "value": year}
            act.set("answered", path, value, participant=participant)
    (late,) = lines(session, Criteria(participant=participant, late=True))
    assert late.value == {"type": "integer", "value": "1971"}
    assert late.gap == timedelta(hours=80)
    assert duration_words(late.gap, "en") == "3 days 8 h"


@pytest.mark.requirement("R-TIM-3")
def test_entries_of_a_day_on_which_the_clock_was_moved_say_so(clinic: Clinic) -> None:
    participant = clinic.enrol(1)
    session = clinic.session("CRC-01")
    clinic.clock.turn(timedelta(days=1))
    later = clinic.enrol(2)
    clinic.clock.jump(timedelta(hours=-2))
    assert note_clock(session) is not None
    flagged = {
        one.row.entry.participant
        for one in lines(session, Criteria())
        if one.clock is not None and one.row.entry.participant
    }
    assert later in flagged
    assert participant not in flagged


def test_every_act_and_group_has_words_in_every_language() -> None:
    polish = catalogue("pl")
    for action in ACTIONS:
        assert act_word(action, "en") != action
        assert act_word(action, "en") in polish
    assert all(group_word(one, language) for one in ACT_GROUPS for language in LANGUAGES)
    grouped = [act for acts in ACT_GROUPS.values() for act in acts]
    assert sorted(grouped) == sorted(ACTIONS)


def test_the_filters_offer_participants_forms_and_people(day: tuple[Clinic, str]) -> None:
    clinic, participant = day
    found = offered(clinic.session("MON-01"))
    assert (participant, "PL01-007") in found.participants
    assert VITALS in found.forms
    assert "NUR-04" in found.people
    assert "PREP-01" not in found.people


def test_a_moment_is_shown_in_the_sites_time_and_kept_in_utc(day: tuple[Clinic, str]) -> None:
    clinic, _ = day
    line = lines(clinic.session("PI-01"), Criteria(form=VITALS))[0]
    assert line.row.entry.typed_at.tzinfo is UTC
    assert line.row.entry.tz == "Europe/Warsaw"


def test_an_answer_of_a_code_reads_as_its_label(clinic: Clinic) -> None:
    participant = clinic.enrol(1)
    session = clinic.session("CRC-01")
    entry = FormEntry(session, participant, "SCR", "demography")
    ref = entry.ref("SEX")
    entry.answer(ref, Code("M"), reason={"code": "1", "text": ""})
    line = item_lines(session, participant, entry.path(ref))[0]
    assert "female" in what_words(session, line, "en").lower()
    assert why_words(line, "pl") == "Pomyłka we wpisie"
