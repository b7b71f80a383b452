"""A person's key ring: one file, opened by that person's password alone.

The session part holds what a signed-in person needs all day; the document part, behind a second
use of the password, holds the key that signs documents. Neither secret is ever written unsealed.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import Any

from attrs import evolve, field, frozen
from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from msclinic.vault.errors import (
    DamagedRing,
    OldRing,
    PasswordRefused,
    RefusedCost,
    RingClosed,
    RingOfAnother,
    UnknownRingFormat,
    WrongPassword,
)
from msclinic.vault.passwords import SALT_BYTES, Cost, derive, refused_password, same
from msclinic.vault.signatures import SEED_BYTES, key_id_of, new_seed
from msclinic.vault.wrapping import new_identity, recipient_of, unwrap_with
from msclinic.wording import tr

__all__ = [
    "DocumentKey",
    "OpenRing",
    "RingFacts",
    "change_password",
    "create_ring",
    "open_document_key",
    "open_ring",
    "read_ring",
]

_FORMAT = 1
_LARGEST = 64 * 1024
_NONCE_BYTES = 12
_REMEMBERED = 8
_PARTS = ("session", "document")


@frozen
class RingFacts:
    """What a ring file says without a password; believed only once a part has been opened.

    Attributes:
        account: Account id the ring belongs to.
        number: Version of the file, from 1; every change of password makes the next.
        entry_public: Public key of the session-signing key, 32 raw bytes.
        recipient: Public age key, ``age1...``.
        document_public: Public key of the document key, SubjectPublicKeyInfo DER.
    """

    account: str
    number: int
    entry_public: bytes
    recipient: str
    document_public: bytes

    @property
    def key_id(self) -> str:
        """Name of the session-signing key, 32 hex."""
        return key_id_of(self.entry_public)


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
    """

    def __init__(
        self, facts: RingFacts, seed: bytes, identity: str, site_root: str, founder_key: str
    ) -> None:
        self.account = facts.account
        self.number = facts.number
        self.recipient = facts.recipient
        self.entry_public = facts.entry_public
        self.key_id = facts.key_id
        self.document_public = facts.document_public
        self.site_root = site_root
        self.founder_key = founder_key
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


@frozen
class _Part:
    """One sealed part as it stands in the file."""

    cost: Cost
    salt: bytes
    nonce: bytes
    sealed: bytes


@frozen
class _Ring:
    facts: RingFacts
    parts: Mapping[str, _Part]


@frozen
class _Session:
    """What the session part holds."""

    seed: bytes
    identity: str
    site_root: str
    founder_key: str
    earlier: tuple[tuple[Cost, bytes, bytes], ...]


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
        _public_der(document),
    )
    session = _Session(seed, identity, site_root, founder_key, ())
    data = _seal(facts, session, document, password, cost or Cost())
    return data, OpenRing(facts, seed, identity, site_root, founder_key)


def read_ring(data: bytes) -> RingFacts:
    """What a ring file says without a password.

    Raises:
        DamagedRing: The file is not what was written.
    """
    return _parse(data).facts


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
    session = _open_session(ring, password)
    return OpenRing(
        ring.facts, session.seed, session.identity, session.site_root, session.founder_key
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
        ring.facts.account, _open_document(ring, password), ring.facts.document_public
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
    ring = _parse(data)
    session = _open_session(ring, old)
    document = _open_document(ring, old)
    _require_good(new)
    part = ring.parts["session"]
    remembered = ((part.cost, part.salt, _tag(old, part.salt, part.cost)), *session.earlier)
    if any(same(_tag(new, salt, used), tag) for used, salt, tag in remembered):
        raise PasswordRefused(
            "password_reused", tr("This password was used before. Choose another one.")
        )
    return _seal(
        evolve(ring.facts, number=ring.facts.number + 1),
        evolve(session, earlier=remembered[:_REMEMBERED]),
        document,
        new,
        cost or part.cost,
    )


def _require_good(password: str) -> None:
    refusal = refused_password(password)
    if refusal is not None:
        raise refusal


def _tag(password: str, salt: bytes, cost: Cost) -> bytes:
    # The derived key opens an old file, so only its hash is remembered.
    return hashlib.sha256(b"msclinic earlier password 1\n" + derive(password, salt, cost)).digest()


def _checked(data: bytes, minimum_number: int, account: str | None) -> _Ring:
    ring = _parse(data)
    if account is not None and ring.facts.account != account:
        raise RingOfAnother
    if ring.facts.number < minimum_number:
        raise OldRing
    return ring


def _open_session(ring: _Ring, password: str) -> _Session:
    content = _open_part(ring, "session", password)
    try:
        stored = json.loads(content)
        session = _Session(
            bytes.fromhex(stored["entry_seed"]),
            stored["identity"],
            stored["site_root"],
            stored["founder_key"],
            tuple(
                (_cost(row), bytes.fromhex(row["salt"]), bytes.fromhex(row["tag"]))
                for row in stored["earlier"]
            ),
        )
        signing = Ed25519PrivateKey.from_private_bytes(session.seed)
        matches = (
            len(session.seed) == SEED_BYTES
            and signing.public_key().public_bytes_raw() == ring.facts.entry_public
            and recipient_of(session.identity) == ring.facts.recipient
        )
    except (ValueError, KeyError, TypeError):
        raise DamagedRing from None
    if not matches:
        raise DamagedRing
    return session


def _open_document(ring: _Ring, password: str) -> ec.EllipticCurvePrivateKey:
    content = _open_part(ring, "document", password)
    try:
        key = serialization.load_der_private_key(content, None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise DamagedRing from None
    if (
        not isinstance(key, ec.EllipticCurvePrivateKey)
        or _public_der(key) != ring.facts.document_public
    ):
        raise DamagedRing
    return key


def _open_part(ring: _Ring, name: str, password: str) -> bytes:
    part = ring.parts[name]
    key = derive(password, part.salt, part.cost)
    try:
        return AESGCM(key).decrypt(part.nonce, part.sealed, _bound(ring.facts, name, part))
    except InvalidTag:
        raise WrongPassword from None


def _seal(
    facts: RingFacts,
    session: _Session,
    document: ec.EllipticCurvePrivateKey,
    password: str,
    cost: Cost,
) -> bytes:
    contents = {
        "session": _canonical(
            {
                "entry_seed": session.seed.hex(),
                "identity": session.identity,
                "site_root": session.site_root,
                "founder_key": session.founder_key,
                "earlier": [
                    {**_cost_row(used), "salt": salt.hex(), "tag": tag.hex()}
                    for used, salt, tag in session.earlier
                ],
            }
        ),
        "document": document.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
    }
    stored = _facts_row(facts)
    for name in _PARTS:
        salt, nonce = secrets.token_bytes(SALT_BYTES), secrets.token_bytes(_NONCE_BYTES)
        part = _Part(cost, salt, nonce, b"")
        sealed = AESGCM(derive(password, salt, cost)).encrypt(
            nonce, contents[name], _bound(facts, name, part)
        )
        stored[name] = {
            **_cost_row(cost),
            "salt": salt.hex(),
            "nonce": nonce.hex(),
            "sealed": base64.b64encode(sealed).decode("ascii"),
        }
    return _canonical({**stored, "check": _check(stored)}) + b"\n"


def _parse(data: bytes) -> _Ring:
    """Read the file whole; every way in which it can be broken is DamagedRing.

    The check is a plain hash over all the rest. It keeps nobody out, since whoever forges the
    file can forge it too; it only tells an accident from a wrong password, which an authenticated
    cipher alone cannot.
    """
    if len(data) > _LARGEST:
        raise DamagedRing
    try:
        stored = json.loads(data)
        check = stored.pop("check")
        if check != _check(stored):
            raise DamagedRing
        if stored["format"] != _FORMAT:
            raise UnknownRingFormat
        facts = RingFacts(
            stored["account"],
            stored["number"],
            bytes.fromhex(stored["entry_public"]),
            stored["recipient"],
            base64.b64decode(stored["document_public"], validate=True),
        )
        parts = {name: _part(stored[name]) for name in _PARTS}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise DamagedRing from None
    if not isinstance(facts.account, str) or type(facts.number) is not int:
        raise DamagedRing
    return _Ring(facts, parts)


def _part(row: dict[str, Any]) -> _Part:
    part = _Part(
        _cost(row),
        bytes.fromhex(row["salt"]),
        bytes.fromhex(row["nonce"]),
        base64.b64decode(row["sealed"], validate=True),
    )
    if len(part.salt) != SALT_BYTES or len(part.nonce) != _NONCE_BYTES:
        raise DamagedRing
    return part


def _cost(row: dict[str, Any]) -> Cost:
    values = row["memory_kib"], row["passes"], row["lanes"]
    try:
        return Cost(*values)
    except ValueError:
        raise RefusedCost from None


def _cost_row(cost: Cost) -> dict[str, Any]:
    return {"memory_kib": cost.memory_kib, "passes": cost.passes, "lanes": cost.lanes}


def _facts_row(facts: RingFacts) -> dict[str, Any]:
    return {
        "format": _FORMAT,
        "account": facts.account,
        "number": facts.number,
        "entry_public": facts.entry_public.hex(),
        "recipient": facts.recipient,
        "document_public": base64.b64encode(facts.document_public).decode("ascii"),
    }


def _bound(facts: RingFacts, name: str, part: _Part) -> bytes:
    """What a part is sealed together with: it opens only in its own ring, place and version."""
    return _canonical(
        {**_facts_row(facts), **_cost_row(part.cost), "part": name, "salt": part.salt.hex()}
    )


def _check(stored: dict[str, Any]) -> str:
    return hashlib.sha256(_canonical(stored)).hexdigest()


def _canonical(row: dict[str, Any]) -> bytes:
    return json.dumps(row, sort_keys=True, separators=(",", ":")).encode("ascii")


def _public_der(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
