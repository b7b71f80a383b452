"""Acts of a participant's life: signed by a physician, refused where they cannot follow."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from attrs import evolve
from sqlalchemy import event
from tests.clinic import Clinic
from tests.infusion_day import fill
from tests.lives import (
    confirm_eligibility,
    day_of,
    dose,
    enter_numbers,
    password,
    randomised,
)

from msclinic.domain.errors import UserError
from msclinic.domain.values import Answer, Code, Codes, Missing, PartialDate
from msclinic.services.entry import FormEntry
from msclinic.services.infusion.gates import gate_of, read_run
from msclinic.services.life import (
    complete,
    life,
    lose,
    perform,
    record_death,
    rescreen,
    screen_failure,
    sign_act,
    stop_product,
    transfer,
    undo,
    withdraw,
)
from msclinic.services.participants import find_participant
from msclinic.services.randomising import randomise
from msclinic.services.session import Refused
from msclinic.services.verifying import verify_home
from msclinic.services.visits import book_visit, open_unscheduled, open_visit
from msclinic.study import Study

PHY = "PHY-01"
SECRET = password(PHY)


def state(clinic: Clinic, participant: str) -> str:
    return life(clinic.session("CRC-01"), participant).life.state


def bars(clinic: Clinic, participant: str, visit: str = "V1") -> set[str]:
    """What keeps gates G1 and G4 shut, by code."""
    nurse = clinic.session("NUR-04")
    with nurse.store.read() as reader:
        run = read_run(nurse, reader, participant, visit)
        both = [gate_of(nurse, run, name) for name in ("G1", "G4")]
    first, second = ({b.code for b in status.blockers} for status in both)
    return first & second


def acts(clinic: Clinic, participant: str) -> list[str]:
    """Forms outside the visits of which anything is in the record."""
    session = clinic.session(PHY)
    with session.store.read() as reader:
        heads = reader.heads(participant=participant, visit="LOG")
    return sorted({head.path.split("/")[2] for head in heads})


def stop(clinic: Clinic, participant: str) -> str:
    session = clinic.session(PHY)
    day = day_of(clinic)
    return stop_product(session, participant, day, "PHYSICIAN_DECISION", SECRET, words="tired")


def test_who_is_enrolled_is_screened(clinic: Clinic) -> None:
    assert state(clinic, clinic.enrol(1)) == "screened"


def test_a_screen_failure_says_who_when_and_why_and_keeps_the_data(clinic: Clinic) -> None:
    participant = clinic.enrol(1)
    day = day_of(clinic)
    scope = screen_failure(
        clinic.session(PHY), participant, day, "NOT_ELIGIBLE", SECRET, criteria="IN03"
    )
    record = life(clinic.session("MON-01"), participant)
    (act,) = record.acts
    assert (record.life.state, record.life.since) == ("screen_failed", day)
    assert (act.scope, act.signed_by, act.valid) == (scope, PHY, True)
    kept = FormEntry(clinic.session("MON-01"), participant, "SCR", "demography")
    assert kept.value("BRTHYY") == 1975


def test_after_screen_failure_no_planned_visit_opens_but_an_unscheduled_one(
    clinic: Clinic,
) -> None:
    participant, nurse = clinic.enrol(1), clinic.session("NUR-04")
    screen_failure(clinic.session(PHY), participant, day_of(clinic), "CONSENT", SECRET)
    for way in (book_visit, open_visit):
        with pytest.raises(UserError) as refusal:
            way(nurse, participant, "V1", day_of(clinic))
        assert refusal.value.code == "no_more_visits"
    assert open_unscheduled(nurse, participant, "UNS", day_of(clinic))
    assert open_unscheduled(nurse, participant, "ET", day_of(clinic)) == "1"


def test_nothing_opens_before_enrolment(clinic: Clinic) -> None:
    with pytest.raises(UserError) as refusal:
        open_unscheduled(clinic.session("NUR-04"), "0" * 32, "UNS", day_of(clinic))
    assert refusal.value.code == "no_participant"


def test_a_screen_failure_is_screened_again_under_a_new_linked_code(clinic: Clinic) -> None:
    old, session = clinic.enrol(1), clinic.session(PHY)
    screen_failure(session, old, day_of(clinic), "WINDOW", SECRET)
    new = rescreen(session, old, 2, day_of(clinic), "MRI was late", SECRET)
    assert new == find_participant(session, "PL01-002")
    assert (state(clinic, old), state(clinic, new)) == ("rescreened", "screened")
    assert life(session, old).later == new
    assert life(session, new).earlier == old


def test_only_a_screen_failure_is_screened_again_and_only_once(clinic: Clinic) -> None:
    old, session = clinic.enrol(1), clinic.session(PHY)
    with pytest.raises(UserError) as refusal:
        rescreen(session, old, 2, day_of(clinic), "again", SECRET)
    assert refusal.value.code == "act_not_possible"
    screen_failure(session, old, day_of(clinic), "WINDOW", SECRET)
    rescreen(session, old, 2, day_of(clinic), "again", SECRET)
    with pytest.raises(UserError) as refusal:
        rescreen(session, old, 3, day_of(clinic), "and again", SECRET)
    assert refusal.value.code == "act_not_possible"


def test_a_stopped_product_bars_infusions_and_leaves_visits(clinic: Clinic) -> None:
    participant = randomised(clinic)
    dose(clinic, participant, "V1")
    assert state(clinic, participant) == "on_product"
    stop(clinic, participant)
    assert state(clinic, participant) == "off_product"
    assert "PRODUCT_STOPPED" in bars(clinic, participant, "V2")
    clinic.clock.turn(timedelta(days=91))
    open_visit(clinic.session("NUR-04"), participant, "V2", day_of(clinic))
    with pytest.raises(UserError) as refusal:
        stop(clinic, participant)
    assert refusal.value.code == "act_not_possible"


def test_the_product_stopped_for_an_event_names_an_event_there_is(clinic: Clinic) -> None:
    participant, session = randomised(clinic), clinic.session(PHY)
    day = day_of(clinic)
    with pytest.raises(UserError) as refusal:
        stop_product(session, participant, day, "ADVERSE_EVENT", SECRET, event=1)
    assert refusal.value.code == "act_answer"
    event = FormEntry(clinic.session("NUR-04"), participant, "LOG", "adverse_event", "1", "a" * 16)
    event.answer(event.ref("AETERM"), "rash")
    assert event.value("AESPID") == 1
    stop_product(session, participant, day, "ADVERSE_EVENT", SECRET, event=1)
    assert state(clinic, participant) == "off_product"


@pytest.mark.requirement("R-RET-2")
def test_the_three_withdrawals_are_recorded_apart(clinic: Clinic) -> None:
    participant, session = randomised(clinic), clinic.session(PHY)
    dose(clinic, participant, "V1")
    day = day_of(clinic)
    withdraw(session, participant, day, frozenset({"samples"}), SECRET, stored="DESTROY")
    now = life(session, participant).life
    assert (now.state, now.withdrawn_from) == ("on_product", {"samples"})
    assert "WITHDREW_PRODUCT" not in bars(clinic, participant, "V2")

    withdraw(session, participant, day, frozenset({"product"}), SECRET)
    assert state(clinic, participant) == "off_product"
    assert "WITHDREW_PRODUCT" in bars(clinic, participant, "V2")
    book_visit(session, participant, "V2", day + timedelta(days=91))

    withdraw(session, participant, day, frozenset({"visits"}), SECRET, reason="moving house")
    assert state(clinic, participant) == "withdrawn"
    with pytest.raises(UserError):
        book_visit(session, participant, "V3", day + timedelta(days=182))


def test_who_gives_the_product_up_during_screening_can_still_fail_screening(
    clinic: Clinic,
) -> None:
    participant, session = clinic.enrol(1), clinic.session(PHY)
    day = day_of(clinic)
    withdraw(session, participant, day, frozenset({"product"}), SECRET)
    now = life(session, participant).life
    assert (now.state, now.withdrawn_from) == ("screened", {"product"})
    with pytest.raises(UserError) as refusal:
        complete(session, participant, day, SECRET)
    assert refusal.value.code == "act_not_possible"
    confirm_eligibility(clinic, participant)
    enter_numbers(clinic, participant)
    with pytest.raises(UserError) as refusal:
        randomise(session, participant, SECRET)
    assert refusal.value.code == "act_not_possible"
    screen_failure(session, participant, day, "CONSENT", SECRET)
    assert state(clinic, participant) == "screen_failed"


def test_an_unusual_answer_leaves_no_trace_until_the_form_gives_its_reason(
    clinic: Clinic,
) -> None:
    participant, session = clinic.enrol(1), clinic.session(PHY)
    session.study = with_a_soft_check(session.study, "transfer", "DSSTDAT")
    later = day_of(clinic) + timedelta(days=3)
    with pytest.raises(UserError) as refusal:
        transfer(session, participant, later, "PL02", SECRET)
    assert refusal.value.code == "act_unusual"
    assert acts(clinic, participant) == []
    entry = FormEntry(session, participant, "LOG", "transfer", form_key="e" * 16)
    fill(entry, {"DSSTDAT": later, "TRANSFER_SITE": "PL02", "ACT_STANDS": Code("Y")})
    entry.keep([entry.ref("DSSTDAT")], "DSSTDAT_FUTURE", "2", "agreed for Thursday")
    entry.complete()
    sign_act(session, participant, entry.prefix, SECRET)
    assert state(clinic, participant) == "transferred"


def with_a_soft_check(study: Study, form: str, item: str) -> Study:
    """The study as a site may change it: what an item's checks refused now wants a reason."""
    changed = study.form(form)
    groups = tuple(
        evolve(
            group,
            items=tuple(
                evolve(one, checks=tuple(evolve(check, kind="soft") for check in one.checks))
                if one.oid == item
                else one
                for one in group.items
            ),
        )
        for group in changed.item_groups
    )
    return evolve(study, forms={**study.forms, form: evolve(changed, item_groups=groups)})


def test_nobody_withdraws_from_nothing_or_from_the_same_twice(clinic: Clinic) -> None:
    participant, session = randomised(clinic), clinic.session(PHY)
    with pytest.raises(UserError) as refusal:
        withdraw(session, participant, day_of(clinic), frozenset(), SECRET)
    assert refusal.value.code == "act_answer"
    withdraw(session, participant, day_of(clinic), frozenset({"product"}), SECRET)
    with pytest.raises(UserError) as refusal:
        withdraw(session, participant, day_of(clinic), frozenset({"product"}), SECRET)
    assert refusal.value.code == "withdrawn_before"


@pytest.mark.requirement("R-RET-2")
def test_no_sample_begins_its_way_after_withdrawal_from_samples(clinic: Clinic) -> None:
    participant, session = randomised(clinic), clinic.session(PHY)
    nurse = clinic.session("NUR-04")
    dose(clinic, participant, "V1")
    clinic.clock.turn(timedelta(days=40))
    withdraw(session, participant, day_of(clinic), frozenset({"samples"}), SECRET, stored="KEEP")
    # What was taken before is still typed in and corrected.
    before = FormEntry(nurse, participant, "V1", "biomarker_blood")
    before.answer(before.ref("SPECIMEN"), Codes((specimen(before),)))
    before.answer(before.ref("SPECIMEN"), Missing("NOT_DONE"), reason={"code": "1", "text": ""})
    clinic.clock.turn(timedelta(days=51))
    open_visit(nurse, participant, "V2", day_of(clinic))
    entry = FormEntry(nurse, participant, "V2", "biomarker_blood")
    with pytest.raises(UserError) as refusal:
        entry.answer(entry.ref("SPECIMEN"), Codes((specimen(entry),)))
    assert refusal.value.code == "no_more_samples"
    with nurse.store.read() as reader:
        assert reader.heads(participant=participant, prefix=entry.prefix) == []
    vitals = FormEntry(nurse, participant, "V2", "vital_signs")
    assert vitals.answer(vitals.ref("NEWS2_SCALE"), Code("1")).accepted


def specimen(entry: FormEntry) -> str:
    codes = entry.form.item("SPECIMEN").codelist
    assert codes is not None
    return codes.codes[0]


def test_nobody_is_lost_without_an_attempt(clinic: Clinic) -> None:
    participant, session = randomised(clinic), clinic.session(PHY)
    day = day_of(clinic)
    with pytest.raises(UserError) as refusal:
        lose(session, participant, day, day - timedelta(days=60), 0, False, SECRET)
    assert refusal.value.code == "act_answer"
    lose(session, participant, day, day - timedelta(days=60), 3, True, SECRET)
    assert state(clinic, participant) == "lost"
    assert "LOST" in bars(clinic, participant)


def test_a_death_may_be_known_by_its_month_and_ends_everything(clinic: Clinic) -> None:
    participant, session = randomised(clinic), clinic.session(PHY)
    record_death(session, participant, PartialDate("2026-11"), "", SECRET)
    now = life(session, participant).life
    assert (now.state, now.since) == ("died", None)
    assert "DIED" in bars(clinic, participant)
    with pytest.raises(UserError) as refusal:
        complete(session, participant, day_of(clinic), SECRET)
    assert refusal.value.code == "act_not_possible"


def test_a_transferred_participant_gets_no_infusion_here(clinic: Clinic) -> None:
    participant, session = randomised(clinic), clinic.session(PHY)
    transfer(session, participant, day_of(clinic), "PL02", SECRET)
    assert state(clinic, participant) == "transferred"
    assert "TRANSFERRED" in bars(clinic, participant)


def test_nobody_completes_the_study_from_screening(clinic: Clinic) -> None:
    participant, session = clinic.enrol(1), clinic.session(PHY)
    with pytest.raises(UserError) as refusal:
        complete(session, participant, day_of(clinic), SECRET)
    assert refusal.value.code == "act_not_possible"
    assert acts(clinic, participant) == []


@pytest.mark.parametrize("account", ["NUR-04", "CRC-01", "RAT-02", "MON-01", "ADMIN-01"])
def test_only_a_physician_acts(clinic: Clinic, account: str) -> None:
    participant = clinic.enrol(1)
    with pytest.raises(Refused):
        screen_failure(
            clinic.session(account), participant, day_of(clinic), "CONSENT", password(account)
        )
    assert acts(clinic, participant) == []


@pytest.mark.parametrize("account", ["RAT-02", "PREP-01", "ADMIN-01"])
def test_who_must_not_know_reads_no_life(clinic: Clinic, account: str) -> None:
    participant = clinic.enrol(1)
    with pytest.raises(Refused):
        life(clinic.session(account), participant)


def test_a_wrong_password_or_an_impossible_answer_stores_nothing(clinic: Clinic) -> None:
    participant, session = clinic.enrol(1), clinic.session(PHY)
    with pytest.raises(Refused):
        screen_failure(session, participant, day_of(clinic), "CONSENT", "not the password")
    later = day_of(clinic) + timedelta(days=1)
    with pytest.raises(UserError) as refusal:
        screen_failure(session, participant, later, "CONSENT", SECRET)
    assert refusal.value.code == "act_answer"
    with pytest.raises(UserError) as refusal:
        screen_failure(session, participant, day_of(clinic), "NOT_ELIGIBLE", SECRET)
    assert refusal.value.code == "act_open"
    assert acts(clinic, participant) == []


def test_what_is_no_act_is_not_signed_as_one(clinic: Clinic) -> None:
    participant = clinic.enrol(1)
    with pytest.raises(UserError) as refusal:
        perform(clinic.session(PHY), participant, "adverse_event", {}, SECRET)
    assert refusal.value.code == "no_such_act"


class Commits:
    """Counts the commits of a record and lets one of them fail, as a power cut would."""

    def __init__(self, clinic: Clinic, failing: bool) -> None:
        self.count, self._failing = 0, failing
        self._writer = clinic.session(PHY).store._writer

    def _committing(self, _connection: object) -> None:
        self.count += 1
        if self._failing:
            raise ZeroDivisionError

    def __enter__(self) -> "Commits":
        event.listen(self._writer, "commit", self._committing)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(self._writer, "commit", self._committing)


def entries(clinic: Clinic) -> int:
    with clinic.session(PHY).store.read() as reader:
        return reader.position().entries


ACTS: dict[str, Callable[[Clinic, str], object]] = {
    "screen failure": lambda clinic, one: screen_failure(
        clinic.session(PHY), one, day_of(clinic), "WINDOW", SECRET
    ),
    "screened again": lambda clinic, one: rescreen(
        clinic.session(PHY), one, 2, day_of(clinic), "MRI was late", SECRET
    ),
    "taken back": lambda clinic, one: undo(
        clinic.session(PHY),
        one,
        life(clinic.session(PHY), one).acts[-1].scope,
        "wrong participant",
        SECRET,
    ),
}
BEFORE = {"screen failure": False, "screened again": True, "taken back": True}


@pytest.mark.parametrize("act", ACTS)
def test_a_power_cut_leaves_a_whole_act_or_nothing_of_it(clinic: Clinic, act: str) -> None:
    participant = clinic.enrol(1)
    if BEFORE[act]:
        ACTS["screen failure"](clinic, participant)
    stood, before = state(clinic, participant), entries(clinic)
    with Commits(clinic, failing=True), pytest.raises(ZeroDivisionError):
        ACTS[act](clinic, participant)
    assert (state(clinic, participant), entries(clinic)) == (stood, before)
    with Commits(clinic, failing=False) as commits:
        ACTS[act](clinic, participant)
    assert commits.count == 1
    assert state(clinic, participant) != stood
    assert verify_home(clinic.home, "CRC-01", password("CRC-01")) == []


def test_the_signer_takes_a_mistake_back_with_a_reason_and_may_act_again(clinic: Clinic) -> None:
    participant, session = randomised(clinic), clinic.session(PHY)
    scope = stop(clinic, participant)
    undo(session, participant, scope, "wrong participant", SECRET)
    record = life(session, participant)
    assert record.life.state == "randomised"
    (taken_back,) = [act for act in record.acts if act.scope == scope]
    assert (taken_back.stands, taken_back.valid) == (False, False)
    assert "PRODUCT_STOPPED" not in bars(clinic, participant)
    with session.store.read() as reader:
        (head,) = reader.at(participant, f"{scope}/act/1/ACT_STANDS")
    assert head.reason == {"code": "0", "text": "wrong participant"}
    assert stop(clinic, participant) != scope
    assert state(clinic, participant) == "off_product"


def test_nobody_else_takes_an_act_back(clinic: Clinic) -> None:
    participant = randomised(clinic)
    scope = stop(clinic, participant)
    with pytest.raises(Refused) as refusal:
        undo(clinic.session("PI-01"), participant, scope, "no", password("PI-01"))
    assert refusal.value.code == "not_the_signer"
    with pytest.raises(UserError) as missing:
        undo(clinic.session(PHY), participant, scope, " ", SECRET)
    assert missing.value.code == "undo_reason"
    other = FormEntry(
        clinic.session("PI-01"), participant, "LOG", "product_stop", form_key=scope.split("/")[3]
    )
    other.answer(other.ref("ACT_STANDS"), Code("N"), reason={"code": "1", "text": ""})
    assert state(clinic, participant) == "off_product"


def test_a_screen_failure_that_was_screened_again_is_not_taken_back(clinic: Clinic) -> None:
    old, session = clinic.enrol(1), clinic.session(PHY)
    scope = screen_failure(session, old, day_of(clinic), "WINDOW", SECRET)
    new = rescreen(session, old, 2, day_of(clinic), "again", SECRET)
    with pytest.raises(UserError) as refusal:
        undo(session, old, scope, "mistake", SECRET)
    assert refusal.value.code == "built_upon"
    (link,) = life(session, new).acts
    undo(session, new, link.scope, "mistake", SECRET)
    assert state(clinic, old) == "screen_failed"
    undo(session, old, scope, "mistake", SECRET)
    assert state(clinic, old) == "screened"


def test_a_corrected_act_still_counts_and_is_signed_again(clinic: Clinic) -> None:
    participant, session = randomised(clinic), clinic.session(PHY)
    scope = stop(clinic, participant)
    entry = FormEntry(session, participant, "LOG", "product_stop", form_key=scope.split("/")[3])
    entry.answer(entry.ref("DSTERM"), "too tired", reason={"code": "1", "text": ""})
    record = life(session, participant)
    (act,) = [act for act in record.acts if act.scope == scope]
    assert (act.valid, record.life.state) == (False, "off_product")
    entry.complete()
    sign_act(session, participant, scope, SECRET)
    with pytest.raises(UserError) as refusal:
        sign_act(session, participant, scope, SECRET)
    assert refusal.value.code == "act_signed"


def test_an_act_filled_in_as_a_form_counts_once_it_is_signed(clinic: Clinic) -> None:
    participant, session = randomised(clinic), clinic.session(PHY)
    entry = FormEntry(session, participant, "LOG", "transfer", form_key="b" * 16)
    fill(entry, {"DSSTDAT": day_of(clinic), "TRANSFER_SITE": "PL02"})
    scope = entry.prefix
    with pytest.raises(UserError) as refusal:
        sign_act(session, participant, scope, SECRET)
    assert refusal.value.code == "act_not_completed"
    fill(entry, {"ACT_STANDS": Code("Y")})
    entry.complete()
    assert state(clinic, participant) == "randomised"
    sign_act(session, participant, scope, SECRET)
    assert state(clinic, participant) == "transferred"


def test_a_skipped_dose_is_not_given_later(clinic: Clinic) -> None:
    participant = randomised(clinic)
    dose(clinic, participant, "V1")
    clinic.clock.turn(timedelta(days=91 + 21))
    assert "DOSE_SKIPPED" not in bars(clinic, participant, "V2")
    clinic.clock.turn(timedelta(days=1))
    assert "DOSE_SKIPPED" in bars(clinic, participant, "V2")
    assert "DOSE_SKIPPED" not in bars(clinic, participant, "V3")


def test_nobody_is_dosed_before_randomisation_unless_the_study_lets_them(clinic: Clinic) -> None:
    participant = clinic.enrol(1)
    assert "NOT_RANDOMISED" in bars(clinic, participant)
    nurse = clinic.session("NUR-04")
    setting = evolve(nurse.study.settings["randomised_before_dose"], value=False)
    changed = {**nurse.study.settings, "randomised_before_dose": setting}
    nurse.study = evolve(nurse.study, settings=changed)
    assert "NOT_RANDOMISED" not in bars(clinic, participant)


def filled_act(clinic: Clinic, participant: str, kind: str, answers: dict[str, Answer]) -> str:
    """An act completed as a form and not signed; gives its path."""
    entry = FormEntry(clinic.session(PHY), participant, "LOG", kind, form_key="e" * 16)
    fill(entry, {"DSSTDAT": day_of(clinic), **answers, "ACT_STANDS": Code("Y")})
    entry.complete()
    return entry.prefix


def test_a_link_to_no_screen_failure_is_not_signed(clinic: Clinic) -> None:
    old, new = clinic.enrol(1), clinic.enrol(2)
    answers: dict[str, Answer] = {"EARLIER_CODE": "PL01-001", "DSTERM": "again"}
    scope = filled_act(clinic, new, "rescreening", answers)
    with pytest.raises(UserError) as refusal:
        sign_act(clinic.session(PHY), new, scope, SECRET)
    assert refusal.value.code == "act_not_possible"
    screen_failure(clinic.session(PHY), old, day_of(clinic), "WINDOW", SECRET)
    sign_act(clinic.session(PHY), new, scope, SECRET)
    assert state(clinic, old) == "rescreened"


def test_a_withdrawal_from_the_same_is_not_signed_as_a_form_either(clinic: Clinic) -> None:
    participant, session = randomised(clinic), clinic.session(PHY)
    withdraw(session, participant, day_of(clinic), frozenset({"product"}), SECRET)
    no = dict.fromkeys(("WD_VISITS", "WD_SAMPLES"), Code("N"))
    scope = filled_act(clinic, participant, "withdrawal", {"WD_PRODUCT": Code("Y"), **no})
    with pytest.raises(UserError) as refusal:
        sign_act(session, participant, scope, SECRET)
    assert refusal.value.code == "withdrawn_before"


def test_a_pregnancy_of_the_participant_bars_the_product(clinic: Clinic) -> None:
    participant, nurse = randomised(clinic), clinic.session("NUR-04")
    entry = FormEntry(nurse, participant, "LOG", "pregnancy", form_key="f" * 16)
    entry.answer(entry.ref("PREG_WHO"), Code("PARTNER"))
    assert "STOP_ON_RECORD" not in bars(clinic, participant)
    entry.answer(entry.ref("PREG_WHO"), Code("PARTICIPANT"), reason={"code": "1", "text": ""})
    assert "STOP_ON_RECORD" in bars(clinic, participant)


def test_a_positive_pregnancy_test_of_the_laboratory_bars_the_product(clinic: Clinic) -> None:
    participant = clinic.enrol(1)
    entry = FormEntry(clinic.session("NUR-04"), participant, "SCR", "pregnancy_test")
    entry.answer(entry.ref("HCG_LBORRES"), Code("NEG"))
    assert "STOP_ON_RECORD" not in bars(clinic, participant)
    entry.answer(entry.ref("HCG_LBORRES"), Code("POS"), reason={"code": "1", "text": ""})
    assert "STOP_ON_RECORD" in bars(clinic, participant)
