"""What lies ahead in words: windows before a visit is booked, intervals, skipped doses, calls due.

The days come from the schedule's services; the words add nothing to them.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from attrs import frozen

from msclinic.domain.visits import visit_window, window_status
from msclinic.services.session import Session
from msclinic.services.visit_calendar import infusion_dates, plan_of
from msclinic.services.visit_planning import PlannedVisit
from msclinic.services.visits import VisitState
from msclinic.ui.participants.banner import short_day, visit_title
from msclinic.ui.participants.state import Look, visit_look
from msclinic.wording import current_language, plural, tr

__all__ = ["PlanLine", "call_lines", "plan_lines", "proposed_day"]


@frozen
class PlanLine:
    """One visit or call that lies ahead.

    Attributes:
        code: Visit code.
        look: Its state.
        title: Its name.
        words: Target, window, interval, what is skipped.
        call: Whether it is a call, which is begun rather than booked.
        due: Whether it can be made now.
    """

    code: str
    look: Look
    title: str
    words: tuple[str, ...]
    call: bool = False
    due: bool = False


def plan_lines(
    session: Session,
    participant: str,
    visits: Sequence[VisitState],
    plans: Mapping[str, PlannedVisit],
    today: date,
    *,
    dosing: bool,
) -> tuple[PlanLine, ...]:
    """Every scheduled visit that has not begun, in order.

    Args:
        session: Who looks.
        participant: Whose visits.
        visits: Their states.
        plans: What ``planned_visits`` says of each, by code.
        today: The day at the site.
        dosing: Whether infusions can still follow.
    """
    given = _given(session, participant)
    lines = []
    for visit in visits:
        plan = plans.get(visit.code)
        # Numbers of the randomisation are typed before its visit begins.
        if plan is None or visit.status not in ("planned", "booked"):
            continue
        if plan.window is None and plan.infusion != 1 and visit.day is None:
            # Nothing is known of it yet, and saying so once is enough.
            continue
        lines.append(
            PlanLine(
                visit.code,
                visit_look(visit, today),
                visit_title(session, visit.code),
                tuple(_words(session, plan, plans.values(), given, today, dosing)),
            )
        )
    return tuple(lines)


def proposed_day(visit: VisitState, plan: PlannedVisit | None, today: date) -> date | None:
    """The day to book unless somebody types another: the one booked, or the target to come."""
    if visit.day is not None:
        return visit.day
    target = plan.window.target if plan is not None and plan.window is not None else None
    return target if target is not None and target >= today else None


def call_lines(
    session: Session, participant: str, visits: Sequence[VisitState], today: date
) -> tuple[PlanLine, ...]:
    """Calls that follow the last infusion and were not made."""
    given = _given(session, participant)
    if not given:
        return ()
    number = max(given)
    dose, lines = given[number], []
    for planned in sorted(session.study.visits, key=lambda one: one.order):
        window = visit_window(plan_of(session, planned.code), None, dose)
        made = any(v.code == planned.code and v.day and v.day >= dose for v in visits)
        if planned.kind != "call" or window is None or made:
            continue
        position = window_status(window, today)
        look = {
            "early": Look("waits", "text2", tr("planned")),
            "inside": Look("phone", "accent", tr("due")),
            "late": Look("attention", "att", tr("overdue")),
        }[position]
        title = planned.title.text(current_language())
        days = tr(
            "infusion {number} · window {first} to {last}",
            number=number,
            first=short_day(window.opens, today),
            last=short_day(window.closes, today),
        )
        due = position != "early"
        lines.append(PlanLine(planned.code, look, title, (look.word, days), call=True, due=due))
    return tuple(lines)


def _given(session: Session, participant: str) -> dict[int, date]:
    with session.store.read() as reader:
        return infusion_dates(session, reader, participant)


def _words(
    session: Session,
    plan: PlannedVisit,
    plans: Iterable[PlannedVisit],
    given: Mapping[int, date],
    today: date,
    dosing: bool,
) -> list[str]:
    window = plan.window
    if window is None:
        first = plan.infusion == 1
        return [
            tr("Its days follow from the screening visit.")
            if first
            else tr("Its window is counted from infusion 1.")
        ]
    words = []
    if window.target is not None:
        words.append(tr("target {day}", day=short_day(window.target, today)))
    words.append(
        tr(
            "window {first} to {last}",
            first=short_day(window.opens, today),
            last=short_day(window.closes, today),
        )
    )
    if plan.infusion is not None and not dosing:
        words.append(tr("without an infusion"))
    elif plan.skipped and plan.infusion is not None:
        words.append(_skipped(session, plan.infusion, plans, given, today))
    elif plan.earliest is not None and plan.earliest > window.opens:
        words.append(
            tr(
                "infusion not before {day}: {interval} after the one before",
                day=short_day(plan.earliest, today),
                interval=_days(int(session.study.setting("min_interval"))),
            )
        )
    return words


def _skipped(
    session: Session,
    number: int,
    plans: Iterable[PlannedVisit],
    given: Mapping[int, date],
    today: date,
) -> str:
    late = _days(int(session.study.setting("missed_after")))
    sentence = tr("Infusion {number} is skipped: more than {late} late.", number=number, late=late)
    for one in plans:
        follows = one.infusion is not None and one.infusion > number
        if not follows or one.skipped or one.infusion in given:
            continue
        if one.window is None or one.window.target is None:
            return f"{sentence} " + tr("The next is infusion {number}.", number=one.infusion)
        return f"{sentence} " + tr(
            "The next is infusion {number}, target {day}.",
            number=one.infusion,
            day=short_day(one.window.target, today),
        )
    return f"{sentence} " + tr("No infusion follows.")


def _days(count: int) -> str:
    return plural(count, one="{count} day", other="{count} days")
