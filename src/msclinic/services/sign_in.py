"""Sign-in: a person's password opens their key ring, and the ring opens the record.

A second person may join the same open record without ending the first one's session. Whether a
role may be acted in is decided by ``entrance``; failures are counted by ``attempts``.
"""

import logging
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from attrs import evolve, frozen

from msclinic.domain.errors import KnownFault, UserError
from msclinic.domain.values import Clock
from msclinic.services.attempts import counted, keep_limits
from msclinic.services.clock_watch import CLOCK_PATH, clock_moved, jump_value
from msclinic.services.entrance import Entrance, alerts_of, choose_role
from msclinic.services.gateway import random_id, random_key, recording
from msclinic.services.home import Home, HomeFile
from msclinic.services.inbox import claim, prepare
from msclinic.services.marker import Marker, Verdict
from msclinic.services.session import Refused, Session, active_study
from msclinic.services.standing import setting_of, standing_of
from msclinic.services.upgrading import open_record
from msclinic.store import Reader, Store, opens
from msclinic.vault import DATA_KEY_BYTES, OldRing, OpenRing, VaultError, open_ring

__all__ = [
    "Begun",
    "act_as",
    "begin_stream",
    "join",
    "note_sign_out",
    "refused_keys",
    "roles_of",
    "sign_in",
    "started_value",
    "unlock_record",
    "unlock_ring",
    "wrong_password",
]

_LOG = logging.getLogger("msclinic.sign_in")


def sign_in(
    home: Home,
    account: str,
    password: str,
    clock: Clock,
    role: str | None = None,
    *,
    restored: bool = False,
) -> Session:
    """Open the record with a person's password.

    Where an older copy of the record was put back, or the home is a copy, the person's entries go
    into a new stream, the record says why, and the session carries a warning.

    Args:
        home: The data folder.
        account: Who signs in.
        password: Their password; it is not kept.
        clock: Where every time of the session comes from.
        role: The role to act in, when the account holds several.
        restored: The home was just made from a backup: its stream ends where the backup does, and
            another one begins.

    Raises:
        Refused: Wrong password or too soon after one, a disabled account, a role that is not
            theirs, not delegated to them, or a sign-in that was not confirmed for too long.
        KnownFault: The record or a key file cannot be opened.
    """
    place = home.read()
    ring = unlock_ring(home, account, password, clock.now())
    key = unlock_record(home, account, ring)
    store = open_record(home, key, clock.now())
    try:
        session, entrance = _entering(home, place, store, ring, account, clock, role)
        marker = session.marker = Marker.of(home, place, key)
        set_back = _set_back(session)
        begun = None if marker is None else _begin(session, marker)
        if restored:
            begun = _leave(session, place, Verdict.RESTORED)
        _record(session, entrance, begun, set_back)
        if begun is not None:
            home.write(session.place)
        if marker is not None:
            before = None if begun is None else (begun.seq, begun.head)
            marker.settle(store, session.place.stream, before)
        _settled(session, entrance)
        return session
    except BaseException:
        store.close()
        raise


def join(session: Session, account: str, password: str, role: str | None = None) -> Session:
    """Let a second person sign in on the same open record, with their own keys.

    Args:
        session: The session that goes on.
        account: The second person.
        password: Their own password.
        role: The role to act in, when the account holds several.

    Raises:
        Refused: The same person, or as for ``sign_in``.
    """
    if account == session.account:
        raise Refused(
            "same_person",
            what="This is the person already signed in.",
            why="The second check needs a second person.",
            what_to_do="Ask a colleague to sign in with their own account.",
        )
    ring = unlock_ring(session.home, account, password, session.now())
    joined, entrance = _entering(
        session.home, session.place, session.store, ring, account, session.clock, role
    )
    joined.marker, joined.watch = session.marker, session.watch
    _record(joined, entrance)
    _settled(joined, entrance)
    return joined


def act_as(session: Session, role: str) -> Session:
    """Go on in another role of the same account, with the same keys; it is in the record.

    Args:
        session: Whose role changes; it is not used again.
        role: A role that the account holds.

    Raises:
        Refused: Not a role of theirs, or not delegated to them now.
    """
    with session.store.read() as reader:
        standing = standing_of(reader, session.account)
        entrance = choose_role(reader, session.study, standing, role, session.now(), session.place)
    changed = evolve(session, role=entrance.role, alerts=(), warning=None)
    _record(changed, entrance)
    return changed


def note_sign_out(session: Session) -> None:
    """Let the record say that a person leaves (R-AUD-5); whoever calls drops their keys."""
    with recording(session) as act:
        told = {"type": "code", "value": session.role}
        act.set("signed_out", f"people/{session.account}/sign_in", told)


def unlock_ring(home: Home, account: str, password: str, now: datetime | None = None) -> OpenRing:
    """Open a key ring file; a wrong password is counted.

    Args:
        home: The data folder.
        account: Whose.
        password: As typed.
        now: The clock of the program; the system's where none is at hand.

    Raises:
        Refused: No such account, the password is wrong, or the next try comes too soon.
    """
    with counted(home, account, now or datetime.now(UTC)):
        if account not in home.accounts():
            # The same words as for a wrong password: the sign-in tells nobody who has an account.
            raise wrong_password()
        try:
            return open_ring(home.ring(account).read_bytes(), password, account=account)
        except VaultError as error:
            raise refused_keys(error) from error


def unlock_record(home: Home, account: str, ring: OpenRing) -> bytes:
    """The record's key, from the file that wraps it for one account.

    Raises:
        KnownFault: The file is missing or damaged.
    """
    file = home.data_key(account)
    try:
        keys = ring.unwrap(file.read_bytes())
        return keys if len(keys) == DATA_KEY_BYTES else _that_opens(home, keys)
    except VaultError as error:
        raise refused_keys(error) from error
    except OSError as error:
        raise KnownFault(
            "key_file_missing",
            what="Your key to this clinic's record is missing.",
            why="The file {file} in the clinic's folder cannot be read.",
            what_to_do="Put it back from the last backup, or ask the admin.",
            parameters={"file": f"{file.parent.name}/{file.name}"},
        ) from error


def _that_opens(home: Home, keys: bytes) -> bytes:
    """The key that fits, where a change of keys was cut off: the new one stands first."""
    new, old = keys[:DATA_KEY_BYTES], keys[DATA_KEY_BYTES:]
    return new if opens(home.database, new) else old


def wrong_password() -> Refused:
    """What a person reads after a wrong account or password."""
    return Refused(
        "wrong_password",
        what="Account and password do not match.",
        why="Nothing was opened.",
        what_to_do="Type the password again; capital letters count.",
    )


def refused_keys(error: VaultError) -> UserError:
    """A key refusal in the words of the program."""
    if error.code == "wrong_password":
        return wrong_password()
    return KnownFault(
        error.code,
        what=error.sentence,
        why="Your keys could not be opened.",
        what_to_do="Ask the admin of this clinic; the record was not touched.",
    )


def roles_of(reader: Reader, account: str) -> tuple[str, ...]:
    """The roles an account holds now, in the order they were granted."""
    return standing_of(reader, account).roles


@frozen
class Begun:
    """Why a new stream is begun, and where the one before ends here.

    Attributes:
        cause: What the marker says.
        after: The stream before.
        seq: Its last entry here.
        head: Hash of that entry.
    """

    cause: Verdict
    after: str
    seq: int
    head: str


def begin_stream(store: Store, marker: Marker, place: HomeFile) -> tuple[Begun | None, HomeFile]:
    """Leave the home's stream if others may know it further on than this record does."""
    with store.read() as reader:
        verdict = marker.judge(reader)
        end = reader.stream_head(place.stream)
    if not verdict.new_stream:
        return None, place
    return Begun(verdict, place.stream, end.seq, end.hash), evolve(place, stream=random_id())


def started_value(begun: Begun, place: HomeFile) -> dict[str, Any]:
    """What the record says of a new stream."""
    return {
        "type": "stream",
        "stream": place.stream,
        "cause": begun.cause.value,
        "after": begun.after,
        "seq": begun.seq,
        "head": begun.head,
    }


def _leave(session: Session, place: HomeFile, cause: Verdict) -> Begun:
    """End the stream that a home came with, whatever the marker says."""
    with session.store.read() as reader:
        end = reader.stream_head(place.stream)
    session.place = evolve(place, stream=random_id())
    return Begun(cause, place.stream, end.seq, end.hash)


def _begin(session: Session, marker: Marker) -> Begun | None:
    begun, session.place = begin_stream(session.store, marker, session.place)
    if begun is not None:
        known = marker.heads.get(begun.after, (begun.seq, begun.head))[0]
        session.warning = _warning(begun.cause, marker.original or "", known, begun.seq)
    return begun


def _warning(verdict: Verdict, original: str, known: int, ends: int) -> KnownFault:
    if verdict is Verdict.OLDER:
        return KnownFault(
            verdict.value,
            what="An older copy of this clinic's record was put back.",
            why="It once reached entry {known}; now it ends at {ends}. Later entries are missing."
            if known > ends
            else "What was entered since that copy was made may be missing.",
            what_to_do="Tell the admin and the PI now, before you rely on any value here. What you "
            "enter is kept.",
            parameters={"known": known, "ends": ends},
        )
    if verdict is Verdict.COPY:
        return KnownFault(
            verdict.value,
            what="This folder is a copy of a clinic.",
            why="The clinic itself lies in {folder}. What you enter here does not appear there.",
            what_to_do="Unless you want to work on the copy, close this window and open the clinic "
            "itself.",
            parameters={"folder": original},
        )
    if verdict is Verdict.ELSEWHERE:
        return KnownFault(
            verdict.value,
            what="This clinic was last used at another place.",
            why="Whether this is its newest copy cannot be told here.",
            what_to_do="If it is still used at the other place, tell the admin. What you enter is "
            "kept.",
        )
    return KnownFault(
        verdict.value,
        what="The marker of this clinic on this computer was changed by somebody else.",
        why="Whether an older copy of the record was put back cannot be told.",
        what_to_do="Tell the admin. What you enter is kept.",
    )


def _entering(
    home: Home,
    place: HomeFile,
    store: Store,
    ring: OpenRing,
    account: str,
    clock: Clock,
    role: str | None,
) -> tuple[Session, Entrance]:
    with store.read() as reader:
        standing = standing_of(reader, account)
        study = active_study(reader)
        if ring.number < standing.ring_number:
            raise refused_keys(OldRing())
        entrance = choose_role(reader, study, standing, role, clock.now(), place)
    return Session(home, place, store, study, clock, account, entrance.role, ring), entrance


def _settled(session: Session, entrance: Entrance) -> None:
    """What is done once a sign-in is in the record: the inbox is read, limits and alerts are set.

    None of it can refuse the person who is in.
    """
    study = session.study
    limits = setting_of(study, "lock_after"), setting_of(study, "lock_minutes")
    try:
        keep_limits(session.home, *limits)
        prepare(session)
        claim(session)
    except (KnownFault, OSError) as error:
        # What could not be entered stays in the inbox for the next sign-in.
        _LOG.warning("the inbox could not be read to its end", exc_info=error)
    session.alerts = alerts_of(session, entrance)


def _set_back(session: Session) -> Decimal | None:
    """By how many seconds at least the clock went back since the last entry of this device."""
    with session.store.read() as reader:
        last = reader.last_moment(session.place.stream)
    now = session.now()
    if last is None or last - now <= timedelta(seconds=session.watch.limit):
        return None
    seconds = Decimal((now - last) // timedelta(milliseconds=1)) / 1000
    session.warning = clock_moved(seconds)
    return seconds


def _record(
    session: Session,
    entrance: Entrance,
    begun: Begun | None = None,
    set_back: Decimal | None = None,
) -> None:
    signed_in = {"type": "code", "value": session.role}
    if entrance.lapses:
        # Nothing expires during an open run: what lapsed stands in the record instead.
        signed_in["lapse"] = " ".join(entrance.lapses)
    place = session.place
    with recording(session) as act:
        if begun is not None:
            path = f"device/{place.device}/stream/{place.stream}"
            act.set("stream_started", path, started_value(begun, place))
        if set_back is not None:
            act.set("clock_jumped", CLOCK_PATH, jump_value(set_back, session.now(), place.device))
        if entrance.lapses:
            told = {"type": "incident", "kind": "lapse", "value": session.account}
            act.set("incident_recorded", f"site/incident/{random_key()}", told)
        act.set("signed_in", f"people/{session.account}/sign_in", signed_in)
