"""The shipped study, loaded as the program loads it and played through the entry session."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache

import pytest

from msclinic.domain.infusion.items import CODELISTS, ITEMS, VITALS_ITEMS
from msclinic.domain.values import Answer, Code, Finding, Missing, PartialDate, from_json
from msclinic.forms.definitions import CheckDefinition, ItemDefinition
from msclinic.forms.session import EntrySession, Outcome, Ref
from msclinic.shipped import shipped_study
from msclinic.study import Study, load_study

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
CONTEXT: dict[str, Answer | bool | None] = {
    "PARTICIPANT_CODE": "PL01-011",
    "SEX": Code("F"),
    "YEAR": 2026,
    "TODAY": date(2026, 11, 24),
    "VISIT_DATE": date(2026, 11, 24),
    "INFUSION_VISIT": True,
    "INFUSION_NUMBER": 2,
    "IN_WINDOW": True,
    "DAYS_FROM_PREVIOUS_INFUSION": 91,
    "PREVIOUS_WEIGHT": Decimal("70.0"),
    "ASSIGNED_KIT": "K-203391",
    "KIT_TAKEN": False,
    "EDSS_SIGNED": True,
    "BASELINE_COMPLETE": True,
    "BASELINE_NEWS2": 0,
    "NEWS2_SCALE": Code("1"),
    "BASELINE_SINGLE_THREE": False,
    "PRODUCT_STOPPED": False,
    "USE_BEFORE_OK": True,
    "G1_VALID": True,
    "INFUSION_END": datetime(2026, 11, 24, 9, 0, tzinfo=UTC),
    "OBSERVATION_MINUTES": 60,
    "OBSERVATION_REQUIRED": 60,
    "LABEL_VOLUME": Decimal("100.0"),
}
YES, NO = Code("Y"), Code("N")


@cache
def study() -> Study:
    return load_study(shipped_study())


def session(form: str, **context: Answer | bool | None) -> EntrySession:
    return EntrySession(study().forms[form], {**CONTEXT, **context}, {}, NOW)


def ref(form: str, item: str, key: str = "1") -> Ref:
    return (study().forms[form].group_of(item).oid, key, item)


def give(entry: EntrySession, **answers: Answer) -> Outcome:
    for item, answer in answers.items():
        outcome = entry.set(ref(entry.form.oid, item), answer)
    return outcome


def codes(*chosen: str) -> Answer:
    return from_json({"type": "codes", "value": list(chosen)})


def found(entry: EntrySession, severity: str) -> list[Finding]:
    return [finding for finding in entry.findings() if finding.severity == severity]


def items() -> Iterator[tuple[str, ItemDefinition]]:
    for form in study().forms.values():
        for group in form.item_groups:
            for item in group.items:
                yield form.oid, item


def checks() -> Iterator[tuple[str, ItemDefinition, CheckDefinition]]:
    for form, item in items():
        for check in item.checks:
            yield form, item, check


def texts() -> Iterator[tuple[str, str, str]]:
    """Every wording of the study: where, English, Polish."""
    for form in study().forms.values():
        yield form.oid, form.title.text("en"), form.title.text("pl")
        for group in form.item_groups:
            yield f"{form.oid}/{group.oid}", group.title.text("en"), group.title.text("pl")
    for oid, item in items():
        yield f"{oid}/{item.oid}", item.label.text("en"), item.label.text("pl")
        if item.hint is not None:
            yield f"{oid}/{item.oid} hint", item.hint.text("en"), item.hint.text("pl")
    for oid, item, check in checks():
        where = f"{oid}/{item.oid}/{check.code}"
        yield where, check.message.text("en"), check.message.text("pl")
    for codelist in study().codelists.values():
        for choice in codelist.items:
            where = f"{codelist.oid}/{choice.code}"
            yield where, choice.label.text("en"), choice.label.text("pl")


# The study as a whole


def test_shipped_study_opens_without_a_mistake() -> None:
    assert study().oid == "NCT07146087"
    assert len(study().version) == 64


def test_every_wording_is_there_in_english_and_polish() -> None:
    empty = [where for where, en, pl in texts() if not en.strip() or not pl.strip()]
    assert empty == []


def test_every_message_is_translated_and_not_only_copied() -> None:
    copied = [c.code for _, _, c in checks() if c.message.text("en") == c.message.text("pl")]
    assert copied == []


def test_both_languages_of_a_message_show_the_same_values() -> None:
    braces = re.compile(r"\{(\w+)\}")
    for _, _, check in checks():
        en, pl = check.message.text("en"), check.message.text("pl")
        assert sorted(braces.findall(en)) == sorted(braces.findall(pl)), check.code


def test_the_name_of_the_licensed_form_stands_in_no_wording() -> None:
    named = [where for where, en, pl in texts() if "neurostatus" in f"{en} {pl}".lower()]
    assert named == []


def test_every_setting_says_where_its_value_comes_from() -> None:
    for setting in study().settings.values():
        assert setting.tag in ("FACT", "DEFAULT")
        assert setting.source.strip(), setting.key


def limits_of(check: CheckDefinition) -> set[Decimal]:
    """Numbers that a check compares with: its settings' and those it writes itself."""
    source = check.assertion.source
    keys = re.findall(r"setting\('(\w+)'\)", source)
    values = [study().settings[key].value for key in keys]
    limits = {Decimal(v) for v in values if isinstance(v, int | Decimal)}
    limits |= {Decimal(number) for number in re.findall(r"(?<![\w.])\d+(?:\.\d+)?", source)}
    if "volume_label_percent" in keys:
        volume, percent = (Decimal(str(value)) for value in values)
        limits |= {volume * (100 - percent) / 100, volume * (100 + percent) / 100}
    return limits


ASIDE = {
    # Said beside the limit: when to measure again, and from which score on a site is given up.
    **{f"{measure}_HOLD": {Decimal(15)} for measure in VITALS_ITEMS},
    "D04_VIP_RAISED": {Decimal(2)},
}


def test_a_number_that_a_message_names_is_the_limit_that_is_held() -> None:
    for _, _, check in checks():
        limits = limits_of(check) | ASIDE.get(check.code, set())
        if not limits:
            continue
        for language in ("en", "pl"):
            text = re.sub(r"\{\w+\}|G\d|NEWS2", "", check.message.text(language))
            named = {Decimal(n.replace(",", ".")) for n in re.findall(r"\d+(?:[.,]\d+)?", text)}
            assert named <= limits, (check.code, language)


def test_the_schedule_has_four_infusions_and_calls_after_each() -> None:
    visits = study().visits
    assert [v.infusion for v in visits if v.infusion] == [1, 2, 3, 4]
    assert {v.code: (v.target_day, v.window) for v in visits if v.kind == "scheduled"} == {
        "SCR": (-28, (-42, -1)),
        "V1": (1, (-7, 1)),
        "V2": (92, (85, 99)),
        "V3": (183, (176, 190)),
        "V4": (274, (267, 281)),
        "V5": (365, (351, 379)),
    }
    assert {v.code: v.window for v in visits if v.kind == "call"} == {"C1D": (1, 2), "C7D": (5, 9)}


# Who may do what


def rights(role: str) -> set[str]:
    return set(next(r for r in study().roles.values() if r.code == role).rights)


TIMED = {"t25fw", "nhpt", "sdmt"}
OWN_FORMS = {
    "RAT": {"edss", "mask_guess", *TIMED},
    "ASSESSOR": {"msis29", "mfis", "fss", "eq5d5l", "mask_guess", *TIMED},
}


@pytest.mark.parametrize("role", sorted(OWN_FORMS))
def test_raters_and_assessors_see_and_enter_their_own_forms_only(role: str) -> None:
    forms = {f"{verb}:{form}" for form in OWN_FORMS[role] for verb in ("read", "enter")}
    signs = {"sign:form_entered"} | ({"sign:exam"} if role == "RAT" else set())
    assert rights(role) == forms | signs | {"answer_queries"}


def test_the_exam_is_open_to_masked_raters_only() -> None:
    assert study().forms["edss"].rater_only


def test_the_preparer_reaches_the_release_form_only() -> None:
    release = {"enter:product_release", "read:product_release", "sign:G2"}
    assert rights("PREP") == release | {"answer_queries"}


def test_the_administrator_reads_and_enters_nothing_clinical() -> None:
    clinical = [r for r in rights("ADMIN") if r.startswith(("read:", "enter:", "open:"))]
    assert clinical == []


def test_nobody_but_the_rater_enters_the_exam() -> None:
    may = {r.code for r in study().roles.values() if {"enter:edss", "enter:*"} & set(r.rights)}
    assert may == {"RAT"}


def test_sponsor_roles_only_read() -> None:
    for role in study().roles.values():
        if role.side == "sponsor":
            changing = [r for r in role.rights if r.startswith(("enter:", "sign:", "open:"))]
            assert changing == [], role.code


def test_a_meaning_and_the_right_to_sign_it_name_the_same_roles() -> None:
    for meaning in study().meanings.values():
        may = {r.code for r in study().roles.values() if f"sign:{meaning.code}" in r.rights}
        assert may == set(meaning.roles), meaning.code


# The study and the rules of the program agree


def test_every_item_that_a_gate_is_built_on_stands_in_its_form() -> None:
    for rule in ITEMS.values():
        item = study().forms[rule.form].item(rule.item)
        assert (item.type, item.unit) == (rule.type, rule.unit), rule.item
        assert (item.codelist.oid if item.codelist else None) == rule.codelist, rule.item
        assert ("NA" in item.missing) <= rule.na, rule.item
        assert item.computed or rule.rule != "computed", rule.item
        if rule.group != "main":
            assert study().forms[rule.form].group_of(rule.item).oid == rule.group


def test_codelists_hold_the_codes_that_gates_compare_with() -> None:
    for oid, codes in CODELISTS.items():
        assert set(study().codelists[oid].codes) == set(codes), oid


def test_vital_signs_have_the_units_that_the_score_expects() -> None:
    for oid, unit in VITALS_ITEMS.items():
        assert (study().forms["vital_signs"].item(oid).unit or "") == unit


# Fit to dose

GOOD: dict[str, Answer] = {
    "A07": NO,
    "A08": NO,
    "A14_REACTION": YES,
    "A14_GRADE": Code("1"),
    "A15": Code("POTENTIAL"),
    "A16": Code("NEG"),
    "A28": YES,
}
NOT_DONE = Missing("NOT_DONE")
BAD: dict[str, Answer] = {
    "A01": "PL01-099",
    "A02": NO,
    "A04": NO,
    "A04_VERSION": "0.9",
    "A04_WILLING": NO,
    "A05": NO,
    "A07": YES,
    "A07_ANTIBIOTIC": YES,
    "A08": YES,
    "A09": NOT_DONE,
    "A10": NOT_DONE,
    "A11": NO,
    "A14": NO,
    "A14_REACTION": NOT_DONE,
    "A14_GRADE": Code("3"),
    "A15": NOT_DONE,
    "A16": Code("POS"),
    "A16_READ": NOT_DONE,
    "A17_BREASTFEEDING": YES,
    "A18": NOT_DONE,
    "A22_SCALE": NOT_DONE,
    "A24_SITE": NOT_DONE,
    "A24_SIDE": NOT_DONE,
    "A25_ADRENALINE": NO,
    "A25_OXYGEN": NO,
    "A25_AIRWAY": NO,
    "A25_SUCTION": NO,
    "A25_DEFIBRILLATOR": NO,
    "A25_ANTIHISTAMINE": NO,
    "A25_STEROID": NO,
    "A25_FLUIDS": NO,
    "A25_EXPIRY": NO,
    "A26": NO,
    "A28": NO,
    "A28_TIME": Missing("UNKNOWN"),
}
NEVER_OVERRIDDEN = {
    *("A01", "A02", "A04", "A04_VERSION", "A04_WILLING", "A05", "A14_GRADE", "A16", "A16_READ"),
    *("A25_ADRENALINE", "A25_OXYGEN", "A26"),
}


def gate_items(form: str) -> set[str]:
    return {
        item.oid
        for oid, item, check in checks()
        if oid == form and check.kind == "gate" and not item.computed
    }


def test_the_bad_answers_below_cover_every_gate_item() -> None:
    assert set(BAD) == gate_items("fit_to_dose")


@pytest.mark.parametrize("item", sorted(BAD))
def test_bad_finding_is_stored_and_keeps_the_gate_shut(item: str) -> None:
    entry = session("fit_to_dose")
    give(entry, **GOOD)
    outcome = give(entry, **{item: BAD[item]})
    assert outcome.accepted
    assert entry.value(ref("fit_to_dose", item)) == BAD[item]
    mine = entry.findings(ref("fit_to_dose", item))
    assert "gate" in {finding.severity for finding in mine}


@pytest.mark.parametrize("item", sorted(set(BAD) - {"A28", "A28_TIME", "A14_GRADE"}))
def test_not_done_in_place_of_a_needed_answer_keeps_the_gate_shut(item: str) -> None:
    entry = session("fit_to_dose")
    give(entry, **GOOD)
    assert give(entry, **{item: NOT_DONE}).accepted
    assert "gate" in {f.severity for f in entry.findings(ref("fit_to_dose", item))}


def test_what_no_physician_may_override_is_marked_so() -> None:
    never = {
        item.oid
        for oid, item, check in checks()
        if oid == "fit_to_dose" and check.kind == "gate" and not check.overridable
    }
    assert never == NEVER_OVERRIDDEN
    rules = {rule.item for rule in ITEMS.values() if rule.never}
    assert never == rules


def test_weight_that_cannot_be_true_is_refused() -> None:
    entry = session("fit_to_dose")
    give(entry, A18=Decimal("70.5"))
    outcome = give(entry, A18=Decimal("24.9"))
    assert not outcome.accepted
    assert entry.value(ref("fit_to_dose", "A18")) == Decimal("70.5")


def test_weight_far_from_the_last_visit_asks_for_a_reason() -> None:
    entry = session("fit_to_dose")
    give(entry, A18=Decimal("77.0"))
    assert found(entry, "soft") == []
    give(entry, A18=Decimal("77.1"))
    assert [finding.code for finding in found(entry, "soft")] == ["A18_CHANGED"]


def test_a_man_is_not_asked_about_pregnancy() -> None:
    entry = session("fit_to_dose", SEX=Code("M"))
    pregnancy = ["A15", "A16", "A16_LOT", "A16_READ", "A17_CONTRACEPTION", "A17_BREASTFEEDING"]
    assert [i for i in pregnancy if entry.relevant(ref("fit_to_dose", i))] == []


def test_sex_not_recorded_still_asks_about_pregnancy() -> None:
    assert session("fit_to_dose", SEX=None).relevant(ref("fit_to_dose", "A15"))


@pytest.mark.parametrize("answer", ["STERILE", "POSTMENOPAUSAL"])
def test_no_test_is_asked_where_pregnancy_is_impossible(answer: str) -> None:
    entry = session("fit_to_dose")
    give(entry, A15=Code(answer))
    assert not entry.relevant(ref("fit_to_dose", "A16"))
    assert not entry.relevant(ref("fit_to_dose", "A17_BREASTFEEDING"))


def test_pregnancy_test_is_due_while_childbearing_potential_is_not_known() -> None:
    entry = session("fit_to_dose")
    give(entry, A15=NOT_DONE)
    assert entry.relevant(ref("fit_to_dose", "A16"))


def test_interval_is_not_asked_at_the_first_infusion() -> None:
    entry = session("fit_to_dose", INFUSION_NUMBER=1, DAYS_FROM_PREVIOUS_INFUSION=None)
    assert not entry.relevant(ref("fit_to_dose", "A03_DAYS"))


@pytest.mark.parametrize(("days", "shut"), [(69, True), (70, False)])
def test_interval_below_the_minimum_keeps_the_gate_shut(days: int, shut: bool) -> None:
    entry = session("fit_to_dose", DAYS_FROM_PREVIOUS_INFUSION=days)
    assert ("A03_INTERVAL" in {f.code for f in found(entry, "gate")}) is shut


def test_computed_yes_or_no_is_a_choice_of_its_codelist() -> None:
    assert session("fit_to_dose").computed()[ref("fit_to_dose", "A03_WINDOW")] == YES


@pytest.mark.parametrize(("score", "shut"), [(4, False), (5, True)])
def test_baseline_news2_of_five_keeps_the_gate_shut(score: int, shut: bool) -> None:
    entry = session("fit_to_dose", BASELINE_NEWS2=score)
    assert ("A22_GATE" in {f.code for f in found(entry, "gate")}) is shut


# Vital signs

CALM: dict[str, Answer] = {
    "SYSBP": 126,
    "DIABP": 80,
    "PULSE": 74,
    "RESP": 16,
    "TEMP": Decimal("36.7"),
    "OXYSAT": 98,
    "OXYGEN": Decimal("0"),
    "CONSCIOUSNESS": Code("A"),
}


def reading(point: str, **answers: Answer) -> tuple[EntrySession, Outcome]:
    stored: dict[Ref, Answer] = {("reading", "a1", "VSTPT"): Code(point)}
    entry = EntrySession(study().forms["vital_signs"], CONTEXT, stored, NOW)
    entry.set(("conditions", "1", "NEWS2_SCALE"), Code("1"))
    for item, answer in answers.items():
        outcome = entry.set(("reading", "a1", item), answer)
    return entry, outcome


def test_calm_baseline_has_no_finding_and_news2_zero() -> None:
    entry, _ = reading("BASE", **CALM)
    assert entry.findings() == ()
    assert entry.value(("reading", "a1", "NEWS2")) == 0


IMPOSSIBLE: list[tuple[str, Answer]] = [
    ("SYSBP", -1),
    ("SYSBP", 301),
    ("DIABP", -1),
    ("DIABP", 201),
    ("PULSE", -1),
    ("PULSE", 301),
    ("RESP", -1),
    ("RESP", 81),
    ("TEMP", Decimal("24.9")),
    ("TEMP", Decimal("45.1")),
    ("OXYSAT", -1),
    ("OXYSAT", 101),
    ("OXYGEN", Decimal("15.1")),
]


@pytest.mark.parametrize(("item", "answer"), IMPOSSIBLE)
def test_impossible_vital_sign_is_refused(item: str, answer: Answer) -> None:
    _, outcome = reading("BASE", **{item: answer})
    assert not outcome.accepted


def test_systolic_not_above_diastolic_is_refused() -> None:
    _, outcome = reading("BASE", SYSBP=80, DIABP=80)
    assert not outcome.accepted


HOLDS: list[tuple[str, Answer, Answer]] = [
    ("SYSBP", 89, 90),
    ("SYSBP", 181, 180),
    ("DIABP", 111, 110),
    ("PULSE", 44, 45),
    ("PULSE", 121, 120),
    ("RESP", 25, 24),
    ("TEMP", Decimal("38.0"), Decimal("37.9")),
    ("OXYSAT", 91, 92),
    ("OXYGEN", Decimal("0.5"), Decimal("0")),
]


@pytest.mark.parametrize(("item", "held", "passing"), HOLDS)
def test_baseline_beyond_its_hold_limit_is_stored_and_shuts_the_gate(
    item: str, held: Answer, passing: Answer
) -> None:
    code = f"{item}_HOLD"
    entry, outcome = reading("BASE", **{item: held})
    assert outcome.accepted
    assert code in {f.code for f in found(entry, "gate")}
    entry, _ = reading("BASE", **{item: passing})
    assert code not in {f.code for f in found(entry, "gate")}


def test_hold_limits_do_not_hold_once_the_infusion_runs() -> None:
    entry, _ = reading("T15", TEMP=Decimal("39.0"))
    assert found(entry, "gate") == []
    assert [f.code for f in found(entry, "soft")] == ["TEMP_HIGH"]


def test_missing_measure_leaves_no_news2_instead_of_zero() -> None:
    entry, _ = reading("BASE", **{**CALM, "OXYSAT": Missing("UNABLE")})
    assert entry.value(("reading", "a1", "NEWS2")) is None


def test_emergency_score_says_what_to_do() -> None:
    worse = {**CALM, "RESP": 25, "OXYSAT": 90, "CONSCIOUSNESS": Code("C")}
    entry, _ = reading("T15", **worse)
    assert entry.value(("reading", "a1", "NEWS2")) == 9
    assert [f.code for f in found(entry, "info")] == ["NEWS2_EMERGENCY"]


def test_weight_is_asked_here_only_without_an_infusion() -> None:
    where = ref("vital_signs", "WEIGHT")
    assert not session("vital_signs").relevant(where)
    assert session("vital_signs", INFUSION_VISIT=False).relevant(where)


# Product, bedside, infusion, after


@pytest.mark.parametrize("form", ["bedside_check", "product_release"])
def test_kit_of_another_is_recorded_and_never_overridden(form: str) -> None:
    item = "C01" if form == "bedside_check" else "PR_KIT"
    entry = session(form)
    assert give(entry, **{item: "K-999999"}).accepted
    assert "gate" in {finding.severity for finding in entry.findings(ref(form, item))}
    gates = [c for c in study().forms[form].item(item).checks if c.kind == "gate"]
    assert not any(check.overridable for check in gates)


@pytest.mark.parametrize(("minutes", "shut"), [(59, True), (60, False)])
def test_release_before_the_delay_shuts_the_gate(minutes: int, shut: bool) -> None:
    entry = session("product_release")
    give(entry, PR_PREPARED_AT=NOW - timedelta(minutes=minutes), PR_RELEASED=YES)
    assert ("PR_RELEASED_EARLY" in {f.code for f in found(entry, "gate")}) is shut


def test_label_volume_within_five_percent_passes() -> None:
    entry = session("bedside_check")
    give(entry, C06_LABEL=Decimal("105.0"))
    assert found(entry, "gate") == []
    give(entry, C06_LABEL=Decimal("105.1"))
    assert [f.code for f in found(entry, "gate")] == ["C06_LABEL_GATE"]


def test_start_in_the_future_is_refused() -> None:
    assert not give(session("infusion"), D01=NOW + timedelta(minutes=1)).accepted
    assert give(session("infusion"), D01=NOW).accepted


def test_end_before_the_start_is_refused() -> None:
    entry = session("infusion")
    give(entry, D01=NOW - timedelta(minutes=60))
    assert not give(entry, D07=NOW - timedelta(minutes=61)).accepted


def test_interruption_that_ends_before_it_began_is_refused() -> None:
    stored: dict[Ref, Answer] = {("interruption", "b2", "D05_START"): NOW - timedelta(minutes=5)}
    entry = EntrySession(study().forms["infusion"], CONTEXT, stored, NOW)
    outcome = entry.set(("interruption", "b2", "D05_END"), NOW - timedelta(minutes=6))
    assert not outcome.accepted


@pytest.mark.parametrize(
    ("left", "soft", "gate"),
    [("38.0", [], []), ("40.1", ["D08_BALANCE"], []), ("48.1", ["D08_BALANCE"], ["D08_LEFT_GATE"])],
)
def test_given_and_left_are_held_against_the_label(
    left: str, soft: list[str], gate: list[str]
) -> None:
    entry = session("infusion")
    give(entry, D08_GIVEN=Decimal("62.0"), D08_LEFT=Decimal(left))
    assert [f.code for f in found(entry, "soft")] == soft
    assert [f.code for f in found(entry, "gate")] == gate


def test_no_symptom_cannot_stand_beside_a_symptom() -> None:
    stored: dict[Ref, Answer] = {("symptoms", "c3", "D06_TIME"): NOW}
    entry = EntrySession(study().forms["infusion"], CONTEXT, stored, NOW)
    where = ("symptoms", "c3", "D06_SYMPTOMS")
    assert not entry.set(where, codes("NONE", "ITCH")).accepted
    assert entry.set(where, codes("ITCH", "RASH")).accepted
    assert [f.code for f in found(entry, "info")] == ["D06_ANY"]


def test_discharge_items_are_asked_only_of_those_who_go_home() -> None:
    entry = session("after_infusion")
    give(entry, E05_OUTCOME=Code("TRANSFERRED"))
    assert not entry.relevant(ref("after_infusion", "E06_SHEET"))
    give(entry, E05_OUTCOME=Code("HOME"), E06_SHEET=NO)
    assert [f.code for f in found(entry, "gate")] == ["E06_SHEET_GATE"]


# Exam and adverse event


def exam(edss: str) -> EntrySession:
    entry = session("edss")
    grades = {"VISUAL": "1", "BRAINSTEM": "1", "PYRAMIDAL": "3", "CEREBELLAR": "2"}
    grades |= {"SENSORY": "2", "BOWEL_BLADDER": "1", "CEREBRAL": "1"}
    give(entry, **{f"FS_{system}": Code(grade) for system, grade in grades.items()})
    give(entry, AMBULATION=Code("1"), EDSS=Code(edss))
    return entry


def test_computed_step_stands_beside_the_raters() -> None:
    entry = exam("3.5")
    assert entry.value(ref("edss", "EDSS_COMPUTED")) == Decimal("3.5")
    assert entry.computed()[ref("edss", "EDSS_AGREES")] == YES
    assert not entry.relevant(ref("edss", "EDSS_REASON"))


def test_a_step_that_differs_asks_for_a_reason_and_is_kept() -> None:
    entry = exam("4.0")
    assert entry.value(ref("edss", "EDSS")) == Code("4.0")
    assert entry.required(ref("edss", "EDSS_REASON"))
    assert [f.code for f in found(entry, "info")] == ["EDSS_DIFFERS"]


def test_the_scale_has_twenty_steps_and_no_half() -> None:
    steps = study().codelists["EDSS_STEP"].codes
    assert len(steps) == 20
    assert "0.5" not in steps


def test_causality_is_left_to_physicians() -> None:
    assert set(study().forms["adverse_event"].item("AEREL").who) == {"PHY", "PI"}


def test_a_serious_event_needs_its_criteria_and_the_time_of_awareness() -> None:
    entry = session("adverse_event")
    give(entry, AESER=NO)
    assert not entry.relevant(ref("adverse_event", "AEAWARE"))
    give(entry, AESER=YES)
    assert entry.required(ref("adverse_event", "AEAWARE"))
    assert entry.required(ref("adverse_event", "AESDTH"))


def test_partial_dates_that_may_be_in_order_are_accepted() -> None:
    entry = session("adverse_event")
    give(entry, AEONGO=NO, AESTDAT=PartialDate("2026-05-17"))
    assert give(entry, AEENDAT=PartialDate("2026")).accepted
    assert not give(entry, AEENDAT=PartialDate("2026-04")).accepted


def test_grade_is_kept_with_its_version() -> None:
    entry = session("adverse_event")
    give(entry, AETOXGR=Code("2"))
    assert entry.computed()[ref("adverse_event", "AETOXVER")] == "5.0"


def test_no_form_asks_for_a_full_date_of_birth() -> None:
    assert study().forms["demography"].item("BRTHYY").type == "integer"
