"""EDSS step from functional systems and ambulation (Kurtzke 1983; Neurostatus 04/10.2, 04/10.3).

The computed step is a proposal beside the rater's. A missing grade is never zero, nothing is
changed for the rater, and no wording of the licensed form appears here.
"""

from collections.abc import Mapping
from decimal import Decimal

from attrs import fields, frozen

from msclinic.domain.edss_wording import explain_ambulation, explain_missing, explain_systems

__all__ = [
    "STEPS",
    "SYSTEM_ITEMS",
    "EdssResult",
    "FunctionalSystems",
    "convert_bowel_bladder",
    "convert_visual",
    "score_edss",
    "step_from_systems",
]

STEPS: tuple[Decimal, ...] = (
    Decimal(0),
    *(Decimal(half) / 2 for half in range(2, 20)),
    Decimal(10),
)

SYSTEM_ITEMS: dict[str, str] = {
    "visual": "FS_VISUAL",
    "brainstem": "FS_BRAINSTEM",
    "pyramidal": "FS_PYRAMIDAL",
    "cerebellar": "FS_CEREBELLAR",
    "sensory": "FS_SENSORY",
    "bowel_bladder": "FS_BOWEL_BLADDER",
    "cerebral": "FS_CEREBRAL",
}

_HIGHEST = {
    "visual": 6,
    "brainstem": 5,
    "pyramidal": 6,
    "cerebellar": 5,
    "sensory": 6,
    "bowel_bladder": 6,
    "cerebral": 5,
}
_VISUAL = (0, 1, 2, 2, 3, 3, 4)
_BOWEL_BLADDER = (0, 1, 2, 3, 3, 4, 5)

_STEP_FROM_AMBULATION: dict[int, str] = {
    3: "5.0",
    4: "5.5",
    5: "6.0",
    6: "6.0",
    7: "6.0",
    8: "6.5",
    9: "6.5",
    10: "7.0",
    11: "7.5",
    12: "8.0",
    13: "8.5",
    14: "9.0",
    15: "9.5",
    16: "10",
}
_FLOOR = {0: Decimal(0), 1: Decimal("2.0"), 2: Decimal("4.5")}

# Combinations the printed scoring table 04/10.3 does not list.
_DERIVED = frozenset({3, 5, 12})


@frozen
class FunctionalSystems:
    """The seven grades as the rater gave them, before conversion; None is not graded.

    Attributes:
        visual: 0 to 6.
        brainstem: 0 to 5.
        pyramidal: 0 to 6.
        cerebellar: 0 to 5; the X flag is kept apart and never changes it.
        sensory: 0 to 6.
        bowel_bladder: 0 to 6.
        cerebral: 0 to 5.
    """

    visual: int | None = None
    brainstem: int | None = None
    pyramidal: int | None = None
    cerebellar: int | None = None
    sensory: int | None = None
    bowel_bladder: int | None = None
    cerebral: int | None = None

    def __attrs_post_init__(self) -> None:
        for name, grade in self.grades().items():
            if grade is not None and not 0 <= grade <= _HIGHEST[name]:
                raise ValueError(
                    f"{name} has no grade {grade}: it goes from 0 to {_HIGHEST[name]}."
                )

    def grades(self) -> dict[str, int | None]:
        """Return the raw grades by system."""
        return {part.name: getattr(self, part.name) for part in fields(FunctionalSystems)}

    def converted(self) -> dict[str, int]:
        """Return the grades that enter the step, visual and bowel/bladder converted."""
        known = {name: grade for name, grade in self.grades().items() if grade is not None}
        if "visual" in known:
            known["visual"] = convert_visual(known["visual"])
        if "bowel_bladder" in known:
            known["bowel_bladder"] = convert_bowel_bladder(known["bowel_bladder"])
        return known

    def missing(self) -> tuple[str, ...]:
        """Return the item ids of the systems without a grade."""
        return tuple(SYSTEM_ITEMS[name] for name, grade in self.grades().items() if grade is None)


@frozen
class EdssResult:
    """The computed step and how it came about.

    Attributes:
        step: The EDSS step; None while it cannot be decided.
        rule: Deciding rule: S4-1..S4-22 (functional systems) or AS-1..AS-16 (walking); '' if none.
        fs_step: Step the functional systems alone would give; None while one is missing.
        converted: Grades after conversion, by item id.
        printed_line: Whether the deciding combination is printed in table 04/10.3.
        explanation: The reason in a sentence, by language.
        missing: Item ids without a grade; a step may stand beside them, the record is incomplete.
    """

    step: Decimal | None
    rule: str
    fs_step: Decimal | None
    converted: Mapping[str, int]
    printed_line: bool
    explanation: Mapping[str, str]
    missing: tuple[str, ...]


def convert_visual(grade: int) -> int:
    """Convert a visual grade 0-6 for the step (Neurostatus 04/10.2)."""
    return _VISUAL[grade]


def convert_bowel_bladder(grade: int) -> int:
    """Convert a bowel and bladder grade 0-6 for the step (Neurostatus 04/10.2)."""
    return _BOWEL_BLADDER[grade]


def step_from_systems(converted: tuple[int, ...]) -> tuple[Decimal, int]:
    """Return the step that seven converted grades give, and the deciding line 1 to 22.

    Kurtzke 1983, steps 0 to 5.0; scoring table 04/10.3. The order of the grades is of no account.

    Raises:
        ValueError: There are not exactly seven grades of 0 to 6.
    """
    if len(converted) != 7 or not all(0 <= grade <= 6 for grade in converted):
        raise ValueError("The step needs seven grades between 0 and 6.")
    n1, n2, n3, n4 = (converted.count(grade) for grade in (1, 2, 3, 4))
    n5 = 7 - n1 - n2 - n3 - n4 - converted.count(0)
    lines = (
        (n5 >= 1, "5.0"),
        (n4 >= 2, "5.0"),
        (n4 == 1 and n3 >= 3, "5.0"),
        (n4 == 1 and n3 in (1, 2), "4.5"),
        (n4 == 1 and n3 == 0 and n2 >= 1, "4.5"),
        (n4 == 1 and n3 == 0 and n2 == 0, "4.0"),
        (n3 >= 6, "5.0"),
        (n3 == 5, "4.5"),
        (n3 in (3, 4), "4.0"),
        (n3 == 2 and n2 >= 1, "4.0"),
        (n3 == 2 and n2 == 0, "3.5"),
        (n3 == 1 and n2 >= 3, "4.0"),
        (n3 == 1 and n2 in (1, 2), "3.5"),
        (n3 == 1 and n2 == 0, "3.0"),
        (n2 >= 6, "4.0"),
        (n2 == 5, "3.5"),
        (n2 in (3, 4), "3.0"),
        (n2 == 2, "2.5"),
        (n2 == 1, "2.0"),
        (n1 >= 2, "1.5"),
        (n1 == 1, "1.0"),
        (True, "0"),
    )
    line = next(index for index, (holds, _) in enumerate(lines, start=1) if holds)
    return Decimal(lines[line - 1][1]), line


def score_edss(systems: FunctionalSystems, ambulation: int | None) -> EdssResult:
    """Compute the EDSS step (Neurostatus 04/10.2 coding, ambulation score 0 to 16).

    Ambulation 1 and 2 set a floor of 2.0 and 4.5; from 3 on it decides alone, also while a
    functional system is missing.

    Raises:
        ValueError: The ambulation score is not 0 to 16.
    """
    if ambulation is not None and not 0 <= ambulation <= 16:
        raise ValueError(f"There is no ambulation score {ambulation}: it goes from 0 to 16.")
    converted = systems.converted()
    missing = systems.missing()
    by_item = {SYSTEM_ITEMS[name]: grade for name, grade in converted.items()}
    fs_step, line = (None, 0) if missing else step_from_systems(tuple(converted.values()))
    if ambulation is None:
        missing = (*missing, "AMBULATION")
    elif ambulation >= 3:
        return EdssResult(
            step=Decimal(_STEP_FROM_AMBULATION[ambulation]),
            rule=f"AS-{ambulation}",
            fs_step=fs_step,
            converted=by_item,
            printed_line=True,
            explanation=explain_ambulation(ambulation, _STEP_FROM_AMBULATION[ambulation], missing),
            missing=missing,
        )
    if fs_step is None or ambulation is None:
        return EdssResult(None, "", fs_step, by_item, False, explain_missing(missing), missing)
    floor = _FLOOR[ambulation]
    if fs_step < floor:
        return EdssResult(
            step=floor,
            rule=f"AS-{ambulation}",
            fs_step=fs_step,
            converted=by_item,
            printed_line=True,
            explanation=explain_ambulation(ambulation, str(floor), ()),
            missing=(),
        )
    printed = line not in _DERIVED
    return EdssResult(
        step=fs_step,
        rule=f"S4-{line}",
        fs_step=fs_step,
        converted=by_item,
        printed_line=printed,
        explanation=explain_systems(
            tuple(converted.values()), ambulation, str(fs_step), printed=printed
        ),
        missing=(),
    )
