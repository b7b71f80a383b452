"""Sign-in: a person's password opens their key ring, and the ring opens the record.

A second person may join the same open record without ending the first one's session.
"""

from datetime import timedelta
from decimal import Decimal

from attrs import evolve, frozen

from msclinic.domain.errors import KnownFault, UserError
from msclinic.domain.values import Clock
from msclinic.services.clock_watch import CLOCK_PATH, clock_moved, jump_value
from msclinic.services.gateway import random_id, recording
from msclinic.services.home import Home, HomeFile
from msclinic.services.marker import Marker, Verdict
from msclinic.services.session import Refused, Session, active_study
from msclinic.store import Reader, Store
from msclinic.vault import OldRing, OpenRing, VaultError, open_ring

__all__ = [
    "join",
    "refused_keys",
    "roles_of",
    "sign_in",
    "unlock_record",
    "unlock_ring",
    "wrong_password",
]


@frozen
class _Standing:
    """What the record says of an account that wants in."""

    roles: tuple[str, ...]
    ring_number: int
    disabled: bool


def sign_in(
    home: Home, account: str, password: str, clock: Clock, role: str | None = None
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

    Raises:
        Refused: Wrong password, a disabled account, or a role that is not theirs.
        KnownFault: The record or a key file cannot be opened.
    """
    place = home.read()
    ring = unlock_ring(home, account, password)
    key = unlock_record(home, account, ring)
    store = Store.open(home.database, key)
    try:
        session = _entering(home, place, store, ring, account, clock, role)
        marker = session.marker = Marker.of(home, place, key)
        set_back = _set_back(session)
        begun = None if marker is None else _begin(session, marker)
        _record(session, begun, set_back)
        if marker is not None:
            if begun is not None:
                home.write(session.place)
            before = None if begun is None else (begun.seq, begun.head)
            marker.settle(store, session.place.stream, before)
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
        Refused: Wrong password, the same person, a disabled account, or not their role.
    """
    if account == session.account:
        raise Refused(
            "same_person",
            what="This is the person already signed in.",
            why="The second check needs a second person.",
            what_to_do="Ask a colleague to sign in with their own account.",
        )
    ring = unlock_ring(session.home, account, password)
    joined = _entering(
        session.home, session.place, session.store, ring, account, session.clock, role
    )
    joined.marker, joined.watch = session.marker, session.watch
    _record(joined)
    return joined


def unlock_ring(home: Home, account: str, password: str) -> OpenRing:
    """Open a key ring file.

    Raises:
        Refused: No such account, or the password is wrong.
    """
    path = home.ring(account)
    if account not in home.accounts():
        # The same words as for a wrong password: the sign-in tells nobody who has an account.
        raise wrong_password()
    try:
        return open_ring(path.read_bytes(), password, account=account)
    except VaultError as error:
        raise refused_keys(error) from error


def unlock_record(home: Home, account: str, ring: OpenRing) -> bytes:
    """The record's key, from the file that wraps it for one account.

    Raises:
        KnownFault: The file is missing or damaged.
    """
    file = home.data_key(account)
    try:
        return ring.unwrap(file.read_bytes())
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
    return _standing(reader, account).roles


@frozen
class _Begun:
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


def _begin(session: Session, marker: Marker) -> _Begun | None:
    """Leave the home's stream if others may know it further on than this record does."""
    stream = session.place.stream
    with session.store.read() as reader:
        verdict = marker.judge(reader)
        end = reader.stream_head(stream)
    if not verdict.new_stream:
        return None
    known = marker.heads.get(stream, (end.seq, end.hash))[0]
    session.warning = _warning(verdict, marker.original or "", known, end.seq)
    session.place = evolve(session.place, stream=random_id())
    return _Begun(verdict, stream, end.seq, end.hash)


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
) -> Session:
    with store.read() as reader:
        standing = _standing(reader, account)
        study = active_study(reader)
    if standing.disabled or not standing.roles:
        raise Refused(
            "account_disabled",
            what="This account may not sign in.",
            why="It was disabled or holds no role.",
            what_to_do="Ask the admin of this clinic.",
        )
    if role is not None and role not in standing.roles:
        raise Refused(
            "not_your_role",
            what="This account does not hold that role.",
            why="Roles are granted by the admin.",
            what_to_do="Sign in with a role of yours.",
        )
    if ring.number < standing.ring_number:
        raise refused_keys(OldRing())
    chosen = role or standing.roles[0]
    return Session(home, place, store, study, clock, account, chosen, ring)


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


def _record(session: Session, begun: _Begun | None = None, set_back: Decimal | None = None) -> None:
    signed_in = {"type": "code", "value": session.role}
    place = session.place
    with recording(session) as act:
        if begun is not None:
            started = {
                "type": "stream",
                "stream": place.stream,
                "cause": begun.cause.value,
                "after": begun.after,
                "seq": begun.seq,
                "head": begun.head,
            }
            path = f"device/{place.device}/stream/{place.stream}"
            act.set("stream_started", path, started)
        if set_back is not None:
            act.set("clock_jumped", CLOCK_PATH, jump_value(set_back, session.now(), place.device))
        act.set("signed_in", f"people/{session.account}/sign_in", signed_in)


def _standing(reader: Reader, account: str) -> _Standing:
    roles: list[str] = []
    number = 1
    disabled = False
    for head in reader.heads(prefix=f"people/{account}"):
        value = head.value or {}
        attribute = head.path.split("/")[2]
        if attribute == "role" and value.get("value") == "granted":
            roles.append(head.path.split("/")[3])
        elif attribute == "keys":
            number = max(number, int(value.get("number", "1")))
        elif attribute == "disabled":
            disabled = disabled or value.get("value") == "Y"
    return _Standing(tuple(roles), number, disabled)
