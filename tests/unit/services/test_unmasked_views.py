"""Whoever sees what could reveal the arm is in the journal: person, role, form, once a session."""

from datetime import date

import pytest
from tests.clinic import COST, Clinic

from msclinic.record import Entry
from msclinic.services.entry import FormEntry
from msclinic.services.people import open_account
from msclinic.services.session import Session
from msclinic.services.sign_in import join
from msclinic.services.unmasked_views import note_all_unmasked_views
from msclinic.services.visits import open_visit

pytestmark = pytest.mark.requirement("R-AUD-14", "R-BLD-4", "R-AUD-6")

KEY = "LABU-01 has the long key"
FORM = "restricted_results"


@pytest.fixture
def participant(clinic: Clinic) -> str:
    found = clinic.enrol(1)
    open_visit(clinic.session("CRC-01"), found, "V2", date(2026, 11, 20))
    return found


@pytest.fixture
def lab(clinic: Clinic) -> Session:
    pi = clinic.session("PI-01")
    open_account(clinic.session("ADMIN-01"), "LABU-01", "LABU", KEY, pi, COST)
    return join(pi, "LABU-01", KEY)


def views(session: Session) -> list[Entry]:
    with session.store.read() as reader:
        return [one.entry for one in reader.entries("unmasked_viewed")]


def test_opening_such_a_form_is_recorded_once_a_session(lab: Session, participant: str) -> None:
    for _ in range(2):
        entry = FormEntry(lab, participant, "V2", FORM)
    (view,) = views(lab)
    assert (view.actor, view.role, view.participant) == ("LABU-01", "LABU", participant)
    assert view.path == f"viewed/{entry.prefix}"
    again = join(lab, "PI-01", "PI-01 has the long key")
    assert again.viewed == set()


def test_opening_any_other_form_is_not(clinic: Clinic, participant: str) -> None:
    session = clinic.session("PHY-01")
    FormEntry(session, participant, "SCR", "demography")
    assert views(session) == []


def test_taking_all_of_them_out_is_recorded_for_each(lab: Session, participant: str) -> None:
    entry = FormEntry(lab, participant, "V2", FORM)
    entry.answer(entry.ref("ISREFID"), "R-1")
    note_all_unmasked_views(lab, "export")
    note_all_unmasked_views(lab, "export")
    with lab.store.read() as reader:
        values = [row.value for row in reader.trail(participant, f"viewed/{entry.prefix}")]
    assert values == [{"type": "view", "how": "form"}, {"type": "view", "how": "export"}]


def test_who_reads_no_such_form_leaves_no_trace_of_a_view(clinic: Clinic, lab: Session) -> None:
    note_all_unmasked_views(clinic.session("PI-01"), "export")
    assert views(lab) == []
