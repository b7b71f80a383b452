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
)
from msclinic.domain.infusion.gates import GATES, gate, void_by_hold
from msclinic.domain.infusion.items import (
    AFTER_INFUSION,
    BEDSIDE_CHECK,
    FIT_TO_DOSE,
    INFUSION,
    PRODUCT_RELEASE,
)
from msclinic.domain.news2 import score_news2
from msclinic.domain.participant_life import dose_bars
from msclinic.domain.values import Answer, Code, from_json
from msclinic.domain.visits import (
    VisitWindow,
    dose_day,
    missed_dose,
    visit_window,
    window_status,
)
from msclinic.domain.vitals import VitalsReading
from msclinic.services.clock_watch import signed_before_set_back
from msclinic.services.infusion.dosing import dosing_permitted
from msclinic.services.infusion.fact_rows import (
    interruptions,
    late_entries,
    line_checks,
    product,
    rate_steps,
)
from msclinic.services.infusion.gate_scope import covers_gate, gate_forms
from msclinic.services.infusion.limits import planned_rates, run_limits, vitals_plan
from msclinic.services.infusion.reaction_record import reaction_record
from msclinic.services.infusion.readings import Reading, baseline_paths, before_start, readings
from msclinic.services.infusion.stop_record import stop_reasons, unassessed_grade
from msclinic.services.infusion.visit_record import FormInstance, VisitRecord, read_visit
from msclinic.services.life_record import read_life
from msclinic.services.session import Session
from msclinic.services.visit_calendar import (
    anchor_of,
    day_of,
    infusion_dates,
    plan_of,
    side_exit_path,
)
from msclinic.store import Reader, SignatureRow

__all__ = [
    "RUN_NAMES",
    "BedsideCheck",
    "bedside_checks",
    "deviation_key",
    "deviation_root",
    "every_check",
    "facts_of",
    "infusion_context",
    "infusion_number",
    "run_facts",
]

RUN_NAMES = frozenset(
    {
        "BASELINE_COMPLETE",
        "BASELINE_NEWS2",
        "BASELINE_SINGLE_THREE",
        "EDSS_SIGNED",
        "G1_VALID",
        "G4_SIGNED",
        "INFUSION_END",
        "INFUSION_START",
        "OBSERVATION_MINUTES",
        "OBSERVATION_REQUIRED",
        "PRODUCT_STOPPED",
        "USE_BEFORE_OK",
    }
)
"""What ``infusion_context`` may give; forms that ask for none of it need no facts of the run."""


_PAIR = 2
# No reason why no dose will follow.
_BEFORE_DOSES = frozenset({"NOT_RANDOMISED"})
_OF_READINGS = frozenset({"A21", "A22"})


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
    """The facts of a run whose visit, and perhaps every check, were read already.

    See `run_facts`; of the checks the first two count, as `every_check` orders them.
    """
    number = infusion_number(session, visit)
    now = session.now()
    fit, infusion = record.form(FIT_TO_DOSE), record.form(INFUSION)
    after, release = record.form(AFTER_INFUSION), record.form(PRODUCT_RELEASE)
    taken = readings(record)
    limits = run_limits(session.study)
    before = before_start(record, taken, limits)
    base = before.base
    if checks is None:
        checks = every_check(reader, participant, record)
    pair = checks[:_PAIR]
    signed = reader.signatures(participant=participant)
    answers = fit.answers() | infusion.answers() | after.answers()
    answers["A06"] = _yes(_exam_signed(signed, record))
    # Of vital signs an override holds only for the values it was given for.
    overrides = (fit.overridden - _OF_READINGS) | infusion.overridden | after.overridden
    reaction = reaction_record(reader, participant, record, session.zone)
    given = infusion_dates(session, reader, participant)
    window = visit_window(plan_of(session, visit), anchor_of(session, reader, participant, given))
    bars = _life_bars(
        session, reader, participant, window if 1 in given and number not in given else None
    )
    earlier = _days_before(given, number)
    exits = {
        head.action
        for head in reader.heads(participant=participant, prefix=side_exit_path(record.prefix))
        if (head.value or {}).get("value") == "Y"
    }
    awaited = (
        record.status() != "closed"
        and "run_cancelled" not in exits
        and not set(bars) - _BEFORE_DOSES
    )
    day = _dose_day(session, record, given.get(number), awaited)
    if number == 1:
        # Its dose is day 1 by definition, whatever day it was booked for.
        window = visit_window(plan_of(session, visit), day)
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
        life_bars=bars,
        answers=answers,
        overrides=overrides | before.overrides,
        baseline=base.vitals if base is not None else None,
        later_readings=tuple(one.vitals for one in before.later),
        held_at=before.held_at,
        unfinished=_unfinished(taken),
        unassessed_grade=unassessed_grade(reader, participant),
        vitals=_by_point(taken, base),
        vitals_not_done=frozenset(one.point for one in taken if one.skipped),
        vitals_plan=vitals_plan(session.study),
        product=product(release),
        first_check=_checker(pair, 0),
        second_check=_checker(pair, 1),
        further_checkers=tuple(check.account for check in checks[_PAIR:]),
        prescribed_volume=Decimal(str(session.study.setting("volume"))),
        planned_rates=planned_rates(session.study),
        rate_steps=rate_steps(infusion),
        interruptions=interruptions(infusion),
        line_checks=line_checks(infusion),
        signatures=void_by_hold(
            _gate_signatures(session, reader, signed, pair, record), before.held_at
        ),
        reaction_seen=reaction.seen,
        reaction_grade=reaction.grade,
        reaction_resolved=reaction.resolved,
        anaphylaxis=reaction.anaphylaxis,
        reaction_over_at=reaction.over_at,
        deferred="run_deferred" in exits,
        cancelled="run_cancelled" in exits,
        late_entries=late_entries(record, session.study),
        escort_required=session.study.setting("escort_required") is True,
        limits=limits,
    )
    return evolve(facts, deviations_classified=_classified(reader, participant, record, facts))


def _life_bars(
    session: Session, reader: Reader, participant: str, window: VisitWindow | None
) -> tuple[str, ...]:
    bars = dose_bars(read_life(session, reader, participant).life)
    if not session.study.setting("randomised_before_dose"):
        bars = tuple(bar for bar in bars if bar != "NOT_RANDOMISED")
    today = session.now().astimezone(session.zone).date()
    target = window.target if window is not None else None
    limit = int(session.study.setting("missed_after"))
    if target is not None and missed_dose(target, today, limit):
        bars += ("DOSE_SKIPPED",)
    return bars


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
    signed = facts.first_signed("G4")
    if signed is not None:
        found["G4_SIGNED"] = signed
    if facts.started_at is not None:
        found["INFUSION_START"] = facts.started_at
    if facts.ended_at is not None:
        found["INFUSION_END"] = facts.ended_at
        watched = (facts.moment("E05_TIME") or facts.now) - facts.ended_at
        found["OBSERVATION_MINUTES"] = max(watched, timedelta(0)) // timedelta(minutes=1)
    return found


def every_check(reader: Reader, participant: str, record: VisitRecord) -> list[BedsideCheck]:
    """The newest check of each person; the first two count for G3, the others are shown.

    Rule (infusion day, gate G3): the first two persons count, by when each began; where two have
    signed G3, those two. Whoever checks anew after the signatures expired keeps the place. A check
    that was given up with its pair does not count any more.
    """
    newest: dict[str, BedsideCheck] = {}
    first: dict[str, datetime] = {}
    for instance in record.instances(BEDSIDE_CHECK):
        if instance.register is None or instance.status == "entered_in_error":
            continue
        opened = reader.trail(participant, instance.prefix)[0].entry
        account = opened.actor or ""
        check = BedsideCheck(account, instance.key, opened.recorded_at, instance)
        first[account] = min(first.get(account, check.opened_at), check.opened_at)
        known = newest.get(account)
        if known is None or known.opened_at <= check.opened_at:
            newest[account] = check
    signed = {
        (row.actor, row.scope) for row in reader.signatures(participant=participant, meaning="G3")
    }
    signers = {
        check.account
        for check in newest.values()
        if (check.account, check.instance.prefix) in signed
    }
    if len(signers) < _PAIR:
        signers = set()
    return sorted(
        newest.values(),
        key=lambda check: (check.account not in signers, first[check.account], check.account),
    )


def bedside_checks(reader: Reader, participant: str, record: VisitRecord) -> list[BedsideCheck]:
    """The two checks that count; see `every_check`."""
    return every_check(reader, participant, record)[:_PAIR]


def _gate_signatures(
    session: Session,
    reader: Reader,
    signed: Iterable[SignatureRow],
    checks: Iterable[BedsideCheck],
    record: VisitRecord,
) -> tuple[GateSignature, ...]:
    """Signatures over what the visit's gates ask for, void ones too; see `covers_gate`.

    For G3 only those of the checks that count.
    """
    signed = [row for row in signed if row.meaning in GATES]
    changed = signed_before_set_back(reader, signed, session.watch)
    keys = {check.instance.prefix for check in checks}
    baseline = baseline_paths(record)
    forms = gate_forms(session.study, record.code)
    return tuple(
        GateSignature(
            gate=row.meaning,
            role=row.role or "",
            account=row.actor or "",
            signed_at=row.typed_at,
            void=row.status != "valid",
            clock_set_back=row.entry in changed,
        )
        for row in signed
        if covers_gate(row, record, baseline, forms, keys)
    )


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


def _days_before(given: Mapping[int, date], number: int) -> list[date]:
    """Days of the other infusions that came before this one, in whatever order they were given."""
    own = given.get(number)
    return [
        day
        for other, day in given.items()
        if other != number and (own is None or day < own or (day == own and other < number))
    ]


def _by_point(taken: Iterable[Reading], base: Reading | None) -> dict[str, VitalsReading]:
    """Readings by point, the newest of each; as baseline the one that counts as such."""
    found = {
        one.point: one.vitals
        for one in taken
        if one.answered and not one.skipped and one.point != "BASE"
    }
    if base is not None and base.answered:
        found["BASE"] = base.vitals
    return found


def _unfinished(taken: Iterable[Reading]) -> tuple[VitalsReading, ...]:
    """Readings begun and not fully answered, by time."""
    found = [
        (at, one.vitals)
        for one in taken
        if one.begun and not one.answered and (at := one.at) is not None
    ]
    found.sort(key=lambda pair: pair[0])
    return tuple(evolve(vitals, taken_at=at) for at, vitals in found)


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


def _dose_day(session: Session, record: VisitRecord, given: date | None, awaited: bool) -> date:
    visit_day = day_of(record.visit) if record.visit is not None else None
    today = session.now().astimezone(session.zone).date()
    return dose_day(given, visit_day, today, awaited=awaited)


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
