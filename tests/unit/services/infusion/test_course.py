"""The course at the bedside: pauses, side exits, rounds not taken, and who sees what."""

from datetime import timedelta
from decimal import Decimal

import pytest
from tests.clinic import PASSWORDS
from tests.infusion_day import fill, play_round

from msclinic.domain.errors import UserError
from msclinic.domain.values import Code, Missing
from msclinic.services.entry import FormEntry
from msclinic.services.infusion.actions import (
    GateShut,
    arrive,
    cancel_run,
    change_rate,
    classify_deviation,
    defer_run,
    end_infusion,
    interrupt,
    record_deviations,
    resume,
    round_not_done,
    round_readings,
    sign_gate,
    start_infusion,
)
from msclinic.services.infusion.today import next_due, today_view
from msclinic.services.infusion.view import run_view
from msclinic.services.infusion.visit_record import read_visit
from msclinic.services.participants import identity
from msclinic.services.session import Refused
from msclinic.services.visits import book_visit
from msclinic.store import UnitOfWork


def test_the_volume_follows_rates_and_pauses(run_at):
    clinic, participant = run_at("RUNNING")
    nurse, clock = clinic.session("NUR-04"), clinic.clock
    clock.turn(timedelta(minutes=15))
    change_rate(nurse, participant, "V1", Decimal("100"))
    clock.turn(timedelta(minutes=15))
    interrupt(nurse, participant, "V1", "TOILET", Decimal("37.5"))
    paused = run_view(nurse, participant, "V1")
    assert paused.state.name == "PAUSED"
    assert paused.expected == Decimal("37.5")
    clock.turn(timedelta(minutes=20))
    assert resume(nurse, participant, "V1").accepted
    view = run_view(nurse, participant, "V1")
    assert view.state.name == "RUNNING"
    assert view.paused_for == timedelta(minutes=20)
    assert view.expected == Decimal("37.5")
    assert view.planned_end == view.now + timedelta(minutes=37, seconds=30)


def test_a_pause_for_a_reaction_is_the_physicians(run_at):
    clinic, participant = run_at("RUNNING")
    with pytest.raises(Refused) as reaction:
        interrupt(clinic.session("NUR-04"), participant, "V1", "REACTION")
    assert reaction.value.code == "reaction_is_physicians"
    assert "physician" in reaction.value.what_to_do


def test_the_start_is_never_in_the_future_and_given_once(run_at):
    clinic, participant = run_at("VERIFIED")
    nurse = clinic.session("NUR-04")
    sign_gate(nurse, participant, "V1", "G4", PASSWORDS["NUR-04"])
    with pytest.raises(UserError) as future:
        start_infusion(nurse, participant, "V1", nurse.now() + timedelta(minutes=1))
    assert future.value.code == "in_the_future"
    assert start_infusion(nurse, participant, "V1").accepted
    with pytest.raises(UserError) as again:
        start_infusion(nurse, participant, "V1")
    assert again.value.code == "already_started"


def test_a_round_is_opened_once_and_goes_on_until_all_is_answered(run_at):
    clinic, participant = run_at("RUNNING")
    nurse = clinic.session("NUR-04")
    clinic.clock.turn(timedelta(minutes=15))
    first = round_readings(nurse, participant, "V1", "T15")
    assert round_readings(nurse, participant, "V1", "T15").reading == first.reading
    fill(first.vitals, {"SYSBP": 118, "DIABP": 74}, first.reading[0][1])
    view = run_view(nurse, participant, "V1").next_round
    assert view is not None
    assert (view.point, view.status, view.answered, view.asked) == ("T15", "due", 2, 12)
    play_round(clinic, participant, "V1", "T15", Decimal("12.5"))
    after = run_view(nurse, participant, "V1")
    assert after.next_round is not None
    assert after.next_round.point == "T30"
    assert after.readings[-1].news2.total == 0
    assert after.difference == Decimal("0")


def test_a_crisis_value_is_shown_as_a_stop_before_the_round_is_complete(run_at):
    clinic, participant = run_at("RUNNING")
    nurse = clinic.session("NUR-04")
    clinic.clock.turn(timedelta(minutes=15))
    opened = round_readings(nurse, participant, "V1", "T15")
    fill(opened.vitals, {"OXYSAT": 88}, opened.reading[0][1])
    assert [finding.code for finding in run_view(nurse, participant, "V1").findings] == ["S04"]
    (card,) = today_view(nurse).cards
    assert card.blocked_by == "STOP"
    assert card.segments[2] == "blocked"


def test_a_round_not_taken_is_a_deviation_that_a_person_classifies(run_at):
    clinic, participant = run_at("RUNNING")
    nurse, physician = clinic.session("NUR-04"), clinic.session("PHY-01")
    clinic.clock.turn(timedelta(minutes=16))
    round_not_done(nurse, participant, "V1", "T15")
    (state,) = record_deviations(nurse, participant, "V1")
    assert (state.code, state.recorded, state.classified) == ("VITALS_MISSED", True, False)
    assert record_deviations(nurse, participant, "V1") == [state]
    with pytest.raises(Refused):
        classify_deviation(nurse, participant, "V1", state.key, "minor", "asleep")
    classify_deviation(physician, participant, "V1", state.key, "minor", "asleep")
    (after,) = run_view(physician, participant, "V1").deviations
    assert (after.classified, after.classified_by, after.comment) == (True, "PHY-01", "asleep")


def test_a_deferred_run_is_booked_anew_and_can_arrive_again(run_at):
    clinic, participant = run_at("ARRIVED")
    nurse = clinic.session("NUR-04")
    today = nurse.now().astimezone(nurse.zone).date()
    with pytest.raises(UserError):
        defer_run(nurse, participant, "V1", today, "fever")
    with pytest.raises(UserError):
        defer_run(nurse, participant, "V1", today + timedelta(days=3), " ")
    defer_run(nurse, participant, "V1", today + timedelta(days=3), "fever")
    assert run_view(nurse, participant, "V1").state.name == "DEFERRED"
    clinic.clock.turn(timedelta(days=3))
    (card,) = today_view(nurse).cards
    assert (card.status, card.state) == ("booked", "DEFERRED")
    arrive(nurse, participant, "V1", 3)
    assert run_view(nurse, participant, "V1").state.name == "ARRIVED"


def test_the_gate_is_asked_in_the_unit_of_work_that_writes_the_start(run_at):
    clinic, participant = run_at("VERIFIED")
    nurse = clinic.session("NUR-04")
    sign_gate(nurse, participant, "V1", "G4", PASSWORDS["NUR-04"])
    asked = []

    def writing(reader):
        asked.append(isinstance(reader, UnitOfWork))
        return read_visit(reader, participant, "V1").form("infusion").answers().get("D01")

    entry = FormEntry(nurse, participant, "V1", "infusion")

    def refuse(reader):
        assert writing(reader) is None
        raise UserError("no", what="no", why="no", what_to_do="no")

    with pytest.raises(UserError):
        entry.answer_together([(entry.ref("D01"), nurse.now())], starting=True, demand=refuse)
    assert asked == [True]
    assert entry.value("D01") is None
    fit = FormEntry(nurse, participant, "V1", "fit_to_dose")
    fit.answer(fit.ref("A26"), Code("N"), reason={"code": "1", "text": ""})
    with pytest.raises(GateShut):
        start_infusion(nurse, participant, "V1")
    assert run_view(nurse, participant, "V1").started_at is None


def test_a_cancelled_run_never_starts(run_at):
    clinic, participant = run_at("VERIFIED")
    nurse = clinic.session("NUR-04")
    sign_gate(nurse, participant, "V1", "G4", PASSWORDS["NUR-04"])
    cancel_run(clinic.session("PHY-01"), participant, "V1", "pregnancy wish")
    with pytest.raises(GateShut) as shut:
        start_infusion(nurse, participant, "V1")
    assert "NOT_TODAY" in shut.value.codes


def test_a_chair_is_given_to_one_participant(run_at):
    clinic, _ = run_at("ARRIVED")
    other = clinic.enrol(9)
    with pytest.raises(UserError) as taken:
        arrive(clinic.session("NUR-04"), other, "V1", 2)
    assert taken.value.code == "chair_taken"
    arrive(clinic.session("NUR-04"), other, "V1", 3)


def test_the_rater_is_refused_everything_and_learns_nothing(run_at):
    clinic, participant = run_at("RUNNING")
    rater = clinic.session("RAT-02")
    day = rater.now().astimezone(rater.zone).date()
    attempts = (
        lambda: run_view(rater, participant, "V1"),
        lambda: arrive(rater, participant, "V1", 1),
        lambda: sign_gate(rater, participant, "V1", "G1", PASSWORDS["RAT-02"]),
        lambda: sign_gate(rater, participant, "V1", "G4", PASSWORDS["RAT-02"]),
        lambda: start_infusion(rater, participant, "V1"),
        lambda: change_rate(rater, participant, "V1", Decimal("10")),
        lambda: interrupt(rater, participant, "V1", "PUMP"),
        lambda: resume(rater, participant, "V1"),
        lambda: round_readings(rater, participant, "V1", "T15"),
        lambda: round_not_done(rater, participant, "V1", "T15"),
        lambda: record_deviations(rater, participant, "V1"),
        lambda: cancel_run(rater, participant, "V1", "no"),
        lambda: defer_run(rater, participant, "V1", day + timedelta(days=1), "no"),
        lambda: FormEntry(rater, participant, "V1", "fit_to_dose"),
    )
    for attempt in attempts:
        with pytest.raises(Refused):
            attempt()
    (card,) = today_view(rater).cards
    assert (card.state, card.phase, card.segments, card.chair, card.infusion) == (
        "",
        "",
        (),
        None,
        None,
    )
    assert not today_view(rater).due
    assert not next_due(rater)


def test_the_preparer_sees_the_release_and_no_outcome(run_at):
    clinic, participant = run_at("RUNNING")
    view = run_view(clinic.session("PREP-01"), participant, "V1")
    assert set(view.gates) == {"G2"}
    assert not view.readings
    assert not view.phases
    assert view.started_at is None
    assert view.state.name == "ARRIVED"
    (card,) = today_view(clinic.session("PREP-01")).cards
    assert card.state == ""


def test_the_lock_screen_names_chairs_and_minutes_only(run_at):
    clinic, participant = run_at("RUNNING")
    nurse = clinic.session("NUR-04")
    code = identity(nurse, participant).code
    (due,) = next_due(nurse)
    assert (due.chair, due.minutes) == (2, 15)
    assert code not in repr(due)


def test_a_booked_visit_is_expected_today(clinic):
    participant = clinic.enrol(7)
    crc = clinic.session("CRC-01")
    book_visit(crc, participant, "V1", crc.now().astimezone(crc.zone).date(), 4)
    today = today_view(clinic.session("NUR-04"))
    assert (today.expected, today.to_come, today.running) == (1, 1, 0)
    (card,) = today.cards
    assert (card.chair, card.status, card.state) == (4, "booked", "PLANNED")
    assert set(card.segments) == {"to_come"}


def test_the_end_closes_a_pause_that_lasts_in_the_same_act(run_at):
    clinic, participant = run_at("RUNNING")
    nurse = clinic.session("NUR-04")
    clinic.clock.turn(timedelta(minutes=15))
    interrupt(nurse, participant, "V1", "TOILET", Decimal("12.5"))
    ended = (Decimal("12.5"), Decimal("87.5"), False, "S11")
    with pytest.raises(UserError) as early:
        end_infusion(nurse, participant, "V1", *ended)
    assert early.value.code == "pause_later"
    clinic.clock.turn(timedelta(minutes=5))
    assert end_infusion(nurse, participant, "V1", *ended).accepted
    view = run_view(nurse, participant, "V1")
    assert (view.paused_since, view.paused_for) == (None, timedelta(minutes=5))
    with nurse.store.read() as reader:
        acts = {
            row.entry.act.number
            for item in ("D05_END", "D07", "D08_GIVEN")
            for head in reader.heads(participant=participant, item=item)
            for row in reader.trail(participant, head.path)
        }
    assert len(acts) == 1


def test_a_pause_for_a_reaction_ends_only_with_the_infusion(run_at):
    clinic, participant = run_at("RUNNING")
    nurse = clinic.session("NUR-04")
    clinic.clock.turn(timedelta(minutes=5))
    entry = FormEntry(nurse, participant, "V1", "infusion")
    rows = [(entry.ref("D05_START"), nurse.now()), (entry.ref("D05_REASON"), Code("REACTION"))]
    entry.answer_together(rows, adding="interruption")
    (key,) = entry.keys("interruption")
    clinic.clock.turn(timedelta(minutes=5))
    attempts = (
        lambda: resume(nurse, participant, "V1"),
        lambda: entry.answer(entry.ref("D05_END", key), nurse.now()),
        lambda: entry.answer(entry.ref("D05_REASON", key), Code("TOILET")),
        lambda: entry.answer_together([(entry.ref("D05_REASON", key), Missing("UNKNOWN"))]),
    )
    for attempt in attempts:
        with pytest.raises(Refused) as refused:
            attempt()
        assert refused.value.code == "restart_is_physicians"
    assert run_view(nurse, participant, "V1").state.name == "PAUSED"
    end_infusion(nurse, participant, "V1", Decimal(4), Decimal(96), False, "S06")
    assert run_view(nurse, participant, "V1").paused_since is None
    entry.reload()
    at = nurse.now() - timedelta(minutes=1)
    assert entry.answer(entry.ref("D05_END", key), at, reason={"code": "1", "text": ""}).accepted


def test_an_infusion_stopped_early_needs_its_reason(run_at):
    clinic, participant = run_at("RUNNING")
    nurse = clinic.session("NUR-04")
    clinic.clock.turn(timedelta(minutes=15))
    with pytest.raises(UserError) as missing:
        end_infusion(nurse, participant, "V1", Decimal("12.5"), Decimal("87.5"), completed=False)
    assert missing.value.code == "stop_reason_missing"
    end_infusion(
        nurse,
        participant,
        "V1",
        Decimal("12.5"),
        Decimal("87.5"),
        completed=False,
        stop_reason="S11",
    )
    entry = FormEntry(nurse, participant, "V1", "infusion")
    assert entry.value("D10_REASON") == Code("S11")
    assert run_view(nurse, participant, "V1").state.completion == "STOPPED_EARLY"
