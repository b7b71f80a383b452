import subprocess
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from asn1crypto import x509
from attrs import evolve
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from reportlab.pdfgen.canvas import Canvas

from msclinic.reports.fonts import MissingGlyphs
from msclinic.reports.signing import (
    FieldSpec,
    SignatureText,
    SigningRefused,
    prepare_fields,
    sign_field,
)
from msclinic.vault import Cost, DocumentKey, SiteAuthority, create_ring, open_document_key

NOW = datetime(2026, 11, 22, 10, 42, 12, tzinfo=UTC)
AUTHORITY = SiteAuthority.create("PL-01", NOW - timedelta(days=400))


def person(account: str, role: str) -> tuple[DocumentKey, bytes]:
    """A signer's unlocked key and certificate."""
    data, ring = create_ring(
        account, "green beetle 42", 1, AUTHORITY.fingerprint, cost=Cost(1024, 1, 1)
    )
    certificate = AUTHORITY.issue(
        ring.document_public,
        account,
        role,
        NOW - timedelta(days=1),
        NOW + timedelta(days=700),
    )
    return open_document_key(data, "green beetle 42"), certificate


NURSE, INVESTIGATOR = person("NUR 04", "NUR"), person("PI 01", "PI")
TEXT = SignatureText(
    signer="NUR 04 · klucz 9f3c",
    role="Pielęgniarka",
    meaning="Wprowadzono",
    time="22 lis 2026, 11:42:12 (UTC+1, zegar stanowiska)",
    level="zamierzony zaawansowany podpis elektroniczny; niekwalifikowany; ECDSA P-256, SHA-256",
)
FIELDS = [FieldSpec("NUR", 0, (40, 40, 280, 110)), FieldSpec("PI", 1, (300, 40, 540, 110))]


def two_pages() -> bytes:
    output = BytesIO()
    canvas = Canvas(output, (595, 842), invariant=1)
    for page in (1, 2):
        canvas.drawString(72, 700, f"Page {page}: dose given 600 mg")
        canvas.showPage()
    canvas.save()
    return output.getvalue()


PREPARED = prepare_fields(two_pages(), FIELDS)
ONCE = sign_field(PREPARED, "NUR", *NURSE, [AUTHORITY.certificate], TEXT, NOW, certify=True)
TWICE = sign_field(
    ONCE,
    "PI",
    *INVESTIGATOR,
    [AUTHORITY.certificate],
    evolve(TEXT, signer="PI 01", role="Badacz", meaning="Zatwierdzono"),
    NOW + timedelta(minutes=9),
)


def poppler(tool: str, pdf: bytes, folder: Path, *options: str) -> str:
    path = folder / "document.pdf"
    path.write_bytes(pdf)
    done = subprocess.run(
        [tool, *options, str(path), *(["-"] if tool == "pdftotext" else [])],
        capture_output=True,
        text=True,
        check=False,
        env={"HOME": str(folder), "PATH": "/usr/bin:/bin", "TZ": "UTC"},
    )
    return done.stdout + done.stderr


def test_two_persons_sign_and_pyhanko_finds_both_valid() -> None:
    reader = PdfFileReader(BytesIO(TWICE))
    for signature in reader.embedded_signatures:
        root = x509.Certificate.load(AUTHORITY.certificate)
        status = validate_pdf_signature(
            signature, ValidationContext(trust_roots=[root], moment=NOW)
        )
        assert status.bottom_line
    assert len(reader.embedded_signatures) == 2


def test_two_persons_sign_and_poppler_finds_both_valid(tmp_path: Path) -> None:
    said = poppler("pdfsig", TWICE, tmp_path)
    first, second = said.split("Signature #2")
    assert said.count("Signature is Valid") == 2
    assert "Signer Certificate Common Name: NUR 04" in first
    assert "Signer Certificate Common Name: PI 01" in second
    assert "Total document signed" in second
    assert "Not total document signed" not in second
    assert said.count("ETSI.CAdES.detached") == 2


def test_poppler_finds_a_changed_byte(tmp_path: Path) -> None:
    at = TWICE.index(b"startxref") - 30
    changed = TWICE[:at] + bytes([TWICE[at] ^ 1]) + TWICE[at + 1 :]
    assert "Signature is Valid" not in poppler("pdfsig", changed, tmp_path)


def test_the_second_signature_leaves_the_first_persons_bytes_as_they_were() -> None:
    assert TWICE.startswith(ONCE)
    assert ONCE.startswith(PREPARED)
    assert PREPARED.startswith(two_pages())


def test_the_signature_shows_its_text_on_its_page(tmp_path: Path) -> None:
    pages = " ".join(poppler("pdftotext", TWICE, tmp_path, "-layout").split(" ")).split("\f")
    assert "Pielęgniarka" in pages[0]
    assert "niekwalifikowany" in pages[0]
    assert "Zatwierdzono" in pages[1]
    assert "Zatwierdzono" not in pages[0]


def test_the_signatures_face_embeds_its_font(tmp_path: Path) -> None:
    fonts = poppler("pdffonts", TWICE, tmp_path)
    faces = [line for line in fonts.splitlines() if "Plex" in line]
    assert faces
    assert all(line.split()[-5] == "yes" for line in faces)
    assert "Courier" not in fonts


def test_the_signing_time_is_the_given_one() -> None:
    signatures = PdfFileReader(BytesIO(TWICE)).embedded_signatures
    assert [found.self_reported_timestamp for found in signatures] == [
        NOW,
        NOW + timedelta(minutes=9),
    ]


def test_signing_writes_no_other_time_into_the_document() -> None:
    with pikepdf.open(BytesIO(TWICE)) as signed, pikepdf.open(BytesIO(two_pages())) as unsigned:
        assert signed.docinfo == unsigned.docinfo
        times = [str(found["/M"]) for found in signed.objects if "/ByteRange" in keys_of(found)]
    assert times == ["D:20261122104212Z", "D:20261122105112Z"]


def keys_of(found: object) -> set[str]:
    return set(found.keys()) if isinstance(found, pikepdf.Dictionary) else set()


def test_the_same_document_gets_the_same_fields_byte_for_byte() -> None:
    assert prepare_fields(two_pages(), FIELDS) == PREPARED


def test_two_persons_may_sign_without_certifying(tmp_path: Path) -> None:
    once = sign_field(PREPARED, "NUR", *NURSE, [AUTHORITY.certificate], TEXT, NOW)
    twice = sign_field(once, "PI", *INVESTIGATOR, [AUTHORITY.certificate], TEXT, NOW)
    assert poppler("pdfsig", twice, tmp_path).count("Signature is Valid") == 2


def refusal(*arguments: object, **options: object) -> str:
    with pytest.raises(SigningRefused) as refused:
        sign_field(*arguments, **options)  # type: ignore[arg-type]
    return refused.value.code


def test_a_field_is_signed_once() -> None:
    assert refusal(ONCE, "NUR", *NURSE, [], TEXT, NOW) == "field_signed"


def test_a_field_that_does_not_exist_is_not_made() -> None:
    assert refusal(PREPARED, "MON", *NURSE, [], TEXT, NOW) == "field_missing"


def test_a_certificate_of_another_person_is_refused() -> None:
    assert refusal(PREPARED, "NUR", NURSE[0], INVESTIGATOR[1], [], TEXT, NOW) == (
        "wrong_certificate"
    )


def test_only_the_first_signature_certifies() -> None:
    assert refusal(ONCE, "PI", *INVESTIGATOR, [], TEXT, NOW, certify=True) == "certify_late"


def test_text_that_does_not_fit_is_refused_rather_than_cut() -> None:
    long = evolve(TEXT, meaning="Wprowadzono " * 60)
    assert refusal(PREPARED, "NUR", *NURSE, [], long, NOW) == "text_too_long"


def test_what_is_no_pdf_is_refused() -> None:
    assert refusal(b"no pdf", "NUR", *NURSE, [], TEXT, NOW) == "not_a_pdf"


def test_a_letter_that_the_font_lacks_is_refused_in_our_words() -> None:
    with pytest.raises(MissingGlyphs):
        sign_field(PREPARED, "NUR", *NURSE, [], evolve(TEXT, meaning="承認"), NOW)


def test_a_naive_time_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="aware"):
        sign_field(PREPARED, "NUR", *NURSE, [], TEXT, NOW.replace(tzinfo=None))


@pytest.mark.parametrize(
    ("pdf", "spec", "code"),
    [
        (ONCE, FieldSpec("MON", 0, (0, 0, 100, 50)), "fields_late"),
        (PREPARED, FieldSpec("PI", 0, (0, 0, 100, 50)), "field_exists"),
        (two_pages(), FieldSpec("PI", 2, (0, 0, 100, 50)), "field_page"),
        (b"", FieldSpec("PI", 0, (0, 0, 100, 50)), "not_a_pdf"),
    ],
)
def test_fields_are_refused_with_a_code(pdf: bytes, spec: FieldSpec, code: str) -> None:
    with pytest.raises(SigningRefused) as refused:
        prepare_fields(pdf, [spec])
    assert refused.value.code == code
