"""A person's key ring: one file, opened by that person's password alone.

The session part holds what a signed-in person needs all day; the document part, behind a second
use of the password, holds the key that signs documents. Neither secret is ever written unsealed.
"""

import hashlib

from attrs import evolve, field, frozen
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from msclinic.vault.errors import OldRing, PasswordRefused, RingClosed, RingOfAnother
from msclinic.vault.passwords import Cost, derive, refused_password, same
from msclinic.vault.pins import PinGuard, PinVerifier, make_verifier
from msclinic.vault.ring_file import (
    Ring,
    RingFacts,
    SessionSecrets,
    open_document,
    open_session,
    parse_ring,
    public_der,
    seal_ring,
)
from msclinic.vault.signatures import new_seed
from msclinic.vault.wrapping import new_identity, recipient_of, unwrap_with

__all__ = [
    "DocumentKey",
    "OpenRing",
    "change_password",
    "create_ring",
    "open_document_key",
    "open_ring",
    "read_ring",
    "set_pin",
]

_REMEMBERED = 8


@frozen
class DocumentKey:
    """The key that signs documents, unlocked for one signature; drop it right after.

    Attributes:
        account: Account id of its holder.
        private_key: ECDSA P-256.
        public_der: Its public key, SubjectPublicKeyInfo DER.
    """

    account: str
    private_key: ec.EllipticCurvePrivateKey = field(repr=False)
    public_der: bytes = field(repr=False)


class OpenRing:
    """The session part of a ring, open until ``close``.

    Attributes:
        account: Account id.
        number: Version of the file that was opened.
        recipient: Public age key; seals to this person.
        entry_public: Public signing key, 32 raw bytes.
        key_id: Name of that key, 32 hex.
        document_public: Public key of the document key, SubjectPublicKeyInfo DER.
        site_root: Fingerprint of the site's certificate as pinned when the ring was made.
        founder_key: Key id of the founding device as pinned when the ring was made.
        pin: The signing PIN, within this session.
    """

    def __init__(
        self,
        facts: RingFacts,
        seed: bytes,
        identity: str,
        site_root: str,
        founder_key: str,
        pin: PinVerifier | None = None,
    ) -> None:
        self.account = facts.account
        self.number = facts.number
        self.recipient = facts.recipient
        self.entry_public = facts.entry_public
        self.key_id = facts.key_id
        self.document_public = facts.document_public
        self.site_root = site_root
        self.founder_key = founder_key
        self.pin = PinGuard(pin)
        self._signing: Ed25519PrivateKey | None = Ed25519PrivateKey.from_private_bytes(seed)
        self._identity: str | None = identity

    def __repr__(self) -> str:
        return f"OpenRing(account={self.account!r}, number={self.number})"

    @property
    def closed(self) -> bool:
        """Whether the keys are gone."""
        return self._signing is None

    def close(self) -> None:
        """Drop the private keys; at lock and sign-out. Closing twice does nothing."""
        self._signing = None
        self._identity = None
        self.pin.close()

    def sign_entry(self, message: bytes) -> bytes:
        """Sign a journal message: 64 bytes.

        Raises:
            RingClosed: The session is locked.
        """
        if self._signing is None:
            raise RingClosed
        return self._signing.sign(message)

    def unwrap(self, blob: bytes) -> bytes:
        """Open what was sealed to this person.

        Raises:
            RingClosed: The session is locked.
            NotForThisKey: It was sealed for others.
            DamagedSecret: It is not what was sealed.
        """
        if self._identity is None:
            raise RingClosed
        return unwrap_with(self._identity, blob)


def create_ring(
    account: str,
    password: str,
    number: int,
    site_root: str,
    founder_key: str = "",
    cost: Cost | None = None,
) -> tuple[bytes, OpenRing]:
    """Make a person's ring with fresh keys, in that person's own session.

    Args:
        account: Account id.
        password: The person's new password.
        number: Version of the file: 1, or one more than a lost ring's.
        site_root: Fingerprint of the site's certificate, to pin.
        founder_key: Key id of the founding device, to pin.
        cost: Work of one try; the shipped cost where None.

    Returns:
        The file's bytes, and the ring open.

    Raises:
        PasswordRefused: The password does not meet the rules.
    """
    if number < 1:
        raise ValueError("a ring's number counts from 1")
    _require_good(password)
    seed, identity = new_seed(), new_identity()
    document = ec.generate_private_key(ec.SECP256R1())
    facts = RingFacts(
        account,
        number,
        Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw(),
        recipient_of(identity),
        public_der(document),
    )
    session = SessionSecrets(seed, identity, site_root, founder_key, ())
    data = seal_ring(facts, session, document, password, cost or Cost())
    return data, OpenRing(facts, seed, identity, site_root, founder_key)


def read_ring(data: bytes) -> RingFacts:
    """What a ring file says without a password.

    Raises:
        DamagedRing: The file is not what was written.
    """
    return parse_ring(data).facts


def open_ring(
    data: bytes, password: str, minimum_number: int = 1, account: str | None = None
) -> OpenRing:
    """Open the session part.

    Args:
        data: The file's bytes.
        password: As typed.
        minimum_number: The highest number known for this account; an older file is refused.
        account: The account expected; None takes any.

    Raises:
        DamagedRing: The file is not what was written, or not this account's.
        OldRing: An earlier version was put back.
        WrongPassword: The password does not open it.
    """
    ring = _checked(data, minimum_number, account)
    session = open_session(ring, password)
    return OpenRing(
        ring.facts,
        session.seed,
        session.identity,
        session.site_root,
        session.founder_key,
        session.pin,
    )


def open_document_key(
    data: bytes, password: str, minimum_number: int = 1, account: str | None = None
) -> DocumentKey:
    """Unlock the key that signs documents: the second use of the password.

    Args:
        data: The file's bytes.
        password: As typed again for this signature.
        minimum_number: The highest number known for this account; an older file is refused.
        account: The account expected; None takes any.

    Raises:
        DamagedRing: The file is not what was written, or not this account's.
        OldRing: An earlier version was put back.
        WrongPassword: The password does not open it.
    """
    ring = _checked(data, minimum_number, account)
    return DocumentKey(
        ring.facts.account, open_document(ring, password), ring.facts.document_public
    )


def change_password(data: bytes, old: str, new: str, cost: Cost | None = None) -> bytes:
    """The same keys behind another password, as the next version of the file.

    Args:
        data: The newest file's bytes.
        old: The password that opens it.
        new: The password that shall; none of the last eight (R-SEC-2).
        cost: Work of one try; that of the old file where None.

    Raises:
        DamagedRing: The file is not what was written.
        WrongPassword: The old password does not open it.
        PasswordRefused: The new password does not meet the rules or was used before.
    """
    ring = parse_ring(data)
    session = open_session(ring, old)
    document = open_document(ring, old)
    _require_good(new)
    part = ring.parts["session"]
    remembered = ((part.cost, part.salt, _tag(old, part.salt, part.cost)), *session.earlier)
    if any(same(_tag(new, salt, used), tag) for used, salt, tag in remembered):
        raise PasswordRefused("password_reused")
    return seal_ring(
        evolve(ring.facts, number=ring.facts.number + 1),
        evolve(session, earlier=remembered[:_REMEMBERED]),
        document,
        new,
        cost or part.cost,
    )


def set_pin(data: bytes, password: str, pin: str) -> tuple[bytes, PinVerifier]:
    """The same keys and password with another signing PIN, as the next version of the file.

    Args:
        data: The newest file's bytes.
        password: The password that opens it.
        pin: The new PIN.

    Returns:
        The file's bytes, and what the PIN is checked against, for the session that is open.

    Raises:
        DamagedRing: The file is not what was written.
        WrongPassword: The password does not open it.
        PinRefused: The PIN does not meet the rules.
    """
    ring = parse_ring(data)
    session = open_session(ring, password)
    document = open_document(ring, password)
    cost = ring.parts["session"].cost
    verifier = make_verifier(pin, cost)
    facts = evolve(ring.facts, number=ring.facts.number + 1)
    return seal_ring(facts, evolve(session, pin=verifier), document, password, cost), verifier


def _require_good(password: str) -> None:
    refusal = refused_password(password)
    if refusal is not None:
        raise refusal


def _tag(password: str, salt: bytes, cost: Cost) -> bytes:
    # The derived key opens an old file, so only its hash is remembered.
    return hashlib.sha256(b"msclinic earlier password 1\n" + derive(password, salt, cost)).digest()


def _checked(data: bytes, minimum_number: int, account: str | None) -> Ring:
    ring = parse_ring(data)
    if account is not None and ring.facts.account != account:
        raise RingOfAnother
    if ring.facts.number < minimum_number:
        raise OldRing
    return ring
