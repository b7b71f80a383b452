"""What authors of a study did wrong: a code, a place and one plain sentence.

Every mistake of a study is collected before anything is said; a study with one does not open.
"""

from collections.abc import Mapping
from types import MappingProxyType

from attrs import frozen

__all__ = ["MISTAKES", "Mistake", "StudyMistakes"]

MISTAKES: Mapping[str, str] = MappingProxyType(
    {
        "MISSING_FILE": "a file that every study has is not there",
        "UNKNOWN_FILE": "a .yaml file that is no part of a study",
        "UNREADABLE_FILE": "what stands under the name of a file is none or cannot be read",
        "NOT_UTF8": "the file is not UTF-8 text",
        "YAML_SYNTAX": "the file is no YAML",
        "DUPLICATE_KEY": "a key stands twice in one mapping",
        "UNKNOWN_KEY": "a key that means nothing here",
        "MISSING_KEY": "a required key is not there",
        "WRONG_VALUE": "the value is of the wrong kind or none of those allowed",
        "BAD_OID": "an OID, code or key is written with letters that are not allowed",
        "WRONG_FILE_NAME": "a form's file is not named like the form",
        "DUPLICATE_OID": "an OID, code or key is used twice",
        "MISSING_LANGUAGE": "a text lacks one of the study's languages",
        "UNKNOWN_LANGUAGE": "a text has a language that the study does not",
        "UNKNOWN_FORM": "there is no such form",
        "UNKNOWN_VISIT": "there is no such visit",
        "UNKNOWN_CODELIST": "there is no such codelist",
        "UNKNOWN_UNIT": "the unit is not in units.yaml",
        "UNKNOWN_ROLE": "there is no such role",
        "UNKNOWN_MEANING": "there is no such meaning of a signature",
        "UNKNOWN_RIGHT": "there is no such right",
        "RIGHTS_DISAGREE": "a role may sign with a meaning that does not name it, or the reverse",
        "REVEALS_ARM": "a masked role may read or enter a form that could reveal the arm",
        "UNKNOWN_LABORATORY": "there is no such laboratory",
        "UNKNOWN_TEST": "the program has no units for this laboratory test",
        "RANGE_REVERSED": "a reference range, its ages or a period end before they start",
        "RANGES_OVERLAP": "two reference ranges could both be meant for one result",
        "RANGE_MISSING": "a test has ranges, but none for some sex or age of participants",
        "WINDOW_REVERSED": "a window ends before it starts",
        "TARGET_OUTSIDE_WINDOW": "the target day lies outside its window",
        "WINDOWS_OVERLAP": "two scheduled visits share a day after the first infusion",
        "INFUSION_NUMBER": "the infusions of the schedule are not 1, 2, 3 .. in order",
        "ROLE_CANNOT_ENTER": "a form of a visit is left to a role that may not enter it",
        "SAME_ORDER": "two forms of a visit have the same order",
        "NO_DAY_ZERO": "study days have no day 0",
        "SETTING_WITHOUT_SOURCE": "a setting does not say where its value comes from",
        "SETTING_MISSING": "a form is there, but not a setting that the program reads for it",
        "SETTING_WRONG": "a setting is of the wrong kind or unit, out of range or at odds",
        "INSTRUMENT_ITEM": "an item that the program is built on is not there or reads otherwise",
        "NEVER_OVERRIDABLE": "what no physician may override could be, or keeps no gate shut",
        "MASK_RIGHTS": "a role has a right that would tell its holder what they must not know",
        "SPONSOR_RIGHTS": "a role of the sponsor does more than read and query",
        "SAME_WORDS": "two choices of a codelist read the same",
        "BAD_CODE": "a code of CDISC, NCI or LOINC is written wrong",
        "CODES_DISAGREE": "a code stands for two tests, or a test has two codes",
        "CODELIST_MISSING": "a coded item has no codelist",
        "CODELIST_MISPLACED": "an item that is not coded has a codelist",
        "UNIT_MISPLACED": "an item that is no number has a unit",
        "DECIMALS_MISPLACED": "an item that is no decimal has decimals",
        "EVENT_MISPLACED": "an item that is no typed date and time is marked as an event",
        "STOPWATCH_MISPLACED": "an item that is no typed time in seconds has a stopwatch",
        "TREND_MISPLACED": "an item that holds no number, code or result is drawn over time",
        "UNKNOWN_PANEL": "there is no such panel for values over time",
        "GATE_MISSING": "a gate check names no gate",
        "GATE_MISPLACED": "a check that is no gate check names a gate or is overridable",
        "UNKNOWN_PLACEHOLDER": "a wording names no known item, context variable or number setting",
        "COMPUTED_WITH_WHO": "a computed item names roles that answer",
        "OWN_NOT_REPEATING": "a form that is each person's own does not repeat",
        "CYCLE": "items depend on each other in a circle",
        "CEL_SYNTAX": "an expression is no CEL",
        "FORBIDDEN_CONSTRUCT": "an expression uses something that studies may not use",
        "UNKNOWN_ITEM": "an expression names an item that the form does not have",
        "UNKNOWN_CONTEXT": "an expression names a context variable that is not declared",
        "UNKNOWN_FUNCTION": "an expression calls a function that does not exist",
        "UNKNOWN_SETTING": "an expression asks for a setting that does not exist",
        "TYPE_MISMATCH": "an expression does not fit the types of what it names",
        "NOT_IN_CODELIST": "an expression compares an item with a code it cannot have",
        "REPEAT_FROM_OUTSIDE": "an expression names a repeating item from outside its repeat",
    }
)
"""Every code and what it means."""


@frozen(order=True)
class Mistake:
    """One mistake.

    Attributes:
        file: Path inside the study folder.
        line: Line in that file, from 1.
        item: What it is about, such as an item's OID; may be empty.
        code: One of `MISTAKES`.
        sentence: One plain sentence.
    """

    file: str
    line: int
    item: str
    code: str
    sentence: str

    def __str__(self) -> str:
        about = f" {self.item}:" if self.item else ""
        return f"{self.file}:{self.line}:{about} {self.sentence} [{self.code}]"


class StudyMistakes(Exception):
    """A study that does not check.

    Attributes:
        mistakes: All of them, by file and line.
    """

    def __init__(self, mistakes: list[Mistake]) -> None:
        self.mistakes = sorted(set(mistakes))
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))
