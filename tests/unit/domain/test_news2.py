"""NEWS2 against the chart of the Royal College of Physicians (London 2017)."""

from decimal import Decimal

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from msclinic.domain.news2 import News2Limits, news2_action, score_news2
from msclinic.domain.vitals import VitalsReading

WELL = VitalsReading(
    sysbp=Decimal(124),
    diabp=Decimal(78),
    pulse=Decimal(72),
    resp=Decimal(16),
    temp=Decimal("36.8"),
    oxysat=Decimal(97),
    oxygen=Decimal(0),
    consciousness="A",
    scale=1,
)


def reading(
    resp: int, oxysat: int, scale: int, oxygen: int, sysbp: int, pulse: int, level: str, temp: str
) -> VitalsReading:
    return VitalsReading(
        sysbp=Decimal(sysbp),
        diabp=Decimal(40),
        pulse=Decimal(pulse),
        resp=Decimal(resp),
        temp=Decimal(temp),
        oxysat=Decimal(oxysat),
        oxygen=Decimal(oxygen),
        consciousness=level,
        scale=scale,
    )


@pytest.mark.parametrize(
    ("values", "total", "band"),
    [
        ((16, 97, 1, 0, 124, 72, "A", "36.8"), 0, "none"),
        ((22, 94, 1, 0, 105, 112, "A", "38.4"), 7, "high"),
        ((25, 91, 1, 2, 88, 131, "V", "39.1"), 19, "high"),
        ((8, 92, 1, 2, 220, 40, "C", "35.0"), 19, "high"),
        ((12, 97, 2, 2, 111, 51, "A", "36.1"), 5, "medium"),
        ((12, 97, 2, 0, 111, 51, "A", "36.1"), 0, "none"),
        ((21, 95, 1, 0, 110, 91, "A", "38.0"), 5, "medium"),
        ((25, 91, 1, 2, 90, 131, "U", "35.0"), 20, "high"),
    ],
)
def test_a_worked_set_has_its_total(
    values: tuple[int, int, int, int, int, int, str, str], total: int, band: str
) -> None:
    score = score_news2(reading(*values))
    assert (score.total, score.band) == (total, band)


@pytest.mark.parametrize(
    ("name", "item", "table"),
    [
        (
            "pulse",
            "PULSE",
            "40:3 41:1 50:1 51:0 90:0 91:1 110:1 111:2 130:2 131:3",
        ),
        ("sysbp", "SYSBP", "90:3 91:2 100:2 101:1 110:1 111:0 219:0 220:3"),
        ("resp", "RESP", "8:3 9:1 11:1 12:0 20:0 21:2 24:2 25:3"),
        ("temp", "TEMP", "35.0:3 35.1:1 36.0:1 36.1:0 38.0:0 38.1:1 39.0:1 39.1:2"),
        ("temp", "TEMP", "35.04:3 35.05:1 38.04:0 38.05:1"),
        ("oxysat", "OXYSAT", "91:3 92:2 93:2 94:1 95:1 96:0"),
    ],
)
def test_every_edge_of_the_chart_scores_as_printed(name: str, item: str, table: str) -> None:
    for row in table.split():
        value, points = row.split(":")
        changed = evolve(WELL, **{name: Decimal(value)})
        assert score_news2(changed).parts[item] == int(points), row


@pytest.mark.parametrize(
    ("oxygen", "table"),
    [
        (0, "83:3 84:2 85:2 86:1 87:1 88:0 92:0 93:0 97:0 100:0"),
        (2, "83:3 84:2 85:2 86:1 87:1 88:0 92:0 93:1 94:1 95:2 96:2 97:3 100:3"),
    ],
)
def test_scale_two_counts_high_saturation_only_on_oxygen(oxygen: int, table: str) -> None:
    for row in table.split():
        value, points = row.split(":")
        changed = evolve(WELL, scale=2, oxygen=Decimal(oxygen), oxysat=Decimal(value))
        assert score_news2(changed).parts["OXYSAT"] == int(points), row


@pytest.mark.parametrize("level", ["C", "V", "P", "U"])
def test_any_level_but_alert_scores_three_and_is_low_medium_alone(level: str) -> None:
    score = score_news2(evolve(WELL, consciousness=level))
    assert (score.total, score.band, score.any_three) == (3, "low_medium", True)


@pytest.mark.parametrize(
    ("name", "item"),
    [
        ("sysbp", "SYSBP"),
        ("pulse", "PULSE"),
        ("resp", "RESP"),
        ("temp", "TEMP"),
        ("oxysat", "OXYSAT"),
        ("oxygen", "OXYGEN"),
        ("consciousness", "CONSCIOUSNESS"),
        ("scale", "NEWS2_SCALE"),
    ],
)
def test_a_missing_part_gives_no_total_and_is_never_zero(name: str, item: str) -> None:
    score = score_news2(evolve(WELL, **{name: None}))
    assert score.total is None
    assert score.band is None
    assert score.missing == (item,)
    assert item not in score.parts


def test_a_missing_diastolic_does_not_touch_the_score() -> None:
    assert score_news2(evolve(WELL, diabp=None)).total == 0


WHOLE = st.builds(
    reading,
    st.integers(0, 80),
    st.integers(0, 100),
    st.sampled_from([1, 2]),
    st.integers(0, 15),
    st.integers(0, 300),
    st.integers(0, 300),
    st.sampled_from("ACVPU"),
    st.integers(250, 450).map(lambda tenths: str(Decimal(tenths) / 10)),
)


@given(WHOLE)
def test_every_complete_set_scores_from_zero_to_twenty(whole: VitalsReading) -> None:
    score = score_news2(whole)
    assert score.total is not None
    assert 0 <= score.total <= 20
    assert score.total == sum(score.parts.values())
    assert len(score.parts) == 7


@pytest.mark.parametrize(
    ("change", "action"),
    [
        ({}, "none"),
        ({"pulse": Decimal(95)}, "none"),
        ({"pulse": Decimal(112)}, "recheck"),
        ({"sysbp": Decimal(90)}, "pause"),
        ({"pulse": Decimal(112), "resp": Decimal(22), "oxysat": Decimal(95)}, "pause"),
        ({"pulse": Decimal(131), "resp": Decimal(25), "oxysat": Decimal(95)}, "stop"),
        ({"temp": None}, "recheck"),
        ({"temp": None, "sysbp": Decimal(80)}, "pause"),
    ],
)
def test_a_score_asks_for_its_action(change: dict[str, Decimal | None], action: str) -> None:
    base = score_news2(WELL)
    changed = evolve(WELL, **change)  # type: ignore[arg-type]
    assert news2_action(score_news2(changed), base, News2Limits(rise=2, pause=5, stop=7)) == action
