"""Every form with data in one list: its queries, its comparison with the source, its lock.

For the monitor who compares and the investigator who locks; as far as each may see the forms.
"""

from attrs import frozen

from msclinic.domain.queries import CLOSED
from msclinic.services.data_locks import changed_after_lock
from msclinic.services.lock_guard import LOCK_ROOT, STUDY_LOCK, lock_over
from msclinic.services.participants import identities
from msclinic.services.queries import participant_queries
from msclinic.services.session import Session, not_allowed
from msclinic.services.source_verification import FormProgress, participant_progress
from msclinic.services.visits import FormState, VisitState, participant_visits

__all__ = ["ReviewRow", "demand_review", "review_rows"]

_RIGHTS = ("lock_data", "verify_source")


@frozen
class ReviewRow:
    """One form with data.

    Attributes:
        participant: Random id.
        code: Subject code.
        visit: Its visit.
        form: The form.
        queries: How many of its queries are not closed.
        progress: How far it is compared with its source.
        lock: What closes it: ``study``, the path of the visit or the form; empty while open.
        changed: How many answers came after it was locked once.
    """

    participant: str
    code: str
    visit: VisitState
    form: FormState
    queries: int
    progress: FormProgress
    lock: str
    changed: int

    @property
    def prefix(self) -> str:
        """Path of the form."""
        return self.progress.prefix

    @property
    def visit_scope(self) -> str:
        """Path of the visit."""
        return f"{self.visit.code}/{self.visit.key}"

    @property
    def unverified(self) -> bool:
        """Whether an answer has no mark that stands."""
        return bool(self.progress.open or self.progress.changed)


def demand_review(session: Session) -> None:
    """Go on only for a role that compares with the source or locks.

    Raises:
        Refused: The role does neither.
    """
    if not any(session.may(right) for right in _RIGHTS):
        raise not_allowed()


def review_rows(session: Session) -> list[ReviewRow]:
    """Every form with data that the person may see, by participant and visit.

    Reads every participant's record; call it off the window's thread.

    Raises:
        Refused: The role neither compares with the source nor locks.
    """
    demand_review(session)
    return [row for who in identities(session) for row in _of(session, who.participant, who.code)]


def _of(session: Session, participant: str, code: str) -> list[ReviewRow]:
    waiting: dict[str, int] = {}
    for query in participant_queries(session, participant):
        if query.status != CLOSED:
            waiting[query.prefix] = waiting.get(query.prefix, 0) + 1
    visits = participant_visits(session, participant)
    known = {one.prefix: one for one in participant_progress(session, participant, visits)}
    found = []
    with session.store.read() as reader:
        # Unlocking leaves its head too: without one nothing here was ever locked.
        ever = reader.at(None, STUDY_LOCK) or reader.heads(
            participant=participant, prefix=LOCK_ROOT
        )
        for visit in visits:
            for form in visit.forms:
                prefix = f"{visit.code}/{visit.key}/{form.form}/{form.key}"
                progress = known.get(prefix)
                if progress is None:
                    continue
                over = lock_over(reader, participant, prefix) if ever else None
                changed = changed_after_lock(reader, participant, prefix) if ever else ()
                found.append(
                    ReviewRow(
                        participant=participant,
                        code=code,
                        visit=visit,
                        form=form,
                        queries=waiting.get(prefix, 0),
                        progress=progress,
                        lock=over[0] if over is not None else "",
                        changed=len(changed),
                    )
                )
    return found
