"""A document key's signature over any file, beside the file: ECDSA P-256 over SHA-256, DER.

Every openssl can check it with the certificate, long after this program is gone.
"""

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from msclinic.vault.rings import DocumentKey

__all__ = ["holder_of", "sign_detached", "verify_detached"]


def sign_detached(key: DocumentKey, content: bytes) -> bytes:
    """Sign bytes with an unlocked document key."""
    return key.private_key.sign(content, ec.ECDSA(hashes.SHA256()))


def verify_detached(certificate: bytes, content: bytes, signature: bytes) -> bool:
    """Whether the holder of a certificate (DER) signed exactly these bytes; not its validity."""
    try:
        public = x509.load_der_x509_certificate(certificate).public_key()
        if not isinstance(public, ec.EllipticCurvePublicKey):
            return False
        public.verify(signature, content, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError, TypeError, UnsupportedAlgorithm):
        return False
    return True


def holder_of(certificate: bytes) -> str:
    """Account and role that a certificate names; empty where it cannot be read."""
    try:
        subject = x509.load_der_x509_certificate(certificate).subject
    except (ValueError, UnsupportedAlgorithm):
        return ""
    names = [
        str(one.value)
        for kind in (NameOID.COMMON_NAME, NameOID.ORGANIZATIONAL_UNIT_NAME)
        for one in subject.get_attributes_for_oid(kind)
    ]
    return ", ".join(names)
