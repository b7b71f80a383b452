"""The file of a key ring: its sealed parts, and what anybody may read of it.

Each part opens only with the password, in its own ring, place and version. Nothing is written
unsealed, and every way in which a file can be broken is ``DamagedRing``.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import Any

from attrs import field, frozen
from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from msclinic.vault.errors import DamagedRing, RefusedCost, UnknownRingFormat, WrongPassword
from msclinic.vault.passwords import SALT_BYTES, Cost, derive
from msclinic.vault.pins import PinVerifier
from msclinic.vault.signatures import SEED_BYTES, key_id_of
from msclinic.vault.wrapping import recipient_of

__all__ = [
    "Ring",
    "RingFacts",
    "SessionSecrets",
    "check_of",
    "open_document",
    "open_session",
    "parse_ring",
    "public_der",
    "seal_ring",
]

_FORMAT = 1
_LARGEST = 64 * 1024
_NONCE_BYTES = 12
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
class _Part:
    """One sealed part as it stands in the file."""

    cost: Cost
    salt: bytes
    nonce: bytes
    sealed: bytes


@frozen
class Ring:
    """A file as it was read: what it says openly, and its sealed parts by name."""

    facts: RingFacts
    parts: Mapping[str, _Part]


@frozen
class SessionSecrets:
    """What the session part holds.

    Attributes:
        seed: Seed of the session-signing key.
        identity: Private age key.
        site_root: Fingerprint of the site's certificate, as pinned.
        founder_key: Key id of the founding device, as pinned.
        earlier: Cost, salt and tag of passwords used before, the latest first.
        pin: What the signing PIN is checked against, or none.
    """

    seed: bytes = field(repr=False)
    identity: str = field(repr=False)
    site_root: str
    founder_key: str
    earlier: tuple[tuple[Cost, bytes, bytes], ...] = field(repr=False)
    pin: PinVerifier | None = field(default=None, repr=False)


def seal_ring(
    facts: RingFacts,
    session: SessionSecrets,
    document: ec.EllipticCurvePrivateKey,
    password: str,
    cost: Cost,
) -> bytes:
    """The file's bytes, both parts sealed anew with the password."""
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
                **({"pin": _pin_row(session.pin)} if session.pin is not None else {}),
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
    return _canonical({**stored, "check": check_of(stored)}) + b"\n"


def parse_ring(data: bytes) -> Ring:
    """Read the file whole, and open nothing.

    The check is a plain hash over all the rest. It keeps nobody out, since whoever forges the
    file can forge it too; it only tells an accident from a wrong password, which an authenticated
    cipher alone cannot.

    Raises:
        DamagedRing: It is not what was written, in whatever way.
    """
    if len(data) > _LARGEST:
        raise DamagedRing
    try:
        stored = json.loads(data)
        check = stored.pop("check")
        if check != check_of(stored):
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
    return Ring(facts, parts)


def open_session(ring: Ring, password: str) -> SessionSecrets:
    """What the session part holds.

    Raises:
        WrongPassword: The password does not open it.
        DamagedRing: It does not belong to what the file says openly.
    """
    content = _open_part(ring, "session", password)
    try:
        stored = json.loads(content)
        session = SessionSecrets(
            bytes.fromhex(stored["entry_seed"]),
            stored["identity"],
            stored["site_root"],
            stored["founder_key"],
            tuple(
                (_cost(row), bytes.fromhex(row["salt"]), bytes.fromhex(row["tag"]))
                for row in stored["earlier"]
            ),
            _pin(stored.get("pin")),
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


def open_document(ring: Ring, password: str) -> ec.EllipticCurvePrivateKey:
    """The key that signs documents.

    Raises:
        WrongPassword: The password does not open it.
        DamagedRing: It does not belong to what the file says openly.
    """
    content = _open_part(ring, "document", password)
    try:
        key = serialization.load_der_private_key(content, None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise DamagedRing from None
    if (
        not isinstance(key, ec.EllipticCurvePrivateKey)
        or public_der(key) != ring.facts.document_public
    ):
        raise DamagedRing
    return key


def check_of(stored: dict[str, Any]) -> str:
    """The check over all other members of the file."""
    return hashlib.sha256(_canonical(stored)).hexdigest()


def public_der(key: ec.EllipticCurvePrivateKey) -> bytes:
    """A public key as SubjectPublicKeyInfo DER."""
    return key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def _open_part(ring: Ring, name: str, password: str) -> bytes:
    part = ring.parts[name]
    key = derive(password, part.salt, part.cost)
    try:
        return AESGCM(key).decrypt(part.nonce, part.sealed, _bound(ring.facts, name, part))
    except InvalidTag:
        raise WrongPassword from None


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


def _pin(row: dict[str, Any] | None) -> PinVerifier | None:
    if row is None:
        return None
    return PinVerifier(_cost(row), bytes.fromhex(row["salt"]), bytes.fromhex(row["tag"]))


def _pin_row(pin: PinVerifier) -> dict[str, Any]:
    return {**_cost_row(pin.cost), "salt": pin.salt.hex(), "tag": pin.tag.hex()}


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


def _canonical(row: dict[str, Any]) -> bytes:
    return json.dumps(row, sort_keys=True, separators=(",", ":")).encode("ascii")
