"""Consistency of an EDSS exam at the level of grades (checks C4 to C10).

Drawn from the public definitions (Kurtzke 1983; Neurostatus 04/10.2). A check never changes an
answer: the rater confirms with a reason, or corrects.
"""

from collections.abc import Mapping
from decimal import Decimal

from attrs import frozen

from msclinic.domain.edss import FunctionalSystems, score_edss
from msclinic.domain.values import Finding

__all__ = ["DEFAULT_ITEMS", "WalkRecord", "edss_checks", "matching_ambulation"]

DEFAULT_ITEMS: dict[str, str] = {
    "visual": "FS_VISUAL",
    "brainstem": "FS_BRAINSTEM",
    "pyramidal": "FS_PYRAMIDAL",
    "cerebellar": "FS_CEREBELLAR",
    "cerebellar_x": "FS_CEREBELLAR_X",
    "sensory": "FS_SENSORY",
    "bowel_bladder": "FS_BOWEL_BLADDER",
    "cerebral": "FS_CEREBRAL",
    "ambulation": "AMBULATION",
    "edss": "EDSS",
    "distance": "WALK_DISTANCE",
    "aid": "WALK_AID",
    "aid_distance": "WALK_AID_DISTANCE",
}


@frozen
class WalkRecord:
    """Walking as it was seen.

    Attributes:
        distance: Metres walked without aid, person or rest; None is not recorded.
        aid: NONE, ONE, TWO or WHEELCHAIR; an orthosis is no aid.
        aid_distance: Metres walked with the aid.
    """

    distance: Decimal | None = None
    aid: str | None = None
    aid_distance: Decimal | None = None


_BANDS = ((500, frozenset({0, 1})), (300, frozenset({2})), (200, frozenset({3})))
_CHAIR = frozenset(range(10, 16))


def matching_ambulation(walk: WalkRecord) -> frozenset[int] | None:
    """Return the ambulation scores a walk allows, the best performance counting.

    Bands are closed below and open above. None while the record says too little.
    """
    alone = walk.distance
    if alone is not None and alone >= 100:
        for edge, scores in _BANDS:
            if alone >= edge:
                return scores
        return frozenset({4})
    short = frozenset({5}) if alone is not None and alone > 0 else frozenset[int]()
    if walk.aid == "NONE":
        return short or None
    if walk.aid == "WHEELCHAIR":
        return _CHAIR
    if walk.aid is None or walk.aid_distance is None:
        return None
    if walk.aid == "ONE":
        return short | {6 if walk.aid_distance >= 50 else 8}
    if walk.aid_distance >= 120:
        return short | {7}
    return short | ({9} if walk.aid_distance >= 5 else _CHAIR)


def edss_checks(
    systems: FunctionalSystems,
    ambulation: int | None,
    entered: Decimal | None = None,
    walk: WalkRecord | None = None,
    items: Mapping[str, str] = DEFAULT_ITEMS,
) -> tuple[Finding, ...]:
    """Return what contradicts or is unusual among the grades of one exam.

    Args:
        systems: Grades before conversion.
        ambulation: Ambulation score.
        entered: The rater's own EDSS step.
        walk: Distance and aid as recorded.
        items: Item ids by part of the exam.

    Returns:
        Findings of severity soft; parameter `level` is E (contradiction) or W (unusual).
    """
    walk = walk or WalkRecord()
    found = [
        *_entered_step(systems, ambulation, entered, walk, items),
        *_walking(ambulation, walk, items),
        *_grades_and_walking(systems, ambulation, items),
    ]
    return tuple(found)


def _finding(item: str, code: str, level: str, en: str, pl: str, **parameters: str) -> Finding:
    return Finding(
        path=item,
        severity="soft",
        code=code,
        parameters={"level": level, **parameters},
        message={"en": en, "pl": pl},
    )


def _comma(number: Decimal) -> str:
    return str(number).replace(".", ",")


def _entered_step(
    systems: FunctionalSystems,
    ambulation: int | None,
    entered: Decimal | None,
    walk: WalkRecord,
    items: Mapping[str, str],
) -> list[Finding]:
    computed = score_edss(systems, ambulation).step
    step = entered if entered is not None else computed
    found = []
    if entered is not None and computed is not None and entered != computed:
        found.append(
            _finding(
                items["edss"],
                "C4",
                "E",
                f"The step entered is {entered}; the grades give {computed}.",
                f"Wpisano stopień {_comma(entered)}; z ocen wynika {_comma(computed)}.",
                entered=str(entered),
                computed=str(computed),
            )
        )
    if step is None:
        return found
    if walk.distance is not None:
        far, near = walk.distance >= 200, walk.distance < 500
        if (step < Decimal("4.5") and near) or (step > 5 and far):
            found.append(
                _finding(
                    items["edss"],
                    "C5",
                    "E",
                    f"Step {step} does not go with {walk.distance} m walked without help.",
                    f"Stopień {_comma(step)} nie pasuje do {_comma(walk.distance)} m"
                    " przebytych bez pomocy.",
                    step=str(step),
                    distance=str(walk.distance),
                )
            )
    highest = max(systems.converted().values(), default=0)
    if step < highest:
        found.append(
            _finding(
                items["edss"],
                "C9",
                "E",
                f"Step {step} is below the highest functional system, grade {highest}.",
                f"Stopień {_comma(step)} jest niższy niż najwyższa ocena układu: {highest}.",
                step=str(step),
                grade=str(highest),
            )
        )
    return found


def _walking(ambulation: int | None, walk: WalkRecord, items: Mapping[str, str]) -> list[Finding]:
    if ambulation is None:
        return []
    found = []
    matching = matching_ambulation(walk)
    if matching is not None and ambulation not in matching and ambulation != 16:
        scores = ", ".join(str(score) for score in sorted(matching))
        found.append(
            _finding(
                items["ambulation"],
                "C6",
                "E",
                f"Ambulation {ambulation} does not match the distance and aid recorded"
                f" (they give {scores}).",
                f"Chód {ambulation} nie odpowiada zapisanej odległości i pomocy"
                f" (wynika z nich {scores}).",
                ambulation=str(ambulation),
                matching=scores,
            )
        )
    aided = ambulation == 0 and walk.aid not in (None, "NONE")
    short = ambulation in (0, 1) and walk.distance is not None and walk.distance < 500
    if aided or short:
        found.append(
            _finding(
                items["ambulation"],
                "C7",
                "E",
                f"Ambulation {ambulation} means 500 m or more without help,"
                " but an aid or a shorter distance is recorded.",
                f"Chód {ambulation} oznacza co najmniej 500 m bez pomocy,"
                " a zapisano pomoc lub krótszą odległość.",
                ambulation=str(ambulation),
            )
        )
    return found


def _grades_and_walking(
    systems: FunctionalSystems, ambulation: int | None, items: Mapping[str, str]
) -> list[Finding]:
    pyramidal, cerebellar = systems.pyramidal, systems.cerebellar
    if ambulation is None:
        return []
    found = []
    if (
        ambulation >= 1
        and pyramidal is not None
        and cerebellar is not None
        and max(pyramidal, cerebellar) < 2
    ):
        found.append(
            _finding(
                items["ambulation"],
                "C8",
                "W",
                f"Ambulation {ambulation} although pyramidal and cerebellar grades are below 2.",
                f"Chód {ambulation}, choć układ piramidowy i móżdżkowy mają oceny poniżej 2.",
                ambulation=str(ambulation),
            )
        )
    severe = []
    if pyramidal is not None and pyramidal >= 5:
        severe.append(("pyramidal", "piramidowym", pyramidal))
    if cerebellar == 5:
        severe.append(("cerebellar", "móżdżkowym", cerebellar))
    if ambulation <= 4:
        found.extend(
            _finding(
                items[name],
                "C10",
                "E",
                f"A {name} grade {grade} does not go with ambulation {ambulation}.",
                f"Ocena {grade} w układzie {polish} nie pasuje do chodu {ambulation}.",
                grade=str(grade),
                ambulation=str(ambulation),
            )
            for name, polish, grade in severe
        )
    return found
