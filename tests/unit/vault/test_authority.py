from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from msclinic.vault import (
    CertificateRefused,
    Cost,
    DamagedSecret,
    SiteAuthority,
    create_ring,
    fingerprint,
    issued_by,
)

NOW = datetime(2026, 11, 22, 10, 42, 12, 345000, tzinfo=UTC)
LATER = NOW + timedelta(days=3 * 365)
AUTHORITY = SiteAuthority.create("PL-01", NOW)
_, RING = create_ring("NUR 04", "green beetle 42", 1, AUTHORITY.fingerprint, cost=Cost(1024, 1, 1))
CERTIFICATE = AUTHORITY.issue(RING.document_public, "NUR 04", "NUR", NOW, LATER)


def public_der(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def test_a_certificate_names_the_account_the_role_and_the_site_and_nothing_else() -> None:
    subject = x509.load_der_x509_certificate(CERTIFICATE).subject
    assert {(part.oid, part.value) for part in subject} == {
        (NameOID.COMMON_NAME, "NUR 04"),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, "NUR"),
        (NameOID.ORGANIZATION_NAME, "PL-01"),
    }


def test_a_certificate_serves_signing_only() -> None:
    found = x509.load_der_x509_certificate(CERTIFICATE).extensions
    usage = found.get_extension_for_class(x509.KeyUsage)
    assert usage.critical
    assert (usage.value.digital_signature, usage.value.content_commitment) == (True, True)
    assert not usage.value.key_cert_sign
    assert not found.get_extension_for_class(x509.BasicConstraints).value.ca


def test_a_certificate_carries_the_persons_own_key_and_the_given_validity() -> None:
    found = x509.load_der_x509_certificate(CERTIFICATE)
    assert (
        found.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        == RING.document_public
    )
    assert found.not_valid_before_utc == NOW.replace(microsecond=0)
    assert found.not_valid_after_utc == LATER.replace(microsecond=0)


def test_a_chosen_serial_is_used() -> None:
    der = AUTHORITY.issue(RING.document_public, "NUR 04", "NUR", NOW, LATER, serial=77)
    assert x509.load_der_x509_certificate(der).serial_number == 77


def test_only_the_issuer_is_recognised_as_such() -> None:
    assert issued_by(CERTIFICATE, AUTHORITY.certificate)
    assert not issued_by(CERTIFICATE, SiteAuthority.create("PL-01", NOW).certificate)
    assert not issued_by(b"rubbish", AUTHORITY.certificate)


def test_the_authority_is_pinned_by_the_sha256_of_its_certificate() -> None:
    assert RING.site_root == AUTHORITY.fingerprint == fingerprint(AUTHORITY.certificate)
    assert len(AUTHORITY.fingerprint) == 64


def test_the_authority_is_read_back_from_its_secret() -> None:
    again = SiteAuthority.from_secret(AUTHORITY.to_secret())
    assert again.fingerprint == AUTHORITY.fingerprint
    assert issued_by(
        again.issue(RING.document_public, "PI 01", "PI", NOW, LATER), AUTHORITY.certificate
    )


def test_a_secret_of_two_authorities_mixed_is_damage() -> None:
    other = SiteAuthority.create("PL-02", NOW)
    mixed = SiteAuthority(other._private_key, AUTHORITY.certificate)
    with pytest.raises(DamagedSecret):
        SiteAuthority.from_secret(mixed.to_secret())


@pytest.mark.parametrize(
    "secret",
    [b"", b"[]", b"{}", b'{"format":1,"key":"AA==","certificate":"AA=="}', b'{"format":2}'],
)
def test_bytes_that_are_no_authority_are_damage(secret: bytes) -> None:
    with pytest.raises(DamagedSecret):
        SiteAuthority.from_secret(secret)


def test_the_authority_outlives_the_archive_period() -> None:
    found = x509.load_der_x509_certificate(AUTHORITY.certificate)
    assert found.not_valid_after_utc > NOW + timedelta(days=35 * 365)


@pytest.mark.parametrize(
    "public",
    [b"rubbish", public_der(ec.generate_private_key(ec.SECP384R1()).public_key())],
)
def test_a_key_of_another_kind_gets_no_certificate(public: bytes) -> None:
    with pytest.raises(CertificateRefused) as refusal:
        AUTHORITY.issue(public, "NUR 04", "NUR", NOW, LATER)
    assert refusal.value.code == "certificate_key"


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (NOW - timedelta(days=1), LATER),
        (LATER, NOW),
        (NOW, NOW + timedelta(days=60 * 365)),
    ],
)
def test_a_validity_outside_the_authoritys_own_is_refused(start: datetime, end: datetime) -> None:
    with pytest.raises(CertificateRefused) as refusal:
        AUTHORITY.issue(RING.document_public, "NUR 04", "NUR", start, end)
    assert refusal.value.code == "certificate_validity"


@pytest.mark.parametrize("account", ["", " NUR 04", "N" * 65, "NUR\n04"])
def test_a_name_that_cannot_stand_in_a_certificate_is_refused(account: str) -> None:
    with pytest.raises(CertificateRefused) as refusal:
        AUTHORITY.issue(RING.document_public, account, "NUR", NOW, LATER)
    assert refusal.value.code == "certificate_name"


def test_a_naive_time_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="aware"):
        SiteAuthority.create("PL-01", datetime(2026, 11, 22))  # noqa: DTZ001


def test_the_authority_shows_no_secret() -> None:
    assert "key" not in repr(AUTHORITY).lower()
