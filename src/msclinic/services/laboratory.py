"""What the laboratory has reported and no physician has reviewed yet, the most urgent first.

A form counts once it is completed; one with a value that is or may be critical counts from the
moment that value is stored. With every change of a result its review is void and it is here again.
Flags are those that the form's rules give now, not those that its completion put on record.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from attrs import frozen

from msclinic.domain.laboratory_flags import CRITICAL
from msclinic.domain.values import Answer, from_json
from msclinic.forms.definitions import FormDefinition
from msclinic.forms.session import EntrySession, Ref
from msclinic.services.context import form_context
from msclinic.services.lab_results import (
    LAB_REVIEWED,
    LabResult,
    demand_judged,
    lab_results,
    sampling_day,
    urgency,
)
from msclinic.services.session import Session
from msclinic.services.signing import sign
from msclinic.store import Head, Reader

__all__ = [
    "ResultsToReview",
    "critical_values",
    "demand_reviewable",
    "results_on_record",
    "review",
    "unreviewed_results",
]

_DONE = ("completed", "amended")
_BEGUN = "in_progress"
_LATEST = date.max
_FORM_SLASHES = 3
_REF = 3


@frozen
class ResultsToReview:
    """A laboratory form that waits for a physician.

    Attributes:
        participant: Random id.
        code: Subject code.
        visit: Visit code.
        visit_key: Key of the visit.
        form: Form OID.
        form_key: Key of the form.
        scope: Path of the form, for the signature.
        day: Day of sampling.
        completed: Whether the laboratory has completed it; only then its review can be signed.
        reported_at: When the form was completed, or begun.
        results: Its results, the most urgent first.
    """

    participant: str
    code: str
    visit: str
    visit_key: str
    form: str
    form_key: str
    scope: str
    day: date | None
    completed: bool
    reported_at: datetime
    results: tuple[LabResult, ...]

    @property
    def critical(self) -> tuple[LabResult, ...]:
        """Results with which a physician is called at once."""
        return tuple(one for one in self.results if one.flag in CRITICAL)

    @property
    def open(self) -> int:
        """How many results have still to be judged."""
        return sum(one.open for one in self.results)


def unreviewed_results(session: Session) -> tuple[ResultsToReview, ...]:
    """Every laboratory form without a valid review that is completed or holds a critical value.

    As far as the role may read them.
    """
    study = session.study
    forms = [
        oid
        for oid, form in study.forms.items()
        if LAB_REVIEWED in form.signatures
        and (session.may(f"read:{oid}") or session.may(f"enter:{oid}"))
    ]
    if not forms:
        return ()
    with session.store.read() as reader:
        waiting = {
            (head.participant, head.path)
            for oid in forms
            for head in reader.unsigned(oid, (*_DONE, _BEGUN), LAB_REVIEWED)
            if head.path.count("/") == _FORM_SLASHES
        }
        found = [one for place in waiting if (one := _to_review(session, reader, *place))]
    return tuple(sorted(found, key=_by_urgency))


def critical_values(session: Session) -> tuple[tuple[ResultsToReview, LabResult], ...]:
    """Values that are or may be critical and that no physician has reviewed, with their forms."""
    return tuple((form, one) for form in unreviewed_results(session) for one in form.critical)


def review(session: Session, participant: str, scope: str, password: str) -> str:
    """A physician signs that the results of a form were reviewed; gives the entry's hash.

    Raises:
        Refused: The role may not review, or the password is wrong.
        UserError: The form is not completed, or a result that is not normal was not judged.
    """
    return sign(session, participant, scope, LAB_REVIEWED, password)


def demand_reviewable(session: Session, participant: str, scope: str) -> None:
    """Go on only where every result that is not normal has its judgement.

    Raises:
        Refused: The role may not review.
        UserError: One has not.
    """
    session.require(f"sign:{LAB_REVIEWED}")
    with session.store.read() as reader:
        demand_judged(session.study, reader, participant, scope)


def results_on_record(session: Session, participant: str, scope: str) -> tuple[LabResult, ...]:
    """The results of a form as a signature would cover them, the most urgent first.

    Raises:
        Refused: The role may not read the form.
    """
    oid = scope.split("/")[2]
    if not session.may(f"enter:{oid}"):
        session.require(f"read:{oid}")
    with session.store.read() as reader:
        heads = reader.heads(participant=participant, prefix=scope)
    return tuple(sorted(lab_results(session.study.form(oid), scope, heads), key=_rank))


def _to_review(
    session: Session, reader: Reader, participant: str | None, scope: str
) -> ResultsToReview | None:
    heads = reader.heads(participant=participant, prefix=scope)
    own = next((head for head in heads if head.path == scope), None)
    state = (own.value or {}).get("value") if own is not None else None
    if participant is None or own is None or state not in (*_DONE, _BEGUN):
        return None
    visit, visit_key, oid, form_key = scope.split("/")
    form = session.study.form(oid)
    rules = _rules(session, reader, participant, scope, form, heads)
    flags: Mapping[Ref, Answer | None] = {ref: rules.value(ref) for ref in rules.refs()}
    found = lab_results(form, scope, heads, flags)
    results = tuple(sorted((one for one in found if rules.relevant(one.ref)), key=_rank))
    day = sampling_day(heads)
    if state == _BEGUN and not any(one.flag in CRITICAL for one in results):
        return None
    if not results and day is None:
        return None
    return ResultsToReview(
        participant=participant,
        code=_subject_code(reader.at(participant, "participant/code")),
        visit=visit,
        visit_key=visit_key,
        form=oid,
        form_key=form_key,
        scope=scope,
        day=day,
        completed=state in _DONE,
        reported_at=own.recorded_at,
        results=results,
    )


def _rules(
    session: Session,
    reader: Reader,
    participant: str,
    scope: str,
    form: FormDefinition,
    heads: Sequence[Head],
) -> EntrySession:
    """The form's rules over its answers as they stand now."""
    visit, visit_key = scope.split("/")[:2]
    context = form_context(
        session, reader, participant, visit, visit_key, names=form.context_names, prefix=scope
    )
    answers: dict[Ref, Answer] = {}
    for head in heads:
        parts = head.path.removeprefix(f"{scope}/").split("/")
        if len(parts) == _REF and head.value is not None:
            answers.setdefault((parts[0], parts[1], parts[2]), from_json(head.value))
    return EntrySession(form, context, answers, now=session.now())


def _subject_code(heads: list[Head]) -> str:
    return str((heads[0].value or {}).get("value", "")) if heads else ""


def _rank(result: LabResult) -> int:
    return urgency(result.flag)


def _by_urgency(form: ResultsToReview) -> tuple[int, date, str, str]:
    worst = min((urgency(one.flag) for one in form.results), default=len(form.results) + 9)
    return worst, form.day or _LATEST, form.code, form.scope
