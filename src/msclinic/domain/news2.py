"""National Early Warning Score 2 (Royal College of Physicians, London 2017), unaltered.

An incomplete set has no total, and a missing part is never zero. The score supports a person's
judgement; it is not valid under 16 years or in pregnancy.
"""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from attrs import frozen

from msclinic.domain.vitals import VitalsReading

__all__ = ["ACKNOWLEDGEMENT", "News2", "News2Limits", "news2_action", "score_news2"]

ACKNOWLEDGEMENT = (
    "Royal College of Physicians. National Early Warning Score (NEWS) 2. London: RCP, 2017."
)

_Bands = tuple[tuple[str, int], ...]

# Upper edge of each band and its points; the last row takes everything above (RCP 2017, chart 1).
_RESP: _Bands = (("8", 3), ("11", 1), ("20", 0), ("24", 2), ("Infinity", 3))
_SPO2_1: _Bands = (("91", 3), ("93", 2), ("95", 1), ("Infinity", 0))
_SPO2_2_AIR: _Bands = (("83", 3), ("85", 2), ("87", 1), ("Infinity", 0))
_SPO2_2_OXYGEN: _Bands = (
    ("83", 3),
    ("85", 2),
    ("87", 1),
    ("92", 0),
    ("94", 1),
    ("96", 2),
    ("Infinity", 3),
)
_SYSBP: _Bands = (("90", 3), ("100", 2), ("110", 1), ("219", 0), ("Infinity", 3))
_PULSE: _Bands = (("40", 3), ("50", 1), ("90", 0), ("110", 1), ("130", 2), ("Infinity", 3))
_TEMP: _Bands = (("35.0", 3), ("36.0", 1), ("38.0", 0), ("39.0", 1), ("Infinity", 2))


@frozen
class News2:
    """A scored reading.

    Attributes:
        total: 0 to 20; None while a part is missing.
        parts: Points by item id, for the parts that are known.
        band: none, low, low_medium, medium or high; None without a total.
        any_three: Whether a known part scores 3.
        missing: Item ids without a value.
    """

    total: int | None
    parts: Mapping[str, int]
    band: str | None
    any_three: bool
    missing: tuple[str, ...]


@frozen
class News2Limits:
    """What a score asks for during an infusion; the study sets it.

    Attributes:
        rise: Rise over baseline that asks for another reading.
        pause: Total that asks for a pause and the physician.
        stop: Total that asks for a stop and the emergency team.
    """

    rise: int
    pause: int
    stop: int


def _points(value: Decimal, bands: _Bands) -> int:
    return next(points for edge, points in bands if value <= Decimal(edge))


def score_news2(reading: VitalsReading) -> News2:
    """Score a reading by NEWS2 (RCP 2017, charts 1 and 2).

    Temperature is rounded to 0.1 first. C counts only new confusion; scale 2 is for confirmed
    hypercapnic failure on a physician's order.
    """
    parts: dict[str, int] = {}
    if reading.resp is not None:
        parts["RESP"] = _points(reading.resp, _RESP)
    if reading.oxysat is not None and reading.scale is not None and reading.oxygen is not None:
        if reading.scale == 1:
            bands = _SPO2_1
        else:
            bands = _SPO2_2_OXYGEN if reading.oxygen > 0 else _SPO2_2_AIR
        parts["OXYSAT"] = _points(reading.oxysat, bands)
    if reading.oxygen is not None:
        parts["OXYGEN"] = 2 if reading.oxygen > 0 else 0
    if reading.sysbp is not None:
        parts["SYSBP"] = _points(reading.sysbp, _SYSBP)
    if reading.pulse is not None:
        parts["PULSE"] = _points(reading.pulse, _PULSE)
    if reading.consciousness is not None:
        parts["CONSCIOUSNESS"] = 0 if reading.consciousness == "A" else 3
    if reading.temp is not None:
        rounded = reading.temp.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
        parts["TEMP"] = _points(rounded, _TEMP)
    # Diastolic pressure is measured with every set but is no part of the score.
    missing = tuple(item for item in reading.missing if item != "DIABP")
    any_three = 3 in parts.values()
    if missing:
        return News2(None, parts, None, any_three, missing)
    total = sum(parts.values())
    return News2(total, parts, _band(total, any_three), any_three, ())


def _band(total: int, any_three: bool) -> str:
    if total >= 7:
        return "high"
    if total >= 5:
        return "medium"
    if any_three:
        return "low_medium"
    return "low" if total else "none"


def news2_action(current: News2, base: News2 | None, limits: News2Limits) -> str:
    """Return what a score asks for during an infusion: none, recheck, pause or stop.

    An incomplete score asks for what its known parts ask for, and at least for a recheck.
    """
    known = sum(current.parts.values())
    if known >= limits.stop:
        return "stop"
    if current.any_three or known >= limits.pause:
        return "pause"
    if current.total is None:
        return "recheck"
    if base is not None and base.total is not None and current.total - base.total >= limits.rise:
        return "recheck"
    return "none"
