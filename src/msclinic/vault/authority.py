"""The site's own certificate authority: says which account a document key belongs to.

A certificate names an account code and a role, never a person. Issuing one is only half of the
act: it counts when the journal holds the issue and a second person's witness.
"""

import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from msclinic.vault.errors import CertificateRefused, DamagedSecret

__all__ = ["AUTHORITY_YEARS", "SiteAuthority", "fingerprint", "issued_by"]

# A trial's records are kept for 25 years after its end (Regulation (EU) 536/2014 art. 58), and
# the authority must be valid at every signature of a trial that itself runs for years.
AUTHORITY_YEARS = 40
_LONGEST_NAME = 64


class SiteAuthority:
    """A site's authority with its private key.

    Attributes:
        certificate: The authority's own certificate, DER; not secret.
        fingerprint: SHA-256 of it, 64 hex; pinned in every key ring of the site.
    """

    def __init__(self, private_key: ec.EllipticCurvePrivateKey, certificate: bytes) -> None:
        self._private_key = private_key
        self._parsed = x509.load_der_x509_certificate(certificate)
        self.certificate = certificate
        self.fingerprint = fingerprint(certificate)

    def __repr__(self) -> str:
        return f"SiteAuthority(fingerprint={self.fingerprint!r})"

    @classmethod
    def create(cls, site_code: str, now: datetime) -> "SiteAuthority":
        """Found the authority of a site at first run.

        Args:
            site_code: Code of the site, such as ``PL-01``; no name of a person.
            now: The clock, aware.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name(
            [
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, _name(site_code)),
                x509.NameAttribute(NameOID.COMMON_NAME, _name(f"msclinic {site_code}")),
            ]
        )
        own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(_utc(now))
            .not_valid_after(_utc(now) + timedelta(days=365.25 * AUTHORITY_YEARS))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(authority=True), critical=True)
            .add_extension(own, critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own), critical=False
            )
            .sign(key, hashes.SHA256())
        )
        return cls(key, certificate.public_bytes(serialization.Encoding.DER))

    @classmethod
    def from_secret(cls, secret: bytes) -> "SiteAuthority":
        """Read the authority from its unsealed bytes.

        Raises:
            DamagedSecret: The bytes are not what ``to_secret`` wrote.
        """
        try:
            stored = json.loads(secret)
            if stored["format"] != 1:
                raise DamagedSecret
            key = serialization.load_der_private_key(base64.b64decode(stored["key"]), None)
            if not isinstance(key, ec.EllipticCurvePrivateKey):
                raise DamagedSecret
            authority = cls(key, base64.b64decode(stored["certificate"]))
        except (ValueError, KeyError, TypeError, UnsupportedAlgorithm, RecursionError):
            raise DamagedSecret from None
        if authority._parsed.public_key() != key.public_key():
            raise DamagedSecret
        return authority

    def to_secret(self) -> bytes:
        """Private key and certificate as bytes; to be sealed to the admins and the recovery key."""
        key = self._private_key.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        return json.dumps(
            {
                "certificate": base64.b64encode(self.certificate).decode("ascii"),
                "format": 1,
                "key": base64.b64encode(key).decode("ascii"),
            },
            sort_keys=True,
        ).encode("ascii")

    def issue(
        self,
        document_public_der: bytes,
        account: str,
        role: str,
        not_before: datetime,
        not_after: datetime,
        serial: int | None = None,
    ) -> bytes:
        """Issue a certificate for a document key made in the person's own session.

        Args:
            document_public_der: Public key, SubjectPublicKeyInfo DER; ECDSA P-256.
            account: Account code such as ``NUR 04``; becomes the common name.
            role: Role code such as ``NUR``; becomes the organisational unit.
            not_before: First moment of validity, aware.
            not_after: Last moment, inside the authority's own validity.
            serial: Serial number; random where None.

        Returns:
            The certificate, DER.

        Raises:
            CertificateRefused: The key is of another kind, a name is empty or too long, or the
                validity does not fit.
        """
        public = _document_public(document_public_der)
        start, end = _utc(not_before), _utc(not_after)
        if not (
            self._parsed.not_valid_before_utc <= start < end <= self._parsed.not_valid_after_utc
        ):
            raise CertificateRefused("certificate_validity")
        site = self._parsed.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
        issuer = self._parsed.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
        certificate = (
            x509.CertificateBuilder()
            .subject_name(
                x509.Name(
                    [
                        *site,
                        x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, _name(role)),
                        x509.NameAttribute(NameOID.COMMON_NAME, _name(account)),
                    ]
                )
            )
            .issuer_name(self._parsed.subject)
            .public_key(public)
            .serial_number(x509.random_serial_number() if serial is None else serial)
            .not_valid_before(start)
            .not_valid_after(end)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(authority=False), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer),
                critical=False,
            )
            .sign(self._private_key, hashes.SHA256())
        )
        return certificate.public_bytes(serialization.Encoding.DER)


def fingerprint(certificate: bytes) -> str:
    """SHA-256 of a certificate's DER, 64 hex."""
    return hashlib.sha256(certificate).hexdigest()


def issued_by(certificate: bytes, authority: bytes) -> bool:
    """Whether an authority's certificate (DER) signed this one (DER); looks at no validity."""
    try:
        issuer = x509.load_der_x509_certificate(authority)
        x509.load_der_x509_certificate(certificate).verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _document_public(der: bytes) -> ec.EllipticCurvePublicKey:
    try:
        public = serialization.load_der_public_key(der)
    except (ValueError, UnsupportedAlgorithm):
        public = None
    if isinstance(public, ec.EllipticCurvePublicKey) and isinstance(public.curve, ec.SECP256R1):
        return public
    raise CertificateRefused("certificate_key")


def _name(text: str) -> str:
    if text.strip() != text or not 0 < len(text) <= _LONGEST_NAME or not text.isprintable():
        raise CertificateRefused("certificate_name", count=_LONGEST_NAME)
    return text


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a certificate needs an aware datetime")
    return moment.astimezone(UTC).replace(microsecond=0)


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
