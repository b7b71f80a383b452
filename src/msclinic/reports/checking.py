"""Checks the signatures of a PDF, offline: whose they are, and whether anything changed since.

It judges the file alone, never asks the record, and believes no certificate but those it is
given. Importing pyHanko takes half a second: nothing that runs at start-up may import this module.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import Literal

from asn1crypto import core, x509  # type: ignore[import-untyped]
from attrs import field, frozen
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.rw_common import PdfHandler
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from msclinic.wording import tr

__all__ = ["DocumentCheck", "SignatureCheck", "check_document"]

Coverage = Literal["whole", "later_signatures", "changed"]
Verdict = Literal["valid", "changed", "untrusted", "unsigned", "unreadable"]


@frozen
class SignatureCheck:
    """What is true of one signature.

    Attributes:
        field: Name of its field.
        signer: Account code in the certificate; empty where it could not be read.
        role: Role in the certificate; may be empty.
        signed_at: Time by the signer's own clock, aware; None where none is given.
        intact: The signed bytes are those that were signed.
        trusted: The certificate was valid at that time and comes from a trusted root.
        coverage: ``whole`` (the whole file), ``later_signatures`` (only signatures in places made
            before were added since), ``changed`` (anything else).
        certifies: It certifies the document.
        algorithm: Of the signature, such as ``sha256_ecdsa``.
        key_id: First half of the SHA-256 of the certificate's public key, 32 hex.
    """

    field: str
    signer: str = ""
    role: str = ""
    signed_at: datetime | None = None
    intact: bool = False
    trusted: bool = False
    coverage: Coverage = "changed"
    certifies: bool = False
    algorithm: str = ""
    key_id: str = ""

    @property
    def unchanged(self) -> bool:
        """Nothing but further signatures came after it."""
        return self.intact and self.coverage != "changed"

    @property
    def valid(self) -> bool:
        """It holds: intact, unchanged since, and from a trusted root."""
        return self.unchanged and self.trusted

    @property
    def sentence(self) -> str:
        """The finding in one sentence."""
        signer = f"{self.signer} ({self.role})" if self.role else self.signer or self.field
        when = "—" if self.signed_at is None else self.signed_at.isoformat(" ", "seconds")
        if not self.intact:
            return tr(
                "The signature of {signer} does not hold: what was signed has been changed.",
                signer=signer,
            )
        if self.coverage == "changed":
            return tr(
                "After {signer} signed on {when}, something other than a foreseen signature "
                "was added.",
                signer=signer,
                when=when,
            )
        if not self.trusted:
            return tr(
                "The signature of {signer} of {when} fits the document, but its certificate "
                "does not come from a trusted site or was not valid then.",
                signer=signer,
                when=when,
            )
        if self.coverage == "later_signatures":
            return tr(
                "{signer} signed on {when} by the signer's clock; only later signatures "
                "were added since.",
                signer=signer,
                when=when,
            )
        return tr(
            "{signer} signed on {when} by the signer's clock; nothing was changed since.",
            signer=signer,
            when=when,
        )


@frozen
class DocumentCheck:
    """What is true of a document.

    Attributes:
        verdict: ``valid`` (every signature holds), ``changed``, ``untrusted``, ``unsigned`` or
            ``unreadable``.
        signatures: One finding for each signature, in the order they were made.
        open_fields: Places that nobody signed yet.
    """

    verdict: Verdict
    signatures: tuple[SignatureCheck, ...] = field(default=())
    open_fields: tuple[str, ...] = field(default=())

    @property
    def intact(self) -> bool:
        """There are signatures, and nothing that was signed has been changed."""
        return bool(self.signatures) and all(found.unchanged for found in self.signatures)

    @property
    def sentence(self) -> str:
        """The verdict in one sentence."""
        match self.verdict:
            case "valid" if self.open_fields:
                return tr(
                    "Every signature holds; not yet signed: {fields}.",
                    fields=", ".join(self.open_fields),
                )
            case "valid":
                return tr("Every signature holds.")
            case "changed":
                return tr("The document was changed after it was signed.")
            case "untrusted":
                return tr("The document is unchanged, but a signer's certificate is not trusted.")
            case "unsigned":
                return tr("The document bears no signature.")
            case _:
                return tr("The file is damaged or is not a PDF.")


def check_document(pdf: bytes, trusted_roots: Sequence[bytes]) -> DocumentCheck:
    """Check every signature of a document.

    Certificates are judged at the time that the signer's clock gave: no trusted time is assumed.
    The last signature must cover the file to its last byte, the earlier ones all but what later
    signatures added in places that were there before.
    Runs an event loop of its own, so it must not be called from inside one.

    Args:
        pdf: The file's bytes.
        trusted_roots: Certificates of the site authorities to believe, DER.
    """
    roots = [x509.Certificate.load(der) for der in trusted_roots]
    try:
        reader = PdfFileReader(BytesIO(pdf))
        fields = list(enumerate_sig_fields(reader))
        signed = sorted(_embedded(reader), key=lambda found: found[1].signed_revision)
        open_fields = tuple(name for name, value, _reference in fields if value is None)
    except Exception:  # noqa: BLE001 - parsers fail on hostile files in any way; none is good
        return DocumentCheck("unreadable")
    if not signed:
        # A signature that no field leads to any more: damage or an attempt to hide it.
        hidden = b"/ByteRange" in pdf
        return DocumentCheck("changed" if hidden else "unsigned", (), open_fields)
    last = signed[-1][1]
    findings = tuple(
        _checked(pdf, name, signature, roots, last=signature is last) for name, signature in signed
    )
    return DocumentCheck(_verdict(findings), findings, open_fields)


def _verdict(findings: Sequence[SignatureCheck]) -> Verdict:
    if not all(found.unchanged for found in findings):
        return "changed"
    return "valid" if all(found.trusted for found in findings) else "untrusted"


def _embedded(reader: PdfFileReader) -> list[tuple[str, EmbeddedPdfSignature]]:
    return [(str(found.field_name), found) for found in reader.embedded_regular_signatures]


def _checked(
    pdf: bytes,
    name: str,
    signature: EmbeddedPdfSignature,
    roots: Sequence[x509.Certificate],
    *,
    last: bool,
) -> SignatureCheck:
    try:
        certificate = signature.signer_cert
        subject = certificate.subject.native
        moment = signature.self_reported_timestamp
        status = validate_pdf_signature(
            signature,
            ValidationContext(trust_roots=roots, allow_fetching=False, moment=moment),
        )
        intact = bool(status.intact and status.valid and _fills_its_gap(pdf, signature))
        coverage: Coverage = "changed"
        if status.coverage == SignatureCoverageLevel.ENTIRE_FILE:
            coverage = "whole"
        elif (
            not last
            and status.coverage == SignatureCoverageLevel.ENTIRE_REVISION
            and status.docmdp_ok
            and status.modification_level is not None
            and status.modification_level <= ModificationLevel.FORM_FILLING
            and not _added_fields(signature)
        ):
            coverage = "later_signatures"
        return SignatureCheck(
            field=name,
            signer=str(subject.get("common_name", "")),
            role=str(subject.get("organizational_unit_name", "")),
            signed_at=moment,
            intact=intact,
            trusted=bool(status.trusted and moment is not None),
            coverage=coverage,
            certifies=signature.docmdp_level is not None,
            algorithm=str(signature.signer_info["signature_algorithm"]["algorithm"].native),
            key_id=hashlib.sha256(certificate.public_key.dump()).hexdigest()[:32],
        )
    except Exception:  # noqa: BLE001 - a signature that cannot be judged does not hold
        return SignatureCheck(name)


def _fills_its_gap(pdf: bytes, signature: EmbeddedPdfSignature) -> bool:
    """Whether the bytes left out of the signature are the signature itself and nothing else.

    The hex string must fill the gap of the byte range exactly, and what follows the signature's
    own DER must be padding, so that nothing can be hidden beside it.
    """
    start, length, second, _rest = (int(number) for number in signature.byte_range)
    gap = pdf[length:second]
    content = signature.pkcs7_content
    if start != 0 or gap[:1] != b"<" or gap[-1:] != b">":
        return False
    if bytes.fromhex(gap[1:-1].decode("ascii")) != content:
        return False
    return not any(content[len(core.Any.load(content).dump()) :])


def _added_fields(signature: EmbeddedPdfSignature) -> frozenset[str]:
    """Names of signature fields that were made after this signature.

    The difference analysis lets a new empty field pass as if for a time stamp; our documents have
    all theirs before the first signature, and a new one could carry a picture.
    """
    reader = signature.reader
    before = _field_names(reader.get_historical_resolver(signature.signed_revision))
    return _field_names(reader) - before


def _field_names(handler: PdfHandler) -> frozenset[str]:
    return frozenset(str(name) for name, _value, _reference in enumerate_sig_fields(handler))
