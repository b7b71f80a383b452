"""Writes acts for tests: fixed keys, a counted clock and counted salts, so that bytes repeat."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from msclinic.record import (
    ZEROS,
    Draft,
    Payload,
    SealedAct,
    Stamp,
    StoredEntry,
    hash_of,
    key_id,
    seal_act,
)

DATA_KEY = bytes(range(32))
STUDY = b"study"
STUDY_VERSION = hash_of(STUDY)
PARTICIPANT = "9a3c" * 8
OTHER = "0f1e" * 8
ITEM = "V1/1/vital_signs/1/reading/9f00000000000001/"


class Signer:
    """An Ed25519 key made from one fixed byte."""

    def __init__(self, byte: int) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(bytes([byte]) * 32)
        self.public = self._key.public_key().public_bytes_raw()
        self.key = key_id(self.public)

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)


DEVICE = Signer(1)
NURSE = Signer(2)
PHYSICIAN = Signer(3)
STRANGER = Signer(9)
TRUSTED = frozenset({DEVICE.key})
PEOPLE = {"NUR-01": NURSE, "PHY-01": PHYSICIAN}


def verify_signature(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def integer(number: int) -> dict[str, Any]:
    return {"type": "integer", "value": str(number)}


def answer(path: str, number: int, *supersedes: str, **more: Any) -> Draft:
    if supersedes:
        more.setdefault("reason", {"code": "1", "text": ""})
    return Draft(
        "answered",
        more.pop("participant", PARTICIPANT),
        path,
        integer(number),
        supersedes=supersedes,
        source="direct",
        **more,
    )


def signature_of(
    items: dict[str, list[str]], scope: str = "", meaning: str = "reviewed", **more: Any
) -> Draft:
    value = {
        "type": "signature",
        "scope": scope,
        "meaning": meaning,
        "items": [[path, heads] for path, heads in sorted(items.items())],
        "note": "",
        **more.pop("value", {}),
    }
    path = f"signature/{more.pop('number', 1):016x}"
    return Draft("signed", more.pop("participant", PARTICIPANT), path, value, **more)


class Writer:
    """One stream: seals the next act and remembers it."""

    def __init__(self, number: int = 1) -> None:
        self.stream = f"{number:032x}"
        self.entries: list[StoredEntry] = []
        self.payloads: list[Payload] = []
        self.acts: list[SealedAct] = []
        self._salts = self._salt()
        self._clock = datetime(2026, 11, 22, 8, 0, 0, 123456, tzinfo=UTC)

    def _salt(self) -> Iterator[bytes]:
        count = 0
        while True:
            count += 1
            yield bytes.fromhex(self.stream)[8:] + count.to_bytes(8, "big")

    def act(
        self, *drafts: Draft, actor: str | None = "NUR-01", signer: Signer | None = None
    ) -> SealedAct:
        self._clock += timedelta(seconds=1)
        signer = signer or (DEVICE if actor is None else PEOPLE[actor])
        stamp = Stamp(
            stream=self.stream,
            seq=len(self.entries) + 1,
            prev=self.entries[-1].hash if self.entries else ZEROS,
            act_number=len(self.acts) + 1,
            typed_at=self._clock,
            recorded_at=self._clock + timedelta(milliseconds=250),
            utc_offset=60,
            tz="Europe/Warsaw",
            actor=actor,
            role=None if actor is None else actor.split("-")[0],
            study_version=STUDY_VERSION,
            app_version="0.1.0",
            key=signer.key,
        )
        sealed = seal_act(drafts, stamp, self._salts, signer.sign)
        self.entries += sealed.entries
        self.payloads += sealed.payloads
        self.acts.append(sealed)
        return sealed

    def one(self, draft: Draft, **more: Any) -> str:
        """Seal an act of one entry; gives its hash."""
        return self.act(draft, **more).entries[0].hash

    def found(self) -> SealedAct:
        """The founding act: the device publishes its own key and those of two people."""
        return self.act(*(published(owner, key) for owner, key in _OWNERS.items()), actor=None)


_OWNERS = {
    f"device/{1:032x}": DEVICE,
    "people/NUR-01": NURSE,
    "people/PHY-01": PHYSICIAN,
}


def published(owner: str, signer: Signer) -> Draft:
    value = {"type": "keys", "key": signer.key, "public": signer.public.hex()}
    return Draft("keys_published", None, f"{owner}/keys", value)
