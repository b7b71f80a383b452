"""Errors that may speak to the person carry sentences, a code and no stack."""

from msclinic.domain.errors import KnownFault, UserError


def test_a_fault_says_what_why_and_what_to_do_in_order() -> None:
    fault = KnownFault(
        "disk_full", "Not saved.", "The disk is full.", "Free {size} MB.", {"size": 5}
    )
    assert isinstance(fault, UserError)
    assert fault.sentences == ("Not saved.", "The disk is full.", "Free {size} MB.")
    assert str(fault) == "Not saved. The disk is full. Free 5 MB."


def test_a_user_error_may_be_one_sentence() -> None:
    assert str(UserError("refused", "Only {a} may do this.", parameters={"a": "PI"})) == (
        "Only PI may do this."
    )
    assert UserError("refused", "Braces {stay} as they are.").sentences[0].count("{") == 1
