"""Forms of a visit outside the chair: consent, histories, tests, procedures, randomisation."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.forms.test_shipped_study import (
    NO,
    NOT_DONE,
    NOW,
    YES,
    codes,
    found,
    give,
    ref,
    rights,
    session,
    study,
)

from msclinic.domain.values import Code, Missing, PartialDate
from msclinic.forms.session import EntrySession

UNABLE = Missing("UNABLE")
TODAY = date(2026, 11, 24)


def said(entry: EntrySession, form: str, item: str) -> list[str]:
    return [finding.code for finding in entry.findings(ref(form, item))]


# The schedule


def forms_of(visit: str) -> list[str]:
    return [one.form for one in study().visit(visit).forms]


SCHEDULE = {
    "SCR": (
        "consent demography ms_history medical_history t25fw nhpt sdmt edss vital_signs "
        "safety_review mri eligibility"
    ),
    "V1": (
        "consent msis29 mfis fss eq5d5l t25fw nhpt sdmt edss vital_signs safety_review "
        "lumbar_puncture eligibility randomisation kit_assignment fit_to_dose infusion "
        "after_infusion"
    ),
    "V2": (
        "consent t25fw nhpt sdmt edss vital_signs safety_review kit_assignment fit_to_dose infusion"
    ),
    "V3": (
        "consent msis29 mfis t25fw nhpt sdmt edss vital_signs safety_review mri "
        "fit_to_dose infusion"
    ),
    "V4": "consent t25fw nhpt sdmt edss vital_signs safety_review fit_to_dose infusion",
    "V5": (
        "consent msis29 mfis t25fw nhpt sdmt edss vital_signs safety_review "
        "lumbar_puncture mri mask_guess"
    ),
    "UNS": "consent edss vital_signs safety_review",
}


@pytest.mark.parametrize("visit", sorted(SCHEDULE))
def test_a_visit_lists_its_forms_in_the_order_of_the_day(visit: str) -> None:
    expected = SCHEDULE[visit].split()
    assert [form for form in forms_of(visit) if form in expected] == expected


def test_early_termination_asks_for_what_the_last_visit_asks_for() -> None:
    assert forms_of("ET") == forms_of("V5")


@pytest.mark.parametrize("visit", ["V2", "V4"])
def test_questionnaires_are_left_out_between_their_visits(visit: str) -> None:
    assert not {"msis29", "mfis", "fss", "eq5d5l"} & set(forms_of(visit))


def test_blood_is_taken_after_the_exam_and_before_the_infusion() -> None:
    order = forms_of("V2")
    blood = [form for form in order if form.startswith(("lab_", "biomarker_blood"))]
    for form in blood:
        assert order.index("edss") < order.index(form) < order.index("fit_to_dose")


# Rights


TESTS = ["t25fw", "nhpt", "sdmt"]


@pytest.mark.parametrize("form", TESTS)
def test_timed_tests_are_entered_by_masked_raters_only(form: str) -> None:
    may = {role.code for role in study().roles.values() if study().may(role.code, "enter", form)}
    assert may == {"RAT", "ASSESSOR"}
    assert study().forms[form].rater_only


def test_only_the_principal_investigator_signs_eligibility() -> None:
    assert set(study().meanings["eligibility"].roles) == {"PI"}
    assert "sign:eligibility" not in rights("PHY")
    assert study().forms["eligibility"].signatures[-1] == "eligibility"


def test_everyone_who_guesses_the_arm_guesses_alone() -> None:
    form = study().forms["mask_guess"]
    assert form.own
    assert form.repeating
    may = {code for code in study().roles if study().may(code, "enter", "mask_guess")}
    assert may == {"NUR", "PHY", "PI", "CRC", "RAT", "ASSESSOR"}


# Consent


def test_consent_is_not_checked_again_before_there_is_an_earlier_one() -> None:
    entry = session("consent", CONSENT_BEFORE=None)
    assert not entry.relevant(ref("consent", "CONSENT_IN_FORCE"))
    assert not entry.relevant(ref("consent", "RECONSENTED"))


def test_the_same_version_needs_no_new_signature() -> None:
    entry = session("consent", CONSENT_BEFORE="1.0")
    assert entry.computed()[ref("consent", "CONSENT_IN_FORCE")] == "1.0"
    assert entry.computed()[ref("consent", "CONSENT_EARLIER")] == "1.0"
    assert not entry.relevant(ref("consent", "RECONSENTED"))


def test_an_older_version_keeps_the_gate_shut_until_the_new_one_is_signed() -> None:
    entry = session("consent", CONSENT_BEFORE="0.9")
    assert entry.required(ref("consent", "RECONSENTED"))
    give(entry, RECONSENTED=NO)
    assert [f.code for f in found(entry, "gate")] == ["RECONSENT_MISSING"]
    give(entry, RECONSENTED=YES, CONSENT_STATUS=Code("SIGNED"), CONSENT_VERSION="0.9")
    assert [f.code for f in found(entry, "gate")] == ["CONSENT_VERSION_OLD"]
    give(entry, CONSENT_VERSION="1.0")
    assert found(entry, "gate") == []


# Histories


def test_the_diagnosis_may_not_come_before_the_first_symptoms_without_a_reason() -> None:
    entry = session("ms_history")
    give(entry, MSONSDAT=PartialDate("2015-06"), MSDIAGDAT=PartialDate("2015"))
    assert said(entry, "ms_history", "MSDIAGDAT") == []
    give(entry, MSDIAGDAT=PartialDate("2014"))
    assert said(entry, "ms_history", "MSDIAGDAT") == ["MSDIAGDAT_BEFORE_ONSET"]


def test_two_years_hold_at_least_the_relapses_of_one() -> None:
    entry = session("ms_history")
    give(entry, MS_RELAPSES_1Y=2)
    assert not give(entry, MS_RELAPSES_2Y=1).accepted
    assert give(entry, MS_RELAPSES_2Y=2).accepted


def test_treatments_are_listed_only_where_there_were_any() -> None:
    entry = session("ms_history")
    entry.add_repeat("therapy", "t1")
    where = ref("ms_history", "MSCMTRT", "t1")
    assert not entry.relevant(where)
    give(entry, MS_DMT_EVER=YES)
    assert entry.required(where)
    entry.set(ref("ms_history", "MSCMONGO", "t1"), NO)
    assert entry.required(ref("ms_history", "MSCMSTOP", "t1"))


def test_a_history_that_is_announced_must_be_listed() -> None:
    entry = session("medical_history")
    give(entry, MHYN=YES)
    assert said(entry, "medical_history", "MHYN") == ["MHYN_COUNT"]
    entry.add_repeat("history", "h1")
    entry.set(ref("medical_history", "MHTERM", "h1"), "hypertension")
    assert said(entry, "medical_history", "MHYN") == []


def test_what_began_after_consent_is_said_to_be_an_event() -> None:
    entry = session("medical_history", CONSENT_DATE=date(2026, 10, 27))
    give(entry, MHYN=YES)
    entry.add_repeat("history", "h1")
    where = ref("medical_history", "MHSTDAT", "h1")
    entry.set(where, PartialDate("2026-10"))
    assert entry.findings(where) == ()
    entry.set(where, PartialDate("2026-11"))
    assert [f.code for f in entry.findings(where)] == ["MHSTDAT_AFTER_CONSENT"]


# Randomisation


def randomised(**context: bool) -> EntrySession:
    given = {"ELIGIBLE": True, "ELIGIBILITY_SIGNED": True, **context}
    entry = session("randomisation", CONSENT_DATE=date(2026, 10, 27), **given)
    give(entry, RANDDAT=TODAY)
    return entry


def test_the_second_number_must_be_the_first() -> None:
    entry = randomised()
    give(entry, RANDNO="R-1042")
    assert not give(entry, RANDNO_AGAIN="R-1024").accepted
    assert give(entry, RANDNO_AGAIN="R-1042").accepted
    assert found(entry, "soft") == []


def test_a_number_typed_twice_is_not_changed_on_one_side() -> None:
    entry = randomised()
    give(entry, RANDNO="R-1042", RANDNO_AGAIN="R-1042")
    assert not give(entry, RANDNO="R-1043").accepted
    assert give(entry, RANDNO_AGAIN=NOT_DONE).accepted
    assert said(entry, "randomisation", "RANDNO_AGAIN") == ["RANDNO_ONCE_ONLY"]
    assert give(entry, RANDNO="R-1043").accepted
    assert give(entry, RANDNO_AGAIN="R-1043").accepted
    assert found(entry, "soft") == []


def test_randomising_without_a_signed_yes_is_said_at_once() -> None:
    assert [f.code for f in found(randomised(ELIGIBLE=False), "soft")] == [
        "RANDOMISED_NOT_ELIGIBLE"
    ]
    assert [f.code for f in found(randomised(ELIGIBILITY_SIGNED=False), "soft")] == [
        "RANDOMISED_UNSIGNED"
    ]


@pytest.mark.parametrize(("eligible", "signed"), [(False, True), (True, False), (None, False)])
def test_an_empty_form_warns_before_anybody_randomises(eligible: bool | None, signed: bool) -> None:
    entry = session("randomisation", ELIGIBLE=eligible, ELIGIBILITY_SIGNED=signed)
    assert found(entry, "soft") == []
    assert [f.code for f in found(entry, "info")] == ["RANDOMISE_LATER"]
    entry = session("randomisation", ELIGIBLE=True, ELIGIBILITY_SIGNED=True)
    assert entry.findings() == ()


def test_nobody_is_randomised_before_consent() -> None:
    entry = session("randomisation", CONSENT_DATE=TODAY)
    assert not give(entry, RANDDAT=TODAY - timedelta(days=1)).accepted


def test_no_item_of_the_randomisation_asks_for_the_arm() -> None:
    lists = {
        item.codelist.oid
        for group in study().forms["randomisation"].item_groups
        for item in group.items
        if item.codelist
    }
    assert lists == {"RAND_SOURCE"}


def test_the_kit_is_given_against_the_number_that_was_randomised() -> None:
    entry = session("kit_assignment", INFUSION_NUMBER=1, RANDOMISATION_NUMBER="R-1042")
    give(entry, RANDOMISATION_NUMBER="R-1024")
    assert [f.code for f in found(entry, "gate")] == ["RANDOMISATION_DIFFERS"]
    give(entry, RANDOMISATION_NUMBER="R-1042")
    assert found(entry, "gate") == []


# Timed tests


def walk() -> EntrySession:
    entry = session("t25fw")
    give(entry, FTPERF=YES, FTDTC=NOW, T25FW_DEVICE=codes("CANE"))
    return entry


def test_two_trials_of_a_walk_have_a_mean() -> None:
    entry = walk()
    give(entry, T25FW101_1=Decimal("7.2"), T25FW101_2=Decimal("7.5"))
    assert entry.value(ref("t25fw", "T25FW_MEAN")) == Decimal("7.35")


@pytest.mark.parametrize(("seconds", "accepted"), [("180.0", True), ("180.1", False), ("0", False)])
def test_a_walk_beyond_its_time_limit_is_no_number(seconds: str, accepted: bool) -> None:
    assert give(walk(), T25FW101_1=Decimal(seconds)).accepted is accepted


def test_a_trial_that_was_not_finished_asks_for_a_coded_reason_and_leaves_no_mean() -> None:
    entry = walk()
    give(entry, T25FW101_1=Decimal("9.0"))
    assert not entry.relevant(ref("t25fw", "T25FW_REASON_2"))
    give(entry, T25FW101_2=UNABLE)
    assert entry.required(ref("t25fw", "T25FW_REASON_2"))
    assert entry.value(ref("t25fw", "T25FW_MEAN")) is None


def test_no_aid_cannot_stand_beside_an_aid() -> None:
    entry = walk()
    assert not give(entry, T25FW_DEVICE=codes("NONE", "CANE")).accepted
    assert give(entry, T25FW_DEVICE=codes("CANE", "ANKLE_BRACE")).accepted


@pytest.mark.parametrize("form", TESTS)
def test_a_test_that_was_not_done_asks_for_the_reason_only(form: str) -> None:
    entry = session(form)
    give(entry, FTPERF=NO)
    asked = {item for _, _, item in entry.open_items()}
    assert asked == {"FTREASND"}


def test_each_hand_has_its_own_trials_and_mean() -> None:
    entry = session("nhpt")
    give(entry, FTPERF=YES, NHPT0101_D1=Decimal("20.1"), NHPT0101_D2=Decimal("21.1"))
    give(entry, NHPT0101_N1=Decimal("300.0"))
    assert entry.value(ref("nhpt", "NHPT_MEAN_D")) == Decimal("20.60")
    assert entry.value(ref("nhpt", "NHPT_MEAN_N")) is None
    assert not give(entry, NHPT0101_N2=Decimal("300.1")).accepted


def test_the_dominant_hand_is_tested_first() -> None:
    groups = [group.oid for group in study().forms["nhpt"].item_groups]
    assert groups.index("dominant") < groups.index("other")


def test_right_and_wrong_answers_fit_on_the_sheet() -> None:
    entry = session("sdmt")
    give(entry, FTPERF=YES)
    assert not give(entry, SDMT0101=111).accepted
    give(entry, SDMT0101=100)
    assert not give(entry, SDMT_WRONG=11).accepted
    assert give(entry, SDMT_WRONG=10).accepted


@pytest.mark.parametrize("form", TESTS)
def test_a_timed_test_asks_for_nothing_from_outside_it(form: str) -> None:
    assert study().forms[form].context_names == {"NOW"}


# Procedures


def test_a_puncture_on_the_day_of_an_infusion_is_questioned() -> None:
    entry = session("lumbar_puncture")
    give(entry, PROCCUR=YES, PRSTDAT=TODAY)
    assert said(entry, "lumbar_puncture", "PRSTDAT") == ["LP_ON_INFUSION_DAY"]
    give(entry, PRSTDAT=TODAY - timedelta(days=3))
    assert said(entry, "lumbar_puncture", "PRSTDAT") == []
    last = session("lumbar_puncture", INFUSION_VISIT=False)
    give(last, PROCCUR=YES, PRSTDAT=TODAY)
    assert said(last, "lumbar_puncture", "PRSTDAT") == []


@pytest.mark.parametrize("form", ["lumbar_puncture", "mri"])
def test_a_procedure_that_was_not_done_asks_for_the_reason_only(form: str) -> None:
    entry = session(form)
    give(entry, PROCCUR=NO)
    assert {item for _, _, item in entry.open_items()} == {"PRREASND"}


def test_bleeding_risk_is_judged_by_physicians() -> None:
    assert set(study().forms["lumbar_puncture"].item("LP_BLEEDING").who) == {"PHY", "PI"}


def test_a_sequence_after_contrast_needs_contrast() -> None:
    entry = session("mri")
    give(entry, PROCCUR=YES, MRI_SEQUENCES=codes("T1", "T1_GD"), MRI_GD=NO)
    assert said(entry, "mri", "MRI_SEQUENCES") == ["MRI_SEQUENCES_GD"]
    give(entry, MRI_GD=YES)
    assert said(entry, "mri", "MRI_SEQUENCES") == []


def test_a_reading_of_other_images_is_questioned() -> None:
    entry = session("mri_reading", MRI_IMAGES="IM-77")
    give(entry, NVLNKID="IM-78")
    assert said(entry, "mri_reading", "NVLNKID") == ["NVLNKID_OTHER"]
    give(entry, NVLNKID="IM-77")
    assert said(entry, "mri_reading", "NVLNKID") == []


@pytest.mark.parametrize(
    ("change", "accepted", "soft"),
    [("-0.45", True, []), ("-20.01", False, []), ("1.5", True, ["NV_PBVC_GAIN"])],
)
def test_a_loss_of_brain_volume_is_negative(change: str, accepted: bool, soft: list[str]) -> None:
    entry = session("mri_reading")
    assert give(entry, NV_PBVC=Decimal(change)).accepted is accepted
    assert said(entry, "mri_reading", "NV_PBVC") == soft


def test_a_count_that_could_not_be_made_is_a_reason_and_not_zero() -> None:
    entry = session("mri_reading")
    assert not give(entry, NV_T2_COUNT=-1).accepted
    assert give(entry, NV_T2_COUNT=UNABLE).accepted
    assert entry.value(ref("mri_reading", "NV_T2_COUNT")) == UNABLE


# Safety review and the guess


@pytest.mark.parametrize(("asked", "found_any"), [("AE", "AEYN"), ("CM", "CMYN"), ("CE", "CEYN")])
def test_each_question_of_the_review_is_asked_and_what_is_new_sends_to_its_log(
    asked: str, found_any: str
) -> None:
    entry = session("safety_review")
    give(entry, **{f"{asked}_ASKED": NO})
    assert said(entry, "safety_review", f"{asked}_ASKED") == [f"{asked}_ASKED_NO"]
    assert not entry.relevant(ref("safety_review", found_any))
    give(entry, **{f"{asked}_ASKED": YES, found_any: YES})
    assert [f.code for f in found(entry, "info")] == [f"{found_any}_RECORD"]


def test_who_has_no_idea_is_not_asked_how_sure() -> None:
    entry = session("mask_guess")
    give(entry, MG_GUESS=Code("NO_IDEA"))
    assert not entry.relevant(ref("mask_guess", "MG_CONFIDENCE"))
    give(entry, MG_GUESS=Code("PLACEBO"), MG_REASON=codes("FEELING"))
    assert entry.required(ref("mask_guess", "MG_CONFIDENCE"))
    assert found(entry, "soft") == []


def test_an_arm_that_somebody_named_is_told_to_the_principal_investigator() -> None:
    entry = session("mask_guess")
    give(entry, MG_GUESS=Code("ACTIVE"), MG_REASON=codes("TOLD"))
    assert [f.code for f in found(entry, "soft")] == ["MG_REASON_TOLD"]
