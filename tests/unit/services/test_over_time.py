"""One participant over time, read from a real record in each role."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pypdfium2
import pytest
from tests.clinic import COST, Clinic
from tests.course import SECRET, course, day_of, restricted
from tests.laboratory_report import DAY, give, laboratory

from msclinic.cli.main import Windows, main
from msclinic.domain.values import Code
from msclinic.reports.over_time_model import OverTime, Series
from msclinic.reports.over_time_words import point_state
from msclinic.services.entry import FormEntry
from msclinic.services.gateway import recording
from msclinic.services.over_time import over_time, sees_over_time
from msclinic.services.over_time_document import over_time_file, over_time_pdf
from msclinic.services.people import open_account
from msclinic.services.session import Refused
from msclinic.services.sign_in import join
from msclinic.services.signing import add_signature

MASKED = ("NUR-04", "PHY-01", "PI-01", "CRC-01", "DM-01", "MON-01")


@pytest.fixture
def lived(clinic: Clinic) -> tuple[Clinic, str]:
    return clinic, course(clinic)


def no_window(*_anything: object) -> int:
    raise AssertionError("a command opens no window")


def series_of(data: OverTime, panel: str, item: str) -> Series:
    return next(
        one
        for found in data.panels
        if found.code == panel
        for one in found.series
        if item in one.key.split("/")
    )


def points(series: Series) -> list[tuple[str, str, Decimal | None]]:
    return [(point.visit, point.text, point.value) for point in series.points]


def seen(clinic: Clinic, participant: str, account: str, language: str = "en") -> OverTime:
    return over_time(clinic.session(account), participant, language)


def test_steps_stand_on_the_days_of_their_exams_and_one_unsigned_says_so(lived):
    clinic, participant = lived
    edss = series_of(seen(clinic, participant, "PHY-01"), "edss", "EDSS")
    assert points(edss) == [
        (visit, step, Decimal(step))
        for visit, step in (("SCR", "4.5"), ("V1", "4.5"), ("V2", "5.0"), ("V3", "5.5"))
    ]
    assert [point.unsigned for point in edss.points] == [False, False, False, True]
    assert edss.points[1].day == day_of(clinic, "V1")
    assert (edss.scale, edss.worse) == ((Decimal(0), Decimal(10)), "higher")


def test_the_threshold_is_explained_in_words(lived):
    clinic, participant = lived
    edss = series_of(seen(clinic, participant, "PHY-01"), "edss", "EDSS")
    assert edss.threshold == Decimal("5.5")
    assert edss.threshold_words == (
        "5.5 = baseline + 1.0: counts as worsening if it stays 12 weeks"
    )


def test_a_changed_exam_has_a_signature_that_no_longer_holds(lived):
    clinic, participant = lived
    rater = clinic.session("RAT-02")
    with recording(rater) as act:
        add_signature(act, participant, "V3/1/edss/1", "exam")
    entry = FormEntry(rater, participant, "V2", "edss")
    entry.answer(entry.ref("EDSS"), Code("6.0"), reason={"code": "1", "text": "mistyped"})
    edss = series_of(seen(clinic, participant, "PHY-01"), "edss", "EDSS")
    assert [point.void for point in edss.points] == [False, False, True, False]
    assert edss.points[2].text == "6.0"


def test_a_test_that_was_not_possible_is_a_gap_with_its_reason_and_never_nought(lived):
    clinic, participant = lived
    walk = series_of(seen(clinic, participant, "CRC-01"), "timed_tests", "T25FW_MEAN")
    assert points(walk) == [
        ("SCR", "6.25", Decimal("6.25")),
        ("V1", "6.25", Decimal("6.25")),
        ("V2", "Unable because of MS", None),
        ("V3", "Time limit reached", None),
    ]
    assert [point.kind for point in walk.points] == ["value", "value", "missing", "missing"]
    assert walk.points[2].visit_day
    assert walk.points[2].day == day_of(clinic, "V2")


def test_a_mean_of_trials_that_changed_since_says_so(lived):
    clinic, participant = lived
    entry = FormEntry(clinic.session("RAT-02"), participant, "V1", "t25fw")
    trial = entry.ref("T25FW101_2")
    entry.answer(trial, Decimal("9.3"), reason={"code": "1", "text": "mistyped"})
    walk = series_of(seen(clinic, participant, "CRC-01"), "timed_tests", "T25FW_MEAN")
    assert [point.stale for point in walk.points] == [False, True, False, False]


def test_results_stand_in_the_standard_unit_with_their_text_as_typed(lived):
    clinic, participant = lived
    data = seen(clinic, participant, "CRC-01")
    creatinine = series_of(data, "laboratory", "CREAT_LBORRES")
    assert creatinine.points[-1].text == "0.9 mg/dL"
    assert creatinine.points[-1].value == Decimal("0.9") * Decimal("88.40")
    assert creatinine.unit == "µmol/L"
    # The laboratory's range is in the standard unit, and is shown so.
    assert creatinine.points[-1].usual == (Decimal(44), Decimal(80))


@pytest.mark.parametrize(
    ("laboratory_code", "text", "flag", "words"),
    [
        ("CENTRAL", "250", "no_range", "cannot be judged: no range"),
        ("SITE", "<150", "critical_possible", "may be critical"),
    ],
)
def test_a_result_that_cannot_be_judged_is_never_drawn_as_normal(
    clinic, laboratory_code, text, flag, words
):
    participant, lab = clinic.enrol(1), laboratory(clinic)
    entry = FormEntry(lab, participant, "SCR", "lab_safety")
    give(entry, LBNAM=Code(laboratory_code), LBDAT=DAY, PLAT_LBORRES=text)
    give(entry, PLAT_LBORRESU=Code("10*9/L"))
    entry.store_computed()
    data = seen(clinic, participant, "PHY-01")
    (point,) = series_of(data, "laboratory", "PLAT_LBORRES").points
    assert (point.flag, words in point_state(point, "en")) == (flag, True)


def test_a_result_out_of_range_is_flagged_beside_the_range_of_its_day(lived):
    clinic, participant = lived
    alt = series_of(seen(clinic, participant, "CRC-01"), "laboratory", "ALT_LBORRES")
    high = alt.points[-1]
    assert (high.flag, high.usual) == ("high", (None, Decimal(35)))
    assert alt.points[0].flag == ""
    assert high.unsigned


def test_a_value_below_detection_is_known_from_one_side(lived):
    clinic, participant = lived
    data = seen(clinic, participant, "CRC-01")
    crp = series_of(data, "laboratory", "CRP_LBORRES").points[0]
    assert (crp.text, crp.kind, crp.value) == ("<0.5", "below", Decimal("0.5"))
    marker = series_of(data, "biomarkers", "NFL_LBORRES")
    assert [(p.text, p.kind) for p in marker.points] == [("14,2", "value"), ("<2.0", "below")]
    assert marker.detail == "Serum · Simoa HD-X"


def test_values_of_another_method_are_another_series(lived):
    clinic, participant = lived
    lab = clinic.session("LAB-01")
    entry = FormEntry(lab, participant, "V3", "biomarker_results", form_key="other")
    for item, answer in (
        ("LBDAT", day_of(clinic, "V3")),
        ("LBMETHOD", "Elecsys"),
        ("LBSPEC", Code("SERUM")),
        ("NFL_LBORRES", "3.1"),
        ("NFL_LBORRESU", Code("pg/mL")),
    ):
        assert entry.answer(entry.ref(item), answer).accepted
    data = seen(clinic, participant, "CRC-01")
    (panel,) = [one for one in data.panels if one.code == "biomarkers"]
    found = {one.detail: len(one.points) for one in panel.series if one.title == "NfL"}
    assert found == {"Serum · Simoa HD-X": 2, "Serum · Elecsys": 1}


def test_what_has_nothing_on_record_is_named_once(lived):
    clinic, participant = lived
    data = seen(clinic, participant, "CRC-01")
    (panel,) = [one for one in data.panels if one.code == "timed_tests"]
    assert panel.blank == ("Nine-hole peg test", "Symbol digit modalities test")


def test_events_keep_partial_dates_as_all_the_days_they_may_mean(lived):
    clinic, participant = lived
    bruise, infection, pneumonia = seen(clinic, participant, "PHY-01").events or ()
    first = day_of(clinic, "V1")
    assert bruise.start is not None
    assert bruise.end is not None
    assert (bruise.start.first, bruise.end.last) == (first, first + timedelta(days=4))
    month = day_of(clinic, "V2").replace(day=1)
    assert infection.start is not None
    assert infection.start.first == month
    assert infection.start.last == (month + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    assert (infection.ongoing, infection.grade) == (True, "2 moderate")
    assert pneumonia.start is not None
    assert (pneumonia.start.first, pneumonia.start.last) == (date(2025, 1, 1), date(2025, 12, 31))
    assert (pneumonia.serious, pneumonia.end, pneumonia.note) == (True, None, "end unknown")


def test_the_axis_runs_from_the_first_visit_to_today_with_visits_and_infusions(lived):
    clinic, participant = lived
    data = seen(clinic, participant, "NUR-04")
    assert (data.start, data.end) == (day_of(clinic, "SCR"), day_of(clinic, "V3"))
    assert [mark.code for mark in data.visits] == ["SCR", "V1", "V2", "V3"]
    assert [(mark.number, mark.day) for mark in data.infusions] == [
        (1, day_of(clinic, "V1")),
        (2, day_of(clinic, "V2")),
    ]


def test_a_form_entered_in_error_is_left_out(lived):
    clinic, participant = lived
    rater = clinic.session("RAT-02")
    with recording(rater) as act:
        act.set(
            "form_completed",
            "V1/1/edss/1",
            {"type": "code", "value": "entered_in_error"},
            participant=participant,
        )
    edss = series_of(seen(clinic, participant, "PHY-01"), "edss", "EDSS")
    assert [point.visit for point in edss.points] == ["SCR", "V2", "V3"]


@pytest.mark.parametrize("account", ["RAT-02", "ADMIN-01", "PREP-01"])
def test_roles_without_any_of_it_are_refused(lived, account: str, tmp_path: Path):
    clinic, participant = lived
    session = clinic.session(account)
    assert not sees_over_time(session)
    for ask in (
        lambda: over_time(session, participant),
        lambda: over_time_pdf(session, participant),
        lambda: over_time_file(session, "PL01-007", tmp_path / "out.pdf"),
    ):
        with pytest.raises(Refused) as refused:
            ask()
        assert refused.value.code == "no_over_time"
    assert not (tmp_path / "out.pdf").exists()


def test_an_assessor_is_refused_though_timed_tests_are_theirs(clinic: Clinic):
    admin, pi = clinic.session("ADMIN-01"), clinic.session("PI-01")
    open_account(admin, "ASM-01", "ASSESSOR", "ASM-01 has the long key", pi, COST)
    session = join(pi, "ASM-01", "ASM-01 has the long key")
    with pytest.raises(Refused):
        over_time(session, clinic.enrol(1))


def test_the_laboratory_sees_results_only(lived):
    clinic, participant = lived
    data = seen(clinic, participant, "LAB-01")
    assert [panel.code for panel in data.panels] == ["laboratory", "biomarkers"]
    assert data.events is None
    assert data.infusions == ()
    assert "Pneumonia" not in repr(data)


@pytest.mark.parametrize("account", MASKED)
def test_results_that_could_reveal_the_arm_are_not_there_for_masked_roles(lived, account: str):
    clinic, participant = lived
    restricted(clinic, participant)
    data = seen(clinic, participant, account)
    assert "restricted" not in [panel.code for panel in data.panels]
    assert SECRET not in repr(data)
    assert "Restricted" not in repr(data)


def test_who_may_see_restricted_results_sees_nothing_else(lived):
    clinic, participant = lived
    session = restricted(clinic, participant)
    data = over_time(session, participant)
    assert [panel.code for panel in data.panels] == ["restricted"]
    assert data.events is None
    assert data.banner.year_of_birth is None
    (point,) = series_of(data, "restricted", "VESCOUNT").points
    assert (point.text, point.kind) == (SECRET, "words")


def test_the_command_writes_the_document_and_refuses_the_rater(lived, tmp_path: Path, capsys):
    clinic, _participant = lived
    home = clinic.home.folder
    clinic.close()
    out = tmp_path / "over-time.pdf"
    password = tmp_path / "password"
    for account, code in (("CRC-01", 0), ("RAT-02", 3)):
        password.write_text(f"{account} has the long key")
        options = ["--home", str(home), "--account", account, "--password-file", str(password)]
        ask = ["documents", "over-time", "--participant", "PL01-007", "--out", str(out)]
        assert main([*options, *ask], Windows(no_window, no_window)) == code
    assert "does not see participants over time" in capsys.readouterr().err
    with pypdfium2.PdfDocument(out) as pdf:
        text = "".join(page.get_textpage().get_text_bounded() for page in pdf)
    for wanted in ("PL01-007", "5.5", "0.9 mg/dL", "<0.5", "Unable because of MS", "Pneumonia"):
        assert wanted in text


def test_nothing_on_record_gives_an_axis_and_no_series(clinic: Clinic):
    participant = clinic.enrol(3)
    data = over_time(clinic.session("CRC-01"), participant)
    assert (data.start, data.end) == (data.today, data.today)
    assert all(panel.series == () for panel in data.panels)
    assert data.events == ()


def test_words_are_polish_where_polish_is_asked_for(lived):
    clinic, participant = lived
    data = seen(clinic, participant, "CRC-01", "pl")
    walk = series_of(data, "timed_tests", "T25FW_MEAN")
    assert walk.points[0].text == "6,25"
    assert walk.points[2].text == "Nie może z powodu SM"
    assert [panel.title for panel in data.panels][1] == "Testy czasowe"
