import pyrage
import pytest
from hypothesis import given
from hypothesis import strategies as st

from msclinic.vault import (
    BadRecoveryKey,
    NotForThisKey,
    new_data_key,
    new_recovery_key,
    recovery_recipient,
    unwrap_with_recovery,
    wrap,
)

KEY = new_recovery_key()


def test_the_printed_key_opens_a_data_key() -> None:
    data_key = new_data_key()
    assert unwrap_with_recovery(KEY.text, wrap(data_key, [KEY.recipient])) == data_key


@given(st.sampled_from(["", " ", "-", "\n", "  "]), st.booleans(), st.booleans())
def test_the_key_may_be_typed_in_any_spacing_and_case(sep: str, lower: bool, bare: bool) -> None:
    groups = KEY.text.split()[1 if bare else 0 :]
    typed = sep.join(groups)
    assert recovery_recipient(typed.lower() if lower else typed) == KEY.recipient


def test_lookalike_letters_are_read_as_the_letters_that_exist() -> None:
    head, *groups = KEY.text.split()
    typed = " ".join(groups).translate(str.maketrans({"0": "O", "L": "1", "8": "B"}))
    assert recovery_recipient(f"{head} {typed}") == KEY.recipient


@given(st.integers(len("AGE-SECRET-KEY-1 "), len(KEY.text) - 1), st.sampled_from("QPZRY9X8GF2T"))
def test_one_wrong_letter_is_found(at: int, letter: str) -> None:
    if KEY.text[at] in {" ", letter}:
        return
    with pytest.raises(BadRecoveryKey):
        recovery_recipient(KEY.text[:at] + letter + KEY.text[at + 1 :])


@pytest.mark.parametrize("text", ["", "AGE-SECRET-KEY-1", "not a key at all"])
def test_what_is_no_key_is_told(text: str) -> None:
    with pytest.raises(BadRecoveryKey):
        recovery_recipient(text)


def test_another_recovery_key_opens_nothing() -> None:
    with pytest.raises(NotForThisKey):
        unwrap_with_recovery(new_recovery_key().text, wrap(b"x", [KEY.recipient]))


def test_any_age_tool_reads_the_printed_key_without_spaces() -> None:
    identity = pyrage.x25519.Identity.from_str(KEY.text.replace(" ", ""))
    assert str(identity.to_public()) == KEY.recipient


def test_the_key_shows_itself_in_no_log() -> None:
    assert KEY.text not in repr(KEY)
