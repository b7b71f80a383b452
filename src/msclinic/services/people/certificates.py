"""Certificates of the site authority: issued by an admin, witnessed by a second person.

A certificate counts only with both. At a renewal and with new keys the rule is the same: the
witness of an earlier certificate is no witness of the new one.
"""

from datetime import datetime, timedelta
from typing import Any, Protocol

from msclinic.domain.errors import UserError
from msclinic.services.gateway import recording
from msclinic.services.home import account_code
from msclinic.services.session import Refused, Session
from msclinic.services.sign_in import refused_keys
from msclinic.services.standing import standing_of
from msclinic.store import Reader
from msclinic.study import Study
from msclinic.vault import OpenRing, SiteAuthority, VaultError

__all__ = [
    "CERTIFICATE_YEARS",
    "Collects",
    "certificate_of",
    "certificate_value",
    "demand_witness",
    "issues_certificates",
    "open_authority",
    "record_certificate",
    "renew_certificate",
    "waiting_certificate",
    "witness_certificate",
]

CERTIFICATE_YEARS = 3


class Collects(Protocol):
    """What takes changes in: an act, or the drafts of an act that the device signs."""

    def set(self, action: str, path: str, value: dict[str, Any]) -> None:
        """Add one change."""
        ...


def record_certificate(
    act: Collects, authority: SiteAuthority, ring: OpenRing, role: str, now: datetime
) -> bytes:
    """Issue a certificate for a person's document key and write it into an act; gives the DER."""
    return _issue(act, authority, ring.account, ring.document_public, role, now)


def renew_certificate(admin: Session, account: str, witness: Session) -> None:
    """Issue a new certificate for the keys that a person has, and have it witnessed.

    What was signed with the old one stays as valid as it was.

    Args:
        admin: Holds the site authority's key.
        account: Whose certificate.
        witness: A second person who has seen who it is for; neither of the two.

    Raises:
        Refused: Not an admin, or the witness is one of the two.
        UserError: There is no such account, or it is disabled.
    """
    admin.require("people")
    demand_witness(admin, witness, account)
    authority = open_authority(admin)
    with admin.store.read() as reader:
        standing = standing_of(reader, account)
        keys = [head.value for head in reader.at(None, f"people/{account}/keys") if head.value]
    if not keys or standing.disabled:
        raise UserError(
            "no_account",
            what="No certificate was issued.",
            why="There is no such account, or it is disabled.",
            what_to_do="Choose an account that may sign in.",
        )
    public = bytes.fromhex(str(keys[-1]["document"]))
    role = " ".join(standing.roles) or admin.study.roles[admin.role].code
    with recording(admin) as act:
        certificate = _issue(act, authority, account, public, role, admin.now())
    witness_certificate(witness, account, certificate)


def witness_certificate(witness: Session, account: str, certificate: bytes) -> None:
    """Confirm as the second person that a certificate belongs to who carries it."""
    with recording(witness) as act:
        act.set(
            "certificate_witnessed", f"people/{account}/witness", certificate_value(certificate)
        )


def waiting_certificate(reader: Reader, account: str) -> bytes | None:
    """A certificate that was issued and that nobody has witnessed yet."""
    if certificate_of(reader, account) is not None:
        return None
    for head in reader.at(None, f"people/{account}/certificate"):
        if head.value is not None:
            return bytes.fromhex(str(head.value["value"]))
    return None


def certificate_of(reader: Reader, account: str) -> bytes | None:
    """An account's certificate, if it was issued and a second person witnessed whose it is.

    The witness is neither the issuer nor the holder. The first two certificates are issued by the
    founding act of the device.
    """
    found: dict[str, tuple[str, str | None]] = {}
    for head in reader.heads(participant="", prefix=f"people/{account}"):
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


def issues_certificates(study: Study, role: str) -> bool:
    """Whether a role holds the authority's key: an admin's, never an investigator's."""
    return study.may(role, "people") and not study.may(role, "delegate")


def demand_witness(admin: Session, witness: Session, account: str) -> None:
    """Go on only if the witness is a third person of the site.

    Raises:
        Refused: The witness is the admin, the holder, or of the sponsor.
    """
    if witness.account in (admin.account, account):
        raise Refused(
            "same_person",
            what="The witness must be another person.",
            why="A certificate counts only when two people have seen who it is for.",
            what_to_do="Ask a second person to confirm the identity.",
        )
    if witness.side != "site":
        raise Refused(
            "sponsor_witness",
            what="The witness must be a person of the site.",
            why="The site answers for who its people are.",
            what_to_do="Ask a colleague of the site to confirm the identity.",
        )


def certificate_value(certificate: bytes) -> dict[str, Any]:
    """A certificate as the record says it."""
    return {"type": "certificate", "value": certificate.hex()}


def _issue(
    act: Collects, authority: SiteAuthority, account: str, public: bytes, role: str, now: datetime
) -> bytes:
    certificate = authority.issue(
        public,
        account=account_code(account),
        role=role,
        not_before=now,
        not_after=now + timedelta(days=365 * CERTIFICATE_YEARS),
    )
    act.set("certificate_issued", f"people/{account}/certificate", certificate_value(certificate))
    return certificate
