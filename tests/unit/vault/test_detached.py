"""A document key signs any file beside it; nothing else passes for its signature."""

from datetime import UTC, datetime, timedelta

import pytest

from msclinic.vault import (
    Cost,
    SiteAuthority,
    create_ring,
    holder_of,
    open_document_key,
    sign_detached,
    verify_detached,
)

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
PASSWORD = "PI-01 has the long key"


@pytest.fixture(scope="module")
def signed():
    authority = SiteAuthority.create("PL01", NOW)
    content, ring = create_ring(
        "PI-01", PASSWORD, 1, site_root="ab" * 32, founder_key="cd" * 16, cost=Cost(1024, 1, 1)
    )
    key = open_document_key(content, PASSWORD, account="PI-01")
    certificate = authority.issue(
        ring.document_public,
        account="PI 01",
        role="PI",
        not_before=NOW,
        not_after=NOW + timedelta(days=365),
    )
    return certificate, sign_detached(key, b"all files"), authority.certificate


def test_a_signature_fits_its_bytes_and_its_certificate_alone(signed):
    certificate, signature, authority = signed
    assert verify_detached(certificate, b"all files", signature)
    assert not verify_detached(certificate, b"all file", signature)
    assert not verify_detached(authority, b"all files", signature)
    assert not verify_detached(b"no certificate", b"all files", signature)
    for place in range(0, len(signature), 7):
        changed = bytearray(signature)
        changed[place] ^= 1
        assert not verify_detached(certificate, b"all files", bytes(changed))


def test_a_certificate_names_its_holder(signed):
    certificate, *_ = signed
    assert holder_of(certificate) == "PI 01, PI"
    assert holder_of(b"no certificate") == ""
