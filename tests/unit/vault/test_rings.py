import json
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from msclinic.vault import (
    Cost,
    DamagedRing,
    NotForThisKey,
    OldRing,
    PasswordRefused,
    RefusedCost,
    RingClosed,
    RingOfAnother,
    UnknownRingFormat,
    WrongPassword,
    change_password,
    create_ring,
    key_id_of,
    new_data_key,
    open_document_key,
    open_ring,
    read_ring,
    verify_entry_signature,
    wrap,
)
from msclinic.vault.ring_file import check_of

CHEAP = Cost(memory_kib=1024, passes=1, lanes=1)
PASSWORD = "green beetle 42"
ROOT = "ab" * 32
FOUNDER = "cd" * 16
RING, OPEN = create_ring("NUR 04", PASSWORD, 3, ROOT, FOUNDER, CHEAP)


def forged(change: Callable[[dict[str, Any]], object]) -> bytes:
    """The ring changed on purpose, its plain check made to fit again."""
    stored = json.loads(RING)
    change(stored)
    del stored["check"]
    return json.dumps({**stored, "check": check_of(stored)}).encode()


def test_the_password_opens_what_was_created() -> None:
    ring = open_ring(RING, PASSWORD, minimum_number=3, account="NUR 04")
    assert (ring.account, ring.number) == ("NUR 04", 3)
    assert (ring.site_root, ring.founder_key) == (ROOT, FOUNDER)
    assert (ring.key_id, ring.recipient) == (OPEN.key_id, OPEN.recipient)
    assert ring.document_public == OPEN.document_public


def test_what_the_session_key_signs_verifies_with_its_public_key() -> None:
    signature = open_ring(RING, PASSWORD).sign_entry(b"msclinic entry 1\n...")
    assert len(signature) == 64
    assert verify_entry_signature(OPEN.entry_public, b"msclinic entry 1\n...", signature)
    assert not verify_entry_signature(OPEN.entry_public, b"msclinic entry 1\n..,", signature)
    assert OPEN.key_id == key_id_of(OPEN.entry_public)


def test_a_data_key_sealed_to_the_person_is_opened_by_the_ring() -> None:
    key = new_data_key()
    assert open_ring(RING, PASSWORD).unwrap(wrap(key, [OPEN.recipient])) == key


def test_a_data_key_sealed_to_another_stays_shut() -> None:
    _, other = create_ring("PHY 02", PASSWORD, 1, ROOT, FOUNDER, CHEAP)
    with pytest.raises(NotForThisKey):
        OPEN.unwrap(wrap(new_data_key(), [other.recipient]))


def test_a_public_reading_agrees_with_the_opened_ring() -> None:
    facts = read_ring(RING)
    assert (facts.account, facts.number, facts.key_id) == ("NUR 04", 3, OPEN.key_id)
    assert facts.document_public == OPEN.document_public


@pytest.mark.parametrize("opens", [open_ring, open_document_key])
def test_a_wrong_password_is_told_as_one(opens: Callable[..., object]) -> None:
    with pytest.raises(WrongPassword):
        opens(RING, "green beetle 43")


@settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(at=st.integers(0, len(RING) - 2), mask=st.integers(1, 255))
def test_any_changed_byte_is_told_as_damage_and_not_as_a_wrong_password(at: int, mask: int) -> None:
    data = bytearray(RING)
    data[at] ^= mask
    with pytest.raises(DamagedRing):
        open_ring(bytes(data), PASSWORD)


@given(st.integers(0, len(RING) - 2))
def test_a_cut_file_is_damage(length: int) -> None:
    with pytest.raises(DamagedRing):
        read_ring(RING[:length])


@given(st.binary(max_size=200) | st.text().map(str.encode))
def test_rubbish_is_damage(data: bytes) -> None:
    with pytest.raises(DamagedRing):
        read_ring(data)


@pytest.mark.parametrize("data", [b"[]", b"null", b"1", b"[" * 60000, b'{"check":1}', b"{" * 70000])
def test_json_that_is_no_ring_is_damage(data: bytes) -> None:
    with pytest.raises(DamagedRing):
        read_ring(data)


def test_an_older_file_is_refused_even_with_its_right_password() -> None:
    with pytest.raises(OldRing):
        open_ring(RING, PASSWORD, minimum_number=4)
    with pytest.raises(OldRing):
        open_document_key(RING, PASSWORD, minimum_number=4)


def test_an_older_file_with_a_forged_number_does_not_open() -> None:
    data = forged(lambda stored: stored.update(number=4))
    with pytest.raises(WrongPassword):
        open_ring(data, PASSWORD, minimum_number=4)


def test_another_accounts_file_is_refused() -> None:
    with pytest.raises(RingOfAnother):
        open_ring(RING, PASSWORD, account="PHY 02")


def test_a_ring_renamed_to_another_account_does_not_open() -> None:
    data = forged(lambda stored: stored.update(account="PHY 02"))
    with pytest.raises(WrongPassword):
        open_ring(data, PASSWORD, account="PHY 02")


@pytest.mark.parametrize("name", ["entry_public", "recipient", "document_public"])
def test_an_exchanged_public_key_keeps_the_ring_shut(name: str) -> None:
    other = json.loads(create_ring("NUR 04", PASSWORD, 3, ROOT, FOUNDER, CHEAP)[0])
    data = forged(lambda stored: stored.update({name: other[name]}))
    with pytest.raises(WrongPassword):
        open_ring(data, PASSWORD)


def test_parts_of_one_ring_cannot_stand_for_each_other() -> None:
    def swap(stored: dict[str, Any]) -> None:
        stored["session"], stored["document"] = stored["document"], stored["session"]

    with pytest.raises(WrongPassword):
        open_ring(forged(swap), PASSWORD)


def test_a_newer_format_is_told_as_such() -> None:
    with pytest.raises(UnknownRingFormat):
        read_ring(forged(lambda stored: stored.update(format=2)))


@pytest.mark.parametrize(
    "cost", [{"memory_kib": 2**40}, {"passes": 10**9}, {"lanes": 0}, {"memory_kib": 8}]
)
def test_an_absurd_stored_cost_is_refused_before_any_work(cost: dict[str, int]) -> None:
    with pytest.raises(RefusedCost):
        open_ring(forged(lambda stored: stored["session"].update(cost)), PASSWORD)


def test_the_parts_have_salts_and_nonces_of_their_own() -> None:
    stored = json.loads(RING)
    assert stored["session"]["salt"] != stored["document"]["salt"]
    assert stored["session"]["nonce"] != stored["document"]["nonce"]


def test_the_file_holds_no_secret_in_clear() -> None:
    assert PASSWORD.encode() not in RING
    assert b"AGE-SECRET" not in RING
    assert ROOT.encode() not in RING


def test_the_shipped_cost_is_stored_where_none_is_chosen() -> None:
    stored = json.loads(create_ring("PI 01", PASSWORD, 1, ROOT)[0])
    assert [stored["session"][name] for name in ("memory_kib", "passes", "lanes")] == [65536, 3, 4]


def test_a_closed_ring_signs_and_opens_nothing() -> None:
    ring = open_ring(RING, PASSWORD)
    blob = wrap(b"key", [ring.recipient])
    ring.close()
    ring.close()
    assert ring.closed
    with pytest.raises(RingClosed):
        ring.sign_entry(b"x")
    with pytest.raises(RingClosed):
        ring.unwrap(blob)


def test_the_document_key_fits_the_published_one_and_shows_no_secret() -> None:
    key = open_document_key(RING, PASSWORD, 3, "NUR 04")
    assert key.public_der == OPEN.document_public
    assert key.private_key.curve.name == "secp256r1"
    assert "private" not in repr(key).lower()
    assert "AGE" not in repr(OPEN)


def test_a_changed_password_keeps_the_keys_and_makes_the_next_number() -> None:
    changed = change_password(RING, PASSWORD, "yellow lizard 7")
    ring = open_ring(changed, "yellow lizard 7", minimum_number=4)
    assert (ring.number, ring.key_id, ring.recipient) == (4, OPEN.key_id, OPEN.recipient)
    assert (ring.site_root, ring.founder_key) == (ROOT, FOUNDER)
    assert open_document_key(changed, "yellow lizard 7").public_der == OPEN.document_public
    with pytest.raises(WrongPassword):
        open_ring(changed, PASSWORD)


def test_a_password_is_changed_only_with_the_old_one() -> None:
    with pytest.raises(WrongPassword):
        change_password(RING, "green beetle 43", "yellow lizard 7")


def test_the_last_eight_passwords_are_refused_and_the_ninth_is_not() -> None:
    passwords = [f"season number {number}" for number in range(10)]
    data, _ = create_ring("NUR 04", passwords[0], 1, ROOT, FOUNDER, CHEAP)
    for old, new in pairwise(passwords):
        data = change_password(data, old, new)
    for used in passwords[1:]:
        with pytest.raises(PasswordRefused) as refusal:
            change_password(data, passwords[-1], used)
        assert refusal.value.code == "password_reused"
    assert read_ring(change_password(data, passwords[-1], passwords[0])).number == 11


def test_a_weak_password_makes_no_ring() -> None:
    with pytest.raises(PasswordRefused):
        create_ring("NUR 04", "short", 1, ROOT, FOUNDER, CHEAP)
    with pytest.raises(PasswordRefused):
        change_password(RING, PASSWORD, "short")


def test_a_new_ring_for_a_lost_password_has_new_keys() -> None:
    _, again = create_ring("NUR 04", "yellow lizard 7", 4, ROOT, FOUNDER, CHEAP)
    assert again.key_id != OPEN.key_id
    assert again.document_public != OPEN.document_public
