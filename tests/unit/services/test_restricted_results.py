"""Results that could reveal the arm: no way leads a masked role to learn of them."""

import subprocess
from datetime import date
from pathlib import Path

import pytest
from tests.clinic import COST, NOW, PASSWORDS, ROLES, Clinic

from msclinic.domain.access import separation
from msclinic.domain.values import Code
from msclinic.services.documents import documents_of, finish_summary, preview_summary
from msclinic.services.entry import FormEntry
from msclinic.services.exporting import clinical_snapshot, export_odm
from msclinic.services.laboratory import unreviewed_results
from msclinic.services.lookup import known, look_up
from msclinic.services.participants import identities
from msclinic.services.people import open_account
from msclinic.services.session import Refused, Session
from msclinic.services.sign_in import join
from msclinic.services.signing import sign
from msclinic.services.visit_reading import VisitReading, Words
from msclinic.services.visits import open_visit, participant_visits
from msclinic.services.worklist import worklist

FORM = "restricted_results"
KEY = "LABU-01 has the long key"
SECRET = "DSA-DRB1-0401"
VISIT = "V2"
MASKED = ("NUR-04", "PHY-01", "PI-01", "CRC-01", "DM-01", "MON-01", "LAB-01")
RATERS = ("RAT-02",)


@pytest.fixture
def lab(clinic: Clinic) -> Session:
    admin, pi = clinic.session("ADMIN-01"), clinic.session("PI-01")
    open_account(admin, "LABU-01", "LABU", KEY, pi, COST)
    open_account(admin, "LAB-01", "LAB", KEY, pi, COST)
    clinic.sessions["LAB-01"] = join(pi, "LAB-01", KEY)
    return join(pi, "LABU-01", KEY)


@pytest.fixture
def participant(clinic: Clinic) -> str:
    return clinic.enrol(1)


def typed(lab: Session, participant: str, visit: str = VISIT) -> FormEntry:
    """Donor antibodies found, with a text that stands nowhere else."""
    entry = FormEntry(lab, participant, visit, FORM)
    for item, answer in (
        ("ISREFID", "R-1"),
        ("ISDAT", date(2026, 11, 20)),
        ("ISMETHOD", "bead assay"),
        ("VESCOUNT", "1.2e9/mL"),
        ("CD63", "81 %"),
        ("DONOR_HLA", Code("DETECTED")),
        ("DONOR_HLA_TEXT", SECRET),
    ):
        assert entry.answer(entry.ref(item), answer).accepted
    entry.complete()
    sign(lab, participant, entry.prefix, "form_entered", KEY)
    return entry


def test_every_masked_role_of_the_study_is_among_those_tried_here(clinic: Clinic) -> None:
    study = clinic.session("PI-01").study
    hidden = {code for code in study.roles if study.hides(code, FORM)}
    assert hidden == {code for code, role in study.roles.items() if role.masked}
    tried = {ROLES.get(account, "LAB") for account in (*MASKED, *RATERS)}
    readers = {code for code, role in study.roles.items() if "read:*" in role.rights}
    assert readers <= tried | {"INSP"}
    assert not any(study.may(code, verb, FORM) for code in hidden for verb in ("read", "enter"))


def test_the_unmasked_laboratory_types_and_signs_them(lab: Session, participant: str) -> None:
    typed(lab, participant)
    again = FormEntry(lab, participant, VISIT, FORM)
    assert (again.status, again.value("DONOR_HLA_TEXT")) == ("completed", SECRET)
    shown = [form.form for visit in participant_visits(lab, participant) for form in visit.forms]
    assert set(shown) == {FORM}


@pytest.mark.parametrize("account", [*MASKED, *RATERS, "ADMIN-01", "PREP-01"])
def test_opening_the_form_is_refused(
    clinic: Clinic, lab: Session, participant: str, account: str
) -> None:
    typed(lab, participant)
    with pytest.raises(Refused):
        FormEntry(clinic.session(account), participant, VISIT, FORM)


@pytest.mark.parametrize("account", MASKED)
def test_no_list_search_or_worklist_shows_a_trace_of_them(
    clinic: Clinic, lab: Session, participant: str, account: str
) -> None:
    session = clinic.session(account)
    before = (participant_visits(session, participant), worklist(session), identities(session))
    typed(lab, participant)
    after = (participant_visits(session, participant), worklist(session), identities(session))
    assert after == before
    assert unreviewed_results(session) == ()
    people = known(session)
    for words in ("001 restricted", "001 wyniki", f"001 {VISIT.lower()}", SECRET, "001 r"):
        assert FORM not in {found.form for found in look_up(session, people, words, most=500)}


@pytest.mark.parametrize("account", MASKED)
def test_a_reading_of_the_visit_holds_no_such_form(
    clinic: Clinic, lab: Session, participant: str, account: str
) -> None:
    typed(lab, participant)
    session = clinic.session(account)
    with session.store.read() as reader:
        record = VisitReading(session, reader, participant, VISIT, "1", Words(session, "en"))
        assert record.forms(FORM) == []
        own = VisitReading(lab, reader, participant, VISIT, "1", Words(lab, "en"))
        assert len(own.forms(FORM)) == 1


@pytest.mark.parametrize("account", ["CRC-01", "PI-01", "DM-01"])
def test_the_export_is_the_same_but_for_its_position(
    clinic: Clinic, lab: Session, participant: str, account: str, tmp_path: Path
) -> None:
    session = clinic.session(account)

    def visits() -> list[str]:
        with session.store.read() as reader:
            snapshot = clinical_snapshot(session, reader)
            return [repr(one) for one in snapshot.participants]

    before = visits()
    typed(lab, participant)
    assert visits() == before
    export_odm(session, tmp_path / "export.xml")
    text = (tmp_path / "export.xml").read_text("utf-8")
    assert SECRET not in text
    assert "LABU-01" not in text
    assert f'FormData FormOID="F_{FORM}"' not in text


def test_the_summary_says_nothing_and_does_not_age_with_them(
    clinic: Clinic, lab: Session, participant: str
) -> None:
    crc = clinic.session("CRC-01")
    open_visit(crc, participant, VISIT, NOW.date())
    clinic.consent(clinic.session("PHY-01"), participant, VISIT, NOW.date())
    made = finish_summary(crc, participant, VISIT)
    typed(lab, participant)
    (standing,) = documents_of(crc, participant)
    assert (standing.id, standing.superseded) == (made.id, False)
    pdf = preview_summary(crc, participant, VISIT)
    told = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True)
    text = told.stdout.decode()
    assert "DRAFT" in text
    for word in (SECRET, "LABU", "Restricted", "HLA", "CD63"):
        assert word not in text


@pytest.mark.parametrize("account", ["NUR-04", "PHY-01", "PI-01", "CRC-01"])
def test_a_masked_role_cannot_sign_the_form_to_learn_that_it_is_there(
    clinic: Clinic, lab: Session, participant: str, account: str
) -> None:
    entry = typed(lab, participant)
    session = clinic.session(account)
    with pytest.raises(Refused) as there:
        sign(session, participant, entry.prefix, "form_entered", PASSWORDS[account])
    with pytest.raises(Refused) as absent:
        sign(session, participant, f"V3/1/{FORM}/1", "form_entered", PASSWORDS[account])
    assert (there.value.code, str(there.value)) == (absent.value.code, str(absent.value))


def test_who_reads_them_holds_no_masked_role() -> None:
    assert {c.code for c in separation([("LABU", ""), ("LAB", "")])} == {"UNMASKED_AND_MASKED"}
    assert separation([("LABU", ""), ("PREP", "")]) == ()
