"""Vital signs of a run as recorded: which set is the baseline, what is newer, what was let pass.

Any reading before the start counts, whatever its point; the newest decides, and an older complete
set never hides a newer value over a limit (infusion day, section 4, BASE).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from attrs import evolve, field, frozen

from msclinic.domain.infusion.facts import RunLimits
from msclinic.domain.infusion.items import FIT_TO_DOSE, INFUSION, VITAL_SIGNS
from msclinic.domain.infusion.stops import vitals_holds
from msclinic.domain.values import Code, Missing
from msclinic.domain.vitals import VitalsReading, reading_from_answers
from msclinic.services.infusion.visit_record import VisitRecord

__all__ = [
    "MEASURES",
    "BeforeStart",
    "Reading",
    "baseline_paths",
    "before_start",
    "newest_values",
    "readings",
]

MEASURES = ("SYSBP", "DIABP", "PULSE", "RESP", "TEMP", "OXYSAT", "OXYGEN", "CONSCIOUSNESS")

_SCORE = "NEWS2"
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@frozen
class Reading:
    """One set of vital signs as recorded, complete or not.

    Attributes:
        key: Repeat key in ``vital_signs/reading``.
        point: Point code, or empty while none was given.
        vitals: The measures.
        answered: Every measure has a value or a reason.
        skipped: Every measure carries a reason instead of a value.
        typed: When each measure was typed.
    """

    key: str
    point: str
    vitals: VitalsReading
    answered: bool
    skipped: bool
    typed: Mapping[str, datetime] = field(factory=dict)

    @property
    def at(self) -> datetime | None:
        """When it was taken: never later than it was typed, whatever time it was given."""
        told, typed = self.vitals.taken_at, max(self.typed.values(), default=None)
        return min((at for at in (told, typed) if at is not None), default=None)

    @property
    def begun(self) -> bool:
        """Whether anything was measured."""
        return any(measure not in self.vitals.missing for measure in MEASURES)


@frozen
class BeforeStart:
    """The vital signs before the dose.

    Attributes:
        base: The newest complete set; the last begun where none is complete.
        later: What is newer than it and still holds the dose.
        overrides: A21 and A22, where a physician let every hold of them pass.
        held_at: When a value over a hold limit was last typed, let pass or not.
    """

    base: Reading | None
    later: tuple[Reading, ...]
    overrides: frozenset[str]
    held_at: datetime | None


def readings(record: VisitRecord) -> list[Reading]:
    """Every reading of the visit in the order it was begun."""
    form = record.form(VITAL_SIGNS)
    scale = form.answers().get("NEWS2_SCALE")
    typed: dict[str, dict[str, datetime]] = {}
    for (group, key, item), head in form.items.items():
        if group == "reading" and item in MEASURES:
            typed.setdefault(key, {})[item] = head.typed_at
    found = []
    for key, row in form.rows("reading"):
        at = row.get("VSDTC")
        point = row.get("VSTPT")
        values = [row.get(item) for item in MEASURES]
        answers = row | ({"NEWS2_SCALE": scale} if scale is not None else {})
        found.append(
            Reading(
                key=key,
                point=point.value if isinstance(point, Code) else "",
                vitals=reading_from_answers(answers, at if isinstance(at, datetime) else None),
                answered=all(value is not None for value in values),
                skipped=all(isinstance(value, Missing) for value in values),
                typed=typed.get(key, {}),
            )
        )
    return found


def before_start(record: VisitRecord, taken: Sequence[Reading], limits: RunLimits) -> BeforeStart:
    """Say what the vital signs before the dose come to.

    An override belongs to the value it was given for: one on a reading to that answer, one on A21
    or A22 of the checklist to what had been typed by then. A new bad value needs a new one.

    Args:
        record: The visit.
        taken: Its readings.
        limits: Hold limits.
    """
    counted = _counted(record, taken)
    base = _newest(counted)
    later = _later(counted, base)
    held = {(one.key, item): one for one in counted for item in _held(one, limits)}
    passed = {pair for pair, one in held.items() if _let_pass(record, one, pair[1])}
    deciding = {one.key for one in (base, *later) if one is not None}
    open_, fit = [pair for pair in held if pair[0] in deciding], record.form(FIT_TO_DOSE).overridden
    overrides = set()
    for item, mine in (
        ("A21", [pair for pair in open_ if pair[1] != _SCORE]),
        ("A22", [pair for pair in open_ if pair[1] == _SCORE]),
    ):
        if passed.issuperset(mine) and (mine or item in fit):
            overrides.add(item)
    return BeforeStart(
        base=base and evolve(base, vitals=evolve(base.vitals, taken_at=base.at)),
        later=tuple(
            one for one in later if any(k == one.key and (k, i) not in passed for k, i in held)
        ),
        overrides=frozenset(overrides),
        held_at=max((_typed(one, item) for (_, item), one in held.items()), default=None),
    )


def baseline_paths(record: VisitRecord) -> list[str]:
    """Item paths of the baseline reading, of newer ones and of what was measured how."""
    form, counted = record.form(VITAL_SIGNS), _counted(record, readings(record))
    base = _newest(counted)
    keys = {one.key for one in counted if one is base or _newer(counted, base, one)}
    return sorted(
        head.path
        for (group, key, item), head in form.items.items()
        if item == "NEWS2_SCALE" or (group == "reading" and key in keys)
    )


def newest_values(taken: Iterable[Reading]) -> VitalsReading | None:
    """The newest known value of each measure, from the newest complete set on.

    A set just begun takes nothing away: until a measure is taken anew, the last one stands.
    """
    in_order = sorted((one for one in taken if one.begun), key=lambda one: one.at or _LONG_AGO)
    complete = [place for place, one in enumerate(in_order) if one.vitals.complete]
    found: VitalsReading | None = None
    for one in in_order[complete[-1] if complete else 0 :]:
        known = {
            name: getattr(one.vitals, name)
            for name in VitalsReading.__match_args__
            if getattr(one.vitals, name) is not None
        }
        found = one.vitals if found is None else evolve(found, **known)
    return found


def _counted(record: VisitRecord, taken: Iterable[Reading]) -> list[Reading]:
    """Readings before the dose that were taken at all, in the order they were begun."""
    start = record.form(INFUSION).answers().get("D01")
    found = [one for one in taken if not one.skipped]
    if not isinstance(start, datetime):
        return found
    return [one for one in found if (one.point == "BASE" if one.at is None else one.at <= start)]


def _newest(counted: Sequence[Reading]) -> Reading | None:
    complete = [one for one in counted if one.vitals.complete]
    if not complete:
        return counted[-1] if counted else None
    # Of two taken at one time the later begun is the newer.
    return sorted(complete, key=lambda one: one.at or _LONG_AGO)[-1]


def _later(counted: Sequence[Reading], base: Reading | None) -> list[Reading]:
    """Sets newer than the baseline, and older ones in which something was typed since."""
    if base is None:
        return []
    own = base.at or _LONG_AGO
    return [
        one
        for one in counted
        if one is not base
        and (_newer(counted, base, one) or any(typed > own for typed in one.typed.values()))
    ]


def _newer(counted: Sequence[Reading], base: Reading | None, one: Reading) -> bool:
    """Whether a set is newer than the baseline; by order where the times do not tell."""
    if base is None or one is base:
        return False
    at, own = one.at, base.at
    if at is not None and own is not None and at != own:
        return at > own
    return counted.index(one) > counted.index(base)


def _held(one: Reading, limits: RunLimits) -> set[str]:
    """Measures of a reading over their hold limit, and NEWS2 for the score."""
    return {
        blocker.parameters.get("measure", _SCORE)
        for blocker in vitals_holds(one.vitals, limits)
        if blocker.code != "VITALS_INCOMPLETE"
    }


def _typed(one: Reading, item: str) -> datetime:
    """When a value was typed; of the score, when the last measure was."""
    last = max(one.typed.values(), default=_LONG_AGO)
    return last if item == _SCORE else one.typed.get(item, last)


def _let_pass(record: VisitRecord, one: Reading, item: str) -> bool:
    """Whether a physician let a hold pass on the reading itself or, after it, on the checklist."""
    form, fit = record.form(VITAL_SIGNS), record.form(FIT_TO_DOSE)
    head = form.items.get(("reading", one.key, item))
    if head is not None and head.path in form.overridden_paths:
        return item != _SCORE or form.overridden_at[head.path] >= _typed(one, item)
    wanted = "A22" if item == _SCORE else "A21"
    given = (at for path, at in fit.overridden_at.items() if path.endswith(f"/{wanted}"))
    return any(at >= _typed(one, item) for at in given)
