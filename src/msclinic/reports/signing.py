"""Puts persons' signatures on a finished PDF: PAdES B-B, one field for each signer.

All fields are made before the first signature, and the time comes from the caller. Nothing here
decides who may sign or what a signature means. Importing pyHanko takes half a second: nothing
that runs at start-up may import this module.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

from asn1crypto import keys, x509  # type: ignore[import-untyped]
from attrs import frozen
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils.content import ImportedPdfPage
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import (
    AxisAlignment,
    BoxConstraints,
    InnerScaling,
    Margins,
    SimpleBoxLayoutRule,
)
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import (
    MDPPerm,
    SigFieldSpec,
    SigSeedSubFilter,
    append_signature_field,
    enumerate_sig_fields,
)
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore
from reportlab.pdfgen.canvas import Canvas

from msclinic.reports.fonts import checked_words, font_name, printable, wrapped
from msclinic.vault import DocumentKey
from msclinic.wording import tr

__all__ = ["FieldSpec", "SignatureText", "SigningRefused", "prepare_fields", "sign_field"]

_LARGEST_TEXT = 8.0
_SMALLEST_TEXT = 4.5
_LEADING = 1.25
_MARGIN = 3.0


class SigningRefused(Exception):
    """The document cannot be signed as asked.

    Attributes:
        code: ``field_missing``, ``field_signed``, ``fields_late``, ``field_exists``,
            ``field_page``, ``certify_late``, ``wrong_certificate``, ``text_too_long`` or
            ``not_a_pdf``.
        sentence: One plain sentence.
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(f"{code}: {sentence}")
        self.code = code
        self.sentence = sentence


@frozen
class FieldSpec:
    """A place for one signature.

    Attributes:
        name: Name of the field, unique in the document, such as ``PI``.
        page: Page, counted from 0.
        box: Left, bottom, right, top in points from the page's lower left corner.
    """

    name: str
    page: int
    box: tuple[float, float, float, float]


@frozen
class SignatureText:
    """What the signature shows, each a whole line in the document's language (R-SIG-1, R-SIG-7).

    Attributes:
        signer: Name or account code, and key id.
        role: Role of the signer.
        meaning: What the signature stands for (entered, verified, reviewed, approved).
        time: Date and time with its zone, and whose clock it is.
        level: Level of the signature, as "advanced electronic signature intended; not qualified".
    """

    signer: str
    role: str
    meaning: str
    time: str
    level: str

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines that are not empty, in order."""
        return tuple(filter(None, (self.signer, self.role, self.meaning, self.time, self.level)))


def prepare_fields(pdf: bytes, fields: Sequence[FieldSpec]) -> bytes:
    """Add every empty signature field that the document will ever have.

    Equal input gives equal bytes.

    Args:
        pdf: The finished document, unsigned.
        fields: One for each signer.

    Raises:
        SigningRefused: The document is already signed, a name is taken, a page does not exist,
            or this is no PDF.
    """
    writer = _writer(pdf)
    if any(enumerate_sig_fields(writer, filled_status=True)):
        raise SigningRefused(
            "fields_late", tr("The document is signed already; no place can be added to it.")
        )
    taken = {name for name, _value, _reference in enumerate_sig_fields(writer)}
    pages = int(writer.root["/Pages"]["/Count"])
    for spec in fields:
        if spec.name in taken:
            raise SigningRefused(
                "field_exists", tr("The document has a place named {name} already.", name=spec.name)
            )
        if not 0 <= spec.page < pages:
            raise SigningRefused(
                "field_page", tr("The document has no page {page}.", page=spec.page + 1)
            )
        taken.add(spec.name)
        left, bottom, right, top = (round(side) for side in spec.box)
        append_signature_field(
            writer, SigFieldSpec(spec.name, on_page=spec.page, box=(left, bottom, right, top))
        )
    return _written(writer)


def sign_field(
    pdf: bytes,
    field_name: str,
    key: DocumentKey,
    certificate_der: bytes,
    chain: Sequence[bytes],
    appearance: SignatureText,
    now: datetime,
    *,
    certify: bool = False,
) -> bytes:
    """Sign one empty field; everything signed before keeps holding.

    Runs an event loop of its own, so it must not be called from inside one.

    Args:
        pdf: The document with its fields.
        field_name: The field to sign.
        key: The signer's key, unlocked for this signature.
        certificate_der: The certificate issued for that key.
        chain: Certificates above it, DER; embedded so that the document explains itself.
        appearance: What the signature shows.
        now: Signing time, aware.
        certify: Certify the document, so that only further signatures are allowed; for the
            first signer.

    Returns:
        The document with the signature appended.

    Raises:
        SigningRefused: There is no such field, it is signed, the certificate is for another key,
            a signed document is to be certified, or the text does not fit the field.
        MissingGlyphs: The shipped font lacks a letter of the text.
    """
    if now.tzinfo is None:
        raise ValueError("a signing time is aware of its offset")
    certificate = x509.Certificate.load(certificate_der)
    if certificate.public_key.dump() != key.public_der:
        raise SigningRefused("wrong_certificate", tr("The certificate was issued for another key."))
    writer = _writer(pdf)
    width, height = _empty_field(writer, field_name)
    if certify and any(enumerate_sig_fields(writer, filled_status=True)):
        raise SigningRefused(
            "certify_late", tr("Only the first signature can certify the document.")
        )
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register_multiple([x509.Certificate.load(der) for der in chain])
    signer = _ClockedSigner(
        PdfSignatureMetadata(
            field_name=field_name,
            md_algorithm="sha256",
            subfilter=SigSeedSubFilter.PADES,
            reason=appearance.meaning,
            name=key.account,
            certify=certify,
            docmdp_permissions=MDPPerm.FILL_FORMS,
        ),
        SimpleSigner(
            signing_cert=certificate,
            signing_key=keys.PrivateKeyInfo.load(
                key.private_key.private_bytes(
                    serialization.Encoding.DER,
                    serialization.PrivateFormat.PKCS8,
                    serialization.NoEncryption(),
                )
            ),
            cert_registry=store,
        ),
        stamp_style=StaticStampStyle(
            border_width=0,
            background=_Drawing(_drawn(appearance, width, height)),
            background_layout=SimpleBoxLayoutRule(
                AxisAlignment.ALIGN_MIN,
                AxisAlignment.ALIGN_MIN,
                Margins(),
                InnerScaling.NO_SCALING,
            ),
        ),
    )
    signer.now = now
    output = BytesIO()
    signer.sign_pdf(writer, existing_fields_only=True, output=output)
    return output.getvalue()


class _Writer(IncrementalPdfFileWriter):
    """Appends to a document without reading the clock.

    pyHanko stamps the moment of writing into the document's metadata and draws a random document
    id; it offers no way to pass either in (0.38). The metadata stay as the report was made.
    """

    def _update_meta(self) -> None:
        return

    @classmethod
    def _handle_id(cls, prev: PdfFileReader) -> Any:
        document_id = super()._handle_id(prev)  # type: ignore[no-untyped-call]
        prev.stream.seek(0)
        digest = hashlib.sha256(prev.stream.read()).digest()[:16]
        document_id[1] = type(document_id[1])(digest)
        return document_id


class _ClockedSigner(PdfSigner):
    """Signs at a given time; pyHanko 0.38 reads the machine's clock otherwise."""

    now: datetime

    def init_signing_session(self, pdf_out: Any, existing_fields_only: bool = False) -> Any:
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self.now
        return session


class _Drawing(ImportedPdfPage):
    """A drawn one-page PDF held in memory, as the face of a signature."""

    def __init__(self, pdf: bytes) -> None:
        super().__init__("")  # type: ignore[no-untyped-call]
        self._pdf = pdf

    def render(self) -> bytes:
        reader = PdfFileReader(BytesIO(self._pdf))
        drawing = self._ensure_writer.import_page_as_xobject(reader)
        self.resources.xobject["/Face"] = drawing
        left, bottom, right, top = drawing.get_object()["/BBox"]
        self.box = BoxConstraints(width=abs(right - left), height=abs(top - bottom))
        return b"/Face Do"


def _writer(pdf: bytes) -> _Writer:
    try:
        return _Writer(BytesIO(pdf))
    except (PdfError, ValueError, KeyError):
        raise SigningRefused("not_a_pdf", tr("This is not a PDF that can be signed.")) from None


def _written(writer: _Writer) -> bytes:
    output = BytesIO()
    writer.write(output)  # type: ignore[no-untyped-call]
    return output.getvalue()


def _empty_field(writer: _Writer, name: str) -> tuple[float, float]:
    """Width and height of an empty field."""
    for _name, value, reference in enumerate_sig_fields(writer, with_name=name):
        if value is not None:
            raise SigningRefused(
                "field_signed", tr("The place named {name} is signed already.", name=name)
            )
        left, bottom, right, top = (float(side) for side in reference.get_object()["/Rect"])
        return abs(right - left), abs(top - bottom)
    raise SigningRefused("field_missing", tr("The document has no place named {name}.", name=name))


def _drawn(appearance: SignatureText, width: float, height: float) -> bytes:
    """The face of a signature as a PDF page of the field's size, its font embedded."""
    # A letter of a name that the font lacks shows as its code point, the document's own words
    # were chosen with the font.
    lines = [
        checked_words(line) if line != appearance.signer else printable(line)[0]
        for line in appearance.lines
    ]
    size = _LARGEST_TEXT
    while True:
        rows = [row for line in lines for row in wrapped(line, width - 2 * _MARGIN, size)]
        if len(rows) * size * _LEADING + 2 * _MARGIN <= height:
            break
        size -= 0.5
        if size < _SMALLEST_TEXT:
            raise SigningRefused(
                "text_too_long", tr("The signature's text does not fit its place.")
            )
    output = BytesIO()
    font = font_name(400)
    canvas = Canvas(output, (width, height), initialFontName=font, invariant=1)
    canvas.setLineWidth(0.5)
    canvas.rect(0.25, 0.25, width - 0.5, height - 0.5)
    canvas.setFont(font, size)
    for number, row in enumerate(rows):
        canvas.drawString(_MARGIN, height - _MARGIN - size - number * size * _LEADING, row)
    canvas.showPage()
    canvas.save()
    return output.getvalue()
