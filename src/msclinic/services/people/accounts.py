"""Accounts: opened by an admin, their keys made with the person's own password, never deleted."""

import re
from collections.abc import Iterable
from datetime import date

from attrs import frozen

from msclinic.domain.errors import UserError
from msclinic.services.gateway import recording
from msclinic.services.home import Home, account_code, write_whole
from msclinic.services.people.certificates import (
    Collects,
    certificate_value,
    demand_witness,
    issues_certificates,
    open_authority,
    record_certificate,
)
from msclinic.services.people.delegation import (
    demand_keeper,
    local_day,
    may_delegate,
    may_read_people,
    record_delegation,
    record_training,
)
from msclinic.services.session import Session, not_allowed
from msclinic.services.sign_in import unlock_record
from msclinic.services.standing import Standing, lapse, standings
from msclinic.vault import Cost, OpenRing, check_password, create_ring, wrap

__all__ = [
    "Account",
    "account_code",
    "accounts",
    "colleagues",
    "demand_password",
    "disable_account",
    "keys_value",
    "new_ring",
    "open_account",
    "record_account",
]

_ACCOUNT = re.compile(r"[A-Z][A-Z0-9]{1,11}-[0-9]{2}")


@frozen
class Account:
    """A person's account as the record has it.

    Attributes:
        account: Id such as ``NUR-04``; never a name.
        roles: Roles held now.
        disabled: Whether sign-in is refused.
        certified: Whether the certificate was issued and witnessed by two people.
        left: The person left and their keys were taken away.
        lapses: By role, why it cannot be acted in today; without those that can.
        standing: Delegations and training.
    """

    account: str
    roles: tuple[str, ...]
    disabled: bool
    certified: bool
    left: bool
    lapses: dict[str, str]
    standing: Standing


def accounts(session: Session) -> list[Account]:
    """Every account of the site, in order of id.

    Raises:
        Refused: Neither looks after accounts nor reads the journal.
    """
    if not may_read_people(session):
        raise not_allowed()
    today = local_day(session)
    with session.store.read() as reader:
        return [_account(one, today) for one in standings(reader)]


def colleagues(session: Session, roles: Iterable[str]) -> list[str]:
    """Ids of the others who hold one of some roles and are let in, in order.

    An id is no more than the sign-in screen shows to anybody; it is told to every role, as a nurse
    asks a second person to the chair.

    Args:
        session: Who asks.
        roles: The roles that are wanted.
    """
    wanted = set(roles)
    with session.store.read() as reader:
        return [
            one.account
            for one in standings(reader)
            if one.account != session.account and not one.disabled and wanted & set(one.roles)
        ]


def new_ring(
    home: Home, account: str, password: str, *, site_root: str, founder_key: str, cost: Cost
) -> tuple[bytes, OpenRing]:
    """Make a person's keys with their own password; nothing is written yet.

    Raises:
        UserError: The id or the password does not meet the rules, or the id was used before.
    """
    if not _ACCOUNT.fullmatch(account):
        raise UserError(
            "account_id",
            what="This is not an account id.",
            why="Ids are a role or group and two digits; they never hold a name.",
            what_to_do="Use an id such as NUR-04.",
        )
    if account in home.accounts():
        raise _exists()
    demand_password(password)
    return create_ring(
        account, password, 1, site_root=site_root, founder_key=founder_key, cost=cost
    )


def open_account(
    admin: Session,
    account: str,
    role: str,
    password: str,
    witness: Session,
    cost: Cost | None = None,
    trained: date | None = None,
) -> None:
    """Open an account, issue its certificate and have the identity witnessed.

    Where the witness is the investigator, their act also delegates the task from today and says
    when the person was trained; otherwise the account waits for that.

    Args:
        admin: Session of an admin, who holds the site authority's key.
        account: The new id.
        role: The role it gets.
        password: Typed by the new person; only their ring is made from it.
        witness: Session of the second person who has seen the identity document.
        cost: Work of the password hash; the default is the program's.
        trained: Day of the training; today where left out.

    Raises:
        Refused: Not an admin, or the witness is the admin or of the sponsor.
        UserError: Id, password or role do not meet the rules, or the day is still to come.
    """
    admin.require("people")
    demand_witness(admin, witness, account)
    if role not in admin.study.roles:
        raise UserError(
            "no_role",
            what="There is no such role.",
            why="Roles come from the study.",
            what_to_do="Choose one of the study's roles.",
        )
    today = local_day(admin)
    if trained is not None and trained > today:
        raise UserError(
            "training_day",
            what="The training was not recorded.",
            why="The day is still to come.",
            what_to_do="Type the day on which it was held.",
        )
    authority = open_authority(admin)
    content, ring = new_ring(
        admin.home,
        account,
        password,
        site_root=admin.ring.site_root,
        founder_key=admin.ring.founder_key,
        cost=cost or Cost(),
    )
    own = unlock_record(admin.home, admin.account, admin.ring)
    with recording(admin) as act:
        # The ring of a leaver is gone, and the id is theirs for ever.
        if act.current(f"people/{account}/account"):
            raise _exists()
        record_account(act, ring, role)
        certificate = record_certificate(act, authority, ring, role, admin.now())
        # Files first: an account in the record whose ring is missing could never sign in.
        write_whole(admin.home.data_key(account), wrap(own, [ring.recipient]))
        if issues_certificates(admin.study, role):
            secret = authority.to_secret()
            write_whole(admin.home.authority_key(account), wrap(secret, [ring.recipient]))
        write_whole(admin.home.ring(account), content)
    with recording(witness) as act:
        act.set(
            "certificate_witnessed", f"people/{account}/witness", certificate_value(certificate)
        )
        if may_delegate(witness, role):
            record_delegation(act, account, role, today)
            record_training(act, account, role, trained or today)
    ring.close()


def disable_account(session: Session, account: str) -> None:
    """Refuse an account from now on; what it signed stays valid, and nothing is deleted.

    Raises:
        Refused: The role does not look after accounts, or nobody would be left who does.
    """
    session.require("people")
    with recording(session) as act:
        demand_keeper(session, act.uow, account)
        act.set("account_disabled", f"people/{account}/disabled", {"type": "code", "value": "Y"})


def record_account(act: Collects, ring: OpenRing, role: str) -> None:
    """Write an account, its public keys and its role into an act."""
    account = ring.account
    act.set("account_opened", f"people/{account}/account", {"type": "text", "value": account})
    act.set("keys_published", f"people/{account}/keys", keys_value(ring))
    act.set("role_granted", f"people/{account}/role/{role}", {"type": "code", "value": "granted"})


def keys_value(ring: OpenRing) -> dict[str, str]:
    """The public keys of a ring as the record says them."""
    return {
        "type": "keys",
        "number": str(ring.number),
        "key": ring.key_id,
        "public": ring.entry_public.hex(),
        "recipient": ring.recipient,
        "document": ring.document_public.hex(),
    }


def demand_password(password: str) -> None:
    """Go on only with a password that meets the rules (R-SEC-2).

    Raises:
        UserError: It does not.
    """
    weak = check_password(password)
    if weak is not None:
        raise UserError(
            "password_weak",
            what="This password cannot be used.",
            why=weak,
            what_to_do="Choose a longer one; a sentence of four words is good.",
        )


def _exists() -> UserError:
    return UserError(
        "account_exists",
        what="There is already such an account.",
        why="Ids are never used again.",
        what_to_do="Use the next free number.",
    )


def _account(standing: Standing, today: date) -> Account:
    lapses = {role: lapse(standing, role, today) for role in standing.roles}
    return Account(
        account=standing.account,
        roles=standing.roles,
        disabled=standing.disabled,
        certified=standing.certified,
        left=standing.left,
        lapses={role: why for role, why in lapses.items() if why},
        standing=standing,
    )
