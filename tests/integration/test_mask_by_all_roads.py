"""What a role must not know comes by no road: every service is asked, and its answer searched.

Forms, lists, search, worklist, over time, journal, queries, documents, exports and the words of
every refusal (R-BLD-6); the raters are asked about what other forms hold and that there are any.
"""

import inspect
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from attrs import frozen
from tests.clinic import COST, Clinic, copy_clinic
from tests.integration.every_service import called, public_services
from tests.integration.hidden_words import (
    ARM,
    EVENT,
    GUESS,
    KIT,
    QUERY,
    QUERY_OF_EVENT,
    WALK,
    WEIGHT,
    Planted,
    hidden_from,
    planted,
    said,
)
from tests.integration.rights_walk import ACCOUNTS, SECRET, Walk
from tests.integration.service_rights import SEEN_BY_RIGHTS, WANTS

from msclinic.domain.errors import UserError
from msclinic.services.journal_model import Criteria
from msclinic.services.journal_reading import find
from msclinic.services.lookup import known
from msclinic.services.people import open_account
from msclinic.services.session import Session

# What the export says of every form is its definition; whose data it holds is tested beside it.
_DEFINED = ("exporting.export_odm", "restricted_results")
# These would put another study into force, or end what the others are asked about.
_NOT_ASKED = frozenset(
    {
        "study_versions.activate",
        "blotting.blot",
        "restore.rehearse",
        "infusion.emergency_taps.claim_tap",
    }
)
_ROADS = sorted((set(WANTS) | SEEN_BY_RIGHTS) - _NOT_ASKED)
_PLANTED = (EVENT, WEIGHT, ARM, GUESS, QUERY, QUERY_OF_EVENT, WALK, KIT)
_TYPED = ("007", "007 a", "007 adverse", "007 r", "007 restricted", EVENT, ARM, "007 wyniki")
_PLACES = frozenset({"scope", "prefix", "path", "key", "entry", "document", "typed", "form"})
Asked = tuple[Walk, Planted]


@pytest.fixture(scope="module")
def world(lived: tuple[Clinic, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    """A clinic after an infusion day, with every word planted."""
    folder = tmp_path_factory.mktemp("roads")
    clinic = copy_clinic(lived[0], folder / "home")
    admin, pi = clinic.session("ADMIN-01"), clinic.session("PI-01")
    for account, role in (("INSP-01", "INSP"), ("LAB-01", "LAB"), ("LABU-01", "LABU")):
        open_account(admin, account, role, SECRET, pi, COST)
    clinic.clock.turn(timedelta(minutes=1))
    out = folder / "out"
    out.mkdir()
    walk = Walk(clinic, lived[1], out)
    yield walk, planted(walk)
    clinic.close()


def ways(name: str, walk: Walk, session: Session, where: Planted) -> Iterator[Mapping[str, Any]]:
    """Arguments with which a service is asked about each place where a word lies."""
    given: dict[str, Any] = {"visit_key": "1", "answers": {}}
    if name.startswith("journal_"):
        try:
            positions = find(session, Criteria())
        except UserError:
            positions = [1, 2, 3]
        with session.store.read() as reader:
            beyond = list(range(1, reader.position().entries + 1))
        for kind, whose in (("csv", positions), ("json", beyond)):
            more = {"criteria": Criteria(), "positions": whose, "form": kind}
            yield given | more | {"path": f"{where.event}/event/1/AETERM"}
        for form in ("adverse_event", "restricted_results", "mask_guess"):
            yield given | {"criteria": Criteria(form=form), "positions": beyond, "form": "csv"}
        again = {"criteria": Criteria(), "positions": [], "form": "json"}
        yield given | again | {"path": f"{where.arm}/results/1/DONOR_HLA_TEXT"}
        return
    if name == "lookup.look_up":
        among = known(session)
        yield from (given | {"among": among, "typed": one, "most": 200} for one in _TYPED)
        return
    service = public_services()[name]
    given["out"] = walk.folder / f"{name}-{session.role}"
    if _PLACES.isdisjoint(inspect.signature(service).parameters):
        yield given
        return
    places = (where.event, where.weight, where.arm, where.guess)
    for number, place in enumerate(places):
        yield given | {
            "scope": place,
            "prefix": place,
            "path": place,
            "visit": place.split("/")[0],
            "form": place.split("/")[2],
            "form_key": place.split("/")[3],
            "key": where.queries[number % 2],
            "entry": where.signatures[number % len(where.signatures)],
            "document": where.document,
        }


def heard(name: str, walk: Walk, session: Session, more: Mapping[str, Any]) -> str:
    """Everything that comes back: the answer, the file, or the refusal's words."""
    try:
        told = said(called(public_services()[name], walk, session, dict(more)))
    except UserError as error:
        told = said(error)
    files = [path for path in walk.folder.rglob("*") if path.is_file()]
    told += "\n".join(path.name + said(path.read_bytes()) for path in files)
    for path in files:
        path.unlink()
    return told


@frozen
class Walked:
    """What one role found on all roads: every planted word, and what it must not know of them."""

    words: frozenset[str]
    leaks: frozenset[tuple[str, str]]


@pytest.fixture(scope="module")
def walked(world: Asked) -> dict[str, Walked]:
    """Every role on every road, once for all tests."""
    return {role: _walk(world, role) for role in ACCOUNTS}


def _walk(world: Asked, role: str) -> Walked:
    walk, where = world
    session = walk.session(role)
    hidden = hidden_from(session)
    words: set[str] = set()
    leaks: set[tuple[str, str]] = set()
    for name in _ROADS:
        for more in ways(name, walk, session, where):
            told = heard(name, walk, session, more)
            words |= {word for word in _PLANTED if word in told}
            echo = {word for word in map(str, more.values()) if word in hidden}
            leaks |= {(name, word) for word in hidden - echo if word in told}
    return Walked(frozenset(words), frozenset(leaks))


@pytest.mark.requirement("R-BLD-1", "R-BLD-3", "R-BLD-6", "R-USR-2")
@pytest.mark.parametrize("role", ACCOUNTS)
def test_no_service_tells_a_role_what_it_must_not_know(
    walked: dict[str, Walked], role: str
) -> None:
    assert walked[role].leaks - {_DEFINED} == set()


def test_every_word_was_found_by_somebody_who_may_read_it(walked: dict[str, Walked]) -> None:
    readers = {
        EVENT: {"NUR", "PI", "MON"},
        WEIGHT: {"NUR", "PI", "MON"},
        ARM: {"LABU"},
        GUESS: {"DM"},
        QUERY: {"CRC", "MON", "DM"},
        QUERY_OF_EVENT: {"CRC", "MON", "DM"},
        WALK: {"MON"},
        KIT: {"PREP", "PI"},
    }
    for word, roles in readers.items():
        assert {role for role in roles if word not in walked[role].words} == set(), word
