"""Laboratory results of a form as a physician reviews them: value, flag, judgement.

The items of one test share the beginning of their name: ``CRP_LBORRES``, ``CRP_LBNRIND``. A flag
on record that no longer fits its value counts as undecided; two values that stand beside each other
may be critical.
"""

from collections.abc import Iterable, Mapping
from datetime import date

from attrs import frozen

from msclinic.domain.errors import UserError
from msclinic.domain.laboratory import Flag
from msclinic.domain.laboratory_flags import CRITICAL
from msclinic.domain.values import Answer, Code, Missing, from_json
from msclinic.forms.definitions import (
    SINGLE_KEY,
    FormDefinition,
    ItemDefinition,
)
from msclinic.forms.session import Ref
from msclinic.store import Head, Reader
from msclinic.study import Study

__all__ = [
    "LAB_REVIEWED",
    "SAMPLING_DAY",
    "LabResult",
    "demand_judged",
    "lab_results",
    "reviewers_item",
    "sampling_day",
    "urgency",
]

LAB_REVIEWED = "lab_reviewed"
"""Meaning of the physician's signature over a laboratory form."""

SAMPLING_DAY = "LBDAT"
"""The item that says on which day the sample was taken."""

_RESULT = "_LBORRES"

_ORDER = (
    CRITICAL - {Flag.CRITICAL_POSSIBLE},
    {Flag.CRITICAL_POSSIBLE},
    {Flag.UNDECIDED, Flag.NO_RANGE},
    {Flag.LOW, Flag.HIGH},
    {Flag.NORMAL},
)


@frozen
class LabResult:
    """One result on record.

    Attributes:
        item: The item that holds the result as reported.
        ref: Its place in the form.
        answer: The result as reported.
        unit: UCUM code it was reported in; empty where the test has none.
        flag: Where it lies.
        judged: ``Y`` or ``N`` for clinically significant, or none while nobody judged it.
        judgement: Place of that judgement in the form.
    """

    item: ItemDefinition
    ref: Ref
    answer: Answer
    unit: str
    flag: Flag
    judged: str | None
    judgement: Ref | None

    @property
    def open(self) -> bool:
        """Whether a physician has still to judge it."""
        return self.flag is not Flag.NORMAL and self.judgement is not None and self.judged is None


def urgency(flag: Flag) -> int:
    """Rank of a flag, the most urgent 0."""
    return next(place for place, flags in enumerate(_ORDER) if flag in flags)


def lab_results(
    form: FormDefinition,
    prefix: str,
    heads: Iterable[Head],
    flags: Mapping[Ref, Answer | None] | None = None,
) -> tuple[LabResult, ...]:
    """Results of a form that carry a flag, in the form's order.

    Args:
        form: Its definition.
        prefix: Its path in the record.
        heads: Its current heads.
        flags: Flags as the form's rules give them now; left out, those on record count.
    """
    by_path: dict[str, list[Head]] = {}
    for head in heads:
        by_path.setdefault(head.path, []).append(head)
    places = {
        item.oid: (group.oid, SINGLE_KEY, item.oid)
        for group in form.item_groups
        for item in group.items
        if not group.repeating
    }
    tests = [oid.removesuffix(_RESULT) for oid in places if oid.endswith(_RESULT)]
    found = (_result(form, test, prefix, places, by_path, flags) for test in tests)
    return tuple(result for result in found if result is not None)


def _result(
    form: FormDefinition,
    test: str,
    prefix: str,
    places: Mapping[str, Ref],
    by_path: Mapping[str, list[Head]],
    flags: Mapping[Ref, Answer | None] | None,
) -> LabResult | None:
    def standing(variable: str) -> list[Head]:
        ref = places.get(f"{test}{variable}")
        return by_path.get(f"{prefix}/{'/'.join(ref)}", []) if ref else []

    answer = _answer(standing(_RESULT))
    if f"{test}_LBNRIND" not in places or answer is None or isinstance(answer, Missing):
        return None
    indicator = places[f"{test}_LBNRIND"]
    if len(standing(_RESULT)) > 1 or len(standing("_LBORRESU")) > 1:
        flag = Flag.CRITICAL_POSSIBLE
    elif flags is not None:
        flag = _named(flags.get(indicator))
    else:
        flag = _recorded(standing("_LBNRIND"))
    return LabResult(
        item=form.item(f"{test}{_RESULT}"),
        ref=places[f"{test}{_RESULT}"],
        answer=answer,
        unit=_code(_answer(standing("_LBORRESU"))),
        flag=flag,
        judged=_code(_answer(standing("_LBCLSIG"))) or None,
        judgement=places.get(f"{test}_LBCLSIG"),
    )


def reviewers_item(study: Study, form: FormDefinition, item: ItemDefinition) -> bool:
    """Whether only those who review the form answer the item, after others have completed it."""
    if LAB_REVIEWED not in form.signatures or not item.who:
        return False
    return set(item.who) <= set(study.meanings[LAB_REVIEWED].roles)


def sampling_day(heads: Iterable[Head]) -> date | None:
    """The day on which the sample was taken."""
    day = _answer([head for head in heads if head.path.endswith(f"/{SAMPLING_DAY}")])
    return day if isinstance(day, date) else None


def demand_judged(study: Study, reader: Reader, participant: str, scope: str) -> None:
    """Go on only where every result that is not normal was judged by a physician.

    Source: ICH E6(R3) 2.7.1: care for clinically significant laboratory values is the
    investigator's, so each value outside its range is judged.

    Raises:
        UserError: A result still has to be judged.
    """
    form = study.form(scope.split("/")[2])
    results = lab_results(form, scope, reader.heads(participant=participant, prefix=scope))
    waiting = sum(result.open for result in results)
    if waiting:
        raise UserError(
            "results_not_judged",
            what="The review was not signed.",
            why="Results outside their range without a judgement: {count}.",
            what_to_do="Say of each whether it is clinically significant, then sign.",
            parameters={"count": waiting},
        )


def _recorded(flags: list[Head]) -> Flag:
    return Flag.UNDECIDED if not flags or flags[0].stale else _named(_answer(flags))


def _named(answer: Answer | None) -> Flag:
    code = _code(answer)
    return Flag[code] if code in Flag.__members__ else Flag.UNDECIDED


def _answer(heads: list[Head]) -> Answer | None:
    return from_json(heads[0].value) if heads and heads[0].value is not None else None


def _code(answer: Answer | None) -> str:
    return answer.value if isinstance(answer, Code) else ""
