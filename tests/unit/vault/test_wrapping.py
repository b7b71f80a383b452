import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from msclinic.vault import DamagedSecret, DeviceKeys, NotForThisKey, new_data_key, wrap

ONE, TWO, THREE = DeviceKeys.create(), DeviceKeys.create(), DeviceKeys.create()


@settings(deadline=None, max_examples=20)
@given(st.binary(max_size=2000))
def test_each_recipient_alone_opens_what_was_sealed(secret: bytes) -> None:
    blob = wrap(secret, [ONE.recipient, TWO.recipient, ONE.recipient])
    assert ONE.unwrap(blob) == TWO.unwrap(blob) == secret
    with pytest.raises(NotForThisKey):
        THREE.unwrap(blob)


def test_two_data_keys_differ() -> None:
    assert len(new_data_key()) == 32
    assert new_data_key() != new_data_key()


BLOB = wrap(b"secret", [ONE.recipient])


@settings(deadline=None)
@given(at=st.integers(0, len(BLOB) - 1), mask=st.integers(1, 255))
def test_a_changed_byte_never_opens(at: int, mask: int) -> None:
    data = bytearray(BLOB)
    data[at] ^= mask
    with pytest.raises((DamagedSecret, NotForThisKey)):
        ONE.unwrap(bytes(data))


@given(st.integers(0, len(BLOB) - 1))
def test_cut_bytes_never_open(length: int) -> None:
    with pytest.raises((DamagedSecret, NotForThisKey)):
        ONE.unwrap(BLOB[:length])


def test_nothing_is_sealed_for_nobody() -> None:
    with pytest.raises(ValueError, match="nobody"):
        wrap(b"secret", [])


def test_a_recipient_that_is_no_key_is_refused() -> None:
    with pytest.raises(ValueError, match="public key"):
        wrap(b"secret", [ONE.recipient, "age1nothing"])
