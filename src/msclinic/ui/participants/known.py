"""What a participant's page shows, read from the record in a thread beside the window."""

from collections.abc import Mapping
from datetime import date

from attrs import frozen

from msclinic.domain.participant_life import may_visit
from msclinic.domain.queries import CLOSED
from msclinic.reports.summary_model import EdssTrend
from msclinic.services.edss_history import edss_history
from msclinic.services.life import life
from msclinic.services.life_record import LifeRecord
from msclinic.services.queries import participant_queries
from msclinic.services.query_model import Query
from msclinic.services.session import Session
from msclinic.services.visit_planning import PlannedVisit, planned_visits
from msclinic.services.visits import VisitState, participant_visits
from msclinic.store import SignatureRow
from msclinic.ui.participants.banner import banner_of
from msclinic.ui.participants.life_words import no_dose
from msclinic.ui.participants.logs import Log, read_logs
from msclinic.ui.participants.plan import PlanLine, call_lines, plan_lines
from msclinic.ui.participants.randomise_card import RandomiseStep, randomise_steps
from msclinic.ui.participants.sign_offs import read_signatures
from msclinic.ui.participants.state import at_hand
from msclinic.ui.widgets.banner import Identity

__all__ = ["Known", "known_of"]


@frozen
class Known:
    """One participant as the role sees them.

    Attributes:
        today: The day at the site when it was read.
        identity: For the banner.
        visits: Every visit.
        plans: What is planned of each, by code.
        record: Status and acts; none where the role does not see them.
        hand: The visit at hand.
        ahead: What lies ahead.
        trend: EDSS of signed exams.
        logs: Forms outside the visits.
        steps: What is left before the randomisation, while it is to come.
        queries: Those that are not closed.
        signatures: Signatures of every kind; none where the role does not see them.
    """

    today: date
    identity: Identity
    visits: list[VisitState]
    plans: Mapping[str, PlannedVisit]
    record: LifeRecord | None
    hand: VisitState | None
    ahead: tuple[PlanLine, ...]
    trend: EdssTrend
    logs: tuple[Log, ...]
    steps: tuple[RandomiseStep, ...]
    queries: tuple[Query, ...]
    signatures: list[SignatureRow]

    @property
    def expected(self) -> bool:
        """Whether visits can still take place."""
        return self.record is None or may_visit(self.record.life)

    @property
    def dosed(self) -> bool:
        """Whether an infusion was begun."""
        if self.record is not None:
            return self.record.life.dosed
        visits = self.visits
        return any(v.infusion is not None and v.status in ("open", "closed") for v in visits)

    def dosing(self, code: str = "") -> bool:
        """Whether an infusion can be given, at a visit if one is named."""
        return _dosing(self.record, self.plans, code)


def known_of(session: Session, participant: str) -> Known:
    """Read everything that the page shows.

    Raises:
        UserError: There is no such participant.
    """
    today = session.now().astimezone(session.zone).date()
    visits = participant_visits(session, participant)
    plans = {one.code: one for one in planned_visits(session, participant)}
    record = life(session, participant) if session.may("read:end_of_study") else None
    hand = at_hand(visits, today)
    ahead: tuple[PlanLine, ...] = ()
    if record is None or may_visit(record.life):
        ahead = (
            *call_lines(session, participant, visits, today),
            *plan_lines(
                session, participant, visits, plans, today, dosing=_dosing(record, plans, "")
            ),
        )
    steps: tuple[RandomiseStep, ...] = ()
    if record is not None and record.life.state == "screened":
        steps = randomise_steps(session, participant, visits)
    queries = participant_queries(session, participant)
    return Known(
        today=today,
        identity=banner_of(session, participant, hand),
        visits=visits,
        plans=plans,
        record=record,
        hand=hand,
        ahead=ahead,
        trend=edss_history(session, participant),
        logs=read_logs(session, participant, visits, today),
        steps=steps,
        queries=tuple(one for one in queries if one.status != CLOSED),
        signatures=read_signatures(session, participant),
    )


def _dosing(record: LifeRecord | None, plans: Mapping[str, PlannedVisit], code: str) -> bool:
    plan = plans.get(code)
    if plan is not None and plan.skipped:
        return False
    return record is None or not no_dose(record.life)
