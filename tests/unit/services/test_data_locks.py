"""A lock closes what is checked, for every service; only the PI opens it again, with a reason."""

from datetime import date

import pytest
from tests.called import KEY, VISIT, called, sign_call
from tests.clinic import PASSWORDS, ROLES, Clinic

from msclinic.domain.errors import UserError
from msclinic.domain.values import Code
from msclinic.services.data_locks import (
    STUDY,
    changed_after_lock,
    lock,
    lock_state,
    lock_study,
    unlock,
    unlock_study,
)
from msclinic.services.entry import CHANGED, FormEntry
from msclinic.services.gateway import recording
from msclinic.services.life import record_death
from msclinic.services.lock_checklist import hindrances, study_hindrances
from msclinic.services.participants import enrol
from msclinic.services.queries import raise_query, say
from msclinic.services.session import Refused
from msclinic.services.sign_off import sign_visit
from msclinic.services.signing import sign
from msclinic.services.source_verification import mark_verified
from msclinic.services.visits import book_visit, open_visit

PI = PASSWORDS["PI-01"]
WHY = "The laboratory sent a corrected report."
PREFIX = f"{VISIT}/{KEY}/call/1"
WHOLE = f"{VISIT}/{KEY}"
CORRECTED = {"code": "1", "text": ""}


@pytest.fixture
def participant(clinic: Clinic) -> str:
    return clinic.enrol(1)


@pytest.fixture
def call(clinic: Clinic, participant: str) -> FormEntry:
    entry = called(clinic, participant)
    sign_call(clinic, entry)
    sign_off(clinic, participant)
    return entry


def sign_off(clinic: Clinic, participant: str) -> None:
    sign_visit(clinic.session("PI-01"), participant, VISIT, KEY, PI)


def kinds(clinic: Clinic, participant: str, scope: str = PREFIX) -> list[str]:
    return [one.kind for one in hindrances(clinic.session("PI-01"), participant, scope)]


@pytest.mark.requirement("R-DAT-8")
@pytest.mark.parametrize("scope", [PREFIX, WHOLE])
def test_a_locked_form_takes_no_answer_reason_repeat_or_completion(
    clinic: Clinic, participant: str, call: FormEntry, scope: str
) -> None:
    before = FormEntry(clinic.session("NUR-04"), participant, VISIT, "call", KEY)
    lock(clinic.session("PI-01"), participant, scope)
    after = FormEntry(clinic.session("NUR-04"), participant, VISIT, "call", KEY)
    assert not after.may_enter
    ref = after.ref("E11_AE")
    assert after.state(ref).read_only
    for entry in (before, after):
        for refused in (
            lambda entry=entry: entry.answer(ref, Code("Y"), reason=CORRECTED),
            lambda entry=entry: entry.answer_together([(ref, Code("Y"))]),
            lambda entry=entry: entry.keep([ref], CHANGED, "1"),
            lambda entry=entry: entry.complete(),
        ):
            with pytest.raises(Refused) as told:
                refused()
            assert told.value.code == "data_locked"
        assert entry.value("E11_AE") == Code("N"), "nothing of what was tried stays"


@pytest.mark.requirement("R-DAT-8")
def test_a_locked_study_refuses_every_writing_service(
    clinic: Clinic, participant: str, call: FormEntry
) -> None:
    pi = clinic.session("PI-01")
    with recording(pi) as act:  # as if everything were settled: what follows is what counts
        act.set("study_locked", "study/locked", {"type": "lock", "value": "locked", "streams": {}})
    assert lock_state(pi, participant, PREFIX).scope == STUDY
    crc, nurse, phy = (clinic.session(one) for one in ("CRC-01", "NUR-04", "PHY-01"))
    today = clinic.clock.now().astimezone(crc.zone).date()
    key = PASSWORDS["PHY-01"]
    for refused in (
        lambda: enrol(crc, 9),
        lambda: open_visit(nurse, participant, "V1", today),
        lambda: book_visit(crc, participant, "V1", today),
        lambda: sign(phy, participant, "SCR/1/demography/1", "form_reviewed", key),
        lambda: record_death(phy, participant, None, "not known", key),
        lambda: call.answer(call.ref("E11_AE"), Code("Y"), reason=CORRECTED),
    ):
        with pytest.raises(Refused) as told:
            refused()
        assert told.value.code == "data_locked"


def test_queries_and_source_verification_go_on_after_a_lock(
    clinic: Clinic, participant: str, call: FormEntry
) -> None:
    lock(clinic.session("PI-01"), participant, WHOLE)
    monitor = clinic.session("MON-01")
    key = raise_query(monitor, participant, call.path(call.ref("E11_AE")), "None at all?")
    say(clinic.session("NUR-04"), participant, key, "answer", "None.")
    assert mark_verified(monitor, participant, PREFIX) == 5


@pytest.mark.requirement("R-DAT-8", "R-SIG-6")
def test_a_lock_is_refused_while_anything_hinders(clinic: Clinic, participant: str) -> None:
    pi, monitor = clinic.session("PI-01"), clinic.session("MON-01")
    entry = called(clinic, participant)
    assert kinds(clinic, participant) == ["unsigned"]
    key = raise_query(monitor, participant, PREFIX, "Who called?")
    assert kinds(clinic, participant) == ["query", "unsigned"]
    with pytest.raises(UserError) as told:
        lock(pi, participant, PREFIX)
    assert (told.value.code, told.value.parameters) == ("lock_hindered", {"count": 2})
    sign_call(clinic, entry)
    say(clinic.session("NUR-04"), participant, key, "answer", "The nurse.")
    assert kinds(clinic, participant) == ["answered"]
    say(monitor, participant, key, "close", "")
    assert kinds(clinic, participant) == []
    lock(pi, participant, PREFIX)
    assert lock_state(pi, participant, PREFIX).scope == PREFIX


def test_an_unfinished_a_missing_and_a_changed_form_hinder(
    clinic: Clinic, participant: str, call: FormEntry
) -> None:
    call.answer(call.ref("E11_AE"), Code("Y"))
    found = kinds(clinic, participant)
    assert "finding" in found
    assert "unsigned" in found, "the change made the signature void"
    today = date(2026, 11, 23)
    open_visit(clinic.session("NUR-04"), participant, "UNS", today, key="d" * 16)
    assert kinds(clinic, participant, f"UNS/{'d' * 16}") == ["missing", "missing", "sign_off"]
    review = FormEntry(clinic.session("NUR-04"), participant, "UNS", "vital_signs", "d" * 16)
    review.answer(review.ref("VSPOS"), Code("SITTING"))
    found = kinds(clinic, participant, f"UNS/{'d' * 16}")
    assert found == ["missing", "unfinished", "sign_off"]


def test_the_study_waits_for_every_participant_and_every_visit_to_come(
    clinic: Clinic, participant: str, call: FormEntry
) -> None:
    found = study_hindrances(clinic.session("PI-01"))
    assert {"unsigned", "missing", "sign_off", "expected"} <= {one.kind for one in found}
    with pytest.raises(UserError) as told:
        lock_study(clinic.session("PI-01"), PI)
    assert told.value.parameters == {"count": len(found)}


@pytest.mark.requirement("R-DAT-8")
def test_unlocking_asks_for_a_reason_and_the_password_and_keeps_both_acts(
    clinic: Clinic, participant: str, call: FormEntry
) -> None:
    pi = clinic.session("PI-01")
    lock(pi, participant, PREFIX)
    with pytest.raises(UserError) as told:
        unlock(pi, participant, PREFIX, "  ", PI)
    assert told.value.code == "unlock_reason"
    with pytest.raises(Refused):
        unlock(pi, participant, PREFIX, WHY, "not the password")
    assert lock_state(pi, participant, PREFIX).locked
    unlock(pi, participant, PREFIX, WHY, PI)
    state = lock_state(pi, participant, PREFIX)
    assert (state.locked, state.reason, state.account) == (False, WHY, "PI-01")
    with pi.store.read() as reader:
        trail = reader.trail(participant, f"locked/{PREFIX}")
    assert [row.entry.action for row in trail] == ["data_locked", "data_unlocked"]
    assert FormEntry(clinic.session("NUR-04"), participant, VISIT, "call", KEY).may_enter


@pytest.mark.requirement("R-AUD-15")
def test_what_changes_after_an_unlock_stays_marked_also_after_the_next_lock(
    clinic: Clinic, participant: str, call: FormEntry
) -> None:
    pi = clinic.session("PI-01")

    def marked() -> frozenset[str]:
        with pi.store.read() as reader:
            return changed_after_lock(reader, participant, PREFIX)

    lock(pi, participant, WHOLE)
    unlock(pi, participant, WHOLE, WHY, PI)
    assert marked() == frozenset()
    again = FormEntry(clinic.session("NUR-04"), participant, VISIT, "call", KEY)
    again.answer(again.ref("E11_SYMPTOMS"), Code("Y"), reason=CORRECTED)
    again.keep([again.ref("E11_SYMPTOMS")], "E11_SYMPTOMS_YES", "2")
    again.complete()
    sign_call(clinic, again)
    assert kinds(clinic, participant, WHOLE) == ["sign_off"], "the change made it void"
    sign_off(clinic, participant)
    path = again.path(again.ref("E11_SYMPTOMS"))
    assert marked() == {path}
    lock(pi, participant, WHOLE)
    assert marked() == {path}


@pytest.mark.requirement("R-USR-2", "R-DAT-8")
def test_only_the_pi_locks_and_unlocks(clinic: Clinic, participant: str, call: FormEntry) -> None:
    for account, role in ROLES.items():
        if role == "PI":
            continue
        session, password = clinic.session(account), PASSWORDS[account]
        for refused in (
            lambda session=session: lock(session, participant, PREFIX),
            lambda session=session, key=password: unlock(session, participant, PREFIX, WHY, key),
            lambda session=session, key=password: lock_study(session, key),
            lambda session=session, key=password: unlock_study(session, WHY, key),
        ):
            with pytest.raises(Refused):
                refused()


def test_a_lock_within_a_lock_is_refused_and_only_the_outer_one_opens(
    clinic: Clinic, participant: str, call: FormEntry
) -> None:
    pi = clinic.session("PI-01")
    lock(pi, participant, WHOLE)
    with pytest.raises(UserError) as told:
        lock(pi, participant, PREFIX)
    assert told.value.code == "locked_already"
    with pytest.raises(Refused) as refused:
        unlock(pi, participant, PREFIX, WHY, PI)
    assert refused.value.code == "not_locked"


def test_events_always_find_their_place(clinic: Clinic, participant: str) -> None:
    with pytest.raises(UserError) as told:
        lock(clinic.session("PI-01"), participant, "LOG/1")
    assert told.value.code == "lock_forms_alone"


def test_nothing_is_locked_where_nothing_is_recorded(clinic: Clinic, participant: str) -> None:
    with pytest.raises(UserError) as told:
        lock(clinic.session("PI-01"), participant, "V2/1")
    assert told.value.code == "nothing_to_lock"


def test_the_study_opens_again_with_a_reason(clinic: Clinic, participant: str) -> None:
    pi = clinic.session("PI-01")
    with recording(pi) as act:
        act.set("study_locked", "study/locked", {"type": "lock", "value": "locked", "streams": {}})
    unlock_study(pi, WHY, PI)
    assert not lock_state(pi, None, STUDY).locked
    assert lock_state(pi, None, STUDY).reason == WHY
    assert enrol(clinic.session("CRC-01"), 9)
