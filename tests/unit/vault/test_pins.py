"""The signing PIN: what is refused as one, and that only an open session can try it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msclinic.vault import (
    PIN_TRIES,
    Cost,
    PinRefused,
    WrongPassword,
    change_password,
    create_ring,
    open_document_key,
    open_ring,
    refused_pin,
    set_pin,
)
from msclinic.vault.pins import PinGuard, make_verifier

CHEAP = Cost(1024, 1, 1)
PASSWORD = "four words of mine"
GOOD = "417309"
RING, _ = create_ring("NUR-04", PASSWORD, 1, site_root="a" * 64, cost=CHEAP)


def refusal(pin: str) -> str | None:
    found = refused_pin(pin)
    return None if found is None else found.code


@pytest.mark.parametrize(
    "pin", ["", "12345", "4173091234567", "41730a", "417 09", "٤١٧٣٠٩", "-41730"]
)
def test_a_pin_is_six_to_twelve_digits(pin):
    assert refusal(pin) == "pin_digits"


@pytest.mark.parametrize(
    "pin",
    ["000000", "123456", "987654", "345678", "890123", "135791", "121212", "123123", "112211"],
)
def test_a_pin_that_strangers_try_first_is_refused(pin):
    assert refusal(pin) == "pin_plain"


@pytest.mark.parametrize("pin", [GOOD, "902174", "314159265358"])
def test_digits_without_a_pattern_will_do(pin):
    assert refusal(pin) is None


def begun(pin: str = GOOD) -> PinGuard:
    guard = PinGuard(make_verifier(pin, CHEAP))
    guard.begin()
    return guard


def code_of(guard: PinGuard, pin: str) -> str:
    with pytest.raises(PinRefused) as refused:
        guard.check(pin)
    return refused.value.code


@pytest.mark.requirement("R-SIG-4")
def test_the_first_signature_of_a_session_takes_the_password():
    guard = PinGuard(make_verifier(GOOD, CHEAP))
    assert not guard.stands
    assert code_of(guard, GOOD) == "pin_not_yet"
    guard.begin()
    assert guard.stands
    guard.check(GOOD)


@pytest.mark.requirement("R-SIG-4")
def test_after_three_wrong_pins_the_right_one_is_refused_too():
    guard = begun()
    assert [code_of(guard, "902174") for _ in range(PIN_TRIES)] == [
        "pin_wrong",
        "pin_wrong",
        "pin_spent",
    ]
    assert not guard.stands
    assert code_of(guard, GOOD) == "pin_spent"
    guard.begin()
    guard.replace(make_verifier("902174", CHEAP))
    assert code_of(guard, "902174") == "pin_spent"


@pytest.mark.requirement("R-SIG-4")
def test_a_right_pin_does_not_forgive_the_wrong_ones():
    guard = begun()
    assert code_of(guard, "902174") == "pin_wrong"
    guard.check(GOOD)
    assert guard.wrong == 1


@pytest.mark.requirement("R-SIG-4")
def test_with_the_session_the_pin_ends():
    data, _ = set_pin(RING, PASSWORD, GOOD)
    ring = open_ring(data, PASSWORD)
    ring.pin.begin()
    ring.pin.check(GOOD)
    ring.close()
    assert not ring.pin.stands
    assert code_of(ring.pin, GOOD) == "pin_not_chosen"
    again = open_ring(data, PASSWORD)
    assert again.pin.chosen
    assert not again.pin.stands


def test_without_a_pin_none_is_right():
    guard = open_ring(RING, PASSWORD).pin
    guard.begin()
    assert not guard.stands
    assert code_of(guard, GOOD) == "pin_not_chosen"


@pytest.mark.requirement("R-SEC-3")
def test_nothing_of_the_pin_can_be_read_in_the_file():
    data, verifier = set_pin(RING, PASSWORD, GOOD)
    stored = json.loads(data)
    assert "pin" not in stored
    assert set(stored) == set(json.loads(RING))
    for secret in (verifier.tag, verifier.salt):
        assert secret.hex().encode() not in data
    assert GOOD.encode() not in data
    with pytest.raises(WrongPassword):
        open_ring(data, "some other words here")


def test_setting_a_pin_keeps_the_keys_and_makes_the_next_version():
    data, _ = set_pin(RING, PASSWORD, GOOD)
    old, new = open_ring(RING, PASSWORD), open_ring(data, PASSWORD)
    assert new.number == old.number + 1
    assert (new.key_id, new.recipient) == (old.key_id, old.recipient)
    key = open_document_key(data, PASSWORD)
    assert key.public_der == open_document_key(RING, PASSWORD).public_der


def test_a_pin_is_set_with_the_password_alone():
    with pytest.raises(WrongPassword):
        set_pin(RING, "some other words here", GOOD)
    with pytest.raises(PinRefused):
        set_pin(RING, PASSWORD, "123456")


def test_the_pin_outlives_a_change_of_the_password():
    data, _ = set_pin(RING, PASSWORD, GOOD)
    changed = change_password(data, PASSWORD, "four other words now")
    guard = open_ring(changed, "four other words now").pin
    guard.begin()
    guard.check(GOOD)


@given(st.text(max_size=14))
def test_whatever_is_typed_is_judged_and_never_raises(text):
    assert refusal(text) in (None, "pin_digits", "pin_plain")
