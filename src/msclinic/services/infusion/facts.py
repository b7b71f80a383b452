"""What the record says of one infusion run, as the frozen facts that every rule works on.

It reads one snapshot and decides nothing; what is not in the record stays unknown.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from attrs import evolve, frozen

from msclinic.domain.errors import UserError
from msclinic.domain.infusion.deviations import deviations
from msclinic.domain.infusion.facts import (
    CheckerAnswers,
    GateSignature,
    RunFacts,
    RunLimits,
)
from msclinic.domain.infusion.gates import GATES, gate
from msclinic.domain.infusion.items import (
    AFTER_INFUSION,
    BEDSIDE_CHECK,
    FIT_TO_DOSE,
    INFUSION,
    PRODUCT_RELEASE,
    VITAL_SIGNS,
)
from msclinic.domain.infusion.stops import vitals_holds
from msclinic.domain.news2 import score_news2
from msclinic.domain.values import Answer, Code, Missing, from_json
from msclinic.domain.visits import visit_window, window_status
from msclinic.domain.vitals import VitalsReading, reading_from_answers
from msclinic.services.infusion.dosing import dosing_permitted
from msclinic.services.infusion.fact_rows import (
    interruptions,
    late_entries,
    line_checks,
    product,
    rate_steps,
)
from msclinic.services.infusion.limits import planned_rates, run_limits, vitals_plan
from msclinic.services.infusion.stop_record import stop_reasons, unassessed_grade
from msclinic.services.infusion.visit_record import FormInstance, VisitRecord, read_visit
from msclinic.services.session import Session
from msclinic.services.visits import anchor_of, infusion_dates, plan_of
from msclinic.store import Reader, SignatureRow

__all__ = [
    "MEASURES",
    "RUN_NAMES",
    "BedsideCheck",
    "Reading",
    "baseline_paths",
    "bedside_checks",
    "deviation_key",
    "deviation_root",
    "facts_of",
    "infusion_context",
    "infusion_number",
    "readings",
    "run_facts",
    "side_exit_path",
]

MEASURES = ("SYSBP", "DIABP", "PULSE", "RESP", "TEMP", "OXYSAT", "OXYGEN", "CONSCIOUSNESS")

RUN_NAMES = frozenset(
    {
        "BASELINE_COMPLETE",
        "BASELINE_NEWS2",
        "BASELINE_SINGLE_THREE",
        "EDSS_SIGNED",
        "G1_VALID",
        "INFUSION_END",
        "INFUSION_START",
        "OBSERVATION_MINUTES",
        "OBSERVATION_REQUIRED",
        "PRODUCT_STOPPED",
        "USE_BEFORE_OK",
    }
)
"""What ``infusion_context`` may give; forms that ask for none of it need no facts of the run."""


@frozen
class BedsideCheck:
    """One person's own bedside check.

    Attributes:
        account: Who opened it; only they may answer it.
        key: Form key.
        opened_at: When it was opened.
        instance: The form as it stands.
    """

    account: str
    key: str
    opened_at: datetime
    instance: FormInstance

    @property
    def finished(self) -> bool:
        """Whether its owner declared it filled in."""
        return self.instance.status in ("completed", "amended")


@frozen
class Reading:
    """One set of vital signs as recorded, complete or not.

    Attributes:
        key: Repeat key in ``vital_signs/reading``.
        point: Point code, or empty while none was given.
        vitals: The measures.
        answered: Every measure has a value or a reason.
        skipped: Every measure carries a reason instead of a value.
    """

    key: str
    point: str
    vitals: VitalsReading
    answered: bool
    skipped: bool


def run_facts(
    session: Session, reader: Reader, participant: str, visit: str, visit_key: str = "1"
) -> RunFacts:
    """Gather the facts of an infusion run from the record.

    Required items that forms still wait for are not among them: they need the forms' own rules
    and are added where a run is closed.

    Args:
        session: Whose clock, zone and study count.
        reader: The record as it is now.
        participant: Whose run.
        visit: Code of an infusion visit.
        visit_key: Key of a repeated visit.

    Raises:
        UserError: No infusion is planned at this visit.
    """
    record = read_visit(reader, participant, visit, visit_key)
    return facts_of(session, reader, participant, visit, record)


def infusion_number(session: Session, visit: str) -> int:
    """Which infusion is planned at a visit.

    Raises:
        UserError: None is.
    """
    number = session.study.visit(visit).infusion
    if number is None:
        raise UserError(
            "no_infusion_visit",
            what="There is no infusion at this visit.",
            why="The study plans none here.",
            what_to_do="Open the visit's forms instead.",
        )
    return number


def facts_of(
    session: Session,
    reader: Reader,
    participant: str,
    visit: str,
    record: VisitRecord,
    checks: Sequence[BedsideCheck] | None = None,
) -> RunFacts:
    """The facts of a run whose visit, and perhaps checks, were read already; see `run_facts`."""
    number = infusion_number(session, visit)
    now = session.now()
    fit, infusion = record.form(FIT_TO_DOSE), record.form(INFUSION)
    after, release = record.form(AFTER_INFUSION), record.form(PRODUCT_RELEASE)
    taken = readings(record)
    base = _baseline(taken)
    limits = run_limits(session.study)
    if checks is None:
        checks = bedside_checks(reader, participant, record)
    signed = reader.signatures(participant=participant)
    answers = fit.answers() | infusion.answers() | after.answers()
    answers["A06"] = _yes(_exam_signed(signed, record))
    overrides = set(fit.overridden | infusion.overridden | after.overridden)
    later = _later(taken, base)
    if base is not None:
        overrides |= _vitals_overrides(record, (base, *later), limits)
    given = infusion_dates(session, reader, participant)
    day = _visit_day(session, record)
    anchor = anchor_of(session, reader, participant, given)
    window = visit_window(plan_of(session, visit), anchor)
    earlier = [given[one] for one in given if one < number]
    exits = {
        head.action
        for head in reader.heads(participant=participant, prefix=side_exit_path(record.prefix))
        if (head.value or {}).get("value") == "Y"
    }
    facts = RunFacts(
        now=now,
        participant_code=_code(reader, participant),
        assigned_kit=_assigned_kit(record),
        infusion_number=number,
        visit_day=day,
        zone=session.zone,
        sex=_sex(reader, participant),
        in_window=None if window is None else window_status(window, day) == "inside",
        days_from_previous=(day - max(earlier)).days if earlier else None,
        arrived_at=_arrived(reader, participant, record),
        requested_at=release.register.recorded_at if release.register else None,
        dosing_permitted=dosing_permitted(session, reader),
        stop_reasons=stop_reasons(reader, participant, record.prefix),
        answers=answers,
        overrides=frozenset(overrides),
        baseline=base.vitals if base is not None else None,
        later_readings=tuple(
            one.vitals for one in later if _held(one, limits) - _let_pass(record, one)
        ),
        unassessed_grade=unassessed_grade(reader, participant),
        vitals={one.point: one.vitals for one in taken if one.answered and not one.skipped},
        vitals_not_done=frozenset(one.point for one in taken if one.skipped),
        vitals_plan=vitals_plan(session.study),
        product=product(release),
        first_check=_checker(checks, 0),
        second_check=_checker(checks, 1),
        prescribed_volume=Decimal(str(session.study.setting("volume"))),
        planned_rates=planned_rates(session.study),
        rate_steps=rate_steps(infusion),
        interruptions=interruptions(infusion),
        line_checks=line_checks(infusion),
        signatures=_gate_signatures(signed, checks, record),
        deferred="run_deferred" in exits,
        cancelled="run_cancelled" in exits,
        late_entries=late_entries(record),
        escort_required=bool(session.study.setting("escort_required")),
        limits=limits,
    )
    return evolve(facts, deviations_classified=_classified(reader, participant, record, facts))


def infusion_context(facts: RunFacts) -> dict[str, Answer | bool]:
    """What the forms of an infusion visit may ask for, by context name."""
    found: dict[str, Answer | bool] = {
        "BASELINE_COMPLETE": facts.baseline is not None and facts.baseline.complete,
        "EDSS_SIGNED": facts.answers["A06"] == Code("Y"),
        "PRODUCT_STOPPED": bool(facts.stop_reasons - {"S12"}),
        "G1_VALID": gate(facts, "G1").status == "passed",
        "OBSERVATION_REQUIRED": facts.observation // timedelta(minutes=1),
    }
    if facts.baseline is not None:
        score = score_news2(facts.baseline)
        found["BASELINE_SINGLE_THREE"] = score.any_three
        if score.total is not None:
            found["BASELINE_NEWS2"] = score.total
    bag = facts.product
    if bag is not None and bag.use_before is not None:
        blockers = gate(facts, "G3").blockers
        found["USE_BEFORE_OK"] = all(b.code != "USE_BEFORE_TOO_SOON" for b in blockers)
    if facts.started_at is not None:
        found["INFUSION_START"] = facts.started_at
    if facts.ended_at is not None:
        found["INFUSION_END"] = facts.ended_at
        watched = (facts.moment("E05_TIME") or facts.now) - facts.ended_at
        found["OBSERVATION_MINUTES"] = max(watched, timedelta(0)) // timedelta(minutes=1)
    return found


def readings(record: VisitRecord) -> list[Reading]:
    """Every reading of the visit in the order it was begun."""
    form = record.form(VITAL_SIGNS)
    scale = form.answers().get("NEWS2_SCALE")
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
            )
        )
    return found


def _baseline(taken: Iterable[Reading]) -> Reading | None:
    """The last complete set before the dose; the last begun where none is complete."""
    base = [one for one in taken if one.point == "BASE" and not one.skipped]
    complete = [one for one in base if one.vitals.complete]
    best = complete or base
    return best[-1] if best else None


def _later(taken: Sequence[Reading], base: Reading | None) -> tuple[Reading, ...]:
    """Sets before the dose that are newer than the baseline; by order where a time is unknown."""
    if base is None:
        return ()
    own, found = base.vitals.taken_at, []
    for place, one in enumerate(taken):
        if one.point != "BASE" or one.skipped or one.key == base.key:
            continue
        at = one.vitals.taken_at
        after = place > taken.index(base)
        if (at > own) if at is not None and own is not None and at != own else after:
            found.append(one)
    return tuple(found)


def baseline_paths(record: VisitRecord) -> list[str]:
    """Item paths of the baseline reading, of newer ones and of what was measured how."""
    form, taken = record.form(VITAL_SIGNS), readings(record)
    base = _baseline(taken)
    keys = {one.key for one in (base, *_later(taken, base)) if one is not None}
    return sorted(
        head.path
        for (group, key, item), head in form.items.items()
        if item == "NEWS2_SCALE" or (group == "reading" and key in keys)
    )


def bedside_checks(reader: Reader, participant: str, record: VisitRecord) -> list[BedsideCheck]:
    """The newest check of each person, at most the two newest persons, by time of opening."""
    newest: dict[str, BedsideCheck] = {}
    for instance in record.instances(BEDSIDE_CHECK):
        if instance.register is None:
            continue
        opened = reader.trail(participant, instance.prefix)[0].entry
        check = BedsideCheck(opened.actor or "", instance.key, opened.recorded_at, instance)
        known = newest.get(check.account)
        if known is None or known.opened_at <= check.opened_at:
            newest[check.account] = check
    return sorted(newest.values(), key=lambda check: check.opened_at)[-2:]


def _gate_signatures(
    signed: Iterable[SignatureRow], checks: Iterable[BedsideCheck], record: VisitRecord
) -> tuple[GateSignature, ...]:
    """Gate signatures of the visit, void ones too; for G3 only those of the checks that count."""
    keys = {check.instance.prefix for check in checks}
    return tuple(
        GateSignature(
            gate=row.meaning,
            role=row.role or "",
            account=row.actor or "",
            signed_at=row.typed_at,
            void=row.status != "valid",
        )
        for row in signed
        if row.meaning in GATES
        and _within(row, record)
        and (row.meaning != "G3" or row.scope in keys)
    )


def _within(row: SignatureRow, record: VisitRecord) -> bool:
    return any(path.startswith(f"{record.prefix}/") for path, _ in row.items)


def side_exit_path(prefix: str) -> str:
    """Where a run's deferral or cancellation stands."""
    return f"participant/run/{prefix}"


def deviation_root(prefix: str) -> str:
    """Below which the deviations of a visit stand."""
    return f"participant/deviation/{prefix}"


def deviation_key(code: str, item: str, parameters: Mapping[str, str]) -> str:
    """The key of a deviation: the same fact always lands in the same register."""
    # Volumes and minutes may be corrected; it stays the same deviation.
    place = parameters.get("point") or parameters.get("gate") or parameters.get("rate") or ""
    return "-".join(part for part in (code, item, place.replace("/", "_")) if part)


def _classified(reader: Reader, participant: str, record: VisitRecord, facts: RunFacts) -> bool:
    recorded = {
        head.path.rsplit("/", 1)[1]: (head.value or {}).get("status")
        for head in reader.heads(participant=participant, prefix=deviation_root(record.prefix))
    }
    found = {deviation_key(one.code, one.item, one.parameters) for one in deviations(facts)}
    return all(recorded.get(key) == "classified" for key in found | recorded.keys())


def _checker(checks: Sequence[BedsideCheck], place: int) -> CheckerAnswers | None:
    if len(checks) <= place:
        return None
    return CheckerAnswers(checks[place].account, checks[place].instance.answers())


def _code(reader: Reader, participant: str) -> str:
    for head in reader.heads(participant=participant, prefix="participant/code"):
        return str((head.value or {}).get("value", ""))
    return ""


def _sex(reader: Reader, participant: str) -> str | None:
    for head in reader.heads(participant=participant, form="demography", item="SEX"):
        answer = from_json(head.value) if head.value else None
        return answer.value if isinstance(answer, Code) else None
    return None


def _assigned_kit(record: VisitRecord) -> str | None:
    answers = record.form("kit_assignment").answers()
    kit, again = answers.get("KIT_NUMBER"), answers.get("KIT_NUMBER_AGAIN")
    return kit if isinstance(kit, str) and kit == again else None


def _visit_day(session: Session, record: VisitRecord) -> date:
    day = (record.visit.value or {}).get("date") if record.visit is not None else None
    return date.fromisoformat(str(day)) if day else session.now().astimezone(session.zone).date()


def _arrived(reader: Reader, participant: str, record: VisitRecord) -> datetime | None:
    if record.status() not in ("open", "closed"):
        return None
    for row in reader.trail(participant, record.prefix):
        if (row.value or {}).get("status") == "open":
            return row.entry.event_time or row.entry.recorded_at
    return None


def _exam_signed(signed: Iterable[SignatureRow], record: VisitRecord) -> bool:
    scope = f"{record.prefix}/edss/"
    return any(
        row.status == "valid" and row.meaning == "exam" and row.scope.startswith(scope)
        for row in signed
    )


def _yes(truth: bool) -> Code:
    return Code("Y" if truth else "N")


def _held(one: Reading, limits: RunLimits) -> set[str]:
    """Measures of a reading over their hold limit, and NEWS2 for the score."""
    return {
        blocker.parameters.get("measure", "NEWS2")
        for blocker in vitals_holds(one.vitals, limits)
        if blocker.code != "VITALS_INCOMPLETE"
    }


def _let_pass(record: VisitRecord, one: Reading) -> set[str]:
    """Items of a reading that a physician let pass on the reading itself."""
    form = record.form(VITAL_SIGNS)
    return {
        item
        for (group, key, item), head in form.items.items()
        if (group, key) == ("reading", one.key) and head.path in form.overridden_paths
    }


def _vitals_overrides(record: VisitRecord, taken: Iterable[Reading], limits: RunLimits) -> set[str]:
    """Holds on the baseline and on newer readings that a physician let pass on the reading itself.

    The hold as a whole passes only if every measure over its limit was let pass.
    """
    held, passed = set[tuple[str, str]](), set[tuple[str, str]]()
    for one in taken:
        held |= {(one.key, item) for item in _held(one, limits)}
        passed |= {(one.key, item) for item in _let_pass(record, one)}
    scores = {pair for pair in held if pair[1] == "NEWS2"}
    measures = held - scores
    found = {"A21"} if measures and measures <= passed else set[str]()
    if any(item == "NEWS2" for _, item in passed) and scores <= passed:
        found.add("A22")
    return found
