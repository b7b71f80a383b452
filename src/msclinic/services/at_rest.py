"""Participants of whom nothing waits, and nothing will before something of theirs is recorded.

Who came to rest is remembered by id while the record is open, for each person by themselves, so
that a list of the site reads those alone of whom something may wait. Nothing else is kept: what is
listed always comes from the record.
"""

import threading
from collections.abc import Iterable
from weakref import WeakKeyDictionary

from attrs import define, field

from msclinic.services.life_record import RESCREENING
from msclinic.services.session import Session
from msclinic.store import Store

__all__ = ["come_to_rest", "perhaps_waiting"]

# Registers of the site that change nothing of what waits; any other one wakes everybody.
_QUIET = ("site/export", "export/", "site/clock", "inbox/")
_QUIET_ENDS = ("/sign_in", "/signing_pin")

_Key = tuple[str, str, str]


@define
class _Watch:
    """What is known for one person.

    Attributes:
        place: How far the journal was looked through.
        awake: Of whom something may wait, with the place at which that was learnt; none is
            everybody.
    """

    place: int = 0
    awake: dict[str, int] | None = None


@define
class _Kept:
    """What is known of one open record."""

    turn: threading.Lock = field(factory=threading.Lock)
    watches: dict[_Key, _Watch] = field(factory=dict)


_RECORDS: WeakKeyDictionary[Store, _Kept] = WeakKeyDictionary()
_MAKING = threading.Lock()


def perhaps_waiting(session: Session) -> tuple[int, set[str] | None]:
    """A place in the journal, and of whom something may wait for this person there.

    Args:
        session: Who looks.

    Returns:
        The place, for ``come_to_rest``; and random ids, or none where it may be anybody.
    """
    kept = _kept(session)
    with kept.turn:
        watch = kept.watches.setdefault(_key(session), _Watch())
        with session.store.read() as reader:
            place = reader.journal_end()
            changed = [] if watch.awake is None else reader.changed_since(watch.place)
        if watch.awake is not None and any(_wakes_everybody(*one) for one in changed):
            watch.awake = None
        if watch.awake is not None:
            watch.awake |= {who: place for who, _path in changed if who}
        watch.place = place
        return place, None if watch.awake is None else set(watch.awake)


def come_to_rest(
    session: Session, place: int, looked_at: Iterable[str], resting: Iterable[str]
) -> None:
    """Remember of whom nothing waits; whoever was written about meanwhile stays awake.

    Args:
        session: Who looked.
        place: Of ``perhaps_waiting``, before the record was read.
        looked_at: Everybody who was read.
        resting: Those of them who are at rest.
    """
    kept = _kept(session)
    with kept.turn:
        watch = kept.watches.setdefault(_key(session), _Watch())
        if watch.awake is None:
            # Somebody may have woken everybody since; then it is looked through once more.
            if watch.place == place:
                watch.awake = dict.fromkeys(set(looked_at) - set(resting), place)
            return
        for one in resting:
            if watch.awake.get(one, place) <= place:
                watch.awake.pop(one, None)


def _kept(session: Session) -> _Kept:
    with _MAKING:
        return _RECORDS.setdefault(session.store, _Kept())


def _key(session: Session) -> _Key:
    return session.account, session.role, session.study.version


def _wakes_everybody(participant: str | None, path: str) -> bool:
    if participant is not None:
        # A link to an earlier record moves that one too.
        return f"/{RESCREENING}/" in path
    return not (path.startswith(_QUIET) or path.endswith(_QUIET_ENDS))
