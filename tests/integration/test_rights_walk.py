"""Each service lets in exactly the roles that the rights matrix of the study names (R-USR-2)."""

import inspect
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.clinic import Clinic, copy_clinic
from tests.integration.rights_walk import ACCOUNTS, Call, Walk, allowed, every_role, walk_of
from tests.integration.walk_forms import FORMS, OTHERS
from tests.integration.walk_people import PEOPLE

from msclinic.services import people
from msclinic.shipped import shipped_study
from msclinic.study import load_study

# Given a session, these look for themselves whether they may be asked, or are asked by others.
_ASKED_BY_OTHERS = frozenset(
    {
        "demand_keeper",
        "demand_witness",
        "end_of_day",
        "local_day",
        "may_delegate",
        "may_read_people",
        "open_authority",
        "study_at",
        "witness_certificate",
    }
)


@pytest.fixture(scope="module")
def staffed(
    clinic_template: Clinic, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Clinic, str]:
    clinic = copy_clinic(clinic_template, tmp_path_factory.mktemp("walk") / "home")
    participant = every_role(clinic)
    clinic.close()
    return clinic, participant


@pytest.fixture
def walk(staffed: tuple[Clinic, str], tmp_path: Path) -> Iterator[Walk]:
    made = walk_of(*staffed, tmp_path)
    yield made
    made.clinic.close()


def differences(call: Call, walk: Walk) -> list[str]:
    """Roles for which the service and the matrix say different things."""
    found = []
    for role in ACCOUNTS:
        session = walk.session(role)
        may, wanted = allowed(call, walk, session), call.wanted(session)
        if may != wanted:
            found.append(f"{role} {'may' if may else 'may not'}, the matrix says otherwise")
    return found


def test_the_walk_has_every_role_of_the_study() -> None:
    assert set(ACCOUNTS) == set(load_study(shipped_study()).roles)


def test_every_service_of_people_is_walked() -> None:
    public = set()
    for module in pkgutil.iter_modules(people.__path__, "msclinic.services.people."):
        loaded = __import__(module.name, fromlist=["__all__"])
        for name in loaded.__all__:
            one = getattr(loaded, name)
            if inspect.isfunction(one) and one.__module__ == module.name:
                kinds = [each.annotation for each in inspect.signature(one).parameters.values()]
                if any(getattr(kind, "__name__", kind) == "Session" for kind in kinds):
                    public.add(name)
    assert public - {call.name for call in PEOPLE} == _ASKED_BY_OTHERS


@pytest.mark.requirement("R-USR-2", "R-USR-3", "R-DAT-3", "R-BLD-6")
@pytest.mark.parametrize("call", PEOPLE, ids=lambda call: call.name)
def test_services_of_people_let_in_whom_the_matrix_names(call: Call, walk: Walk) -> None:
    assert differences(call, walk) == []


@pytest.mark.requirement("R-USR-2", "R-USR-3", "R-BLD-2", "R-BLD-3")
@pytest.mark.parametrize("call", FORMS, ids=lambda call: call.name)
def test_forms_open_for_whom_the_matrix_names(call: Call, walk: Walk) -> None:
    assert differences(call, walk) == []


@pytest.mark.requirement("R-USR-2", "R-USR-3", "R-DAT-3")
@pytest.mark.parametrize("call", OTHERS, ids=lambda call: call.name)
def test_other_services_let_in_whom_the_matrix_names(call: Call, walk: Walk) -> None:
    assert differences(call, walk) == []
