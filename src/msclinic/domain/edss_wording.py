"""What a computed EDSS step says for itself, in the shipped languages.

Own words of this program; never the wording of the licensed form.
"""

from collections.abc import Sequence

__all__ = ["explain_ambulation", "explain_missing", "explain_systems"]

_AMBULATION: dict[int, tuple[str, str]] = {
    0: ("walking is unrestricted", "chód jest bez ograniczeń"),
    1: (
        "walks 500 m or more without help, yet not unrestricted",
        "przechodzi bez pomocy co najmniej 500 m, lecz nie bez ograniczeń",
    ),
    2: (
        "walks 300 m or more but less than 500 m without help",
        "przechodzi bez pomocy co najmniej 300 m, lecz mniej niż 500 m",
    ),
    3: (
        "walks 200 m or more but less than 300 m without help",
        "przechodzi bez pomocy co najmniej 200 m, lecz mniej niż 300 m",
    ),
    4: (
        "walks 100 m or more but less than 200 m without help",
        "przechodzi bez pomocy co najmniej 100 m, lecz mniej niż 200 m",
    ),
    5: ("walks less than 100 m without help", "przechodzi bez pomocy mniej niż 100 m"),
    6: (
        "walks 50 m or more with an aid on one side",
        "przechodzi co najmniej 50 m z pomocą po jednej stronie",
    ),
    7: (
        "walks 120 m or more with aids on both sides",
        "przechodzi co najmniej 120 m z pomocą po obu stronach",
    ),
    8: (
        "walks less than 50 m with an aid on one side",
        "przechodzi mniej niż 50 m z pomocą po jednej stronie",
    ),
    9: (
        "walks 5 m or more but less than 120 m with aids on both sides",
        "przechodzi co najmniej 5 m, lecz mniej niż 120 m z pomocą po obu stronach",
    ),
    10: (
        "uses a wheelchair and manages it without help",
        "porusza się na wózku i radzi sobie na nim bez pomocy",
    ),
    11: (
        "uses a wheelchair, takes a few steps at most and may need help",
        "porusza się na wózku, robi najwyżej kilka kroków i może potrzebować pomocy",
    ),
    12: (
        "is bound to bed or chair but out of bed most of the day",
        "jest skazany na łóżko lub fotel, lecz większość dnia spędza poza łóżkiem",
    ),
    13: (
        "is in bed much of the day, with some use of the arms",
        "przez znaczną część dnia pozostaje w łóżku, częściowo używa rąk",
    ),
    14: (
        "is helpless in bed but communicates and eats",
        "jest w łóżku bezradny, lecz porozumiewa się i je",
    ),
    15: (
        "is wholly helpless and cannot communicate or eat",
        "jest całkowicie bezradny, nie porozumiewa się ani nie je",
    ),
    16: ("died of multiple sclerosis", "zmarł z powodu stwardnienia rozsianego"),
}

_SYSTEMS: dict[str, tuple[str, str]] = {
    "FS_VISUAL": ("visual", "wzrokowy"),
    "FS_BRAINSTEM": ("brainstem", "pnia mózgu"),
    "FS_PYRAMIDAL": ("pyramidal", "piramidowy"),
    "FS_CEREBELLAR": ("cerebellar", "móżdżkowy"),
    "FS_SENSORY": ("sensory", "czuciowy"),
    "FS_BOWEL_BLADDER": ("bowel and bladder", "jelit i pęcherza"),
    "FS_CEREBRAL": ("cerebral", "mózgowy"),
    "AMBULATION": ("ambulation", "chód"),
}
_EN = ("no", "one", "two", "three", "four", "five", "six", "seven")
_PL = ("zero", "jeden", "dwa", "trzy", "cztery", "pięć", "sześć", "siedem")


def _systems(count: int) -> tuple[str, str]:
    noun = "układ" if count == 1 else "układy" if count <= 4 else "układów"
    return f"{_EN[count]} system{'' if count == 1 else 's'}", f"{_PL[count]} {noun}"


def _step_pl(step: str) -> str:
    return step.replace(".", ",")


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _names(items: Sequence[str], language: int) -> str:
    return ", ".join(_SYSTEMS[item][language] for item in items)


def explain_systems(
    grades: Sequence[int], ambulation: int, step: str, *, printed: bool
) -> dict[str, str]:
    """Say how converted grades gave a step while walking set no higher floor.

    Args:
        grades: The seven converted grades.
        ambulation: 0, 1 or 2.
        step: The step.
        printed: Whether the combination is printed in table 04/10.3.
    """
    walk_en, walk_pl = _AMBULATION[ambulation]
    parts = [(grade, grades.count(grade)) for grade in range(6, 0, -1) if grade in grades]
    if not parts:
        en, pl = "all seven systems are normal", "wszystkie siedem układów w normie"
    else:
        en = " and ".join(f"{_systems(count)[0]} at grade {grade}" for grade, count in parts)
        pl = " i ".join(f"{_systems(count)[1]} w stopniu {grade}" for grade, count in parts)
    sentence_en = f"{_capital(walk_en)}; after conversion, {en}: step {step}."
    sentence_pl = f"{_capital(walk_pl)}; po przeliczeniu {pl}: stopień {_step_pl(step)}."
    if not printed:
        sentence_en += (
            " The scoring table does not print this combination; it exceeds the step below"
            " and is placed in the next."
        )
        sentence_pl += (
            " Tabela punktacji nie podaje tego zestawu; przekracza on niższy stopień,"
            " więc należy do następnego."
        )
    return {"en": sentence_en, "pl": sentence_pl}


def explain_ambulation(ambulation: int, step: str, missing: Sequence[str]) -> dict[str, str]:
    """Say how walking decided the step, and which grades the record still lacks."""
    walk_en, walk_pl = _AMBULATION[ambulation]
    if ambulation < 3:
        en = f"{_capital(walk_en)}: the step is at least {step}, more than the systems alone give."
        pl = (
            f"{_capital(walk_pl)}: stopień wynosi co najmniej {_step_pl(step)},"
            " więcej niż wynika z samych układów."
        )
    else:
        en = f"{_capital(walk_en)}: this alone gives step {step}, whatever the systems show."
        pl = (
            f"{_capital(walk_pl)}: samo to daje stopień {_step_pl(step)},"
            " niezależnie od oceny układów."
        )
    if missing:
        en += f" The record is incomplete without: {_names(missing, 0)}."
        pl += f" Zapis jest niekompletny, brakuje: {_names(missing, 1)}."
    return {"en": en, "pl": pl}


def explain_missing(missing: Sequence[str]) -> dict[str, str]:
    """Say which grades keep the step from being decided."""
    return {
        "en": f"No step can be given while these are missing: {_names(missing, 0)}.",
        "pl": f"Nie można podać stopnia, dopóki brakuje: {_names(missing, 1)}.",
    }
