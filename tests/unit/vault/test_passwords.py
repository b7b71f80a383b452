import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from hypothesis import given
from hypothesis import strategies as st

from msclinic.vault.errors import PasswordRefused
from msclinic.vault.passwords import Cost, check_password, derive, refused_password
from msclinic.wording import set_language

CHEAP = Cost(memory_kib=1024, passes=1, lanes=1)


def test_a_password_of_twelve_characters_will_do() -> None:
    assert check_password("zielony żuk!") is None


@given(st.text(alphabet="abcdefgh", max_size=11))
def test_a_shorter_password_is_refused(text: str) -> None:
    refusal = refused_password(text)
    assert refusal is not None
    assert refusal.code == "password_short"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("ababababababab", "password_plain"),
        ("abcdefghijkl\n", "password_control"),
        ("abcd" * 65, "password_long"),
    ],
)
def test_a_bad_password_is_refused_with_its_rule(text: str, code: str) -> None:
    refusal = refused_password(text)
    assert isinstance(refusal, PasswordRefused)
    assert refusal.code == code


def test_length_is_counted_after_composition() -> None:
    decomposed = "z\u0307" * 2 + "abcdefgh"  # 12 code points, 10 letters
    assert check_password(decomposed) is not None


def test_the_reason_comes_in_polish_too() -> None:
    set_language("pl")
    try:
        assert check_password("krótkie") == "Hasło musi mieć co najmniej 12 znaków."
    finally:
        set_language("en")


def test_composed_and_decomposed_letters_give_one_key() -> None:
    salt = bytes(16)
    assert derive("żółw" * 3, salt, CHEAP) == derive("z\u0307o\u0301łw" * 3, salt, CHEAP)


def test_derivation_is_argon2id_as_another_implementation_computes_it() -> None:
    # The reference is another implementation: OpenSSL's, through cryptography.
    salt = b"0123456789abcdef"
    other = Argon2id(salt=salt, length=32, iterations=3, lanes=4, memory_cost=65536)
    assert derive("correct horse battery", salt, Cost()) == other.derive(b"correct horse battery")


@pytest.mark.parametrize(
    "cost",
    [(1, 1, 1), (64 * 1024 * 1024, 3, 4), (65536, 0, 4), (65536, 3, 99), (65536, 3.0, 4)],
)
def test_an_absurd_cost_is_refused(cost: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="outside"):
        Cost(*cost)
