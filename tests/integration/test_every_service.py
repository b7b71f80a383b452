"""Every service of the program, found by looking, as every role: the matrix decides (R-USR-2)."""

import ast
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from tests.clinic import PASSWORDS, Clinic, copy_clinic
from tests.integration.every_service import VISIT, asked_by_screens, called, public_services
from tests.integration.rights_walk import ACCOUNTS, Walk, every_role
from tests.integration.service_rights import (
    BY_OWN_RULE,
    FOR_SERVICES,
    SEEN_BY_RIGHTS,
    WANTS,
    WITHOUT_A_RIGHT,
)

from msclinic.domain.errors import UserError
from msclinic.services.infusion.emergency_taps import Tap
from msclinic.services.journal_model import Criteria
from msclinic.services.session import Session
from msclinic.shipped import shipped_study
from msclinic.study import load_study

# What each service says where the role is the reason. Whatever else it objects to, comes after.
_NOT_THIS_ROLE = frozenset(
    {"not_allowed", "no_documents", "no_over_time", "not_your_signature", "trend_hidden"}
)
# Of a person's own keys, roles, and record; walked in ``test_rights_walk.py``.
_PEOPLE = "people."
More = Callable[[Walk, Session], Mapping[str, Any]]


def _nothing(walk: Walk, session: Session) -> Mapping[str, Any]:
    return {}


def _tap(walk: Walk, session: Session) -> Mapping[str, Any]:
    tap = Tap("a" * 16, walk.participant, "PL01-007", VISIT, 1, "STOP", session.now())
    return {"tap": tap, "answer": "SEEN"}


def _second(walk: Walk, session: Session) -> Mapping[str, Any]:
    return {
        "second": walk.session("PI" if session.role != "PI" else "CRC"),
        "targets": [("0" * 64, "value")],
        "reason": "a name was typed",
    }


def _other_signer(walk: Walk, session: Session) -> Mapping[str, Any]:
    return {
        "investigator": walk.session("PI" if session.role != "PI" else "ADMIN"),
        "study": evolve(session.study, version="0" * 64),
        "passwords": ("not the password", "nor this"),
    }


def _journal(walk: Walk, session: Session) -> Mapping[str, Any]:
    return {
        "criteria": Criteria(),
        "positions": [1, 2, 3],
        "form": "csv",
        "out": walk.folder / f"{session.role}.csv",
    }


MORE: dict[str, More] = {
    "blotting.blot": _second,
    "infusion.emergency_taps.claim_tap": _tap,
    "study_versions.activate": _other_signer,
    "life_acts.perform": lambda *_: {"answers": {}},
    "neuro.ExamEntry": lambda *_: {"visit": "V4"},
    "restore.rehearse": lambda walk, _: {"backup": walk.folder / "no.backup"},
    **{name: _journal for name in WANTS if name.startswith("journal_")},
}


@pytest.fixture(scope="module")
def walk(clinic_template: Clinic, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    """One clinic for every call: none of them can succeed in what would hinder the next."""
    folder = tmp_path_factory.mktemp("services")
    clinic = copy_clinic(clinic_template, folder / "home")
    made = Walk(clinic, every_role(clinic), folder)
    for role in ACCOUNTS:
        made.session(role)
    yield made
    clinic.close()


def lets_in(name: str, walk: Walk, session: Session) -> bool:
    more = {"visit_key": "1", **MORE.get(name, _nothing)(walk, session)}
    try:
        called(public_services()[name], walk, session, more)
    except UserError as error:
        return error.code not in _NOT_THIS_ROLE
    return True


def test_every_service_says_who_may_call_it() -> None:
    listed = [*WANTS, *SEEN_BY_RIGHTS, *BY_OWN_RULE, *FOR_SERVICES, *WITHOUT_A_RIGHT]
    assert len(listed) == len(set(listed))
    found = {name for name in public_services() if not name.startswith(_PEOPLE)}
    assert found - set(listed) == set(), "say in service_rights.py who may call these"
    assert set(listed) <= set(public_services())


def test_a_service_that_nobody_listed_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    from msclinic.services import lookup

    def shows_all(session: Session) -> None:
        """A new service."""

    shows_all.__module__ = lookup.__name__
    monkeypatch.setattr(lookup, "shows_all", shows_all, raising=False)
    monkeypatch.setattr(lookup, "__all__", [*lookup.__all__, "shows_all"])
    assert "lookup.shows_all" in public_services.__wrapped__()


def test_what_serves_services_is_asked_by_no_screen_or_command() -> None:
    assert asked_by_screens() & FOR_SERVICES == set()
    assert set(WITHOUT_A_RIGHT) <= asked_by_screens()


@pytest.mark.parametrize("name", sorted(BY_OWN_RULE))
def test_a_rule_of_its_own_has_its_own_test(name: str) -> None:
    file, test = BY_OWN_RULE[name]
    tree = ast.parse((Path(__file__).parents[2] / file).read_text("utf-8"))
    assert test in {one.name for one in tree.body if isinstance(one, ast.FunctionDef)}


@pytest.mark.requirement("R-USR-2", "R-USR-3", "R-USR-7", "R-DAT-3", "R-BLD-6")
@pytest.mark.parametrize("name", sorted(WANTS))
def test_a_service_lets_in_exactly_whom_the_matrix_names(walk: Walk, name: str) -> None:
    wants = WANTS[name]
    may, wanted = set(), set()
    for role in ACCOUNTS:
        session = walk.session(role)
        if session.may(wants) if isinstance(wants, str) else wants(session):
            wanted.add(role)
        if lets_in(name, walk, session):
            may.add(role)
    assert may == wanted
    assert wanted, "somebody must be able to do it"
    assert wanted != set(ACCOUNTS), "then it is nobody's right"


def test_the_walk_goes_with_every_role_and_with_passwords_that_are_wrong() -> None:
    assert set(ACCOUNTS) == set(load_study(shipped_study()).roles)
    assert "not the password" not in PASSWORDS.values()
