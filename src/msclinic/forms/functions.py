"""The functions an expression may call, by name: exact sums, dates, scores.

Values cross into CEL as tagged texts so that no decimal becomes a float and no date is compared
as text. A function never raises into CEL; what it cannot decide has no value.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from msclinic.domain.dates import date_after, shift_months
from msclinic.domain.edss import FunctionalSystems, score_edss
from msclinic.domain.news2 import score_news2
from msclinic.domain.values import Answer, Code, Codes, Missing, PartialDate
from msclinic.domain.vitals import VitalsReading
from msclinic.forms.functions_laboratory import LABORATORY_FUNCTIONS
from msclinic.forms.functions_scores import SCORES
from msclinic.forms.host_function import HostFunction, Kind

__all__ = ["FUNCTIONS", "NOTHING", "HostFunction", "Kind", "decode", "encode"]


NOTHING = "-:"
"""How a missing argument reaches a lenient function."""


def encode(value: Answer | bool | None) -> str | bool | list[str] | None:
    """Write a value as CEL carries it to a host function; None for a missing one."""
    if value is None or isinstance(value, Missing):
        return None
    if isinstance(value, bool):
        return value
    if isinstance(value, Decimal):
        return "d:" + format(value, "f")
    if isinstance(value, int):
        return f"d:{value}"
    if isinstance(value, str):
        return "s:" + value
    if isinstance(value, Code):
        return "c:" + value.value
    if isinstance(value, Codes):
        return ["c:" + code for code in value.values]
    if isinstance(value, PartialDate):
        return "P:" + value.text
    if isinstance(value, datetime):
        return "T:" + value.isoformat()
    return "D:" + value.isoformat()


def decode(tagged: Any) -> Any:
    """Read back what ``encode`` wrote; codes come back as their text."""
    if isinstance(tagged, bool):
        return tagged
    if isinstance(tagged, list):
        return tuple(decode(element) for element in tagged)
    if not isinstance(tagged, str):
        raise TypeError(f"a {type(tagged).__name__} is no tagged value")
    tag, text = tagged[:2], tagged[2:]
    if tagged == NOTHING:
        return None
    if tag == "d:":
        return Decimal(text)
    if tag in ("s:", "c:"):
        return text
    if tag == "D:":
        return date.fromisoformat(text)
    if tag == "P:":
        return PartialDate(text)
    if tag == "T:":
        return datetime.fromisoformat(text)
    raise TypeError("a text without its tag")


def _decimal_sum(*terms: Decimal) -> Decimal:
    return sum(terms, Decimal(0))


def _decimal_difference(first: Decimal, second: Decimal) -> Decimal:
    return first - second


def _decimal_product(first: Decimal, second: Decimal) -> Decimal:
    return first * second


def _round_half_up(number: Decimal, places: Decimal) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-int(places)), rounding=ROUND_HALF_UP)


def _percent_change(old: Decimal, new: Decimal) -> Decimal | None:
    return (new - old) * 100 / abs(old) if old else None


def _body_mass_index(weight: Decimal, height: Decimal) -> Decimal | None:
    return weight * 10000 / (height * height) if height else None


def _within_percent(value: Decimal, reference: Decimal, percent: Decimal) -> bool:
    return abs(value - reference) * 100 <= percent * abs(reference)


def _days_between(first: date, second: date) -> Decimal:
    return Decimal((second - first).days)


def _months_before(day: date, months: Decimal) -> date | None:
    return shift_months(day, -int(months))


def _years_between(first: date, second: date) -> Decimal:
    birthday_to_come = (second.month, second.day) < (first.month, first.day)
    return Decimal(second.year - first.year - birthday_to_come)


def _minutes_between(first: datetime, second: datetime) -> Decimal:
    return Decimal((second - first) // timedelta(milliseconds=1)) / 60000


def _hours_after(moment: datetime, hours: Decimal) -> datetime | None:
    try:
        return moment + timedelta(milliseconds=int(hours * 3_600_000))
    except OverflowError:
        return None


def _year_of(day: date | PartialDate) -> Decimal:
    return Decimal(day.text[:4] if isinstance(day, PartialDate) else day.year)


def _number_of_code(code: str) -> Decimal | None:
    try:
        number = Decimal(code)
    except ArithmeticError:
        return None
    return number if number.is_finite() else None


def _sum_of(numbers: Sequence[Decimal]) -> Decimal:
    return sum(numbers, Decimal(0))


def _news2_total(
    resp: Decimal,
    oxysat: Decimal,
    oxygen: Decimal,
    sysbp: Decimal,
    pulse: Decimal,
    consciousness: str,
    temp: Decimal,
    scale: Decimal | str,
) -> Decimal | None:
    reading = VitalsReading(
        resp=resp,
        oxysat=oxysat,
        oxygen=oxygen,
        sysbp=sysbp,
        pulse=pulse,
        consciousness=consciousness,
        temp=temp,
        scale=int(scale),
    )
    total = score_news2(reading).total
    return None if total is None else Decimal(total)


def _systems(grades: Sequence[Decimal | str | None]) -> FunctionalSystems:
    return FunctionalSystems(*(None if grade is None else int(grade) for grade in grades))


def _edss_step(*grades: Decimal | str | None) -> Decimal | None:
    ambulation = grades[7]
    walked = None if ambulation is None else int(ambulation)
    return score_edss(_systems(grades[:7]), walked).step


def _edss_fs_step(*grades: Decimal | str | None) -> Decimal | None:
    return score_edss(_systems(grades), None).fs_step


_N = frozenset({Kind.NUMBER})
_D = frozenset({Kind.DATE})
_P = frozenset({Kind.DATE, Kind.PARTIAL_DATE})
_T = frozenset({Kind.DATETIME})
_C = frozenset({Kind.CODE})
_ANY = frozenset(Kind)


def _registered() -> dict[str, HostFunction]:
    b, n, d = Kind.BOOLEAN, Kind.NUMBER, Kind.DATE
    functions = [
        HostFunction("decimal_sum", (_N,), n, _decimal_sum, "Exact sum.", variadic=True),
        HostFunction(
            "decimal_difference", (_N, _N), n, _decimal_difference, "Exact first minus second."
        ),
        HostFunction("decimal_product", (_N, _N), n, _decimal_product, "Exact product."),
        HostFunction(
            "round_half_up", (_N, _N), n, _round_half_up, "Number rounded to so many places."
        ),
        HostFunction(
            "percent_change",
            (_N, _N),
            n,
            _percent_change,
            "Change from first to second in percent of the first; none where the first is 0.",
            partial=True,
        ),
        HostFunction(
            "body_mass_index",
            (_N, _N),
            n,
            _body_mass_index,
            "Body mass index in kg/m2 of a weight in kg and a height in cm.",
            partial=True,
        ),
        HostFunction(
            "within_percent",
            (_N, _N, _N),
            b,
            _within_percent,
            "Whether the first lies within so many percent (third) of the second.",
        ),
        HostFunction(
            "number_of_code",
            (_C,),
            n,
            _number_of_code,
            "The number that a code such as '1.5' is written as; none for other codes.",
            partial=True,
        ),
        HostFunction("days_between", (_D, _D), n, _days_between, "Days from first to second."),
        HostFunction(
            "months_before",
            (_D, _N),
            d,
            _months_before,
            "The same day so many calendar months earlier, or the month's last day.",
            partial=True,
        ),
        HostFunction("years_between", (_D, _D), n, _years_between, "Full years, as for an age."),
        HostFunction(
            "minutes_between", (_T, _T), n, _minutes_between, "Minutes from first to second."
        ),
        HostFunction(
            "hours_after",
            (_T, _N),
            Kind.DATETIME,
            _hours_after,
            "The time so many hours later.",
            partial=True,
        ),
        HostFunction("after", (_T, _T), b, lambda a, c: a > c, "First is later than second."),
        HostFunction(
            "not_after", (_T, _T), b, lambda a, c: a <= c, "First is not later than second."
        ),
        HostFunction(
            "date_after",
            (_P, _P),
            b,
            date_after,
            "First day is later; undecided where partial dates leave it open.",
            partial=True,
        ),
        HostFunction("year_of", (_P,), n, _year_of, "Year of a full or partial date."),
        HostFunction("sum_of", (_N,), n, _sum_of, "Sum over all repeats; 0 for none.", many=True),
        HostFunction(
            "count_of",
            (_ANY,),
            n,
            lambda values: Decimal(len(values)),
            "In how many repeats the item has a value.",
            many=True,
        ),
        HostFunction(
            "min_of",
            (_N,),
            n,
            lambda values: min(values, default=None),
            "Smallest over all repeats.",
            many=True,
            partial=True,
        ),
        HostFunction(
            "max_of",
            (_N,),
            n,
            lambda values: max(values, default=None),
            "Largest over all repeats.",
            many=True,
            partial=True,
        ),
        HostFunction(
            "news2_total",
            (_N, _N, _N, _N, _N, _C, _N, _N | _C),
            n,
            _news2_total,
            "NEWS2 (RCP 2017) of RESP, OXYSAT, OXYGEN, SYSBP, PULSE, CONSCIOUSNESS, TEMP, scale.",
            partial=True,
        ),
        HostFunction(
            "edss_step",
            (_N | _C,) * 8,
            n,
            _edss_step,
            "EDSS step of visual, brainstem, pyramidal, cerebellar, sensory, bowel and bladder,"
            " cerebral (grades before conversion) and ambulation score; from ambulation 3 on"
            " also while a system is missing.",
            partial=True,
            lenient=True,
        ),
        HostFunction(
            "edss_fs_step",
            (_N | _C,) * 7,
            n,
            _edss_fs_step,
            "Step that the seven functional systems alone would give.",
            partial=True,
        ),
    ]
    functions += SCORES
    functions += LABORATORY_FUNCTIONS
    return {function.name: function for function in functions}


FUNCTIONS = _registered()
"""Every host function by its name."""
