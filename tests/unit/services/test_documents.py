"""Documents made, signed, superseded and checked over a real record."""

import subprocess
from pathlib import Path

import pytest
from tests.clinic import PASSWORDS, Clinic
from tests.visit_day import VISIT

from msclinic.domain.errors import KnownFault, UserError
from msclinic.services.documents import (
    check_file,
    document_bytes,
    document_check,
    documents_of,
    finish_summary,
    preview_summary,
    sign_document,
    summary_file,
)
from msclinic.services.entry import FormEntry
from msclinic.services.session import Refused
from msclinic.services.verifying import verify_home


def signed_by_both(clinic: Clinic, participant: str):
    made = finish_summary(clinic.session("CRC-01"), participant, VISIT)
    sign_document(clinic.session("NUR-04"), made.id, PASSWORDS["NUR-04"])
    return sign_document(clinic.session("PHY-01"), made.id, PASSWORDS["PHY-01"])


def pdfsig(path: Path) -> str:
    told = subprocess.run(["pdfsig", "-nocert", path], capture_output=True, text=True, check=False)
    return told.stdout


def words(pdf: bytes) -> str:
    told = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True)
    return told.stdout.decode()


@pytest.mark.parametrize(("language", "word"), [("en", "DRAFT"), ("pl", "WERSJA ROBOCZA")])
def test_a_preview_is_a_draft_and_records_nothing(day, language, word):
    clinic, participant = day
    session = clinic.session("CRC-01")
    with session.store.read() as reader:
        before = reader.position()
    text = words(preview_summary(session, participant, VISIT, language=language))
    with session.store.read() as reader:
        assert reader.position() == before
    assert word in text
    assert "PREP 0" not in text


def test_a_made_document_is_in_the_record_with_its_hash(day):
    clinic, participant = day
    made = finish_summary(clinic.session("CRC-01"), participant, VISIT, language="pl")
    assert (made.state, made.next_seat, made.language) == ("made", "nurse", "pl")
    assert documents_of(clinic.session("MON-01"), participant) == [made]
    assert document_check(clinic.session("CRC-01"), made.id).open_fields == ("nurse", "physician")
    assert "DRAFT" not in words(document_bytes(clinic.session("CRC-01"), made.id))


@pytest.mark.requirement("R-SIG-1", "R-SIG-7")
def test_both_signatures_hold_by_our_check_and_by_pdfsig(day, tmp_path):
    clinic, participant = day
    done = signed_by_both(clinic, participant)
    assert done.state == "complete"
    assert [(one.seat, one.account) for one in done.signatures] == [
        ("nurse", "NUR-04"),
        ("physician", "PHY-01"),
    ]
    checked = document_check(clinic.session("CRC-01"), done.id)
    assert checked.verdict == "valid"
    assert [one.signer for one in checked.signatures] == ["NUR 04", "PHY 01"]
    assert [one.certifies for one in checked.signatures] == [True, False]
    path = tmp_path / "signed.pdf"
    path.write_bytes(document_bytes(clinic.session("CRC-01"), done.id))
    told = pdfsig(path)
    assert told.count("Signature is Valid") == 2
    assert "Total document signed" in told


def test_one_changed_byte_is_found_by_both(day, tmp_path):
    clinic, participant = day
    done = signed_by_both(clinic, participant)
    pdf = bytearray(document_bytes(clinic.session("CRC-01"), done.id))
    pdf[pdf.index(b"stream") + 20] ^= 1
    path = tmp_path / "changed.pdf"
    path.write_bytes(pdf)
    root = bytes.fromhex(clinic.session("CRC-01").place.authority)
    assert check_file(path, [root]).verdict != "valid"
    assert pdfsig(path).count("Signature is Valid") == 0


def test_another_sites_authority_is_not_trusted(day, tmp_path):
    from msclinic.vault import SiteAuthority

    clinic, participant = day
    done = signed_by_both(clinic, participant)
    path = tmp_path / "signed.pdf"
    path.write_bytes(document_bytes(clinic.session("CRC-01"), done.id))
    other = SiteAuthority.create("PL02", clinic.clock.now()).certificate
    assert check_file(path, [other]).verdict == "untrusted"


def test_the_nurse_signs_first(day):
    clinic, participant = day
    made = finish_summary(clinic.session("CRC-01"), participant, VISIT)
    with pytest.raises(Refused) as refused:
        sign_document(clinic.session("PHY-01"), made.id, PASSWORDS["PHY-01"])
    assert refused.value.code == "nurse_first"


def test_a_place_is_signed_once(day):
    clinic, participant = day
    made = finish_summary(clinic.session("CRC-01"), participant, VISIT)
    sign_document(clinic.session("NUR-04"), made.id, PASSWORDS["NUR-04"])
    with pytest.raises(UserError) as refused:
        sign_document(clinic.session("NUR-06"), made.id, PASSWORDS["NUR-06"])
    assert refused.value.code == "document_signed"


def test_a_wrong_password_signs_nothing(day):
    clinic, participant = day
    made = finish_summary(clinic.session("CRC-01"), participant, VISIT)
    with pytest.raises(Refused) as refused:
        sign_document(clinic.session("NUR-04"), made.id, "not the password at all")
    assert refused.value.code == "wrong_password"
    assert documents_of(clinic.session("CRC-01"), participant)[0].signatures == ()


@pytest.mark.requirement("R-USR-2")
def test_the_coordinator_cannot_sign(day):
    clinic, participant = day
    made = finish_summary(clinic.session("CRC-01"), participant, VISIT)
    with pytest.raises(Refused) as refused:
        sign_document(clinic.session("CRC-01"), made.id, PASSWORDS["CRC-01"])
    assert refused.value.code == "not_your_signature"


def test_a_change_of_the_visit_supersedes_its_document(day):
    clinic, participant = day
    made = finish_summary(clinic.session("CRC-01"), participant, VISIT)
    other = FormEntry(clinic.session("NUR-04"), participant, "V2", "vital_signs")
    other.add_repeat("reading")
    (same,) = documents_of(clinic.session("CRC-01"), participant)
    assert same.state == "made"
    entry = FormEntry(clinic.session("NUR-04"), participant, VISIT, "after_infusion")
    entry.answer(entry.ref("E10"), "Dopisano później.")
    (changed,) = documents_of(clinic.session("CRC-01"), participant)
    assert changed.state == "superseded"
    with pytest.raises(UserError) as refused:
        sign_document(clinic.session("NUR-04"), made.id, PASSWORDS["NUR-04"])
    assert refused.value.code == "document_superseded"


def test_a_visit_without_any_entry_has_nothing_to_make(day):
    clinic, participant = day
    with pytest.raises(UserError) as refused:
        finish_summary(clinic.session("CRC-01"), participant, "V4")
    assert refused.value.code == "nothing_recorded"


def test_documents_are_closed_to_the_rater_and_made_only_with_the_right(day):
    clinic, participant = day
    made = finish_summary(clinic.session("CRC-01"), participant, VISIT)
    for reading in (
        lambda: documents_of(clinic.session("RAT-02"), participant),
        lambda: document_bytes(clinic.session("RAT-02"), made.id),
        lambda: preview_summary(clinic.session("RAT-02"), participant, VISIT),
        lambda: finish_summary(clinic.session("MON-01"), participant, VISIT),
    ):
        with pytest.raises(Refused):
            reading()


def test_a_summary_file_is_the_newest_that_holds_else_a_draft(day, tmp_path):
    clinic, participant = day
    session, path = clinic.session("CRC-01"), tmp_path / "summary.pdf"
    summary_file(session, "PL01-007", VISIT, path)
    assert "DRAFT" in words(path.read_bytes())
    done = signed_by_both(clinic, participant)
    summary_file(session, "PL01-007", VISIT, path)
    assert path.read_bytes() == document_bytes(session, done.id)
    summary_file(session, "PL01-007", VISIT, path, "pl")
    assert "WERSJA ROBOCZA" in words(path.read_bytes())
    assert list(tmp_path.glob("*.new")) == []


def test_an_unknown_visit_or_folder_is_said(day, tmp_path):
    clinic, _ = day
    session = clinic.session("CRC-01")
    with pytest.raises(UserError) as refused:
        summary_file(session, "PL01-007", "V9", tmp_path / "x.pdf")
    assert refused.value.code == "no_visit"
    (tmp_path / "file").write_text("")
    with pytest.raises(KnownFault):
        summary_file(session, "PL01-007", VISIT, tmp_path / "file" / "x.pdf")
    with pytest.raises(UserError) as unread:
        check_file(tmp_path / "none.pdf", [])
    assert unread.value.code == "file_unreadable"


def test_the_record_verifies_with_its_documents(day):
    clinic, participant = day
    signed_by_both(clinic, participant)
    home = clinic.home
    clinic.close()
    assert verify_home(home, "MON-01", PASSWORDS["MON-01"]) == []
