"""One form's values as points over time: number, text as typed, range, flag, or why there is none.

Items of a laboratory result are known by their names: ``WBC_LBORRES``, ``WBC_LBORRESU``, and so on.
A flag that no longer fits its value counts as undecided.
"""

from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from attrs import evolve, frozen

from msclinic.domain.laboratory import Comparator, Flag, read_reported
from msclinic.domain.laboratory_flags import Sample, ranges_for
from msclinic.domain.laboratory_units import TESTS
from msclinic.domain.values import Answer, Code, Missing, from_json
from msclinic.forms.definitions import ItemDefinition, ItemGroupDefinition
from msclinic.forms.session import Ref
from msclinic.reports.over_time_model import Kind, Limits, TimePoint
from msclinic.services.visit_reading import FormReading, Words
from msclinic.store import Head
from msclinic.wording import decimal_text, tr

__all__ = ["Drawn", "Person", "drawn_items", "form_day", "points_of", "unit_of"]

_RESULT = "_LBORRES"
_DONE = ("completed", "amended")
_KINDS: dict[Comparator, Kind] = {
    Comparator.EXACT: "value",
    Comparator.BELOW: "below",
    Comparator.AT_MOST: "below",
    Comparator.ABOVE: "above",
    Comparator.AT_LEAST: "above",
}


@frozen
class Person:
    """What a reference range depends on.

    Attributes:
        sex: ``F`` or ``M``, or None while unknown.
        birth_year: Or None while unknown.
    """

    sex: str | None
    birth_year: int | None


@frozen
class Drawn:
    """A point and the series it belongs to.

    Attributes:
        item: The item that is drawn.
        parts: Answers that part series, in words; empty where none was given.
        point: The point; its day is not trusted where ``dated`` is false.
        dated: Whether its day is known.
    """

    item: ItemDefinition
    parts: tuple[str, ...]
    point: TimePoint
    dated: bool = True


def drawn_items(form: FormReading) -> list[tuple[ItemGroupDefinition, ItemDefinition]]:
    """The items of a form that are drawn over time."""
    return [
        (group, item)
        for group in form.definition.item_groups
        for item in group.items
        if item.trend is not None
    ]


def laboratory_test(item: ItemDefinition) -> str:
    """The test of a laboratory result in the program's table of units, or empty."""
    test = item.oid.removesuffix(_RESULT)
    return test if item.oid.endswith(_RESULT) and test in TESTS else ""


def unit_of(item: ItemDefinition) -> str:
    """UCUM code of the unit in which a series stands; empty for none."""
    test = laboratory_test(item)
    return TESTS[test].standard if test else item.unit or ""


def form_day(form: FormReading, words: Words) -> date | None:
    """The day that the form itself names: of sampling, of the exam, of the answers."""
    domain = form.definition.domain
    for group in form.definition.item_groups:
        for item in group.items:
            if item.cdisc.get("variable") not in (f"{domain}DTC", f"{domain}DAT"):
                continue
            answer = form.value(item.oid)
            if isinstance(answer, datetime):
                return answer.astimezone(words.session.zone).date()
            if isinstance(answer, date):
                return answer
    return None


def points_of(
    form: FormReading, words: Words, person: Person, visit_day: date | None
) -> list[Drawn]:
    """Every point of a form, in the form's order."""
    own = form_day(form, words)
    day = own or visit_day
    found = []
    for group, item in drawn_items(form):
        for key in form.keys(group.oid):
            point = _point(form, group, item, key, words, person, own)
            if point is None:
                continue
            placed = evolve(point, day=day or date.min, visit_day=own is None)
            found.append(Drawn(item, _parts(form, item, key, words), placed, day is not None))
    return found


def _parts(form: FormReading, item: ItemDefinition, key: str, words: Words) -> tuple[str, ...]:
    said = []
    for oid in item.trend.by if item.trend is not None else ():
        group = form.definition.group_of(oid)
        answer = form.value(oid, key if group.repeating else form.keys(group.oid)[0])
        if answer is not None:
            said.append(words.answer(form.definition.item(oid), answer))
    return tuple(said)


def _point(
    form: FormReading,
    group: ItemGroupDefinition,
    item: ItemDefinition,
    key: str,
    words: Words,
    person: Person,
    day: date | None,
) -> TimePoint | None:
    ref: Ref = (group.oid, key, item.oid)
    heads = form.heads(ref)
    visit = form.prefix.split("/", 1)[0]
    blank = TimePoint(date.min, visit, "", "missing")
    if not form.relevant(ref):
        reason = _reason(form, form.definition.item_groups, words)
        return evolve(blank, text=reason) if reason else None
    answers = [from_json(head.value) for head in heads if head.value is not None]
    if len(answers) > 1:
        both = " / ".join(_typed(item, answer, words) for answer in answers)
        return evolve(blank, text=both, kind="conflict")
    if not answers:
        return _unanswered(form, group, item, ref, blank, words)
    answer = answers[0]
    if isinstance(answer, Missing):
        reason = _reason(form, (group,), words) or words.missing(answer)
        return evolve(blank, text=reason)
    point = evolve(blank, text=_typed(item, answer, words), stale=heads[0].stale, kind="words")
    if isinstance(answer, str):
        return _laboratory(form, item, answer, point, words, person, day)
    number = _number(item, answer)
    return point if number is None else evolve(point, kind="value", value=number)


def _unanswered(
    form: FormReading,
    group: ItemGroupDefinition,
    item: ItemDefinition,
    ref: Ref,
    blank: TimePoint,
    words: Words,
) -> TimePoint | None:
    """A gap where a value was due: with the reason, or as no result of a completed form."""
    if not item.computed and not form.required(ref):
        return None
    reason = _reason(form, (group,), words)
    state = form.register(form.prefix)
    done = bool(state) and (state[0].value or {}).get("value") in _DONE
    if not reason and done:
        reason = tr("no result", words.language)
    return evolve(blank, text=reason) if reason else None


def _reason(form: FormReading, groups: tuple[ItemGroupDefinition, ...], words: Words) -> str:
    """Why nothing was measured, as the form says it."""
    for group in groups:
        for item in group.items:
            if not item.cdisc.get("variable", "").endswith("REASND"):
                continue
            answer = form.value(item.oid) if not group.repeating else None
            if answer is not None and form.relevant(form.ref(item.oid)):
                return words.answer(item, answer)
    return ""


def _typed(item: ItemDefinition, answer: Answer, words: Words) -> str:
    if isinstance(answer, Decimal | int):
        return decimal_text(Decimal(answer), words.language)
    return words.answer(item, answer)


def _number(item: ItemDefinition, answer: Answer) -> Decimal | None:
    if isinstance(answer, Decimal | int):
        return Decimal(answer)
    if not isinstance(answer, Code) or item.codelist is None:
        return None
    try:
        # A scale of steps is one only where every choice is a number.
        steps = {code: Decimal(code) for code in item.codelist.codes}
    except InvalidOperation:
        return None
    return steps.get(answer.value)


def _laboratory(
    form: FormReading,
    item: ItemDefinition,
    typed: str,
    point: TimePoint,
    words: Words,
    person: Person,
    day: date | None,
) -> TimePoint:
    """A result as reported, in the standard unit of its test with its flag and range."""
    named = item.oid.removesuffix(_RESULT)
    beside = {
        one.oid: one
        for one_group in form.definition.item_groups
        for one in one_group.items
        if not one_group.repeating
    }
    test, reported = laboratory_test(item), read_reported(typed)
    unit_item = beside.get(f"{named}_LBORRESU")
    unit = form.value(unit_item.oid) if unit_item is not None else None
    if unit_item is not None and isinstance(unit, Code):
        shown = unit_item.codelist.label(unit.value, words.language) if unit_item.codelist else ""
        if not test or unit.value != TESTS[test].standard or reported is None:
            point = evolve(point, text=f"{typed} {shown}".strip())
    factor = TESTS[test].factors.get(unit.value) if test and isinstance(unit, Code) else None
    indicator = beside.get(f"{named}_LBNRIND")
    if indicator is not None:
        point = evolve(point, flag=_flag(form.heads(form.ref(indicator.oid))))
    if reported is None or factor is None or not isinstance(unit, Code):
        return point
    return evolve(
        point,
        kind=_KINDS[reported.comparator],
        value=reported.number * factor,
        usual=_usual(form, test, unit.value, words, person, day),
    )


def _flag(heads: list[Head]) -> str:
    answer = from_json(heads[0].value) if heads and heads[0].value is not None else None
    code = answer.value if isinstance(answer, Code) else ""
    if len(heads) > 1 or (heads and heads[0].stale) or code not in Flag.__members__:
        return Flag.UNDECIDED.value.lower()
    return "" if Flag[code] is Flag.NORMAL else code.lower()


def _usual(
    form: FormReading,
    test: str,
    unit: str,
    words: Words,
    person: Person,
    day: date | None,
) -> Limits | None:
    """The range of that laboratory on that day; None where none or more than one may be meant."""
    named = (
        form.value(item.oid)
        for group in form.definition.item_groups
        for item in group.items
        if item.cdisc.get("variable") == "LBNAM"
    )
    laboratory = next(named, None)
    if not isinstance(laboratory, Code) or day is None:
        return None
    sample = Sample(laboratory.value, day, person.sex, person.birth_year)
    ranges = ranges_for(words.session.study.laboratories, test, unit, sample)
    if len(ranges) != 1:
        return None
    limits = next(iter(ranges))
    return None if limits is None else (limits.low, limits.high)
