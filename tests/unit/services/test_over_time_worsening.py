"""What is worse than at baseline is marked for those who see it, and no rater can learn of it."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from tests.clinic import Clinic

from msclinic.domain.values import Answer, Code, Codes, Missing
from msclinic.reports.over_time_model import OverTime, Series
from msclinic.reports.over_time_words import series_sentence
from msclinic.services.documents import documents_of, preview_summary, summary_file
from msclinic.services.edss_history import edss_history
from msclinic.services.entry import FormEntry
from msclinic.services.exam_lists import edss_trend, my_exams
from msclinic.services.exporting import export_odm
from msclinic.services.lookup import known, look_up
from msclinic.services.over_time import over_time, sees_over_time
from msclinic.services.over_time_document import over_time_file, over_time_pdf
from msclinic.services.session import Refused
from msclinic.services.visits import open_visit, participant_visits
from msclinic.services.worklist import worklist

DAYS = {"SCR": 0, "V1": 28, "V2": 119, "V3": 210}
YES, NO = Code("Y"), Code("N")
# At screening slower than ever, at V1 6.00 s, then 7.19 s, and 7.20 s: 20 % to the hundredth.
WALKS = {"SCR": ("9.0", "9.0"), "V1": ("6.0", "6.0"), "V2": ("7.1", "7.2"), "V3": ("7.2", "7.2")}


def give(entry: FormEntry, **answers: Answer) -> None:
    for item, answer in answers.items():
        assert entry.answer(entry.ref(item), answer).accepted, item


def walk(clinic: Clinic, participant: str, visit: str, first: str, second: str) -> FormEntry:
    entry = FormEntry(clinic.session("ASSESSOR-01"), participant, visit, "t25fw")
    give(entry, FTPERF=YES, FTDTC=clinic.clock.now(), T25FW_DEVICE=Codes(("NONE",)), T25FW102=NO)
    give(entry, T25FW101_1=Decimal(first), T25FW101_2=Decimal(second))
    entry.complete()
    return entry


@pytest.fixture
def walked(clinic: Clinic) -> tuple[Clinic, str]:
    participant = clinic.enrol(7)
    passed = 0
    for visit, (first, second) in WALKS.items():
        clinic.clock.turn(timedelta(days=DAYS[visit] - passed))
        passed = DAYS[visit]
        crc = clinic.session("CRC-01")
        open_visit(crc, participant, visit, clinic.clock.now().astimezone(crc.zone).date())
        walk(clinic, participant, visit, first, second)
    return clinic, participant


def series_of(data: OverTime, item: str) -> Series:
    return next(one for panel in data.panels for one in panel.series if item in one.key.split("/"))


def seen(clinic: Clinic, participant: str, language: str = "en") -> Series:
    return series_of(over_time(clinic.session("PHY-01"), participant, language), "T25FW_MEAN")


def worse(series: Series) -> list[str]:
    return [point.visit for point in series.points if point.worsened]


def test_a_walk_longer_by_the_threshold_is_marked_and_one_a_hair_below_is_not(walked):
    clinic, participant = walked
    series = seen(clinic, participant)
    assert [point.text for point in series.points] == ["9.00", "6.00", "7.15", "7.20"]
    # Screening is practice: slower before the baseline is no worsening.
    assert worse(series) == ["V3"]
    assert series.reference == "at V1: 6.00 s"
    assert series.worsening == "worse: at least 20 % longer than at V1"
    assert "V3 7.20 (worse than at baseline" in series_sentence(series, "en")


def test_the_flag_is_polish_where_polish_is_asked_for(walked):
    clinic, participant = walked
    series = seen(clinic, participant, "pl")
    assert series.reference == "na wizycie V1: 6,00 s"
    assert "7,20 (gorzej niż na wizycie wyjściowej" in series_sentence(series, "pl")


def test_each_hand_is_held_against_its_own_baseline(walked):
    clinic, participant = walked
    for visit, other in {"V1": "30.0", "V3": "36.0"}.items():
        entry = FormEntry(clinic.session("ASSESSOR-01"), participant, visit, "nhpt")
        day = clinic.clock.now() - timedelta(days=DAYS["V3"] - DAYS[visit])
        give(entry, FTPERF=YES, FTDTC=day, NHPT_DOMINANT=Code("RIGHT"))
        give(entry, NHPT0101_D1=Decimal(20), NHPT0101_D2=Decimal(20), NHPT0102_D=NO)
        give(entry, NHPT0101_N1=Decimal(other), NHPT0101_N2=Decimal(other), NHPT0102_N=NO)
        entry.store_computed()
    data = over_time(clinic.session("PHY-01"), participant)
    assert worse(series_of(data, "NHPT_MEAN_D")) == []
    assert worse(series_of(data, "NHPT_MEAN_N")) == ["V3"]


def test_without_a_value_at_baseline_nothing_is_judged_and_the_series_says_so(walked):
    clinic, participant = walked
    entry = FormEntry(clinic.session("ASSESSOR-01"), participant, "V1", "t25fw")
    give(entry, T25FW101_2=Missing("UNABLE"), T25FW_REASON_2=Code("TIME_LIMIT"))
    for stored in ("computed from trials that changed", "no mean any more"):
        series = seen(clinic, participant)
        assert (worse(series), series.worsening) == ([], ""), stored
        assert series.reference == "No settled value at V1: worsening is not judged"
        entry.store_computed()


def test_other_series_are_held_against_nothing(walked):
    clinic, participant = walked
    entry = FormEntry(clinic.session("ASSESSOR-01"), participant, "V1", "sdmt")
    give(entry, FTPERF=YES, FTDTC=clinic.clock.now(), SDMT_MODE=Code("ORAL"), SDMT0101=50)
    series = series_of(over_time(clinic.session("PHY-01"), participant), "SDMT0101")
    assert (series.reference, series.worsening, worse(series)) == ("", "", [])


@pytest.mark.parametrize("account", ["RAT-02", "ASSESSOR-01"])
def test_no_service_export_or_pdf_lets_a_rater_or_assessor_learn_of_it(
    walked, account: str, tmp_path: Path
):
    clinic, participant = walked
    session, out = clinic.session(account), tmp_path / "out"
    assert not sees_over_time(session)
    closed = (
        lambda: over_time(session, participant),
        lambda: over_time_pdf(session, participant),
        lambda: over_time_file(session, "PL01-007", out),
        lambda: edss_trend(session, participant),
        lambda: export_odm(session, out),
        lambda: preview_summary(session, participant, "V3"),
        lambda: summary_file(session, "PL01-007", "V3", out),
        lambda: documents_of(session, participant),
        lambda: worklist(session),
    )
    for ask in closed:
        with pytest.raises(Refused):
            ask()
    assert not out.exists()
    assert edss_history(session, participant).points == ()
    # What is open to them: their lists, the search, and the test itself.
    entry = FormEntry(session, participant, "V3", "t25fw")
    open_to_them = [
        my_exams(session),
        participant_visits(session, participant),
        look_up(session, known(session), "007"),
        [entry.state(ref) for ref in entry.refs()],
        entry.open_findings(),
    ]
    said = repr(open_to_them).casefold()
    assert "7.20" in said
    assert not [word for word in ("worse", "worsen", "gorz", "6.00") if word in said]
