"""Events, medicines and acts of the shipped study, played through the entry session."""

from datetime import UTC, date, datetime, timedelta

import pytest

from msclinic.domain.participant_life import ACTS
from msclinic.domain.values import Answer, Code, Codes, Missing, PartialDate
from msclinic.forms.session import EntrySession, Outcome, Ref
from msclinic.services.life_record import ACT_FORMS
from msclinic.shipped import shipped_study
from msclinic.study import Study, load_study

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
TODAY = date(2026, 11, 24)
YES, NO = Code("Y"), Code("N")
REPORTS = {"serious_adverse_event": "AE", "medication_error": "ME", "pregnancy": "PREG"}
EVENTS = (
    "adverse_event",
    "serious_adverse_event",
    "concomitant_medication",
    "relapse",
    "deviation",
    "medication_error",
    "pregnancy",
    "mask_break",
)


@pytest.fixture(scope="module")
def study() -> Study:
    return load_study(shipped_study())


def session(study: Study, form: str, **context: Answer | bool | None) -> EntrySession:
    known: dict[str, Answer | bool | None] = {
        "TODAY": TODAY,
        "ADVERSE_EVENTS": 2,
        "FORM_NUMBER": 3,
        **context,
    }
    return EntrySession(study.forms[form], known, {}, NOW)


def ref(entry: EntrySession, item: str) -> Ref:
    return (entry.form.group_of(item).oid, "1", item)


def give(entry: EntrySession, **answers: Answer) -> Outcome:
    for item, answer in answers.items():
        outcome = entry.set(ref(entry, item), answer)
    return outcome


def codes(entry: EntrySession) -> set[str]:
    return {finding.code for finding in entry.findings()}


def test_events_and_acts_belong_to_no_visit_and_may_happen_twice(study: Study) -> None:
    common = {one.form: one.required for one in study.visit("LOG").forms}
    assert set(common) >= {*EVENTS, *ACT_FORMS}
    assert not any(required is True for required in common.values())
    assert all(study.forms[form].repeating for form in (*EVENTS, *ACT_FORMS))


def test_every_act_of_a_life_has_its_form_signed_as_status(study: Study) -> None:
    assert set(ACT_FORMS) | {"randomisation"} == set(ACTS)
    for form in ACT_FORMS:
        assert study.forms[form].signatures == ("participant_status",)
        assert study.forms[form].item("ACT_STANDS").required
    assert set(study.meanings["participant_status"].roles) == {"PHY", "PI"}


@pytest.mark.parametrize("role", ["RAT", "ASSESSOR", "ADMIN", "PREP", "LAB"])
def test_who_must_not_know_reaches_no_event_and_no_act(study: Study, role: str) -> None:
    reached = [
        (verb, form)
        for verb in ("read", "enter")
        for form in (*EVENTS, *ACT_FORMS)
        if study.may(role, verb, form)
    ]
    assert reached == []


def test_only_physicians_enter_acts(study: Study) -> None:
    for form in ACT_FORMS:
        assert {r for r in study.roles if study.may(r, "enter", form)} == {"PHY", "PI"}, form


@pytest.mark.parametrize("form", sorted(REPORTS))
def test_a_report_is_due_24_hours_after_the_site_became_aware(study: Study, form: str) -> None:
    entry, stem = session(study, form), REPORTS[form]
    aware = "AEAWARE" if stem == "AE" else f"{stem}_AWARE"
    assert entry.required(ref(entry, aware))
    assert not study.forms[form].item(aware).missing
    give(entry, **{aware: NOW - timedelta(hours=30)})
    assert entry.value(ref(entry, f"{stem}_DUE")) == NOW - timedelta(hours=6)
    give(entry, **{f"{stem}_REPORTED": NOW - timedelta(hours=6)})
    assert f"{stem}_REPORTED_LATE" not in codes(entry)
    give(entry, **{f"{stem}_REPORTED": NOW - timedelta(hours=5)})
    assert f"{stem}_REPORTED_LATE" in codes(entry)
    assert not give(entry, **{f"{stem}_REPORTED": NOW - timedelta(hours=31)}).accepted


def test_the_due_time_follows_the_setting(study: Study) -> None:
    assert study.setting("sae_report") == 24
    source = study.forms["serious_adverse_event"].item("AE_DUE").calculation
    assert source is not None
    assert "sae_report" in source.source


@pytest.mark.requirement("R-SAF-2")
def test_causality_is_a_physicians_on_every_form_of_events(study: Study) -> None:
    for form, items in {
        "adverse_event": ("AEREL", "AERELPR", "AERELPR_WHAT"),
        "serious_adverse_event": ("AEREL", "AERELPR", "AEREL_WHY"),
    }.items():
        for item in items:
            assert set(study.forms[form].item(item).who) == {"PHY", "PI"}, item


def test_a_report_names_an_adverse_event_there_is(study: Study) -> None:
    entry = session(study, "serious_adverse_event")
    assert not give(entry, AESPID=3).accepted
    assert not give(entry, AESPID=0).accepted
    assert give(entry, AESPID=2).accepted


def test_an_adverse_event_has_its_number_and_points_to_the_report(study: Study) -> None:
    entry = session(study, "adverse_event")
    assert entry.value(ref(entry, "AESPID")) == 3
    give(entry, AESER=NO)
    assert "AESER_REPORT" not in codes(entry)
    give(entry, AESER=YES)
    assert "AESER_REPORT" in codes(entry)
    assert not entry.relevant(ref(entry, "AERELPR_WHAT"))
    give(entry, AERELPR=Code("RELATED"))
    assert entry.required(ref(entry, "AERELPR_WHAT"))


def test_a_medicine_knows_partial_dates_and_steroids(study: Study) -> None:
    entry = session(study, "concomitant_medication")
    assert "STEROID" in study.codelists["CMCLASS"].codes
    assert give(entry, CMSTDAT=PartialDate("2026-10")).accepted
    assert not entry.relevant(ref(entry, "CMENDAT"))
    give(entry, CMONGO=NO)
    assert give(entry, CMENDAT=PartialDate("2026-10-04")).accepted
    assert not give(entry, CMENDAT=PartialDate("2026-09")).accepted
    assert not give(entry, CMSTDAT=PartialDate("2027")).accepted


def test_a_steroid_for_a_relapse_is_asked_for_and_pointed_out(study: Study) -> None:
    entry = session(study, "relapse")
    give(entry, CESTDAT=PartialDate("2026-11"), CESTEROID=NO)
    assert not entry.relevant(ref(entry, "CESTEROID_START"))
    give(entry, CESTEROID=YES)
    assert entry.required(ref(entry, "CESTEROID_START"))
    assert "CESTEROID_RECORD" in codes(entry)


def test_a_broken_mask_says_everything_but_the_arm(study: Study) -> None:
    entry = session(study, "mask_break")
    needed = {item for _, _, item in entry.open_items()}
    assert {"MB_TIME", "MB_PERSON", "MB_REASON", "MB_KNOWS"} <= needed
    form = study.forms["mask_break"]
    answered = {item.oid for group in form.item_groups for item in group.items}
    assert not {oid for oid in answered if "ARM" in oid or "TRT" in oid}
    assert give(entry, MB_KNOWS=Codes(("NURSE", "SPONSOR"))).accepted


def test_three_times_no_is_no_withdrawal(study: Study) -> None:
    entry = session(study, "withdrawal")
    give(entry, WD_PRODUCT=NO, WD_VISITS=NO)
    assert not give(entry, WD_SAMPLES=NO).accepted
    assert give(entry, WD_SAMPLES=YES).accepted
    assert entry.required(ref(entry, "WD_STORED"))
    assert entry.computed()[ref(entry, "DSDECOD")] == Code("WITHDRAWAL_BY_SUBJECT")


@pytest.mark.parametrize("form", [one for one in ACT_FORMS if one != "death"])
def test_no_act_takes_effect_in_the_future(study: Study, form: str) -> None:
    entry = session(study, form)
    assert not give(entry, DSSTDAT=TODAY + timedelta(days=1)).accepted
    assert give(entry, DSSTDAT=TODAY).accepted


def test_a_death_needs_no_exact_day(study: Study) -> None:
    entry = session(study, "death")
    assert give(entry, DTHDAT=PartialDate("2026-11")).accepted
    assert give(entry, DTHDAT=Missing("UNKNOWN")).accepted
    assert not give(entry, DTHDAT=PartialDate("2027")).accepted


def test_the_event_that_stops_the_product_is_named(study: Study) -> None:
    entry = session(study, "product_stop")
    give(entry, DSDECOD=Code("PHYSICIAN_DECISION"))
    assert not entry.relevant(ref(entry, "STOP_AENO"))
    give(entry, DSDECOD=Code("ADVERSE_EVENT"))
    assert not give(entry, STOP_AENO=3).accepted
    assert give(entry, STOP_AENO=1).accepted
