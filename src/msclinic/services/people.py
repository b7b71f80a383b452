"""Accounts: opened by an admin, their keys made with the person's own password.

A certificate counts only with a journalled issue by an admin and a second identity witness.
Accounts are disabled, never deleted, and ids are never used again.
"""

import re
from datetime import datetime, timedelta
from typing import Any, Protocol

from attrs import frozen

from msclinic.domain.errors import UserError
from msclinic.services.gateway import recording
from msclinic.services.home import Home, account_code, write_whole
from msclinic.services.session import Refused, Session
from msclinic.services.sign_in import refused_keys, unlock_record
from msclinic.store import Reader
from msclinic.vault import (
    Cost,
    OpenRing,
    SiteAuthority,
    VaultError,
    check_password,
    create_ring,
    wrap,
)

__all__ = [
    "CERTIFICATE_YEARS",
    "Account",
    "account_code",
    "accounts",
    "certificate_of",
    "disable_account",
    "new_ring",
    "open_account",
    "record_account",
    "record_certificate",
    "witness_certificate",
]

CERTIFICATE_YEARS = 3
_ACCOUNT = re.compile(r"[A-Z][A-Z0-9]{1,11}-[0-9]{2}")


class Collects(Protocol):
    """What takes changes in: an act, or the drafts of the very first one."""

    def set(self, action: str, path: str, value: dict[str, Any]) -> None:
        """Add one change."""
        ...


@frozen
class Account:
    """A person's account as the record has it.

    Attributes:
        account: Id such as ``NUR-04``; never a name.
        roles: Roles held now.
        disabled: Whether sign-in is refused.
        certified: Whether the certificate was issued and witnessed by two people.
    """

    account: str
    roles: tuple[str, ...]
    disabled: bool
    certified: bool


def accounts(session: Session) -> list[Account]:
    """Every account of the site, in order of id."""
    found: dict[str, dict[str, Any]] = {}
    with session.store.read() as reader:
        for head in reader.heads(prefix="people"):
            _, account, *attribute = head.path.split("/")
            entry = found.setdefault(account, {"roles": [], "disabled": False, "certificate": 0})
            value = head.value or {}
            if attribute[0] == "role" and value.get("value") == "granted":
                entry["roles"].append(attribute[1])
            elif attribute[0] == "disabled":
                entry["disabled"] = value.get("value") == "Y"
            elif attribute[0] in ("certificate", "witness"):
                entry["certificate"] += 1
    return [
        Account(account, tuple(entry["roles"]), entry["disabled"], entry["certificate"] == 2)
        for account, entry in sorted(found.items())
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
        raise UserError(
            "account_exists",
            what="There is already such an account.",
            why="Ids are never used again.",
            what_to_do="Use the next free number.",
        )
    weak = check_password(password)
    if weak is not None:
        raise UserError(
            "password_weak",
            what="This password cannot be used.",
            why=weak,
            what_to_do="Choose a longer one; a sentence of four words is good.",
        )
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
) -> None:
    """Open an account, issue its certificate and have the identity witnessed.

    Args:
        admin: Session of an admin, who holds the site authority's key.
        account: The new id.
        role: The role it gets.
        password: Typed by the new person; only their ring is made from it.
        witness: Session of the second person who has seen the identity document.
        cost: Work of the password hash; the default is the program's.

    Raises:
        Refused: Not an admin, or the witness is the admin.
        UserError: Id or password do not meet the rules.
    """
    admin.require("people")
    if witness.account == admin.account:
        raise Refused(
            "same_person",
            what="The witness must be another person.",
            why="A certificate counts only when two people have seen who it is for.",
            what_to_do="Ask a second person to confirm the identity.",
        )
    if role not in admin.study.roles:
        raise UserError(
            "no_role",
            what="There is no such role.",
            why="Roles come from the study.",
            what_to_do="Choose one of the study's roles.",
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
        record_account(act, ring, role)
        certificate = record_certificate(act, authority, ring, role, admin.now())
        # Files first: an account in the record whose ring is missing could never sign in.
        write_whole(admin.home.data_key(account), wrap(own, [ring.recipient]))
        write_whole(admin.home.ring(account), content)
    witness_certificate(witness, account, certificate)
    ring.close()


def disable_account(admin: Session, account: str) -> None:
    """Refuse an account from now on; what it signed stays valid."""
    admin.require("people")
    with recording(admin) as act:
        act.set("account_disabled", f"people/{account}/disabled", {"type": "code", "value": "Y"})


def record_account(act: Collects, ring: OpenRing, role: str) -> None:
    """Write an account, its public keys and its role into an act."""
    account = ring.account
    act.set("account_opened", f"people/{account}/account", {"type": "text", "value": account})
    act.set(
        "keys_published",
        f"people/{account}/keys",
        {
            "type": "keys",
            "number": str(ring.number),
            "key": ring.key_id,
            "public": ring.entry_public.hex(),
            "recipient": ring.recipient,
            "document": ring.document_public.hex(),
        },
    )
    act.set("role_granted", f"people/{account}/role/{role}", {"type": "code", "value": "granted"})


def record_certificate(
    act: Collects, authority: SiteAuthority, ring: OpenRing, role: str, now: datetime
) -> bytes:
    """Issue a certificate for a person's document key and write it into an act; gives the DER."""
    certificate = authority.issue(
        ring.document_public,
        account=account_code(ring.account),
        role=role,
        not_before=now,
        not_after=now + timedelta(days=365 * CERTIFICATE_YEARS),
    )
    act.set(
        "certificate_issued",
        f"people/{ring.account}/certificate",
        {"type": "certificate", "value": certificate.hex()},
    )
    return certificate


def witness_certificate(witness: Session, account: str, certificate: bytes) -> None:
    """Confirm as the second person that a certificate belongs to who carries it."""
    with recording(witness) as act:
        act.set(
            "certificate_witnessed",
            f"people/{account}/witness",
            {"type": "certificate", "value": certificate.hex()},
        )


def certificate_of(reader: Reader, account: str) -> bytes | None:
    """An account's certificate, if it was issued and a second person witnessed whose it is.

    The witness is neither the issuer nor the holder. The first two certificates are issued by the
    founding act of the device.
    """
    found: dict[str, tuple[str, str | None]] = {}
    for head in reader.heads(prefix=f"people/{account}"):
        attribute = head.path.split("/")[2]
        if attribute in ("certificate", "witness"):
            found[attribute] = (str((head.value or {}).get("value", "")), head.actor)
    issued, witnessed = found.get("certificate"), found.get("witness")
    if issued is None or witnessed is None:
        return None
    same_file, two_people = issued[0] == witnessed[0], witnessed[1] not in (issued[1], account)
    return bytes.fromhex(issued[0]) if same_file and two_people else None


def open_authority(admin: Session) -> SiteAuthority:
    """The site authority, opened with an admin's keys.

    Raises:
        Refused: The account holds no copy of the authority's key.
    """
    path = admin.home.authority_key(admin.account)
    if not path.exists():
        raise Refused(
            "no_authority",
            what="This account cannot issue certificates.",
            why="It holds no key of the site's authority.",
            what_to_do="Ask an admin of this clinic to sign in.",
        )
    try:
        return SiteAuthority.from_secret(admin.ring.unwrap(path.read_bytes()))
    except VaultError as error:
        raise refused_keys(error) from error
