"""Source data verified: a monitor has compared answers with their source (ICH E6(R3) 3.11.4).

A mark lists the entries that were compared, so that it is void for an answer as soon as the answer
changes, and stays readable. Only answers that a person gave are compared; what is computed follows.
"""

import hashlib
from collections.abc import Iterable, Mapping

from attrs import frozen

from msclinic.domain.errors import UserError
from msclinic.services.entry_guards import demand_open
from msclinic.services.gateway import recording
from msclinic.services.session import Session
from msclinic.services.visits import VisitState, participant_visits
from msclinic.store import Head, Reader

__all__ = [
    "FormProgress",
    "form_marks",
    "mark_verified",
    "participant_progress",
    "take_back",
    "unverified",
]

_RIGHT = "verify_source"
_ROOT = "verified"
_VISIT, _FORM, _ITEM = 2, 4, 7
_KEY = 32


@frozen
class FormProgress:
    """How far a form is compared with its source.

    Attributes:
        prefix: Path of the form.
        verified: Paths of answers whose mark stands.
        changed: Paths of answers that were compared and have changed since.
        open: Paths of answers that nobody has compared.
    """

    prefix: str
    verified: frozenset[str]
    changed: frozenset[str]
    open: frozenset[str]

    @property
    def total(self) -> int:
        """How many answers there are to compare."""
        return len(self.verified) + len(self.changed) + len(self.open)


def mark_verified(session: Session, participant: str, scope: str) -> int:
    """Mark the answers of an item, a form or a visit as compared with their source.

    Args:
        session: The monitor's.
        participant: Whose data.
        scope: Path of the item, form or visit.

    Returns:
        How many answers the mark covers.

    Raises:
        Refused: The role may not, or may not see the form.
        UserError: There is nothing to compare.
    """
    session.require(_RIGHT)
    with recording(session) as act:
        listed = _answers(session, act.uow, participant, scope)
        if not listed:
            raise UserError(
                "nothing_to_verify",
                what="Nothing was marked.",
                why="No answer is recorded there.",
                what_to_do="Mark what was answered.",
            )
        act.set(
            "source_verified",
            _path(scope),
            {"type": "verified", "scope": scope, "items": _items(listed)},
            participant=participant,
        )
    return len(listed)


def take_back(session: Session, participant: str, path: str) -> None:
    """Take the mark of one answer back that was set by mistake; what it said stays readable.

    Args:
        session: A monitor's.
        participant: Whose data.
        path: Path of the item.

    Raises:
        Refused: The role may not, or may not see the form.
    """
    session.require(_RIGHT)
    _demand_form(session, participant, path)
    with recording(session) as act:
        marks: dict[str, list[Head]] = {}
        for head in act.uow.heads(participant=participant, prefix=_ROOT):
            marks.setdefault(head.path, []).append(head)
        for where, heads in marks.items():
            listed = {one: entries for head in heads for one, entries in _listed(head).items()}
            if listed.pop(path, None) is not None:
                value = {**(heads[0].value or {}), "items": _items(listed)}
                act.set("source_verified", where, value, participant=participant)


def form_marks(session: Session, participant: str, prefix: str) -> FormProgress:
    """How far one form is compared.

    Raises:
        Refused: The person may not see the form.
        UserError: There is no such form.
    """
    _demand_form(session, participant, prefix)
    with session.store.read() as reader:
        marks = _marks(reader, participant)
        heads = reader.heads(participant=participant, prefix=prefix)
    return _progress(prefix, heads, marks)


def participant_progress(
    session: Session, participant: str, visits: Iterable[VisitState] | None = None
) -> list[FormProgress]:
    """How far each form of a participant with an answer is compared, as far as it may be seen.

    Args:
        session: Who looks.
        participant: Whose data.
        visits: The visits, where they are read already.
    """
    prefixes = [
        f"{visit.code}/{visit.key}/{form.form}/{form.key}"
        for visit in (participant_visits(session, participant) if visits is None else visits)
        for form in visit.forms
    ]
    with session.store.read() as reader:
        marks = _marks(reader, participant)
        by_form: dict[str, list[Head]] = {}
        for head in reader.heads(participant=participant):
            by_form.setdefault("/".join(head.path.split("/")[:_FORM]), []).append(head)
    found = [_progress(one, by_form.get(one, ()), marks) for one in prefixes]
    return [one for one in found if one.total and _may_open(session, participant, one.prefix)]


def unverified(session: Session, participant: str) -> list[str]:
    """Paths of a participant's answers without a mark that stands, in the order of the visits."""
    return [
        path
        for form in participant_progress(session, participant)
        for path in sorted(form.open | form.changed)
    ]


def _answers(
    session: Session, reader: Reader, participant: str, scope: str
) -> dict[str, tuple[str, ...]]:
    depth = scope.count("/") + 1
    if depth not in (_VISIT, _FORM, _ITEM):
        return {}
    found: dict[str, list[str]] = {}
    allowed: dict[str, bool] = {}
    if depth != _VISIT:
        _demand_form(session, participant, scope)
    for head in _typed(reader.heads(participant=participant, prefix=scope)):
        prefix = "/".join(head.path.split("/")[:_FORM])
        if prefix not in allowed:
            allowed[prefix] = _may_open(session, participant, prefix)
        if allowed[prefix]:
            found.setdefault(head.path, []).append(head.entry)
    return {path: tuple(sorted(entries)) for path, entries in found.items()}


def _typed(heads: Iterable[Head]) -> list[Head]:
    """Answers that persons gave; a computed value has no source of its own."""
    return [
        head
        for head in heads
        if head.path.count("/") + 1 == _ITEM
        and head.action == "answered"
        and head.value is not None
    ]


def _progress(
    prefix: str, heads: Iterable[Head], marks: Mapping[str, set[tuple[str, ...]]]
) -> FormProgress:
    answers: dict[str, list[str]] = {}
    for head in _typed(heads):
        answers.setdefault(head.path, []).append(head.entry)
    verified = {
        path for path, entries in answers.items() if tuple(sorted(entries)) in marks.get(path, ())
    }
    changed = {path for path in answers if path in marks} - verified
    return FormProgress(
        prefix,
        frozenset(verified),
        frozenset(changed),
        frozenset(answers.keys() - verified - changed),
    )


def _marks(reader: Reader, participant: str) -> dict[str, set[tuple[str, ...]]]:
    """By item, the entries that marks cover."""
    found: dict[str, set[tuple[str, ...]]] = {}
    for head in reader.heads(participant=participant, prefix=_ROOT):
        for path, entries in _listed(head).items():
            found.setdefault(path, set()).add(entries)
    return found


def _listed(head: Head) -> dict[str, tuple[str, ...]]:
    items = (head.value or {}).get("items", ())
    return {str(path): tuple(sorted(map(str, entries))) for path, entries in items}


def _items(listed: Mapping[str, Iterable[str]]) -> list[list[object]]:
    return [[path, list(entries)] for path, entries in sorted(listed.items())]


def _path(scope: str) -> str:
    return f"{_ROOT}/{hashlib.sha256(scope.encode()).hexdigest()[:_KEY]}"


def _demand_form(session: Session, participant: str, path: str) -> None:
    parts = path.split("/")
    demand_open(session, participant, parts[0], parts[1], parts[2], parts[3])


def _may_open(session: Session, participant: str, prefix: str) -> bool:
    try:
        _demand_form(session, participant, prefix)
    except UserError:
        return False
    return True
