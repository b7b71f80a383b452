import json

import pytest

from msclinic.vault import DamagedSecret, DeviceKeys, key_id_of, verify_entry_signature, wrap


def test_a_device_reads_its_keys_back() -> None:
    keys = DeviceKeys.create()
    again = DeviceKeys.from_secret(keys.to_secret())
    assert (again.key_id, again.recipient) == (keys.key_id, keys.recipient)
    assert again.unwrap(wrap(b"tap", [keys.recipient])) == b"tap"
    assert verify_entry_signature(keys.entry_public, b"entry", again.sign_entry(b"entry"))


def test_a_device_key_is_named_by_its_public_key() -> None:
    keys = DeviceKeys.create()
    assert keys.key_id == key_id_of(keys.entry_public)
    assert len(keys.key_id) == 32


@pytest.mark.parametrize(
    "secret",
    [b"", b"[]", b"{}", b'{"format":2}', b'{"format":1,"entry_seed":"00","identity":"AGE"}'],
)
def test_bytes_that_are_no_device_keys_are_damage(secret: bytes) -> None:
    with pytest.raises(DamagedSecret):
        DeviceKeys.from_secret(secret)


def test_a_damaged_age_identity_is_damage() -> None:
    stored = json.loads(DeviceKeys.create().to_secret())
    stored["identity"] = stored["identity"][:-1]
    with pytest.raises(DamagedSecret):
        DeviceKeys.from_secret(json.dumps(stored).encode())


def test_a_device_shows_no_secret() -> None:
    assert "SECRET" not in repr(DeviceKeys.create())


@pytest.mark.parametrize(("public", "signature"), [(b"short", bytes(64)), (bytes(32), b"x")])
def test_what_is_no_key_or_no_signature_verifies_nothing(public: bytes, signature: bytes) -> None:
    assert not verify_entry_signature(public, b"entry", signature)
