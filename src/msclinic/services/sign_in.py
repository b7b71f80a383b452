"""Sign-in: a person's password opens their key ring, and the ring opens the record.

A second person may join the same open record without ending the first one's session.
"""

from attrs import frozen

from msclinic.domain.errors import KnownFault, UserError
from msclinic.domain.values import Clock
from msclinic.services.gateway import recording
from msclinic.services.home import Home, HomeFile
from msclinic.services.session import Refused, Session, active_study
from msclinic.store import Reader, Store
from msclinic.vault import OldRing, OpenRing, VaultError, open_ring

__all__ = ["join", "refused_keys", "roles_of", "sign_in", "unlock_ring", "wrong_password"]


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
    try:
        key = ring.unwrap(_key_file(home, account))
    except VaultError as error:
        raise refused_keys(error) from error
    store = Store.open(home.database, key)
    try:
        return _enter(home, place, store, ring, account, clock, role)
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
    return _enter(session.home, session.place, session.store, ring, account, session.clock, role)


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


def _enter(
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
    session = Session(home, place, store, study, clock, account, chosen, ring)
    with recording(session) as act:
        act.set("signed_in", f"people/{account}/sign_in", {"type": "code", "value": chosen})
    return session


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


def _key_file(home: Home, account: str) -> bytes:
    try:
        return home.data_key(account).read_bytes()
    except OSError as error:
        raise KnownFault(
            "key_file_missing",
            what="Your key to this clinic's record is missing.",
            why="The file with your wrapped key cannot be read.",
            what_to_do="Ask the admin; the recovery key can make a new one.",
        ) from error
