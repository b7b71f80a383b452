"""The codes of a scenario: mistakes in the file, and expectations that did not hold."""

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["SCENARIO_MISTAKES", "UNHELD"]

SCENARIO_MISTAKES: Mapping[str, str] = MappingProxyType(
    {
        "NOT_UTF8": "the file is not UTF-8 text",
        "YAML_SYNTAX": "the file is no YAML",
        "DUPLICATE_KEY": "a key stands twice in one mapping",
        "UNKNOWN_KEY": "a key that means nothing here",
        "MISSING_KEY": "a required key is not there",
        "WRONG_VALUE": "the value is of the wrong kind or none of those allowed",
        "EMPTY_STEP": "a step does nothing, says nothing and expects nothing",
        "TWO_ACTS": "a step does two things; write two steps",
        "NO_ACCOUNT": "nobody acts yet; say who with `as`",
        "NO_PARTICIPANT": "the step is about nobody; name participants or enrol one first",
        "NO_FORM": "no form is open; open one with `form`",
        "UNKNOWN_ACCOUNT": "the file names no such account",
        "UNKNOWN_ROLE": "the study has no such role",
        "UNKNOWN_PARTICIPANT": "the file names no such participant",
        "UNKNOWN_VISIT": "the study has no such visit",
        "UNKNOWN_FORM": "the study has no such form",
        "UNKNOWN_ITEM": "the form has no such item or repeating group",
        "UNKNOWN_MEANING": "the study has no such meaning of a signature",
        "UNKNOWN_ACT": "there is no such act of a participant's way through the study",
        "UNKNOWN_FINDING": "neither the item nor the program has a finding of this code",
        "NOT_IN_CODELIST": "the item's codelist has no such code",
        "WRONG_REPEAT": "a repeating item without its number, or a number where nothing repeats",
        "WRONG_TIME": "no time the program understands, or the clock would run backwards",
        "ONE_ANSWER": "a step with `impossible` gives exactly one answer",
    }
)
"""What can be wrong with a scenario's file: code and meaning."""

UNHELD: Mapping[str, str] = MappingProxyType(
    {
        "NOT_SHOWN": "an item that should be asked is not",
        "NOT_HIDDEN": "an item that should not be asked is",
        "OTHER_VALUE": "an item has another value than expected",
        "OTHER_FINDINGS": "an item has other open findings than expected",
        "FINDINGS_LEFT": "the form has open findings where none were expected",
        "OTHER_OPEN": "other required items are unanswered than expected",
        "OTHER_WINDOW": "a visit has another target or window than expected",
        "OTHER_STATUS": "the form has another status than expected",
        "OTHER_SIGNATURES": "the form carries other valid signatures than expected",
        "OTHER_LIFE": "the participant stands elsewhere in the study than expected",
        "NO_REPEAT": "the group has no such repeat",
        "NOT_REFUSED": "the program did what it should have refused",
        "OTHER_REFUSAL": "the program refused with another code than expected",
        "REFUSED": "the program refused what it should have done; the rest was not played",
        "NOT_IMPOSSIBLE": "an answer was stored that should have been impossible",
        "OTHER_IMPOSSIBLE": "the answer was impossible with another code than expected",
        "IMPOSSIBLE": "an answer was refused as impossible; the rest was not played",
    }
)
"""What can fail while a scenario is played: code and meaning."""
