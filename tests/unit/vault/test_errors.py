from string import Formatter

import pytest

from msclinic.vault import errors
from msclinic.vault.errors import SENTENCES, VaultError
from msclinic.wording import catalogue

KINDS = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type)
    and issubclass(kind, VaultError)
    and kind not in (errors.PasswordRefused, errors.CertificateRefused)
]


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_says_the_sentence_of_its_code(kind: type[VaultError]) -> None:
    assert kind().sentence == SENTENCES[kind.code]
    assert kind.code in str(kind())


def test_every_error_has_a_code_of_its_own() -> None:
    assert len({kind.code for kind in KINDS}) == len(KINDS)


@pytest.mark.parametrize("sentence", SENTENCES.values())
def test_every_sentence_is_there_in_both_languages_with_the_same_names(sentence: str) -> None:
    polish = catalogue("pl")[sentence]
    assert sentence.endswith(".")
    assert [one[1] for one in Formatter().parse(polish)] == [
        one[1] for one in Formatter().parse(sentence)
    ]


def test_a_rule_that_refuses_names_its_code_and_its_number() -> None:
    refusal = errors.PasswordRefused("password_short", count=12)
    assert refusal.code == "password_short"
    assert refusal.sentence == "The password needs at least 12 characters."
