"""Passwords: changed by the person, or replaced by an admin where one was lost.

A changed password keeps the keys. A lost one cannot be recovered: the person gets a new ring with
new keys and a new certificate; what the old keys signed stays valid, since the record knows both.
"""

from msclinic.domain.errors import UserError
from msclinic.services.attempts import forget
from msclinic.services.gateway import recording
from msclinic.services.home import Home, write_whole
from msclinic.services.people.accounts import demand_password, keys_value
from msclinic.services.people.certificates import (
    demand_witness,
    issues_certificates,
    open_authority,
    record_certificate,
    witness_certificate,
)
from msclinic.services.session import Refused, Session
from msclinic.services.sign_in import refused_keys, unlock_record, unlock_ring
from msclinic.services.standing import standing_of
from msclinic.vault import (
    Cost,
    OpenRing,
    PasswordRefused,
    VaultError,
    create_ring,
    open_ring,
    wrap,
)
from msclinic.vault import change_password as changed_ring

__all__ = ["change_password", "place_keys", "refuse_reused", "reset_password"]


def change_password(session: Session, old: str, new: str, cost: Cost | None = None) -> None:
    """Put a person's own keys behind another password.

    The ring of the old password is refused from then on (R-SEC-2).

    Args:
        session: Whose password.
        old: The password until now; a wrong one is counted as at sign-in.
        new: Another one; none of the last eight.
        cost: Work of the password hash; that of the ring until now where left out.

    Raises:
        Refused: The old password is wrong, or the next try comes too soon.
        UserError: The new password does not meet the rules or was used before.
    """
    home, account = session.home, session.account
    unlock_ring(home, account, old, session.now()).close()
    demand_password(new)
    file = home.ring(account)
    before = file.read_bytes()
    try:
        content = changed_ring(before, old, new, cost)
        opened = open_ring(content, new, account=account)
    except PasswordRefused as error:
        raise _reused(error) from error
    except VaultError as error:
        raise refused_keys(error) from error
    try:
        with recording(session) as act:
            act.set("keys_published", f"people/{account}/keys", keys_value(opened))
            # The file first: a number in the record without its ring would let nobody in.
            write_whole(file, content)
    except BaseException:
        write_whole(file, before)
        raise
    session.ring.number = opened.number
    opened.close()


def reset_password(
    admin: Session, account: str, password: str, witness: Session, cost: Cost | None = None
) -> None:
    """Give a person who lost the password new keys and a new certificate.

    Args:
        admin: Holds the site authority's key.
        account: Whose password was lost.
        password: Typed by that person.
        witness: A second person who has seen who they are; neither of the two.
        cost: Work of the password hash; the default is the program's.

    Raises:
        Refused: Not an admin, the admin's own account, or the witness is one of the two.
        UserError: There is no such account, it is disabled, or the password does not do.
    """
    admin.require("people")
    if account == admin.account:
        raise Refused(
            "own_rights",
            what="Nobody gives new keys to themselves.",
            why="Another person has to confirm who they are for.",
            what_to_do="Change the password instead, or ask another admin.",
        )
    demand_witness(admin, witness, account)
    authority = open_authority(admin)
    demand_password(password)
    with admin.store.read() as reader:
        standing = standing_of(reader, account)
    if not standing.roles or standing.disabled:
        raise UserError(
            "no_account",
            what="The password was not replaced.",
            why="There is no such account, or it is disabled.",
            what_to_do="Choose an account that may sign in.",
        )
    refuse_reused(admin.home, account, password)
    content, ring = create_ring(
        account,
        password,
        standing.ring_number + 1,
        site_root=admin.ring.site_root,
        founder_key=admin.ring.founder_key,
        cost=cost or Cost(),
    )
    own = unlock_record(admin.home, admin.account, admin.ring)
    keeps = any(issues_certificates(admin.study, role) for role in standing.roles)
    secret = authority.to_secret() if keeps else None
    with recording(admin) as act:
        act.set("keys_published", f"people/{account}/keys", keys_value(ring))
        role = " ".join(standing.roles)
        certificate = record_certificate(act, authority, ring, role, admin.now())
        place_keys(admin.home, ring, content, own, secret)
    witness_certificate(witness, account, certificate)
    forget(admin.home, account)
    ring.close()


def place_keys(
    home: Home, ring: OpenRing, content: bytes, data_key: bytes, authority: bytes | None
) -> None:
    """Write a person's new ring and the keys that are sealed to it.

    Args:
        home: The data folder.
        ring: The new ring, open.
        content: Its file.
        data_key: The record's key.
        authority: The site authority, where the person issues certificates.
    """
    account = ring.account
    write_whole(home.data_key(account), wrap(data_key, [ring.recipient]))
    if authority is not None:
        write_whole(home.authority_key(account), wrap(authority, [ring.recipient]))
    write_whole(home.ring(account), content)


def refuse_reused(home: Home, account: str, password: str) -> None:
    """Refuse the password that the person had last, as far as the old ring can tell.

    Raises:
        UserError: It is the same one.
    """
    try:
        open_ring(home.ring(account).read_bytes(), password).close()
    except (OSError, VaultError):
        # Another password, or a ring so damaged that the new one replaces it.
        return
    raise _reused(PasswordRefused("password_reused"))


def _reused(error: PasswordRefused) -> UserError:
    return UserError(
        error.code,
        what="This password cannot be used.",
        why=error.sentence,
        what_to_do="Choose another one; a sentence of four words is good.",
    )
