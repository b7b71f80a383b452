"""One participant of each fate, from screening to the end, through the services."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from tests.clinic import Clinic
from tests.infusion_day import BASELINE, CONDITIONS, fill, keep_all, play_day
from tests.lives import (
    confirm_eligibility,
    day_of,
    enter_numbers,
    password,
    randomised,
    screened,
)

from msclinic.domain.errors import UserError
from msclinic.domain.values import Answer, Code, Codes, PartialDate
from msclinic.services.entry import FormEntry
from msclinic.services.gateway import random_key
from msclinic.services.infusion.actions import switch_dosing
from msclinic.services.infusion.gates import gate_of, read_run
from msclinic.services.life import (
    complete,
    life,
    lose,
    record_death,
    rescreen,
    screen_failure,
    stop_product,
    transfer,
    withdraw,
)
from msclinic.services.participants import identities
from msclinic.services.randomising import randomise
from msclinic.services.verifying import verify_home
from msclinic.services.visits import (
    VisitState,
    open_unscheduled,
    open_visit,
    participant_visits,
)

PHY = "PHY-01"
SECRET = password(PHY)
YES, NO = Code("Y"), Code("N")


def turn_to(clinic: Clinic, day: date) -> None:
    clinic.clock.turn_to(datetime.combine(day, time(7, 30), tzinfo=UTC))


def visit(clinic: Clinic, participant: str, code: str) -> VisitState:
    found = participant_visits(clinic.session("NUR-04"), participant)
    return next(one for one in found if one.code == code)


def target(clinic: Clinic, participant: str, code: str) -> date:
    window = visit(clinic, participant, code).window
    assert window is not None
    assert window.target is not None
    return window.target


def state(clinic: Clinic, participant: str) -> str:
    return life(clinic.session("NUR-04"), participant).life.state


def adverse_event(clinic: Clinic, participant: str, serious: bool = False) -> str:
    """An event with everything answered; gives the path of its form."""
    key = random_key()
    entry = FormEntry(clinic.session(PHY), participant, "LOG", "adverse_event", form_key=key)
    answers: dict[str, Answer] = {
        "AETERM": "rash",
        "AESTDAT": PartialDate(day_of(clinic).isoformat()),
        "AEONGO": YES,
        "AETOXGR": Code("4" if serious else "2"),
        "AESER": YES if serious else NO,
        **dict.fromkeys(("AESDTH", "AESLIFE", "AESDISAB", "AESCONG", "AESMIE"), NO),
        "AESHOSP": YES,
        "AEAWARE": clinic.clock.now() - timedelta(minutes=5),
        "AEREL": Code("NOT_RELATED"),
        "AERELPR": Code("NOT_RELATED"),
        "AEACN": Code("DRUG_WITHDRAWN"),
        "AEACNOTH": Codes(("MEDICINE",)),
        "AEOUT": Code("NOT_RECOVERED"),
    }
    fill(entry, answers)
    keep_all(entry)
    entry.complete()
    return entry.prefix


def vital_signs(clinic: Clinic, participant: str, code: str, key: str = "1") -> None:
    """A whole set, completed: weight, how it was taken, and one reading."""
    nurse = clinic.session("NUR-04")
    entry = FormEntry(nurse, participant, code, "vital_signs", key)
    if not nurse.study.visit(code).infusion:
        fill(entry, {"WEIGHT": Decimal("71.5")})
    fill(entry, CONDITIONS)
    reading = {**BASELINE, "VSTPT": Code("VISIT"), "VSDTC": nurse.now()}
    entry.answer_together(
        [(("reading", "", item), answer) for item, answer in reading.items()], adding="reading"
    )
    keep_all(entry)
    entry.complete()
    assert entry.status == "completed"


def walk_to_the_end(clinic: Clinic, participant: str, codes: tuple[str, ...]) -> None:
    """The planned visits that are left, on their targets, without an infusion."""
    for code in codes:
        turn_to(clinic, target(clinic, participant, code))
        open_visit(clinic.session("NUR-04"), participant, code, day_of(clinic))
        clinic.consent(clinic.session(PHY), participant, code, day_of(clinic))
        vital_signs(clinic, participant, code)
        walked = visit(clinic, participant, code)
        assert walked.position == "inside"
        done = {form.form for form in walked.forms if form.status == "completed"}
        assert done == {"consent", "vital_signs"}


def test_one_completes_all_four_infusions_and_the_study(clinic: Clinic) -> None:
    participant = randomised(clinic)
    play_day(clinic, participant, "V1")
    anchor = day_of(clinic)
    for code, days in (("V2", 91), ("V3", 182), ("V4", 273)):
        assert target(clinic, participant, code) == anchor + timedelta(days=days)
        turn_to(clinic, target(clinic, participant, code))
        play_day(clinic, participant, code)
        assert visit(clinic, participant, code).status == "closed"
        assert state(clinic, participant) == "on_product"
    walk_to_the_end(clinic, participant, ("V5",))
    complete(clinic.session(PHY), participant, day_of(clinic), SECRET)
    assert state(clinic, participant) == "completed"
    accounts = clinic.home
    clinic.close()
    assert verify_home(accounts, "PI-01", password("PI-01")) == []


def test_one_fails_screening_and_comes_back_under_a_new_code(clinic: Clinic) -> None:
    session = clinic.session(PHY)
    first = screened(clinic)
    screen_failure(session, first, day_of(clinic), "NOT_ELIGIBLE", SECRET, criteria="EX01")
    clinic.clock.turn(timedelta(days=100))
    second = rescreen(session, first, 2, day_of(clinic), "three months without relapse", SECRET)
    assert [one.code for one in identities(session)] == ["PL01-001", "PL01-002"]
    assert (state(clinic, first), state(clinic, second)) == ("rescreened", "screened")
    open_visit(clinic.session("CRC-01"), second, "SCR", day_of(clinic))
    clinic.consent(session, second, "SCR", day_of(clinic))
    clinic.clock.turn(timedelta(days=28))
    confirm_eligibility(clinic, second)
    enter_numbers(clinic, second)
    randomise(session, second, SECRET)
    play_day(clinic, second, "V1")
    assert (state(clinic, first), state(clinic, second)) == ("rescreened", "on_product")


def test_one_stops_the_product_after_an_event_and_is_followed_to_the_end(clinic: Clinic) -> None:
    participant = randomised(clinic)
    play_day(clinic, participant, "V1")
    clinic.clock.turn(timedelta(days=3))
    adverse_event(clinic, participant)
    day = day_of(clinic)
    stop_product(clinic.session(PHY), participant, day, "ADVERSE_EVENT", SECRET, event=1)
    walk_to_the_end(clinic, participant, ("V2", "V3", "V4", "V5"))
    assert state(clinic, participant) == "off_product"
    complete(clinic.session(PHY), participant, day_of(clinic), SECRET)
    assert state(clinic, participant) == "completed"


def test_one_withdraws_from_everything_and_comes_once_more(clinic: Clinic) -> None:
    participant = randomised(clinic)
    play_day(clinic, participant, "V1")
    clinic.clock.turn(timedelta(days=40))
    decided = day_of(clinic)
    everything = frozenset({"product", "visits", "samples"})
    withdraw(clinic.session(PHY), participant, decided, everything, SECRET, stored="KEEP")
    assert state(clinic, participant) == "withdrawn"
    with pytest.raises(UserError):
        open_visit(clinic.session("NUR-04"), participant, "V2", decided)
    clinic.clock.turn(timedelta(days=10))
    open_unscheduled(clinic.session("NUR-04"), participant, "ET", day_of(clinic))
    early = visit(clinic, participant, "ET")
    assert early.window is not None
    assert (early.window.opens, early.window.closes) == (decided, decided + timedelta(days=14))
    assert early.position == "inside"


def test_one_is_lost(clinic: Clinic) -> None:
    participant = randomised(clinic)
    play_day(clinic, participant, "V1")
    seen = day_of(clinic)
    clinic.clock.turn(timedelta(days=150))
    lose(clinic.session(PHY), participant, day_of(clinic), seen, 5, True, SECRET)
    record = life(clinic.session(PHY), participant)
    assert (record.life.state, record.life.since) == ("lost", day_of(clinic))
    assert [act.kind for act in record.acts] == ["randomisation", "lost_to_follow_up"]


def test_one_dies_and_the_event_is_reported_within_a_day(clinic: Clinic) -> None:
    participant = randomised(clinic)
    play_day(clinic, participant, "V1")
    clinic.clock.turn(timedelta(days=20))
    adverse_event(clinic, participant, serious=True)
    aware = clinic.clock.now()
    report = FormEntry(
        clinic.session(PHY), participant, "LOG", "serious_adverse_event", form_key=random_key()
    )
    answers: dict[str, Answer] = {
        "AESPID": 1,
        "SAE_REPORT": Code("INITIAL"),
        "AEAWARE": aware,
        "SAE_NARRATIVE": "Found at home; cause not known yet.",
        "SAE_HISTORY": "No heart disease known.",
        "AEREL": Code("NOT_RELATED"),
        "AERELPR": Code("NOT_RELATED"),
        "AEREL_WHY": "Twenty days after the infusion.",
        "AEACN": Code("NOT_APPLICABLE"),
        "AEOUT": Code("FATAL"),
    }
    fill(report, answers)
    assert report.value("AE_DUE") == aware + timedelta(hours=24)
    report.complete()
    record_death(
        clinic.session(PHY), participant, PartialDate(day_of(clinic).isoformat()), "", SECRET
    )
    assert state(clinic, participant) == "died"


def test_one_moves_to_another_site(clinic: Clinic) -> None:
    participant = randomised(clinic)
    play_day(clinic, participant, "V1")
    clinic.clock.turn(timedelta(days=60))
    transfer(clinic.session(PHY), participant, day_of(clinic), "PL02", SECRET)
    assert state(clinic, participant) == "transferred"
    with pytest.raises(UserError) as refusal:
        open_visit(clinic.session("NUR-04"), participant, "V2", day_of(clinic))
    assert refusal.value.code == "no_more_visits"


def test_the_dosing_switch_blocks_infusions_and_nothing_else(clinic: Clinic) -> None:
    participant = randomised(clinic)
    switch_dosing(clinic.session("PI-01"), False, password("PI-01"))
    nurse = clinic.session("NUR-04")
    open_visit(nurse, participant, "V1", day_of(clinic))
    vital_signs(clinic, participant, "V1")
    adverse_event(clinic, participant)
    assert open_unscheduled(nurse, participant, "UNS", day_of(clinic))
    stop_product(clinic.session(PHY), participant, day_of(clinic), "PREGNANCY", SECRET)
    with nurse.store.read() as reader:
        run = read_run(nurse, reader, participant, "V1")
        blockers = {blocker.code for blocker in gate_of(nurse, run, "G4").blockers}
    assert "DOSING_OFF" in blockers
