import subprocess
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, append_signature_field
from reportlab.pdfgen.canvas import Canvas

from msclinic.reports.checking import DocumentCheck, SignatureCheck, check_document
from msclinic.reports.signing import FieldSpec, SignatureText, prepare_fields, sign_field
from msclinic.vault import Cost, DocumentKey, SiteAuthority, create_ring, open_document_key
from msclinic.wording import catalogue, set_language

NOW = datetime(2026, 11, 22, 10, 42, 12, tzinfo=UTC)
AUTHORITY = SiteAuthority.create("PL-01", NOW - timedelta(days=400))
ROOTS = [AUTHORITY.certificate]
TEXT = SignatureText("NUR 04", "Nurse", "Entered", "22 Nov 2026, 11:42:12", "not qualified")


def person(account: str, role: str) -> tuple[DocumentKey, bytes]:
    data, ring = create_ring(
        account, "green beetle 42", 1, AUTHORITY.fingerprint, cost=Cost(1024, 1, 1)
    )
    certificate = AUTHORITY.issue(
        ring.document_public, account, role, NOW - timedelta(days=1), NOW + timedelta(days=700)
    )
    return open_document_key(data, "green beetle 42"), certificate


def report() -> bytes:
    output = BytesIO()
    canvas = Canvas(output, (595, 842), invariant=1, pageCompression=0)
    canvas.drawString(72, 700, "Dose given: 600 mg")
    canvas.showPage()
    canvas.save()
    return output.getvalue()


NURSE, INVESTIGATOR = person("NUR 04", "NUR"), person("PI 01", "PI")
PREPARED = prepare_fields(
    report(), [FieldSpec("NUR", 0, (40, 40, 280, 110)), FieldSpec("PI", 0, (300, 40, 540, 110))]
)
ONCE = sign_field(PREPARED, "NUR", *NURSE, ROOTS, TEXT, NOW, certify=True)
TWICE = sign_field(ONCE, "PI", *INVESTIGATOR, ROOTS, TEXT, NOW + timedelta(minutes=9))
UNCERTIFIED = sign_field(PREPARED, "NUR", *NURSE, ROOTS, TEXT, NOW)


def overlaid(pdf: bytes) -> bytes:
    """Another dose written over the page by an incremental update."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    words = generic.StreamObject(stream_data=b"BT /F1 12 Tf 72 680 Td (Dose given: 900 mg) Tj ET")
    writer.add_stream_to_page(0, writer.add_object(words))
    return updated(writer)


def with_new_field(pdf: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    append_signature_field(writer, SigFieldSpec("MON", on_page=0, box=(40, 200, 280, 260)))
    return updated(writer)


def with_new_face(pdf: bytes, field: str) -> bytes:
    """The visible text of a signature exchanged by an incremental update."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    for reference in writer.root["/AcroForm"]["/Fields"]:
        found = reference.get_object()
        if found["/T"] == field:
            found["/AP"]["/N"]["/BBox"][2] = generic.FloatObject(1)
            writer.update_container(found["/AP"]["/N"])
    return updated(writer)


def updated(writer: IncrementalPdfFileWriter) -> bytes:
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


def pdfsig(pdf: bytes, folder: Path) -> str:
    path = folder / "document.pdf"
    path.write_bytes(pdf)
    environment = {"HOME": str(folder), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        ["pdfsig", str(path)], capture_output=True, text=True, check=False, env=environment
    )
    return done.stdout


def test_two_signatures_of_two_persons_hold() -> None:
    check = check_document(TWICE, ROOTS)
    assert check.verdict == "valid"
    assert check.intact
    assert [(found.field, found.signer, found.role) for found in check.signatures] == [
        ("NUR", "NUR 04", "NUR"),
        ("PI", "PI 01", "PI"),
    ]
    assert [found.coverage for found in check.signatures] == ["later_signatures", "whole"]
    assert [found.certifies for found in check.signatures] == [True, False]
    assert all(found.valid for found in check.signatures)
    assert check.signatures[1].signed_at == NOW + timedelta(minutes=9)
    assert check.signatures[0].algorithm == "sha256_ecdsa"
    assert check.signatures[0].key_id != check.signatures[1].key_id
    assert check.sentence == "Every signature holds."


def test_places_not_yet_signed_are_named() -> None:
    check = check_document(ONCE, ROOTS)
    assert check.verdict == "valid"
    assert check.open_fields == ("PI",)
    assert check.sentence == "Every signature holds; not yet signed: PI."


def test_a_document_without_signatures_is_told() -> None:
    assert check_document(PREPARED, ROOTS) == DocumentCheck("unsigned", (), ("NUR", "PI"))
    assert check_document(report(), ROOTS) == DocumentCheck("unsigned")
    assert not check_document(report(), ROOTS).intact


@pytest.mark.parametrize("pdf", [b"", b"no pdf", TWICE[:400], b"%PDF-1.7\n%%EOF"])
def test_what_cannot_be_read_is_told(pdf: bytes) -> None:
    assert check_document(pdf, ROOTS).verdict == "unreadable"


def test_a_changed_word_is_found_by_this_check_and_by_poppler(tmp_path: Path) -> None:
    changed = TWICE.replace(b"600 mg", b"900 mg")
    assert changed != TWICE
    check = check_document(changed, ROOTS)
    assert check.verdict == "changed"
    assert not any(found.intact for found in check.signatures)
    assert "Signature is Valid" not in pdfsig(changed, tmp_path)


def test_a_byte_changed_after_the_first_signature_spares_that_one() -> None:
    at = len(ONCE) + 200
    changed = TWICE[:at] + bytes([TWICE[at] ^ 1]) + TWICE[at + 1 :]
    assert check_document(changed, ROOTS).verdict in {"changed", "unreadable"}


GAP = range(ONCE.rindex(b"/Contents <") + len("/Contents "), ONCE.rindex(b">\n/ByteRange") + 1)


@settings(deadline=None, max_examples=60)
@given(
    at=st.integers(0, GAP.start - 1) | st.integers(GAP.stop, len(ONCE) - 1),
    mask=st.integers(1, 255),
)
def test_no_byte_of_the_document_changes_unseen(at: int, mask: int) -> None:
    changed = bytearray(ONCE)
    changed[at] ^= mask
    assert check_document(bytes(changed), ROOTS).verdict in {"changed", "unreadable"}


@settings(deadline=None, max_examples=60)
@given(at=st.sampled_from(GAP), mask=st.integers(1, 255))
def test_no_changed_byte_of_a_signature_says_something_else_and_holds(at: int, mask: int) -> None:
    # A signature carries a copy of the authority's certificate, which nobody signed: a byte
    # changed there may pass, but never with another signer, role, time or key.
    changed = bytearray(ONCE)
    changed[at] ^= mask
    check = check_document(bytes(changed), ROOTS)
    assert check.verdict != "valid" or check == check_document(ONCE, ROOTS)


def test_an_overlay_that_poppler_calls_valid_is_found(tmp_path: Path) -> None:
    for pdf in (TWICE, ONCE, UNCERTIFIED):
        changed = overlaid(pdf)
        assert "Signature is Valid" in pdfsig(changed, tmp_path)
        check = check_document(changed, ROOTS)
        assert check.verdict == "changed"
        assert all(found.intact and not found.unchanged for found in check.signatures)


@pytest.mark.parametrize("pdf", [TWICE, ONCE, UNCERTIFIED])
def test_a_field_added_afterwards_is_found(pdf: bytes) -> None:
    assert check_document(with_new_field(pdf), ROOTS).verdict == "changed"


def test_a_signature_in_a_field_added_afterwards_spoils_the_earlier_one() -> None:
    signed = sign_field(with_new_field(UNCERTIFIED), "MON", *INVESTIGATOR, ROOTS, TEXT, NOW)
    check = check_document(signed, ROOTS)
    assert check.verdict == "changed"
    assert [found.unchanged for found in check.signatures] == [False, True]


@pytest.mark.parametrize(("pdf", "field"), [(ONCE, "NUR"), (TWICE, "NUR"), (TWICE, "PI")])
def test_an_exchanged_face_of_a_signature_is_found(pdf: bytes, field: str) -> None:
    assert check_document(with_new_face(pdf, field), ROOTS).verdict == "changed"


def test_a_page_added_afterwards_is_found() -> None:
    writer = IncrementalPdfFileWriter(BytesIO(TWICE))
    pages = writer.root["/Pages"]
    page = generic.DictionaryObject(
        {
            generic.pdf_name("/Type"): generic.pdf_name("/Page"),
            generic.pdf_name("/MediaBox"): generic.ArrayObject(
                map(generic.NumberObject, (0, 0, 595, 842))
            ),
            generic.pdf_name("/Parent"): writer.root.raw_get("/Pages"),
        }
    )
    pages["/Kids"].append(writer.add_object(page))
    pages["/Count"] = generic.NumberObject(2)
    writer.update_container(pages)
    writer.update_container(pages["/Kids"])
    assert check_document(updated(writer), ROOTS).verdict == "changed"


def test_bytes_after_the_end_are_found() -> None:
    assert check_document(TWICE + b"\n% 900 mg\n", ROOTS).verdict == "changed"


def test_a_document_saved_anew_by_another_program_is_found() -> None:
    output = BytesIO()
    with pikepdf.open(BytesIO(TWICE)) as document:
        document.save(output)
    assert check_document(output.getvalue(), ROOTS).verdict in {"changed", "unreadable"}


def test_a_signature_that_no_field_leads_to_any_more_is_found() -> None:
    check = check_document(ONCE.replace(b"/AcroForm", b"/AcroFern"), ROOTS)
    assert check.verdict == "changed"
    assert not check.intact


def test_padding_of_a_signature_cannot_carry_anything() -> None:
    at = ONCE.rindex(b"00>") - 40
    changed = ONCE[:at] + b"BEEF" + ONCE[at + 4 :]
    assert check_document(changed, ROOTS).verdict == "changed"


def test_the_right_name_from_a_strange_authority_is_not_trusted() -> None:
    strange = SiteAuthority.create("PL-01", NOW - timedelta(days=400))
    check = check_document(TWICE, [strange.certificate])
    assert check.verdict == "untrusted"
    assert check.intact
    assert not any(found.trusted for found in check.signatures)


def test_no_trusted_root_trusts_nobody() -> None:
    assert check_document(TWICE, []).verdict == "untrusted"


def test_a_certificate_that_had_expired_at_signing_is_not_trusted() -> None:
    late = sign_field(PREPARED, "NUR", *NURSE, ROOTS, TEXT, NOW + timedelta(days=800))
    assert check_document(late, ROOTS).verdict == "untrusted"


def test_one_untrusted_signer_is_enough() -> None:
    strange = SiteAuthority.create("PL-02", NOW - timedelta(days=400))
    key = INVESTIGATOR[0]
    certificate = strange.issue(key.public_der, "PI 01", "PI", NOW, NOW + timedelta(days=9))
    signed = sign_field(
        ONCE, "PI", key, certificate, [strange.certificate], TEXT, NOW + timedelta(days=1)
    )
    check = check_document(signed, ROOTS)
    assert check.verdict == "untrusted"
    assert [found.trusted for found in check.signatures] == [True, False]


def test_every_finding_is_one_sentence_in_both_languages() -> None:
    good = SignatureCheck("NUR", "NUR 04", "NUR", NOW, True, True, "whole")
    findings = [
        good,
        evolve(good, coverage="later_signatures"),
        evolve(good, coverage="changed"),
        evolve(good, trusted=False),
        evolve(good, intact=False),
    ]
    documents = [
        DocumentCheck("valid", (good,)),
        DocumentCheck("valid", (good,), ("PI",)),
        *(DocumentCheck(verdict) for verdict in ("changed", "untrusted", "unsigned", "unreadable")),
    ]
    english = [found.sentence for found in (*findings, *documents)]
    set_language("pl")
    try:
        polish = [found.sentence for found in (*findings, *documents)]
    finally:
        set_language("en")
    assert len(set(english)) == len(set(polish)) == len(english)
    assert not set(english) & set(polish)
    assert all(sentence.endswith(".") for sentence in english + polish)
    assert "NUR 04 (NUR) signed on 2026-11-22 10:42:12+00:00" in english[0]
    assert catalogue("pl")["Every signature holds."] == "Każdy podpis jest ważny."
