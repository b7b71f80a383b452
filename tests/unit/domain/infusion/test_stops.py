"""Hold, pause and stop rules."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.unit.domain.infusion.a_run import LIMITS, at, vitals

from msclinic.domain.infusion import LineCheck, stop_rules, vitals_holds
from msclinic.domain.vitals import VitalsReading


def rules(
    reading: VitalsReading | None = None, started: bool = True, **more: Any
) -> list[tuple[str, str]]:
    found = stop_rules(reading, vitals(), LIMITS, started=started, **more)
    assert all(f.message["en"] and f.message["pl"] for f in found)
    return [(finding.code, finding.parameters["action"]) for finding in found]


def test_a_well_participant_raises_nothing() -> None:
    assert rules(vitals()) == []
    assert rules(None) == []


@pytest.mark.parametrize(
    ("reading", "symptoms", "expected"),
    [
        (vitals(oxysat=Decimal(91)), (), [("S04", "stop")]),
        (vitals(consciousness="V"), (), [("S04", "stop")]),
        (vitals(sysbp=Decimal(89)), ("DIZZINESS",), [("S04", "stop")]),
        (vitals(sysbp=Decimal(89)), ("NONE",), [("S05", "pause")]),
        (vitals(pulse=Decimal(131), resp=Decimal(25), temp=Decimal("38.1")), (), [("S04", "stop")]),
        (vitals(sysbp=Decimal(154)), (), [("S05", "pause")]),
        (vitals(sysbp=Decimal(153)), (), []),
        (vitals(pulse=Decimal(131)), (), [("S05", "pause")]),
        (vitals(pulse=Decimal(111), resp=Decimal(21), oxysat=Decimal(95)), (), [("S05", "pause")]),
        (vitals(temp=None, oxysat=Decimal(91)), (), [("S04", "stop")]),
    ],
)
def test_a_reading_asks_for_its_action(
    reading: VitalsReading, symptoms: tuple[str, ...], expected: list[tuple[str, str]]
) -> None:
    assert rules(reading, symptoms=symptoms) == expected


def test_fever_or_infection_defers_only_before_the_start() -> None:
    hot = vitals(temp=Decimal("38.0"))
    assert rules(hot, started=False) == [("S03", "defer")]
    assert rules(vitals(), started=False, infection=True) == [("S03", "defer")]
    assert rules(hot) == []


def test_a_positive_pregnancy_test_ends_the_product() -> None:
    assert rules(started=False, pregnancy_positive=True) == [("S02", "stop_for_good")]


def test_the_use_before_or_an_hour_of_pauses_stops() -> None:
    use_before = at("12:20")
    assert rules(use_before=use_before, now=at("12:20")) == [("S09", "stop")]
    assert rules(use_before=use_before, now=at("12:19:59")) == []
    assert rules(pause=timedelta(minutes=60)) == []
    assert rules(pause=timedelta(minutes=60, seconds=1)) == [("S09", "stop")]


def test_an_inflamed_site_or_extravasation_stops() -> None:
    assert rules(line_check=LineCheck(at("09:15"), vip=1)) == []
    assert rules(line_check=LineCheck(at("09:15"), vip=2)) == [("S10", "stop")]
    assert rules(line_check=LineCheck(at("09:15"), extravasation=True)) == [("S10", "stop")]


def test_every_measured_value_of_an_incomplete_reading_is_compared_with_its_limit() -> None:
    partial = VitalsReading(resp=Decimal(8), temp=Decimal("38.4"))
    found = [(b.code, b.parameters.get("measure")) for b in vitals_holds(partial, LIMITS)]
    assert found == [("VITALS_INCOMPLETE", None), ("VITALS_HOLD", "TEMP"), ("NEWS2_HOLD", None)]


def test_consciousness_not_asked_is_incomplete_and_no_hold() -> None:
    (blocker,) = vitals_holds(vitals(consciousness=None), LIMITS)
    assert (blocker.code, blocker.overridable) == ("VITALS_INCOMPLETE", False)
