"""Results come in, are flagged, wait for a physician, and are reviewed by a signature."""

from datetime import date
from decimal import Decimal

import pytest
from tests.clinic import PASSWORDS, Clinic
from tests.laboratory_report import DAY, KEY, give, laboratory, report

from msclinic.domain.errors import UserError
from msclinic.domain.laboratory import Flag
from msclinic.domain.values import Code, Codes, Missing
from msclinic.services.entry import FormEntry
from msclinic.services.laboratory import (
    critical_values,
    demand_reviewable,
    results_on_record,
    review,
    unreviewed_results,
)
from msclinic.services.session import Refused, Session
from msclinic.services.signing import sign
from msclinic.services.worklist import worklist


@pytest.fixture
def lab(clinic: Clinic) -> Session:
    return laboratory(clinic)


def test_results_in_any_unit_get_a_flag_and_a_standard_value(clinic: Clinic, lab: Session) -> None:
    entry = report(lab, clinic.enrol(1), CREAT=("2.0", "mg/dL"))
    assert entry.value("WBC_LBSTRESN") == Decimal("5.40")
    assert entry.value("WBC_LBNRIND") == Code("NORMAL")
    assert entry.value("HGB_LBNRIND") == Code("NORMAL")
    assert entry.value("CREAT_LBSTRESN") == Decimal("176.8")
    assert entry.value("CREAT_LBNRIND") == Code("HIGH")


@pytest.mark.parametrize(
    ("test", "text", "unit", "flag"),
    [
        ("HGB", "40", "g/L", Flag.CRITICAL_LOW),
        ("CREAT", "9,5", "mg/dL", Flag.CRITICAL_HIGH),
        ("PLAT", "5", "10*3/uL", Flag.CRITICAL_LOW),
        ("WBC", "<4", "10*9/L", Flag.CRITICAL_POSSIBLE),
    ],
)
def test_a_critical_value_calls_the_physician_whatever_its_unit(
    clinic: Clinic, lab: Session, test: str, text: str, unit: str, flag: Flag
) -> None:
    entry = report(lab, clinic.enrol(1), **{test: (text, unit)})
    (found,) = entry.state(entry.ref(f"{test}_LBNRIND")).findings
    code = "MAYBE_CRITICAL" if flag is Flag.CRITICAL_POSSIBLE else "CRITICAL"
    assert (found.code, found.severity) == (f"{test}_{code}", "alert")
    assert "Laboratory: call the physician now. Physician: judge it" in found.message["en"]
    ((_, value),) = critical_values(clinic.session("PHY-01"))
    assert (value.item.oid, value.flag) == (f"{test}_LBORRES", flag)


def test_an_open_age_never_makes_a_critical_value_less(clinic: Clinic, lab: Session) -> None:
    participant, crc = clinic.enrol(1), clinic.session("CRC-01")
    demography = FormEntry(crc, participant, "SCR", "demography")
    reason = {"code": "1", "text": ""}
    unknown = demography.answer(demography.ref("BRTHYY"), 2008, reason=reason)
    assert unknown.accepted  # 17 or 18 years old: one of both has no range
    report(lab, participant, PLAT=("5", "10*9/L"))
    ((_, value),) = critical_values(clinic.session("PHY-01"))
    assert value.flag is Flag.CRITICAL_LOW


def test_a_result_without_a_range_waits_for_a_judgement(clinic: Clinic, lab: Session) -> None:
    participant, phy = clinic.enrol(1), clinic.session("PHY-01")
    entry = FormEntry(lab, participant, "SCR", "lab_safety")
    give(entry, LBNAM=Code("CENTRAL"), LBREFID="S-1", LBDAT=DAY, LBTIM="08:45")
    for test in ("WBC", "HGB", "PLAT", "ALT", "AST", "CREAT"):
        give(entry, **{f"{test}_LBORRES": Missing("NOT_DONE")})
    give(entry, CRP_LBORRES="3", CRP_LBORRESU=Code("mg/L"))
    entry.complete()
    (waiting,) = unreviewed_results(phy)
    assert ([one.flag for one in waiting.results], waiting.open) == ([Flag.NO_RANGE], 1)
    with pytest.raises(UserError) as refusal:
        review(phy, participant, waiting.scope, PASSWORDS["PHY-01"])
    assert refusal.value.code == "results_not_judged"


def test_a_critical_value_counts_from_the_moment_it_is_stored(clinic: Clinic, lab: Session) -> None:
    participant, phy = clinic.enrol(1), clinic.session("PHY-01")
    entry = FormEntry(lab, participant, "SCR", "lab_safety")
    give(entry, HGB_LBORRES="13")
    give(entry, HGB_LBORRESU=Code("g/dL"))
    assert unreviewed_results(phy) == ()
    # Neither laboratory nor day of sampling is typed yet.
    give(entry, PLAT_LBORRES="5")
    give(entry, PLAT_LBORRESU=Code("10*3/uL"))
    ((form, value),) = critical_values(phy)
    assert (form.completed, form.day, value.flag) == (False, None, Flag.CRITICAL_LOW)
    assert [one.kind for one in worklist(phy)].count("critical") == 1
    entry.answer(entry.ref("PLAT_LBORRES"), "250", reason={"code": "1", "text": ""})
    assert unreviewed_results(phy) == ()


def test_an_unfinished_positive_pregnancy_test_is_critical(clinic: Clinic, lab: Session) -> None:
    entry = FormEntry(clinic.session("NUR-04"), clinic.enrol(1), "SCR", "pregnancy_test")
    give(entry, HCG_LBORRES=Code("POS"))
    ((form, value),) = critical_values(clinic.session("PHY-01"))
    assert (form.completed, value.flag) == (False, Flag.ABNORMAL)


def test_the_judgement_keeps_the_physician_and_nobody_else_waiting(
    clinic: Clinic, lab: Session
) -> None:
    participant, phy = clinic.enrol(1), clinic.session("PHY-01")
    entry = report(lab, participant, CRP=("118", "mg/L"))
    judgement = entry.ref("CRP_LBCLSIG")
    assert (entry.status, entry.open_items(), entry.unjudged()) == ("completed", [], [judgement])
    assert not entry.state(judgement).required
    physician = FormEntry(phy, participant, "SCR", "lab_safety")
    assert physician.open_items() == physician.unjudged() == [judgement]
    assert physician.state(judgement).required
    with pytest.raises(UserError) as refusal:
        demand_reviewable(phy, participant, entry.prefix)
    assert refusal.value.code == "results_not_judged"
    give(physician, CRP_LBCLSIG=Code("Y"))
    demand_reviewable(phy, participant, entry.prefix)
    assert (physician.open_items(), physician.unjudged()) == ([], [])
    with pytest.raises(Refused):
        demand_reviewable(lab, participant, entry.prefix)


def test_what_a_signature_covers_lists_the_critical_first(clinic: Clinic, lab: Session) -> None:
    participant = clinic.enrol(1)
    changed = {"WBC": ("12", "10*9/L"), "CRP": ("118", "mg/L")}
    entry = report(lab, participant, **changed)
    found = results_on_record(clinic.session("PHY-01"), participant, entry.prefix)
    assert [one.item.oid for one in found[:2]] == ["CRP_LBORRES", "WBC_LBORRES"]
    with pytest.raises(Refused):
        results_on_record(clinic.session("RAT-02"), participant, entry.prefix)


def test_the_range_follows_the_sex_of_the_participant(clinic: Clinic, lab: Session) -> None:
    woman, man = clinic.enrol(1), clinic.enrol(2)
    assert report(lab, woman, HGB=("13", "g/dL")).value("HGB_LBNRIND") == Code("NORMAL")
    assert report(lab, man, HGB=("13", "g/dL")).value("HGB_LBNRIND") == Code("LOW")


def test_a_result_below_the_detection_limit_keeps_its_sign(clinic: Clinic, lab: Session) -> None:
    entry = report(lab, clinic.enrol(1), ALT=("<50", "U/L"))
    assert entry.value("CRP_LBORRES") == "<0.5"
    assert entry.value("CRP_LBSTRESN") is None
    assert entry.value("CRP_LBNRIND") == Code("NORMAL")
    assert entry.value("ALT_LBNRIND") == Code("UNDECIDED")


def test_an_unreadable_result_is_kept_only_with_a_reason(clinic: Clinic, lab: Session) -> None:
    entry = FormEntry(lab, clinic.enrol(1), "SCR", "lab_safety")
    stored = entry.answer(entry.ref("PLAT_LBORRES"), "250,000")
    assert [(one.code, one.severity) for one in stored.findings] == [("PLAT_NO_NUMBER", "soft")]
    stored = entry.answer(
        entry.ref("PLAT_LBORRES"), "250", reason={"code": "1", "text": "mistyped"}
    )
    assert stored.findings == ()


def test_a_day_to_come_and_a_time_that_is_none_are_refused(clinic: Clinic, lab: Session) -> None:
    entry = FormEntry(lab, clinic.enrol(1), "SCR", "lab_safety")
    assert not entry.answer(entry.ref("LBDAT"), date(2026, 11, 24)).accepted
    assert not entry.answer(entry.ref("LBTIM"), "8.45").accepted
    assert entry.answer(entry.ref("LBTIM"), "08:45").accepted


def test_only_the_laboratory_types_results_and_only_a_physician_judges(
    clinic: Clinic, lab: Session
) -> None:
    participant = clinic.enrol(1)
    report(lab, participant, CRP=("12", "mg/L"))
    physician = FormEntry(clinic.session("PHY-01"), participant, "SCR", "lab_safety")
    with pytest.raises(Refused):
        physician.answer(physician.ref("CRP_LBORRES"), "1")
    mine = FormEntry(lab, participant, "SCR", "lab_safety")
    with pytest.raises(Refused):
        mine.answer(mine.ref("CRP_LBCLSIG"), Code("N"))
    assert physician.answer(physician.ref("CRP_LBCLSIG"), Code("N")).accepted


def test_results_wait_from_completion_until_a_physician_signs(clinic: Clinic, lab: Session) -> None:
    participant, phy = clinic.enrol(1), clinic.session("PHY-01")
    begun = FormEntry(lab, participant, "SCR", "lab_safety")
    give(begun, LBNAM=Code("SITE"), LBDAT=DAY)
    assert unreviewed_results(phy) == ()
    report(lab, participant)
    (waiting,) = unreviewed_results(phy)
    assert (waiting.code, waiting.visit, waiting.form) == ("PL01-001", "SCR", "lab_safety")
    assert (waiting.day, len(waiting.results), waiting.open) == (DAY, 7, 0)
    review(phy, participant, waiting.scope, PASSWORDS["PHY-01"])
    assert unreviewed_results(phy) == ()


def test_an_abnormal_result_is_judged_before_the_review_is_signed(
    clinic: Clinic, lab: Session
) -> None:
    participant, phy = clinic.enrol(1), clinic.session("PHY-01")
    report(lab, participant, CRP=("12", "mg/L"), WBC=("3.1", "10*9/L"))
    (waiting,) = unreviewed_results(phy)
    assert [one.flag for one in waiting.results[:2]] == [Flag.LOW, Flag.HIGH]
    assert waiting.open == 2
    with pytest.raises(UserError) as refusal:
        review(phy, participant, waiting.scope, PASSWORDS["PHY-01"])
    assert (refusal.value.code, refusal.value.parameters["count"]) == ("results_not_judged", 2)
    entry = FormEntry(phy, participant, "SCR", "lab_safety")
    give(entry, CRP_LBCLSIG=Code("Y"), WBC_LBCLSIG=Code("N"))
    entry.complete()
    review(phy, participant, waiting.scope, PASSWORDS["PHY-01"])
    assert unreviewed_results(phy) == ()
    with phy.store.read() as reader:
        (row,) = reader.signatures(participant=participant, meaning="lab_reviewed")
    assert (row.actor, row.status, row.scope) == ("PHY-01", "valid", waiting.scope)


def test_a_changed_result_makes_the_review_void_and_waits_again(
    clinic: Clinic, lab: Session
) -> None:
    participant, phy = clinic.enrol(1), clinic.session("PHY-01")
    entry = report(lab, participant)
    review(phy, participant, entry.prefix, PASSWORDS["PHY-01"])
    entry.answer(entry.ref("CRP_LBORRES"), "120", reason={"code": "1", "text": ""})
    (waiting,) = unreviewed_results(phy)
    # The new value speaks at once, not only once the form is completed anew.
    assert (waiting.results[0].flag, waiting.completed) == (Flag.CRITICAL_HIGH, True)
    entry.complete()
    (waiting,) = unreviewed_results(phy)
    assert (waiting.results[0].flag, waiting.results[0].answer) == (Flag.CRITICAL_HIGH, "120")


def test_a_result_taken_back_is_no_result_whatever_its_old_flag(
    clinic: Clinic, lab: Session
) -> None:
    participant, phy = clinic.enrol(1), clinic.session("PHY-01")
    entry = report(lab, participant, CRP=("120", "mg/L"))
    entry.answer(entry.ref("CRP_LBORRES"), Missing("NOT_DONE"), reason={"code": "1", "text": ""})
    entry.complete()
    (waiting,) = unreviewed_results(phy)
    assert "CRP_LBORRES" not in {one.item.oid for one in waiting.results}
    assert critical_values(phy) == ()


def test_critical_values_come_first_then_doubt_then_what_is_out_of_range(
    clinic: Clinic, lab: Session
) -> None:
    phy = clinic.session("PHY-01")
    report(lab, clinic.enrol(1))
    report(lab, clinic.enrol(2), CRP=("9", "mg/L"))
    report(lab, clinic.enrol(3), ALT=("<50", "U/L"))
    report(lab, clinic.enrol(4), PLAT=("12", "10*9/L"))
    codes = [waiting.code for waiting in unreviewed_results(phy)]
    assert codes == ["PL01-004", "PL01-003", "PL01-002", "PL01-001"]
    ((form, value),) = critical_values(phy)
    assert (form.code, value.flag, value.unit) == ("PL01-004", Flag.CRITICAL_LOW, "10*9/L")


def test_a_positive_pregnancy_test_is_critical_and_a_man_needs_none(
    clinic: Clinic, lab: Session
) -> None:
    woman, man, phy = clinic.enrol(1), clinic.enrol(2), clinic.session("PHY-01")
    entry = FormEntry(clinic.session("NUR-04"), woman, "SCR", "pregnancy_test")
    give(entry, LBDAT=DAY, HCG_LBORRES=Code("POS"), HCG_LBSPEC=Code("URINE"))
    assert [one.code for one in entry.open_findings()] == ["HCG_POSITIVE"]
    entry.complete()
    ((form, value),) = critical_values(phy)
    assert (form.form, value.flag) == ("pregnancy_test", Flag.ABNORMAL)
    his = FormEntry(lab, man, "SCR", "pregnancy_test")
    assert his.open_items() == []
    his.complete()
    assert his.value("HCG_APPLIES") == Code("NOT_APPLICABLE")
    assert [waiting.participant for waiting in unreviewed_results(phy)] == [woman]


def test_who_may_not_read_the_forms_learns_of_no_result(clinic: Clinic, lab: Session) -> None:
    report(lab, clinic.enrol(1), CRP=("120", "mg/L"))
    for account in ("RAT-02", "PREP-01", "ADMIN-01"):
        assert unreviewed_results(clinic.session(account)) == ()


def test_only_a_physician_signs_the_review(clinic: Clinic, lab: Session) -> None:
    entry = report(lab, clinic.enrol(1))
    for session, password in (
        (lab, KEY),
        (clinic.session("NUR-04"), PASSWORDS["NUR-04"]),
        (clinic.session("MON-01"), PASSWORDS["MON-01"]),
    ):
        with pytest.raises(Refused) as refusal:
            review(session, entry.participant, entry.prefix, password)
        assert refusal.value.code == "not_allowed"


def test_nobody_signs_a_form_that_their_role_does_not_see(clinic: Clinic, lab: Session) -> None:
    participant = clinic.enrol(1)
    with pytest.raises(Refused) as refusal:
        sign(lab, participant, "SCR/1/consent/1", "form_entered", KEY)
    assert refusal.value.code == "not_allowed"


def test_a_review_is_signed_on_a_laboratory_form_only(clinic: Clinic) -> None:
    participant, phy = clinic.enrol(1), clinic.session("PHY-01")
    with pytest.raises(Refused) as refusal:
        review(phy, participant, "SCR/1/demography/1", PASSWORDS["PHY-01"])
    assert refusal.value.code == "not_a_forms_meaning"


def test_the_way_of_a_sample_is_told_event_by_event(clinic: Clinic, lab: Session) -> None:
    participant = clinic.enrol(1)
    entry = FormEntry(lab, participant, "V1", "biomarker_blood")
    key = entry.add_repeat("events")
    give(entry, SPECIMEN=Codes(("SERUM", "PLASMA")))
    now = clinic.clock.now()
    for item, answer in (("BETERM", Code("FROZEN")), ("BEDAT", now), ("BEREFID", "T-1")):
        assert entry.answer(("events", key, item), answer).accepted
    stored = entry.answer(("events", key, "BETEMP"), Decimal("-20.0"))
    assert [one.code for one in stored.findings] == ["BETEMP_WARM"]
    assert not entry.answer(("events", key, "BETEMP"), Decimal("60.0")).accepted
