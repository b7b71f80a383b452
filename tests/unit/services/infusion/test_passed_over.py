"""A run that was begun without a gate is closed with the deviation, and nothing of it is lost."""

from datetime import timedelta
from decimal import Decimal

from tests.clinic import PASSWORDS
from tests.infusion_day import (
    answer_fit,
    assign_kit,
    close_day,
    fill,
    keep_all,
    play_round,
    release,
)

from msclinic.domain.values import Code, Missing
from msclinic.services.entry import FormEntry
from msclinic.services.gateway import random_key
from msclinic.services.infusion.actions import (
    end_infusion,
    flush,
    round_not_done,
    sign_gate,
)
from msclinic.services.infusion.view import run_view


def begun_without_gates(clinic, participant):
    """A start as an old program wrote it: no gate before it was asked for."""
    nurse, clock = clinic.session("NUR-04"), clinic.clock
    assign_kit(clinic, participant, "V1")
    answer_fit(clinic, participant, "V1")
    prepared = clock.now() - timedelta(minutes=65)
    release(
        clinic, participant, "V1", prepared_at=prepared, use_before=prepared + timedelta(hours=4)
    )
    for account in ("PREP-01", "PREP-02"):
        sign_gate(clinic.session(account), participant, "V1", "G2", PASSWORDS[account])
    entry = FormEntry(nurse, participant, "V1", "infusion")
    later = nurse.now().astimezone(nurse.zone).date() + timedelta(days=90)
    fill(entry, {"D03_PUMP": "P-12", "D03_CALIBRATION": later})
    at = clock.now()
    rate = [("D01", at), ("D02_TIME", at), ("D02_RATE", Decimal(50))]
    entry.answer_together(
        [(entry.ref(item), answer) for item, answer in rate], adding="rate_step", starting=True
    )


def test_a_run_begun_without_g1_that_a_stop_then_holds_can_be_closed(run_at):
    clinic, participant = run_at("ARRIVED")
    nurse, clock = clinic.session("NUR-04"), clinic.clock
    begun_without_gates(clinic, participant)
    clock.turn(timedelta(minutes=15))
    play_round(clinic, participant, "V1", "T15", Decimal("12.5"))
    clock.turn(timedelta(minutes=1))
    end_infusion(
        nurse, participant, "V1", Decimal("13"), Decimal("87"), completed=False, stop_reason="S11"
    )
    play_round(clinic, participant, "V1", "EOI")
    flush(nurse, participant, "V1", Decimal("20"))
    for point in ("EOI+30", "EOI+60", "EOI+90", "EOI+120"):
        clock.turn(timedelta(minutes=30))
        play_round(clinic, participant, "V1", point)
    event = FormEntry(nurse, participant, "LOG", "adverse_event", form_key=random_key())
    fill(event, {"AETERM": "syncope", "AETOXGR": Code("3"), "AEONGO": Code("N")})
    physician = FormEntry(
        clinic.session("PHY-01"),
        participant,
        "LOG",
        "adverse_event",
        form_key=event.prefix.rsplit("/", 1)[1],
    )
    fill(physician, {"AEREL": Code("RELATED")})
    view = run_view(nurse, participant, "V1")
    assert "STOP_ON_RECORD" in [blocker.code for blocker in view.gates["G1"].blockers]
    after = FormEntry(nurse, participant, "V1", "after_infusion")
    yes = dict.fromkeys(
        ("E03", "E05_WALKING", "E05_SITE_CLEAN", "E06_SHEET", "E06_PHONE"), Code("Y")
    )
    fill(after, {"E04": Missing("NA"), "E05_OUTCOME": Code("HOME"), "E05_TIME": clock.now(), **yes})
    fill(after, {"E03_TIME": clock.now()})
    keep_all(after)
    sign_gate(clinic.session("PHY-01"), participant, "V1", "G6", PASSWORDS["PHY-01"])
    close_day(clinic, participant, "V1")
    view = run_view(nurse, participant, "V1")
    assert view.state.name == "SIGNED"
    assert [view.gates[gate].status for gate in ("G1", "G3", "G4", "G7")] == [
        "shut",
        "shut",
        "shut",
        "passed",
    ]
    passed_over = {d.key for d in view.deviations if d.code == "START_BEFORE_GATE" and d.classified}
    assert passed_over == {f"START_BEFORE_GATE-D01-{gate}" for gate in ("G1", "G3", "G4")}


def test_the_deviation_has_to_be_classified_before_the_run_is_closed(run_at):
    clinic, participant = run_at("ARRIVED")
    begun_without_gates(clinic, participant)
    clinic.clock.turn(timedelta(minutes=16))
    round_not_done(clinic.session("NUR-04"), participant, "V1", "T15")
    found = run_view(clinic.session("PHY-01"), participant, "V1")
    assert "DEVIATIONS_OPEN" in [blocker.code for blocker in found.gates["G7"].blockers]
    assert not any(deviation.classified for deviation in found.deviations)
