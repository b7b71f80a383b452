from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from msclinic.domain.values import Answer, Code, Codes, Missing, PartialDate
from msclinic.forms.definitions import ItemDefinition, Text
from msclinic.services.scenarios.answers import answer_of, day_of, moment_of
from msclinic.study.reader import Place, Scalar

WARSAW = ZoneInfo("Europe/Warsaw")
NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)  # 09:30 in Warsaw


def at(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, second, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("now", NOW),
        ("10:15", at(23, 9, 15)),
        ("10:15:30", at(23, 9, 15, 30)),
        ("2026-11-24 00:10", at(23, 23, 10)),
        ("2026-11-24T00:10", at(23, 23, 10)),
        ("+20 min", at(23, 8, 50)),
        ("now - 2 h", at(23, 6, 30)),
        ("+1 d", at(24, 8, 30)),
    ],
)
def test_moments_are_told_in_the_sites_time(text: str, moment: datetime) -> None:
    assert moment_of(text, NOW, WARSAW) == moment


@pytest.mark.parametrize("text", ["25:00", "2026-02-30 10:00", "soon", "+20", "today", "10"])
def test_what_is_no_moment_gives_none(text: str) -> None:
    assert moment_of(text, NOW, WARSAW) is None


def test_a_day_later_is_the_same_hour_also_when_the_clocks_change() -> None:
    before = datetime(2026, 10, 24, 8, 30, tzinfo=UTC)  # 10:30, summer time
    assert moment_of("+1 d", before, WARSAW) == datetime(2026, 10, 25, 9, 30, tzinfo=UTC)
    assert moment_of("+24 h", before, WARSAW) == datetime(2026, 10, 25, 8, 30, tzinfo=UTC)


def test_days_are_the_sites_days() -> None:
    late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    assert day_of("today", late, WARSAW) == date(2026, 11, 24)
    assert day_of("today - 28 d", NOW, WARSAW) == date(2026, 10, 26)
    assert day_of("2026-11-30", NOW, WARSAW) == date(2026, 11, 30)
    for text in ("2026-02-30", "28 d", "today - 2 h", "soon"):
        assert day_of(text, NOW, WARSAW) is None


def place(value: Scalar | list[Scalar] | dict[str, Scalar]) -> Place:
    if isinstance(value, list):
        return Place([Place(one, 1) for one in value], 1)
    if isinstance(value, dict):
        return Place({key: Place(one, 1) for key, one in value.items()}, 1)
    return Place(value, 1)


def read(kind: str, value: Scalar | list[Scalar] | dict[str, Scalar]) -> Answer | None:
    item = ItemDefinition("ITEM", Text({"en": "Item"}), kind)
    return answer_of(item, place(value), NOW, WARSAW)


@pytest.mark.parametrize(
    ("kind", "value", "answer"),
    [
        ("text", "1.0", "1.0"),
        ("integer", 74, 74),
        ("decimal", 100, Decimal(100)),
        ("decimal", Decimal("36.60"), Decimal("36.60")),
        ("code", "Y", Code("Y")),
        ("code", 2, Code("2")),
        ("code", Decimal("4.0"), Code("4.0")),
        ("codes", ["LATEX", 1], Codes(("LATEX", "1"))),
        ("date", "today", date(2026, 11, 23)),
        ("partial_date", 2024, PartialDate("2024")),
        ("partial_date", "2024-05", PartialDate("2024-05")),
        ("partial_date", "today - 23 d", PartialDate("2026-10-31")),
        ("datetime", "09:00", at(23, 8)),
        ("integer", {"missing": "UNABLE"}, Missing("UNABLE")),
        ("codes", {"missing": "NA", "detail": "no"}, Missing("NA", "no")),
    ],
)
def test_an_answer_takes_the_type_of_its_item(
    kind: str, value: Scalar | list[Scalar] | dict[str, Scalar], answer: Answer
) -> None:
    found = read(kind, value)
    assert (type(found), found) == (type(answer), answer)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("text", 1),
        ("integer", Decimal("1.5")),
        ("integer", True),
        ("decimal", "36,6"),
        ("code", ["Y"]),
        ("codes", "LATEX"),
        ("date", "23.11.2026"),
        ("partial_date", "2024-13"),
        ("partial_date", "today - 1 h"),
        ("datetime", "2026-11-23"),
        ("integer", {"missing": "FORGOT"}),
        ("integer", {"detail": "no reason"}),
        ("integer", {"missing": "NA", "why": "x"}),
        ("integer", None),
    ],
)
def test_what_does_not_fit_the_item_is_no_answer(
    kind: str, value: Scalar | list[Scalar] | dict[str, Scalar]
) -> None:
    assert read(kind, value) is None
