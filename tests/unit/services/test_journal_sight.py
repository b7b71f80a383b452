"""The journal tells no role what its forms do not: in no count, filter, line, error or file."""

import json
from datetime import date
from pathlib import Path

import pytest
from tests.clinic import COST, PASSWORDS, ROLES, Clinic

from msclinic.domain.errors import UserError
from msclinic.domain.values import Code
from msclinic.record import ACTIONS
from msclinic.services.entry import FormEntry
from msclinic.services.gateway import random_key
from msclinic.services.journal_export import export_journal
from msclinic.services.journal_model import SITE, Criteria
from msclinic.services.journal_reading import find, item_lines, journal_lines, offered
from msclinic.services.journal_review import mark_reviewed, reviews
from msclinic.services.people import open_account
from msclinic.services.session import Refused, Session
from msclinic.services.sign_in import join
from msclinic.services.signing import sign
from msclinic.services.visits import open_visit

KEY = "LABU-01 has the long key"
SECRET = "DSA-DRB1-0401"
GUESS = "smell-of-the-bag"
READERS = ("PHY-01", "PI-01", "CRC-01", "DM-01", "MON-01", "INSP-01")
OTHERS = ("ADMIN-01", "NUR-04", "RAT-02", "ASSESSOR-01", "PREP-01", "LAB-01")
HIRED = {"INSP-01": "INSP", "LAB-01": "LAB"}


def hire(clinic: Clinic) -> None:
    """Roles that the clinic of the tests has nobody for."""
    admin, pi = clinic.session("ADMIN-01"), clinic.session("PI-01")
    for account, role in HIRED.items():
        open_account(admin, account, role, KEY, pi, COST)
        clinic.sessions[account] = join(pi, account, KEY)


@pytest.fixture
def clinic(clinic: Clinic) -> Clinic:
    hire(clinic)
    return clinic


@pytest.fixture
def lab(clinic: Clinic) -> Session:
    admin, pi = clinic.session("ADMIN-01"), clinic.session("PI-01")
    open_account(admin, "LABU-01", "LABU", KEY, pi, COST)
    return join(pi, "LABU-01", KEY)


@pytest.fixture
def participant(clinic: Clinic) -> str:
    found = clinic.enrol(1)
    open_visit(clinic.session("CRC-01"), found, "V2", date(2026, 11, 20))
    return found


def revealed(lab: Session, participant: str) -> FormEntry:
    """Donor antibodies found and signed, with a text that stands nowhere else."""
    entry = FormEntry(lab, participant, "V2", "restricted_results")
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
    entry.answer(entry.ref("CD63"), "80 %", reason={"code": "4", "text": SECRET})
    entry.complete()
    sign(lab, participant, entry.prefix, "form_entered", KEY)
    return entry


def guessed(session: Session, participant: str) -> FormEntry:
    """A guess of the arm, with a reason that stands nowhere else."""
    entry = FormEntry(session, participant, "V1", "mask_guess", form_key=random_key())
    entry.answer(entry.ref("MG_GUESS"), Code("ACTIVE"))
    entry.answer(entry.ref("MG_GUESS"), Code("PLACEBO"), reason={"code": "4", "text": GUESS})
    return entry


def role_of(account: str) -> str:
    return HIRED.get(account) or ROLES[account]


def everything(session: Session) -> str:
    lines = journal_lines(session, find(session, Criteria()))
    return repr([(one.row, one.row.stored.bytes, one) for one in lines]) + json.dumps(
        [[one.value, one.reason, list(one.old), one.spot.form, one.asked] for one in lines]
    )


@pytest.mark.requirement("R-AUD-9", "R-BLD-6", "R-AUD-14")
def test_only_roles_with_the_right_read_the_journal(clinic: Clinic) -> None:
    tried = {role_of(one) for one in (*READERS, *OTHERS)}
    study = clinic.session("PI-01").study
    assert {code for code in study.roles if study.may(code, "journal")} <= tried
    assert set(study.roles) - tried == {"LABU"}
    for account in READERS:
        assert find(clinic.session(account), Criteria())
    for account in OTHERS:
        session = clinic.session(account)
        for asked in (
            lambda one: find(one, Criteria()),
            lambda one: journal_lines(one, [1, 2, 3]),
            offered,
            reviews,
            lambda one: mark_reviewed(one, Criteria()),
        ):
            with pytest.raises(Refused):
                asked(session)


@pytest.mark.requirement("R-AUD-14", "R-BLD-1", "R-BLD-6")
@pytest.mark.parametrize("account", READERS)
def test_what_reveals_the_arm_is_in_no_count_line_filter_or_file(
    clinic: Clinic, participant: str, lab: Session, account: str, tmp_path: Path
) -> None:
    session = clinic.session(account)
    whose = Criteria(participant=participant)
    before = len(find(session, whose))
    revealed(lab, participant)
    assert len(find(session, whose)) == before
    for act in ACTIONS:
        rows = journal_lines(session, find(session, Criteria(participant=participant, acts=(act,))))
        assert not [one for one in rows if one.spot.form == "restricted_results"]
        assert not [one for one in rows if one.row.entry.role == "LABU"]
    assert SECRET not in everything(session)
    assert "restricted_results" not in everything(session)
    assert "restricted_results" not in offered(session).forms
    assert "LABU-01" not in offered(session).people
    for form in ("csv", "json"):
        out = tmp_path / f"journal.{form}"
        export_journal(session, Criteria(), form, out)
        text = out.read_text("utf-8")
        assert SECRET not in text
        assert "restricted_results" not in text
    entries = json.loads((tmp_path / "journal.json").read_text("utf-8"))["entries"]
    assert {one["account"] for one in entries if one["role"] == "LABU"} == {""}


@pytest.mark.requirement("R-AUD-14", "R-BLD-6")
@pytest.mark.parametrize("account", READERS)
def test_asking_for_what_is_hidden_is_answered_as_for_what_there_is_not(
    clinic: Clinic, participant: str, lab: Session, account: str
) -> None:
    session = clinic.session(account)
    revealed(lab, participant)

    def said(criteria: Criteria) -> tuple[str, ...]:
        with pytest.raises(UserError) as refused:
            find(session, criteria)
        return (refused.value.code, *refused.value.sentences)

    nowhere = said(Criteria(form="no_such_form"))
    assert said(Criteria(form="restricted_results")) == nowhere
    assert said(Criteria(item="DONOR_HLA")) == nowhere
    assert said(Criteria(person="LABU-01")) == nowhere
    assert said(Criteria(person="PREP-01")) == nowhere


@pytest.mark.requirement("R-AUD-14")
def test_places_asked_for_directly_are_left_out_too(
    clinic: Clinic, participant: str, lab: Session
) -> None:
    revealed(lab, participant)
    session = clinic.session("MON-01")
    with session.store.read() as reader:
        whole = reader.position().entries
    lines = journal_lines(session, list(range(1, whole + 1)))
    assert len(lines) == len(find(session, Criteria())) < whole


@pytest.mark.requirement("R-AUD-14")
def test_somebody_elses_guess_of_the_arm_is_seen_by_its_owner_and_the_analysis_only(
    clinic: Clinic, participant: str
) -> None:
    own = guessed(clinic.session("PHY-01"), participant)
    seen = {
        account: GUESS in everything(clinic.session(account))
        and bool(find(clinic.session(account), Criteria(form="mask_guess")))
        for account in READERS
    }
    study = clinic.session("PI-01").study
    allowed = {one for one in READERS if study.may(role_of(one), "export", "mask_guess")}
    assert {one for one, sees in seen.items() if sees} == {"PHY-01"} | allowed
    assert own.prefix in everything(clinic.session("PHY-01"))
    assert own.prefix not in everything(clinic.session("PI-01"))


@pytest.mark.requirement("R-BLD-2", "R-AUD-14")
def test_who_prepared_the_product_stands_under_the_role_alone(day: tuple[Clinic, str]) -> None:
    clinic, participant = day
    hire(clinic)
    for account in READERS:
        session = clinic.session(account)
        lines = journal_lines(session, find(session, Criteria()))
        prepared = [one for one in lines if one.row.entry.role == "PREP"]
        assert prepared
        assert not any(one.account for one in prepared)
        mine = find(session, Criteria(participant=participant))
        assert len(mine) < len(find(session, Criteria()))
        site = find(session, Criteria(participant=SITE))
        assert not set(site) & set(mine)


@pytest.mark.requirement("R-AUD-7", "R-BLD-3")
def test_a_rater_sees_the_history_of_an_own_answer_and_no_journal(day: tuple[Clinic, str]) -> None:
    clinic, participant = day
    rater = clinic.session("RAT-02")
    exam = FormEntry(rater, participant, "SCR", "edss")
    answered = [one for one in exam.refs() if exam.heads(one)]
    ref = next(one for one in answered if exam.may_answer(exam.form.item(one[2])))
    lines = item_lines(rater, participant, exam.path(ref))
    assert [one.account for one in lines][-1] == "RAT-02"
    assert {one.spot.form for one in lines} == {"edss"}


@pytest.mark.requirement("R-AUD-14", "R-AUD-8")
def test_a_review_of_what_a_role_may_not_know_of_is_not_in_its_list(
    clinic: Clinic, participant: str
) -> None:
    key = mark_reviewed(clinic.session("MON-01"), Criteria(form="vital_signs"), "all fine")
    assert [one.key for one in reviews(clinic.session("PI-01"))] == [key]
    assert PASSWORDS["MON-01"] not in repr(reviews(clinic.session("PI-01")))
