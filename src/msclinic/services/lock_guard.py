"""What is locked, and the one gate that keeps every service out of it.

It stands in the gateway, in the transaction that writes, so that no use case goes around it and
no lock comes in between (ICH E6(R3) 3.16.1(r)). It reads only; ``data_locks`` locks and unlocks.
"""

from collections.abc import Iterable, Iterator

from msclinic.record import Draft
from msclinic.record.actions import ACTIONS
from msclinic.services.session import Refused
from msclinic.store import Head, Reader

__all__ = [
    "LOCK_ROOT",
    "STUDY_LOCK",
    "demand_unlocked",
    "is_locked",
    "lock_over",
    "lock_path",
    "locked",
    "study_locked",
]

LOCK_ROOT = "locked"
STUDY_LOCK = "study/locked"
_LOCKED = ("data_locked", "study_locked")
# What stands outside the visit but tells of it.
_BESIDE = (("participant", "run"), ("participant", "deviation"))
_VISIT, _FORM = 2, 4
# A lock closes the data. What is asked and checked about them goes on, and an emergency is never
# refused; after it the study is unlocked and the event recorded.
_GOES_ON = frozenset(
    {
        "query_raised",
        "query_answered",
        "query_closed",
        "source_verified",
        "data_locked",
        "data_unlocked",
        "emergency_tapped",
        "emergency_claimed",
    }
)


def lock_path(scope: str) -> str:
    """The register of the lock of a visit or form."""
    return f"{LOCK_ROOT}/{scope}"


def is_locked(heads: Iterable[Head]) -> bool:
    """Whether a lock's register says so; of two devices that disagree the lock holds."""
    return any(head.action in _LOCKED for head in heads)


def study_locked(reader: Reader) -> Head | None:
    """The lock of the whole study, or none."""
    return _holding(reader.at(None, STUDY_LOCK))


def lock_over(reader: Reader, participant: str, prefix: str) -> tuple[str, Head] | None:
    """The widest lock that closes a visit, a form or anything in it.

    Args:
        reader: The record as it is now.
        participant: Whose data.
        prefix: A visit, a form or an item.

    Returns:
        What is locked, ``study`` for everything, and the entry; none where nothing is.
    """
    whole = study_locked(reader)
    if whole is not None:
        return "study", whole
    for scope in _scopes_of(prefix):
        head = _holding(reader.at(participant, lock_path(scope)))
        if head is not None:
            return scope, head
    return None


def demand_unlocked(reader: Reader, drafts: Iterable[Draft]) -> None:
    """Go on only if nothing that is about to be written lies under a lock.

    Args:
        reader: The unit of work that writes.
        drafts: What the act is about to write.

    Raises:
        Refused: Something does.
    """
    asked: dict[str, set[str]] = {}
    for draft in drafts:
        if draft.participant is None or not ACTIONS[draft.action].clinical:
            continue
        if draft.action not in _GOES_ON:
            asked.setdefault(draft.participant, set()).update(_scopes(draft))
    if not asked:
        return
    if study_locked(reader) is not None:
        raise locked("study")
    for participant, scopes in asked.items():
        if not scopes:
            continue
        heads = reader.heads(participant=participant, prefix=LOCK_ROOT)
        closed = {head.path for head in heads if head.action in _LOCKED}
        for scope in sorted(scopes):
            if lock_path(scope) in closed:
                raise locked(scope)


def locked(scope: str) -> Refused:
    """What a person reads who wants to change what is locked."""
    whole = scope == "study"
    form = scope.count("/") + 1 == _FORM
    narrower = "The form is locked." if form else "The visit is locked."
    return Refused(
        "data_locked",
        what="The study is locked." if whole else narrower,
        why="Its data were checked and closed; nothing in it changes any more.",
        what_to_do="Ask the principal investigator to unlock it, with a reason.",
    )


def _holding(heads: Iterable[Head]) -> Head | None:
    return next((head for head in heads if head.action in _LOCKED), None)


def _scopes(draft: Draft) -> set[str]:
    """Visits and forms that a change touches."""
    path = draft.path or ""
    if draft.action != "signed":
        return set(_scopes_of(path))
    value = draft.value or {}
    if value.get("scope"):
        return set(_scopes_of(str(value["scope"])))
    items: list[list[str]] = list(value.get("items", ()))
    return {scope for one in items for scope in _scopes_of(str(one[0]))}


def _scopes_of(path: str) -> Iterator[str]:
    parts = path.split("/")
    if tuple(parts[:2]) in _BESIDE:
        parts = parts[2:]
    if parts[0].isupper() and len(parts) >= _VISIT:
        yield "/".join(parts[:_VISIT])
        if len(parts) >= _FORM:
            yield "/".join(parts[:_FORM])
