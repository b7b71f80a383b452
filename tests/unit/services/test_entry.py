"""An answer passes the rules, is in the record when it returns, and is never overwritten."""

from datetime import timedelta
from decimal import Decimal

import pytest
from tests.clinic import Clinic
from tests.infusion_day import BASELINE, CONDITIONS, fill

from msclinic.domain.errors import UserError
from msclinic.domain.values import Code, Codes, Missing
from msclinic.forms.definitions import ItemDefinition
from msclinic.services.entry import CHANGED, LATE, FormEntry
from msclinic.services.session import Refused


@pytest.fixture
def participant(clinic: Clinic) -> str:
    return clinic.enrol(1)


@pytest.fixture
def vitals(clinic: Clinic, participant: str) -> FormEntry:
    return FormEntry(clinic.session("NUR-04"), participant, "SCR", "vital_signs")


def items_of(entry: FormEntry) -> list[ItemDefinition]:
    return [item for group in entry.form.item_groups for item in group.items]


def codes(entry: FormEntry, ref: tuple[str, str, str]) -> list[str]:
    return [found.code for found in entry.state(ref).findings]


@pytest.mark.requirement("R-AUD-10")
def test_an_answer_is_in_the_record_when_it_returns(clinic: Clinic, vitals: FormEntry) -> None:
    stored = vitals.answer(vitals.ref("WEIGHT"), Decimal("71.5"))
    assert stored.accepted
    with clinic.session("PHY-01").store.read() as reader:
        head = reader.heads(participant=vitals.participant, item="WEIGHT")[0]
    assert head.value == {"type": "decimal", "value": "71.5", "unit": "kg"}
    assert (head.actor, head.role, head.source) == ("NUR-04", "NUR", "direct")
    assert head.study_version == clinic.session("PHY-01").study.version


def test_the_first_answer_opens_the_form(vitals: FormEntry) -> None:
    assert vitals.status == "planned"
    vitals.answer(vitals.ref("WEIGHT"), Decimal("71.5"))
    assert vitals.status == "in_progress"


@pytest.mark.requirement("R-DAT-2")
def test_the_impossible_is_not_stored(clinic: Clinic, vitals: FormEntry) -> None:
    stored = vitals.answer(vitals.ref("WEIGHT"), Decimal("715"))
    assert not stored.accepted
    assert [found.code for found in stored.findings] == ["WEIGHT_IMPOSSIBLE"]
    with clinic.session("NUR-04").store.read() as reader:
        assert reader.heads(participant=vitals.participant, item="WEIGHT") == []


def test_a_soft_finding_is_stored_and_stays_open_until_kept(vitals: FormEntry) -> None:
    ref = vitals.ref("WEIGHT")
    stored = vitals.answer(ref, Decimal("39.0"))
    assert stored.accepted
    assert codes(vitals, ref) == ["WEIGHT_UNUSUAL"]
    vitals.keep([ref], "WEIGHT_UNUSUAL", "2")
    assert codes(vitals, ref) == []
    assert vitals.state(ref).kept == ("WEIGHT_UNUSUAL",)


def test_a_kept_finding_opens_again_when_the_answer_changes(vitals: FormEntry) -> None:
    ref = vitals.ref("WEIGHT")
    vitals.answer(ref, Decimal("39.0"))
    vitals.keep([ref], "WEIGHT_UNUSUAL", "2")
    vitals.answer(ref, Decimal("38.0"))
    assert codes(vitals, ref) == ["WEIGHT_UNUSUAL", CHANGED]


@pytest.mark.requirement("R-AUD-2")
def test_a_change_asks_why_and_keeps_the_old_value(clinic: Clinic, vitals: FormEntry) -> None:
    ref = vitals.ref("WEIGHT")
    vitals.answer(ref, Decimal("71.5"))
    vitals.answer(ref, Decimal("72.5"))
    assert codes(vitals, ref) == [CHANGED]
    vitals.keep([ref], CHANGED, "1")
    assert codes(vitals, ref) == []
    with clinic.session("NUR-04").store.read() as reader:
        trail = reader.trail(vitals.participant, vitals.path(ref))
    assert [(row.value or {})["value"] for row in trail] == ["71.5", "72.5"]
    assert trail[1].entry.supersedes == (trail[0].stored.hash,)


def test_a_change_with_its_reason_asks_nothing(vitals: FormEntry) -> None:
    ref = vitals.ref("WEIGHT")
    vitals.answer(ref, Decimal("71.5"))
    vitals.answer(ref, Decimal("72.5"), reason={"code": "1", "text": ""})
    assert codes(vitals, ref) == []


def test_the_same_answer_again_writes_nothing(clinic: Clinic, vitals: FormEntry) -> None:
    ref = vitals.ref("WEIGHT")
    vitals.answer(ref, Decimal("71.5"))
    with clinic.session("NUR-04").store.read() as reader:
        before = reader.position()
    vitals.answer(ref, Decimal("71.5"))
    with clinic.session("NUR-04").store.read() as reader:
        assert reader.position() == before


def test_a_late_answer_asks_why(clinic: Clinic, vitals: FormEntry) -> None:
    ref = vitals.ref("WEIGHT")
    vitals.answer(ref, Decimal("71.5"), event_time=clinic.clock.now() - timedelta(hours=5))
    assert codes(vitals, ref) == [LATE]
    vitals.keep([ref], LATE, "3", "entered after the ward round")
    assert codes(vitals, ref) == []


def test_a_missing_answer_is_a_value_with_a_reason(vitals: FormEntry) -> None:
    ref = vitals.ref("WEIGHT")
    vitals.answer(ref, Missing("REFUSED"))
    assert vitals.state(ref).answer == Missing("REFUSED")
    assert ref not in vitals.open_items()


def test_an_item_of_another_role_is_refused(clinic: Clinic, participant: str) -> None:
    entry = FormEntry(clinic.session("CRC-01"), participant, "V1", "consent")
    assert entry.state(entry.ref("CONSENT_AGE")).read_only
    with pytest.raises(Refused) as refusal:
        entry.answer(entry.ref("CONSENT_AGE"), Code("Y"))
    assert refusal.value.code == "not_your_item"


@pytest.mark.requirement("R-BLD-3")
def test_a_rater_cannot_open_the_vital_signs(clinic: Clinic, participant: str) -> None:
    with pytest.raises(Refused) as refusal:
        FormEntry(clinic.session("RAT-02"), participant, "SCR", "vital_signs")
    assert refusal.value.code == "not_allowed"


@pytest.mark.requirement("R-DAT-3")
def test_a_monitor_reads_and_changes_nothing(clinic: Clinic, participant: str) -> None:
    entry = FormEntry(clinic.session("MON-01"), participant, "SCR", "demography")
    assert entry.value("SEX") == Code("F")
    with pytest.raises(Refused):
        entry.answer(entry.ref("SEX"), Code("M"))
    with pytest.raises(Refused):
        entry.complete()


def test_a_blank_required_item_keeps_the_form_open(vitals: FormEntry) -> None:
    vitals.answer(vitals.ref("WEIGHT"), Decimal("71.5"))
    with pytest.raises(UserError) as refusal:
        vitals.complete()
    assert refusal.value.code == "form_open"
    assert vitals.status == "in_progress"


def test_a_completed_form_changed_again_is_amended(clinic: Clinic, participant: str) -> None:
    entry = FormEntry(clinic.session("CRC-01"), participant, "SCR", "demography")
    assert entry.status == "completed"
    entry.answer(entry.ref("CONTACT_ALLERGY"), Codes(("NICKEL",)), reason={"code": "1", "text": ""})
    entry.complete()
    assert entry.status == "amended"


def test_repeats_keep_their_order(vitals: FormEntry) -> None:
    first, second = vitals.add_repeat("reading"), vitals.add_repeat("reading")
    assert vitals.keys("reading") == (first, second)
    vitals.reload()
    assert set(vitals.keys("reading")) == {first, second}


def test_an_item_that_no_longer_applies_is_kept(clinic: Clinic, participant: str) -> None:
    entry = FormEntry(clinic.session("CRC-01"), participant, "SCR", "demography")
    text = entry.ref("ALLERGY_TEXT")
    entry.answer(entry.ref("ALLERGY"), Code("NONE"), reason={"code": "1", "text": ""})
    assert not entry.state(text).relevant
    with clinic.session("CRC-01").store.read() as reader:
        assert reader.heads(participant=participant, item="ALLERGY_TEXT") != []


def test_a_gate_finding_is_stored_and_only_a_physician_lets_it_pass(
    clinic: Clinic, participant: str
) -> None:
    nurse = FormEntry(clinic.session("NUR-04"), participant, "V1", "vital_signs")
    key = nurse.add_repeat("reading")
    nurse.answer(nurse.ref("VSTPT", key), Code("BASE"))
    ref = nurse.ref("SYSBP", key)
    assert nurse.answer(ref, 186).accepted
    assert "SYSBP_HOLD" in codes(nurse, ref)
    with pytest.raises(Refused):
        nurse.override(ref, "measured in pain")
    physician = FormEntry(clinic.session("PHY-01"), participant, "V1", "vital_signs")
    with pytest.raises(UserError):
        physician.override(ref, "  ")
    physician.override(ref, "white-coat effect, seen before")
    assert "SYSBP_HOLD" not in codes(physician, ref)


@pytest.mark.requirement("R-AUD-11")
def test_computed_values_enter_the_record_when_the_form_is_completed(
    clinic: Clinic, participant: str
) -> None:
    entry = FormEntry(clinic.session("RAT-02"), participant, "SCR", "edss")
    entry.answer(entry.ref("FS_PYRAMIDAL"), Code("3"))
    with clinic.session("RAT-02").store.read() as reader:
        assert reader.heads(participant=participant, item="EDSS_COMPUTED") == []


def test_an_infusion_is_never_started_through_its_form(clinic):
    participant = clinic.enrol(1)
    entry = FormEntry(clinic.session("NUR-04"), participant, "V1", "infusion")
    with pytest.raises(Refused) as refused:
        entry.answer(entry.ref("D01"), clinic.clock.now())
    assert refused.value.code == "start_by_run"
    with pytest.raises(Refused):
        entry.answer_together([(entry.ref("D01"), clinic.clock.now())])


def test_an_answer_is_not_stored_over_one_that_its_person_has_not_seen(clinic):
    participant = clinic.enrol(1)
    early = FormEntry(clinic.session("NUR-04"), participant, "V1", "fit_to_dose")
    other = FormEntry(clinic.session("NUR-06"), participant, "V1", "fit_to_dose")
    early.answer(early.ref("A08"), Code("N"))
    other.reload()
    other.answer(other.ref("A08"), Code("Y"))
    with pytest.raises(UserError) as refused:
        early.answer(early.ref("A08"), Code("N"))
    assert refused.value.code == "answered_meanwhile"
    assert early.value("A08") == Code("Y")


def test_a_reader_cannot_give_the_reason_for_anothers_change(clinic):
    participant = clinic.enrol(1)
    physician = FormEntry(clinic.session("PHY-01"), participant, "SCR", "demography")
    ref = physician.ref("BRTHYY")
    physician.answer(ref, 1981, reason={"code": "", "text": ""})
    monitor = FormEntry(clinic.session("MON-01"), participant, "SCR", "demography")
    with pytest.raises(Refused):
        monitor.keep([ref], "CHANGED", "1")
    with pytest.raises(UserError):
        physician.keep([ref], "CHANGED", " ")
    with pytest.raises(UserError):
        physician.keep([ref], "OVERRIDE", "1")
    assert [one.code for one in physician.state(ref).findings] == ["CHANGED"]


@pytest.mark.requirement("R-TIM-2")
def test_an_answer_from_the_future_or_of_nobody_is_refused(clinic):
    participant = clinic.enrol(1)
    nurse = clinic.session("NUR-04")
    entry = FormEntry(nurse, participant, "V1", "vital_signs")
    later = clinic.clock.now() + timedelta(minutes=1)
    with pytest.raises(UserError) as refused:
        entry.answer(entry.ref("VSPOS"), Code("SITTING"), event_time=later)
    assert refused.value.code == "in_the_future"
    for who, visit in (("f" * 32, "V1"), (participant, "NOPE")):
        with pytest.raises(UserError) as unknown:
            FormEntry(nurse, who, visit, "vital_signs")
        assert unknown.value.code == "no_such_form"


def test_what_cannot_be_true_is_never_kept_with_a_reason(clinic, participant):
    entry = FormEntry(clinic.session("NUR-04"), participant, "V1", "infusion")
    start = entry.ref("D01")
    entry.answer_together([(start, clinic.clock.now())], starting=True)
    clinic.clock.turn(timedelta(hours=-1))  # the computer's clock was set right
    entry.reload()
    assert codes(entry, start) == ["D01_FUTURE"]
    with pytest.raises(UserError) as refused:
        entry.keep([start], "D01_FUTURE", "2")
    assert refused.value.code == "never_kept"
    assert codes(entry, start) == ["D01_FUTURE"]


def test_a_time_of_the_infusion_day_typed_late_asks_why(clinic, vitals):
    now, late = clinic.clock.now(), timedelta(minutes=15)
    key = vitals.add_repeat("reading")
    ref = vitals.ref("VSDTC", key)
    vitals.answer(ref, now - late)
    assert codes(vitals, ref) == []
    other = vitals.ref("VSDTC", vitals.add_repeat("reading"))
    vitals.answer(other, now - late - timedelta(seconds=1))
    assert codes(vitals, other) == [LATE]
    vitals.keep([other], LATE, "2")
    assert codes(vitals, other) == []
    assert vitals.state(other).kept == (LATE,)


def test_one_reason_serves_all_times_that_came_late_together(clinic, participant):
    entry = FormEntry(clinic.session("NUR-04"), participant, "V1", "infusion")
    earlier = clinic.clock.now() - timedelta(hours=2)
    refs = []
    for minutes in (0, 30):
        key = entry.add_repeat("rate_step")
        refs.append(entry.ref("D02_TIME", key))
        entry.answer(refs[-1], earlier + timedelta(minutes=minutes))
    assert [one.code for one in entry.open_findings()] == [LATE, LATE]
    entry.keep(refs, LATE, "1")
    assert entry.open_findings() == []


def test_a_time_given_late_with_its_reason_asks_nothing(clinic, vitals):
    ref = vitals.ref("VSDTC", vitals.add_repeat("reading"))
    at = clinic.clock.now() - timedelta(hours=1)
    vitals.answer(ref, at, reason={"code": "2", "text": ""})
    assert codes(vitals, ref) == []


def test_a_late_time_keeps_a_form_open_until_its_reason_is_given(clinic, vitals):
    fill(vitals, {**CONDITIONS, "WEIGHT": Decimal("71.5")})
    key = vitals.add_repeat("reading")
    taken = clinic.clock.now() - timedelta(minutes=16)
    fill(vitals, {**BASELINE, "VSTPT": Code("BASE"), "VSDTC": taken}, key)
    late = [(found.path.rsplit("/", 1)[1], found.code) for found in vitals.open_findings()]
    assert late == [("VSDTC", LATE)]
    with pytest.raises(UserError) as refused:
        vitals.complete()
    assert refused.value.code == "form_open"
    vitals.keep([vitals.ref("VSDTC", key)], LATE, "2")
    vitals.complete()
    assert vitals.status == "completed"


def test_a_preparation_more_than_an_hour_ago_asks_for_no_reason(clinic, participant):
    prepared = clinic.clock.now() - timedelta(minutes=65)
    entry = FormEntry(clinic.session("PREP-01"), participant, "V1", "product_release")
    for item, answer in {
        "PR_KIT": "K-203391",
        "PR_VOLUME": Decimal("100"),
        "PR_PREPARED_AT": prepared,
        "PR_USE_BEFORE": prepared + timedelta(hours=4),
        "PR_RELEASED": Code("Y"),
    }.items():
        entry.answer(entry.ref(item), answer)
    assert entry.open_findings() == []
    entry.complete()
    assert entry.status == "completed"


def test_a_time_of_the_history_asks_nothing_however_long_ago(clinic, participant):
    nurse = clinic.session("NUR-04")
    event = FormEntry(nurse, participant, "LOG", "adverse_event", form_key="a" * 16)
    times = [item.oid for item in items_of(event) if item.type == "datetime"]
    assert times
    for item in times:
        event.answer(event.ref(item), clinic.clock.now() - timedelta(days=3))
        assert LATE not in codes(event, event.ref(item))


def test_the_computed_values_of_a_form_are_stored_by_those_who_may_fill_it_in(clinic, participant):
    monitor = FormEntry(clinic.session("MON-01"), participant, "V1", "after_infusion")
    with pytest.raises(Refused):
        monitor.store_computed()
