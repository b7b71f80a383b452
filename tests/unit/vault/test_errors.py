import pytest

from msclinic.vault import errors
from msclinic.vault.errors import VaultError
from msclinic.wording import catalogue

KINDS = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type)
    and issubclass(kind, VaultError)
    and kind not in (errors.PasswordRefused, errors.CertificateRefused)
]


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_has_a_sentence_in_both_languages(kind: type[VaultError]) -> None:
    sentence = kind().sentence
    assert sentence.endswith(".")
    assert sentence in catalogue("pl")
    assert kind.code in str(kind())


def test_every_error_has_a_code_of_its_own() -> None:
    assert len({kind.code for kind in KINDS}) == len(KINDS)
