"""Who may go in, in which role; a record older than the delegation log stays open to its people."""

from datetime import timedelta
from pathlib import Path

import pytest
from tests.clinic import NOW, Clinic
from tests.infusion_day import day_steps

from msclinic.services.entrance import choose_role
from msclinic.services.home import HomeFile
from msclinic.services.people.delegation import delegate
from msclinic.services.session import Refused
from msclinic.services.standing import Standing, standing_of
from msclinic.shipped import shipped_study
from msclinic.store import Store
from msclinic.study import load_study
from msclinic.vault import new_data_key

PLACE = HomeFile("d" * 32, "e" * 32, "PL01", "Katowice", "Europe/Warsaw", "00")


def test_a_clinic_founded_before_the_log_lets_its_people_in_and_says_so(tmp_path: Path) -> None:
    study = load_study(shipped_study())
    with Store.create(tmp_path / "old.db", new_data_key()) as store, store.read() as reader:
        old = Standing("NUR-04", ("NUR",))
        entrance = choose_role(reader, study, old, None, NOW, PLACE)
    assert (entrance.role, entrance.lapses) == ("NUR", ("not_delegated",))


def test_once_the_log_has_a_line_everybody_needs_one(clinic: Clinic) -> None:
    session = clinic.session("PI-01")
    new = Standing("NUR-09", ("NUR",))
    with session.store.read() as reader, pytest.raises(Refused) as refusal:
        choose_role(reader, session.study, new, None, NOW, session.place)
    assert refusal.value.code == "not_delegated"


@pytest.mark.parametrize(
    ("standing", "role", "code"),
    [
        (Standing("NUR-09"), None, "account_disabled"),
        (Standing("NUR-09", ("NUR",), disabled=True), None, "account_disabled"),
        (Standing("NUR-09", ("NUR",)), "PI", "not_your_role"),
    ],
)
def test_who_holds_no_such_role_stays_outside(
    clinic: Clinic, standing: Standing, role: str | None, code: str
) -> None:
    session = clinic.session("PI-01")
    with session.store.read() as reader, pytest.raises(Refused) as refusal:
        choose_role(reader, session.study, standing, role, NOW, session.place)
    assert refusal.value.code == code


def test_the_standing_of_somebody_unknown_is_empty(clinic: Clinic) -> None:
    with clinic.session("PI-01").store.read() as reader:
        assert not standing_of(reader, "NUR-99").opened
        assert standing_of(reader, "NUR-04").certified


@pytest.mark.requirement("R-BLD-3")
def test_an_open_run_lets_in_a_nurse_whose_delegation_ended_and_no_rater(clinic: Clinic) -> None:
    participant = clinic.enrol(7)
    for state in day_steps(clinic, participant, "V1"):
        if state == "RUNNING":
            break
    today = clinic.clock.now().date()
    pi = clinic.session("PI-01")
    for account, role in (("NUR-06", "NUR"), ("RAT-02", "RAT")):
        delegate(pi, account, role, today - timedelta(days=9), today - timedelta(days=1))
    clinic.close()
    nurse = clinic.session("NUR-06")
    assert [one.code for one in nurse.alerts] == ["delegation_ended"]
    with pytest.raises(Refused) as refusal:
        clinic.session("RAT-02")
    assert refusal.value.code == "delegation_ended"
    assert "infusion" not in " ".join(refusal.value.sentences)
