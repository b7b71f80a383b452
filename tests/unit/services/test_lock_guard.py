"""No act of any service writes below a lock; queries, comparison and emergencies go on."""

import pytest
from attrs import evolve
from tests.clinic import Clinic

from msclinic.record import ACTIONS
from msclinic.services.gateway import recording
from msclinic.services.lock_guard import LOCK_ROOT, is_locked, lock_over
from msclinic.services.session import Refused

CLINICAL = sorted(name for name, kind in ACTIONS.items() if kind.clinical)
GOES_ON = {
    "query_raised",
    "query_answered",
    "query_closed",
    "source_verified",
    "data_locked",
    "data_unlocked",
    "emergency_tapped",
    "emergency_claimed",
}
VISIT, FORM = "V1/1", "V1/1/vital_signs/1"
VALUE = {"type": "code", "value": "Y"}
LOCKED = {"type": "lock", "value": "locked", "streams": {}}


@pytest.fixture
def participant(clinic: Clinic) -> str:
    return clinic.enrol(1)


def close(clinic: Clinic, participant: str, scope: str) -> None:
    with recording(clinic.session("PI-01")) as act:
        if scope == "study":
            act.set("study_locked", "study/locked", LOCKED)
        else:
            act.set("data_locked", f"{LOCK_ROOT}/{scope}", LOCKED, participant=participant)


def written(clinic: Clinic, participant: str, action: str, path: str) -> bool:
    try:
        with recording(clinic.session("NUR-04")) as act:
            value = VALUE
            if action == "signed":
                value = {"type": "signature", "scope": path, "meaning": "form_entered", "items": []}
                path = "signature/9f00000000000001"
            act.set(action, path, value, participant=participant)
    except Refused as refused:
        return refused.code != "data_locked"
    return True


@pytest.mark.requirement("R-DAT-8", "R-USR-7")
@pytest.mark.parametrize("scope", [FORM, VISIT, "study"])
def test_every_clinical_act_below_a_lock_is_refused_but_those_that_go_on(
    clinic: Clinic, participant: str, scope: str
) -> None:
    close(clinic, participant, scope)
    path = f"{FORM}/once/1/WEIGHT"
    passed = {one for one in CLINICAL if written(clinic, participant, one, path)}
    assert passed == GOES_ON & set(CLINICAL)


@pytest.mark.requirement("R-DAT-8")
def test_what_stands_outside_the_visit_but_tells_of_it_is_refused_too(
    clinic: Clinic, participant: str
) -> None:
    close(clinic, participant, VISIT)
    for path in (f"participant/run/{VISIT}", f"participant/deviation/{VISIT}/LATE"):
        assert not written(clinic, participant, "deviation_recorded", path)
    assert written(clinic, participant, "deviation_recorded", "participant/deviation/V2/1/LATE")


def test_a_lock_closes_nothing_beside_it(clinic: Clinic, participant: str) -> None:
    other = clinic.enrol(2)
    close(clinic, participant, FORM)
    assert written(clinic, participant, "answered", "V1/1/fit_to_dose/1/visit/1/A01")
    assert written(clinic, participant, "answered", f"V2{FORM[2:]}/once/1/WEIGHT")
    assert written(clinic, other, "answered", f"{FORM}/once/1/WEIGHT")


def write_two(clinic: Clinic, participant: str) -> None:
    """One act with a change outside the lock and one below it."""
    with recording(clinic.session("NUR-04")) as act:
        act.set("answered", "V2/1/call/1/call/1/E11_NOTE", VALUE, participant=participant)
        act.set("answered", f"{FORM}/once/1/WEIGHT", VALUE, participant=participant)


def test_nothing_of_a_refused_act_is_stored(clinic: Clinic, participant: str) -> None:
    close(clinic, participant, FORM)
    nurse = clinic.session("NUR-04")
    with nurse.store.read() as reader:
        before = reader.position()
    with pytest.raises(Refused):
        write_two(clinic, participant)
    with nurse.store.read() as reader:
        assert reader.position() == before


def test_of_two_devices_that_disagree_the_lock_holds(clinic: Clinic, participant: str) -> None:
    close(clinic, participant, FORM)
    with clinic.session("PI-01").store.read() as reader:
        (head,) = reader.at(participant, f"{LOCK_ROOT}/{FORM}")
        over = lock_over(reader, participant, f"{FORM}/once/1/WEIGHT")
    assert over == (FORM, head)
    other = evolve(head, action="data_unlocked")
    assert is_locked([head, other])
    assert is_locked([other, head])
    assert not is_locked([other])
