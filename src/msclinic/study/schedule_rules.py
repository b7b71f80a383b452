"""What the visits of a schedule have to be to each other, and what follows for its intervals.

Each visit is read alone (``schedule_loader``); here they are held against one another, against
the rights of the roles that fill in their forms, and against the settings that count days.
"""

from collections.abc import Mapping
from itertools import pairwise

from msclinic.study.model import Role, Setting, Visit
from msclinic.study.reader import Place, Reader

__all__ = ["intervals_fit", "schedule_whole"]


def schedule_whole(
    reader: Reader, place: Place | None, visits: tuple[Visit, ...], roles: Mapping[str, Role]
) -> None:
    """Hold the visits against each other and against the rights of their roles.

    Args:
        reader: Of visits.yaml; mistakes go there.
        place: Its list of visits.
        visits: As read, in order.
        roles: The study's roles.
    """
    places = _places(place)
    _infusions_numbered(reader, places, visits)
    _windows_apart(reader, places, visits)
    for code, one in places.items():
        _forms_fit(reader, code, one, roles)


def _infusions_numbered(
    reader: Reader, places: Mapping[str, Place], visits: tuple[Visit, ...]
) -> None:
    """Infusions are 1, 2, 3 .. in the order of the schedule, none twice and none left out."""
    doses = [visit for visit in visits if visit.infusion is not None]
    for number, visit in enumerate(doses, start=1):
        if visit.infusion != number and visit.code in places:
            held = places[visit.code]
            line = _parts(held)["infusion"].line if "infusion" in _parts(held) else held.line
            sentence = f"{visit.code} has infusion {visit.infusion} where {number} follows"
            reader.wrong(line, "INFUSION_NUMBER", sentence, visit.code)


def _windows_apart(reader: Reader, places: Mapping[str, Place], visits: tuple[Visit, ...]) -> None:
    """From the first infusion on no day belongs to two visits: which was missed would be open."""
    counted = sorted(
        (visit.window, visit.code)
        for visit in visits
        if visit.kind == "scheduled"
        and visit.window is not None
        and visit.target_day is not None
        and visit.target_day >= 1
    )
    for (earlier, first), (later, second) in pairwise(counted):
        if earlier[1] < later[0]:
            continue
        sentence = f"the windows of {first} and {second} share a day"
        for code in (first, second):
            if code in places:
                held = places[code]
                line = _parts(held)["window"].line if "window" in _parts(held) else held.line
                reader.wrong(line, "WINDOWS_OVERLAP", sentence, code)


def _forms_fit(reader: Reader, visit: str, place: Place, roles: Mapping[str, Role]) -> None:
    seen: dict[object, int] = {}
    listed = _parts(place).get("forms")
    for one in listed.value if listed is not None and isinstance(listed.value, list) else ():
        keys = _parts(one)
        form = str(keys["form"].value) if "form" in keys else ""
        role = roles.get(str(keys["role"].value)) if "role" in keys else None
        if role is not None and not role.rights & {"enter:*", f"enter:{form}"}:
            sentence = f"{form} is left to {role.code}, who may not enter it"
            reader.wrong(keys["role"].line, "ROLE_CANNOT_ENTER", sentence, visit)
        order = keys["order"].value if "order" in keys else None
        if order is not None and order in seen:
            sentence = f"{form} has the same order as the form in line {seen[order]}"
            reader.wrong(keys["order"].line, "SAME_ORDER", sentence, visit)
        elif order is not None:
            seen[order] = keys["order"].line


def intervals_fit(
    reader: Reader,
    settings: Mapping[str, Setting],
    lines: Mapping[str, int],
    visits: tuple[Visit, ...],
) -> None:
    """Hold the settings that count days between doses against the days of the schedule.

    Args:
        reader: Of study.yaml; mistakes go there.
        settings: As read.
        lines: Where each stands.
        visits: The schedule, in order.
    """
    doses = [
        (visit.code, visit.target_day, visit.window)
        for visit in visits
        if visit.infusion is not None and visit.target_day is not None and visit.window is not None
    ]
    shortest, missed = _days(settings, "min_interval"), _days(settings, "missed_after")
    if shortest is not None and any(
        later - earlier < shortest for (_, earlier, _), (_, later, _) in pairwise(doses)
    ):
        sentence = f"min_interval {shortest} is longer than the schedule leaves between two doses"
        reader.wrong(lines["min_interval"], "SETTING_WRONG", sentence, "min_interval")
    if missed is None:
        return
    for code, target, window in doses:
        if window[1] - target > missed:
            sentence = f"missed_after {missed} ends before the window of {code}"
            reader.wrong(lines["missed_after"], "SETTING_WRONG", sentence, "missed_after")
            return
    for (_, target, _), (code, _, window) in pairwise(doses):
        if target + missed >= window[0]:
            sentence = f"missed_after {missed} ends when the window of {code} is open already"
            reader.wrong(lines["missed_after"], "SETTING_WRONG", sentence, "missed_after")
            return


def _days(settings: Mapping[str, Setting], key: str) -> int | None:
    value = settings[key].value if key in settings else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _places(place: Place | None) -> dict[str, Place]:
    listed = place.value if place is not None and isinstance(place.value, list) else []
    return {str(_parts(one)["code"].value): one for one in listed if "code" in _parts(one)}


def _parts(place: Place) -> Mapping[str, Place]:
    return place.value if isinstance(place.value, dict) else {}
