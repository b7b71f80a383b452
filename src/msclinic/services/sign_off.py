"""The sign-off of a visit and of a participant's casebook: what hinders it, and the signature.

Source: ICH E6(R3) 3.16.1(o) and EMA guideline on computerised systems 2023, 6.3: the investigator
signs at milestones and before lock. Nothing is signed while what lies beneath is not finished.
Forms that the signer may not see are left out by name and never make the signature void.
"""

from collections.abc import Collection, Iterable, Sequence

from attrs import frozen

from msclinic.domain.errors import UserError
from msclinic.domain.queries import CLOSED
from msclinic.forms.session import Ref
from msclinic.services.entry import FormEntry
from msclinic.services.gateway import recording
from msclinic.services.lab_results import LAB_REVIEWED
from msclinic.services.query_record import query_rows
from msclinic.services.session import Refused, Session
from msclinic.services.signing import add_signature, document_key
from msclinic.services.visits import COMMON_VISIT, FormState, VisitState, participant_visits
from msclinic.store import WHOLE, SignatureRow
from msclinic.study import Study

__all__ = [
    "CASEBOOK_MEANING",
    "KINDS",
    "VISIT_MEANING",
    "Hindrance",
    "NotReady",
    "SignOff",
    "casebook_hindrances",
    "missing_meanings",
    "sign_casebook",
    "sign_off_of",
    "sign_visit",
    "unseen_forms",
    "visit_hindrances",
]

VISIT_MEANING = "visit_sign_off"
CASEBOOK_MEANING = "casebook_sign_off"
KINDS = ("conflict", "missing", "unfinished", "query", "finding", "review", "unsigned", "visit")
"""What can hinder a sign-off, in the order in which it is settled."""

_BEGUN = ("open", "closed")
_FILLED = ("completed", "amended")
_HOLDING = ("soft", "impossible")
_REF = 3


@frozen
class Hindrance:
    """One thing that must be settled before the signature.

    Attributes:
        kind: One of ``KINDS``; ``visit`` is a visit that was not signed off.
        visit: Where it is.
        form: In which form, or none where it is the visit itself.
        item: At which item, where it is one.
        meanings: Signatures that are missing.
    """

    kind: str
    visit: VisitState
    form: FormState | None = None
    item: Ref | None = None
    meanings: tuple[str, ...] = ()


class NotReady(UserError):
    """Something beneath is not finished.

    Attributes:
        hindrances: What, in the order of the schedule.
    """

    def __init__(self, hindrances: tuple[Hindrance, ...]) -> None:
        self.hindrances = hindrances
        super().__init__(
            "sign_off_not_ready",
            what="It was not signed off.",
            why="Points still to settle: {count}.",
            what_to_do="Settle every point of the list, then sign.",
            parameters={"count": len(hindrances)},
        )


@frozen
class SignOff:
    """How a visit or a casebook stands.

    Attributes:
        scope: ``V1/1``, or everything of the participant.
        status: ``none``, ``valid`` or ``void``.
        row: The signature that says so, the latest; none without one.
    """

    scope: str
    status: str = "none"
    row: SignatureRow | None = None


def sign_off_of(rows: Iterable[SignatureRow], scope: str) -> SignOff:
    """How a visit, or with ``WHOLE`` the casebook, stands by a participant's signatures."""
    meaning = CASEBOOK_MEANING if scope == WHOLE else VISIT_MEANING
    own = [row for row in rows if row.scope == scope and row.meaning == meaning]
    if not own:
        return SignOff(scope)
    standing = [row for row in own if row.status == "valid"]
    row = (standing or own)[-1]
    return SignOff(scope, row.status, row)


def unseen_forms(session: Session) -> frozenset[str]:
    """Forms that a person cannot answer for: hidden from their role, or each person's own."""
    return frozenset(
        oid
        for oid, form in session.study.forms.items()
        if form.own or not (session.may(f"read:{oid}") or session.may(f"enter:{oid}"))
    )


def missing_meanings(
    study: Study, scope: str, form: str, rows: Iterable[SignatureRow]
) -> tuple[tuple[str, ...], bool]:
    """Signatures that a form asks for and that do not stand.

    Args:
        study: Says which it asks for.
        scope: Path of the form.
        form: OID.
        rows: The participant's signatures.

    Returns:
        The meanings, and whether one of them was given and is void.
    """
    standing: set[str] = set()
    fallen: set[str] = set()
    for row in rows:
        if row.scope == scope or any(path.startswith(f"{scope}/") for path, _ in row.items):
            (standing if row.status == "valid" else fallen).add(row.meaning)
    missing = tuple(one for one in study.form(form).signatures if one not in standing)
    return missing, bool(fallen & set(missing))


def visit_hindrances(
    session: Session, participant: str, visit: str, visit_key: str = "1"
) -> tuple[Hindrance, ...]:
    """What keeps a visit from being signed off, as far as the role may see it.

    Raises:
        Refused: The role signs off no visits.
    """
    session.require(f"sign:{VISIT_MEANING}")
    return tuple(_in_visit(session, participant, _begun(session, participant, visit, visit_key)))


def casebook_hindrances(session: Session, participant: str) -> tuple[Hindrance, ...]:
    """What keeps a participant's casebook from being signed off.

    Every visit that took place is signed off, and what belongs to no visit is finished.

    Raises:
        Refused: The role signs off no casebooks.
    """
    session.require(f"sign:{CASEBOOK_MEANING}")
    rows = _signatures(session, participant)
    found: list[Hindrance] = []
    for visit in participant_visits(session, participant):
        if visit.code == COMMON_VISIT:
            found += _in_visit(session, participant, visit)
        elif (visit.status in _BEGUN or _touched(visit)) and (
            sign_off_of(rows, f"{visit.code}/{visit.key}").status != "valid"
        ):
            found.append(Hindrance("visit", visit, meanings=(VISIT_MEANING,)))
    return tuple(found)


def sign_visit(
    session: Session, participant: str, visit: str, visit_key: str, password: str
) -> str:
    """Sign off everything recorded at a visit; gives the entry's hash.

    Args:
        session: A physician or the principal investigator.
        participant: Whose visit.
        visit: Visit code.
        visit_key: Key of a repeated visit.
        password: Typed now.

    Raises:
        Refused: The role signs off no visits, or the password is wrong.
        NotReady: Something in it is not finished; the list is in the error.
        UserError: The visit has not begun, or this person's sign-off stands.
    """
    session.require(f"sign:{VISIT_MEANING}")
    document_key(session, password)
    with recording(session) as act:
        # The writer's turn is ours: nothing can change between looking and signing.
        hindrances = visit_hindrances(session, participant, visit, visit_key)
        scope = f"{visit}/{visit_key}"
        _demand_signable(session, participant, scope, VISIT_MEANING, hindrances)
        without = unseen_forms(session)
        add_signature(act, participant, scope, VISIT_MEANING, without=without)
    return act.stored[-1].hash


def sign_casebook(session: Session, participant: str, password: str) -> str:
    """Sign off everything recorded of a participant; gives the entry's hash.

    Args:
        session: The principal investigator.
        participant: Whose casebook.
        password: Typed now.

    Raises:
        Refused: The role signs off no casebooks, or the password is wrong.
        NotReady: A visit is not signed off, or something outside visits is not finished.
        UserError: There is nothing to sign, or this person's sign-off stands.
    """
    session.require(f"sign:{CASEBOOK_MEANING}")
    document_key(session, password)
    with recording(session) as act:
        hindrances = casebook_hindrances(session, participant)
        _demand_signable(session, participant, WHOLE, CASEBOOK_MEANING, hindrances)
        without = unseen_forms(session)
        add_signature(act, participant, WHOLE, CASEBOOK_MEANING, without=without)
    return act.stored[-1].hash


def _demand_signable(
    session: Session,
    participant: str,
    scope: str,
    meaning: str,
    hindrances: tuple[Hindrance, ...],
) -> None:
    with session.store.read() as reader:
        rows = reader.signatures(participant=participant, scope=scope, meaning=meaning)
        recorded = reader.heads(participant=participant, prefix=None if scope == WHOLE else scope)
    if any(row.status == "valid" and row.actor == session.account for row in rows):
        raise UserError(
            "already_signed_off",
            what="It was not signed off again.",
            why="Your signature stands.",
            what_to_do="Go on.",
        )
    if not recorded:
        raise _nothing_there()
    if hindrances:
        raise NotReady(hindrances)


def _begun(session: Session, participant: str, code: str, key: str) -> VisitState:
    visits = participant_visits(session, participant)
    for visit in visits:
        same = (visit.code, visit.key) == (code, key) and code != COMMON_VISIT
        if same and (visit.status in _BEGUN or _touched(visit)):
            return visit
    raise _nothing_there()


def _nothing_there() -> UserError:
    return UserError(
        "nothing_to_sign_off",
        what="There is nothing to sign off.",
        why="The visit has not begun, or there is no such visit or participant.",
        what_to_do="Open the participant's page and choose a visit that took place.",
    )


def _touched(visit: VisitState) -> bool:
    return any(form.status != "planned" for form in visit.forms)


def _signatures(session: Session, participant: str) -> list[SignatureRow]:
    with session.store.read() as reader:
        return reader.signatures(participant=participant)


def _in_visit(session: Session, participant: str, visit: VisitState) -> list[Hindrance]:
    rows = _signatures(session, participant)
    unseen = unseen_forms(session)
    queried = _queried(session, participant)
    found: list[Hindrance] = []
    for form in visit.forms:
        if form.form not in unseen:
            found += _in_form(session, participant, visit, form, rows)
            scope = f"{visit.code}/{visit.key}/{form.form}/{form.key}"
            found += [Hindrance("query", visit, form, item) for item in queried.get(scope, ())]
    return sorted(found, key=lambda one: KINDS.index(one.kind))


def _queried(session: Session, participant: str) -> dict[str, list[Ref | None]]:
    """Queries that are not closed, by form, each with the item that it is about."""
    found: dict[str, list[Ref | None]] = {}
    with session.store.read() as reader:
        rows = query_rows(reader, participant)
    for row in rows:
        if row.status != CLOSED:
            item = row.scope.removeprefix(f"{row.form_prefix}/").split("/")
            ref = (item[0], item[1], item[2]) if len(item) == _REF else None
            found.setdefault(row.form_prefix, []).append(ref)
    return found


def _in_form(
    session: Session,
    participant: str,
    visit: VisitState,
    form: FormState,
    rows: Sequence[SignatureRow],
) -> list[Hindrance]:
    if form.status == "planned":
        # After the end of their part nobody can make up for what was not done.
        wanted = form.required and visit.expected and visit.code != COMMON_VISIT
        return [Hindrance("missing", visit, form)] if wanted else []
    if form.conflicts:
        return [Hindrance("conflict", visit, form)]
    if form.status not in _FILLED:
        unfinished = form.status != "entered_in_error"
        return [Hindrance("unfinished", visit, form)] if unfinished else []
    open_items = _open_items(session, participant, visit, form)
    if open_items:
        return [Hindrance("finding", visit, form, item) for item in open_items]
    scope = f"{visit.code}/{visit.key}/{form.form}/{form.key}"
    missing, _ = missing_meanings(session.study, scope, form.form, rows)
    if not missing:
        return []
    kind = "review" if LAB_REVIEWED in missing else "unsigned"
    return [Hindrance(kind, visit, form, meanings=missing)]


def _open_items(
    session: Session, participant: str, visit: VisitState, form: FormState
) -> Collection[Ref]:
    """Items of a completed form about which the rules still ask something."""
    if not form.changed:
        # Completion asked every question that the form has.
        return ()
    try:
        entry = FormEntry(session, participant, visit.code, form.form, visit.key, form.key)
    except Refused:
        # A bedside check is shown to others once both are finished; its gate asks the rest.
        return ()
    asked = {
        state.ref: None
        for state in map(entry.state, entry.refs())
        if any(found.severity in _HOLDING for found in state.findings)
    }
    return tuple(asked | dict.fromkeys(entry.open_items()))
