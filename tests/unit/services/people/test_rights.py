"""The matrix is the study's rights, and the roles of any past day can be told."""

from datetime import timedelta

import pytest
from tests.clinic import Clinic
from tests.unit.reports.printed import squeezed

from msclinic.domain.errors import UserError
from msclinic.reports.summary import BuiltDocument
from msclinic.services.people import disable_account
from msclinic.services.people.rights import holdings_at, matrix_of
from msclinic.services.people.rights_document import rights_file, rights_pdf
from msclinic.services.people.roles import end_role, grant_role
from msclinic.services.session import Refused


@pytest.mark.requirement("R-USR-2", "R-BLD-6")
def test_every_mark_of_the_matrix_is_a_right_of_the_role(clinic: Clinic) -> None:
    study = clinic.session("PI-01").study
    forms = matrix_of(study, "en").sections[0].rows
    for form, (_, marks) in zip(study.forms.values(), forms, strict=True):
        for role, mark in zip(study.roles, marks, strict=True):
            wanted = "E" if study.may(role, "enter", form.oid) else ""
            wanted = wanted or ("R" if study.may(role, "read", form.oid) else "")
            assert mark == wanted, (role, form.oid)


@pytest.mark.requirement("R-USR-4")
def test_roles_of_a_past_day_are_those_of_that_day(clinic: Clinic) -> None:
    admin = clinic.session("ADMIN-01")
    founded = admin.now()
    clinic.clock.turn(timedelta(days=10))
    grant_role(admin, "NUR-04", "CRC")
    end_role(admin, "NUR-06", "NUR")
    disable_account(admin, "MON-01")

    def held(moment) -> dict[tuple[str, str], bool]:
        rows = holdings_at(admin, moment)
        return {(one.account, one.role): one.disabled for one in rows}

    then, now = held(founded + timedelta(days=1)), held(admin.now())
    assert (("NUR-06", "NUR") in then, ("NUR-06", "NUR") in now) == (True, False)
    assert (("NUR-04", "CRC") in then, ("NUR-04", "CRC") in now) == (False, True)
    assert (then["MON-01", "MON"], now["MON-01", "MON"]) == (False, True)


def test_nothing_is_told_of_a_day_to_come(clinic: Clinic) -> None:
    pi = clinic.session("PI-01")
    with pytest.raises(UserError) as refusal:
        holdings_at(pi, pi.now() + timedelta(days=1))
    assert refusal.value.code == "moment_to_come"


@pytest.mark.requirement("R-USR-2", "R-USR-6")
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Delegation log", "Rights matrix", "NUR 04", "Infusion nurse", "PI 01")),
        ("pl", ("Rejestr delegowania zadań", "Tabela uprawnień", "Pielęgniarka infuzyjna")),
    ],
)
def test_matrix_and_log_are_printed(clinic: Clinic, language: str, words: tuple[str, ...]) -> None:
    pdf = rights_pdf(clinic.session("PI-01"), None, language)
    text = squeezed(BuiltDocument(pdf, (), 0))
    assert [word for word in words if word.replace(" ", "") not in text] == []


@pytest.mark.requirement("R-AUD-6")
def test_a_print_is_in_the_record(clinic: Clinic, tmp_path) -> None:
    monitor = clinic.session("MON-01")
    rights_file(monitor, tmp_path / "rights.pdf")
    with monitor.store.read() as reader:
        assert [one.entry.actor for one in reader.entries("printed")] == ["MON-01"]


@pytest.mark.parametrize("account", ["NUR-04", "RAT-02", "ASSESSOR-01", "PREP-01"])
def test_who_needs_it_not_gets_no_matrix(clinic: Clinic, account: str) -> None:
    with pytest.raises(Refused):
        rights_pdf(clinic.session(account))
