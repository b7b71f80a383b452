"""An archive is checked without the home, and whatever was changed in it is named."""

import hashlib
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.archives import archive
from tests.clinic import NOW

from msclinic.domain.errors import UserError
from msclinic.services.archive.checking import check_archive
from msclinic.vault import SiteAuthority, fingerprint

__all__ = ["archive"]

pytestmark = pytest.mark.requirement("R-DAT-7", "R-DAT-10")


def test_an_archive_agrees_with_itself_without_the_home(archive):
    clinic, _, out = archive
    clinic.close()
    shutil.rmtree(clinic.home.folder)
    checked = check_archive(out)
    assert checked.faults == ()
    assert checked.signer == "PI 01, PI"
    assert checked.withheld > 0


def test_the_list_of_files_is_signed_so_that_openssl_can_check_it(archive, tmp_path):
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl here")
    _, _, out = archive
    pem = tmp_path / "signer.pem"
    certificate = out / "certificates" / "signer.der"
    key = subprocess.run(
        [openssl, "x509", "-inform", "DER", "-in", str(certificate), "-pubkey", "-noout"],
        check=True,
        capture_output=True,
    )
    pem.write_bytes(key.stdout)
    said = subprocess.run(
        [
            *(openssl, "dgst", "-sha256", "-verify", str(pem)),
            *("-signature", str(out / "manifest.sig"), str(out / "manifest.json")),
        ],
        check=True,
        capture_output=True,
    )
    assert b"Verified OK" in said.stdout


def _rewrite(name: str, change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def act(out: Path) -> None:
        (out / name).write_bytes(change((out / name).read_bytes()))

    return act


def _resealed(out: Path, name: str, content: bytes) -> None:
    """Change a file and the manifest with it, as somebody without the signing key can."""
    (out / name).write_bytes(content)
    manifest = json.loads((out / "manifest.json").read_bytes())
    for one in manifest["files"]:
        if one["path"] == name:
            one["size"], one["sha256"] = len(content), hashlib.sha256(content).hexdigest()
    (out / "manifest.json").write_text(json.dumps(manifest))


def _journal(change: Callable[[list[bytes]], list[bytes]]) -> Callable[[Path], None]:
    def act(out: Path) -> None:
        name = "journal/journal.jsonl"
        content = b"".join(change((out / name).read_bytes().splitlines(keepends=True)))
        _resealed(out, name, content)

    return act


@pytest.mark.parametrize(
    ("attack", "code"),
    [
        (_rewrite("index.html", lambda data: data.replace(b"PL01", b"PL02")), "file_changed"),
        (_rewrite("odm/export.xml", lambda data: data[:-1]), "file_changed"),
        (lambda out: (out / "README.txt").unlink(), "file_missing"),
        (lambda out: (out / "more.html").write_text("x"), "file_unknown"),
        (_rewrite("manifest.json", lambda data: data.replace(b"Katowice", b"Warszawa")),
         "wrong_signature"),
        (_rewrite("certificates/signer.der", lambda data: data[:-1] + b"\0"), "wrong_certificate"),
        (_journal(lambda rows: rows[:-1]), "cut_off"),
        (_journal(lambda rows: rows[:50] + rows[51:]), "gap"),
        (_journal(lambda rows: [*rows[:50], rows[51], *rows[51:]]), "gap"),
        (_journal(lambda rows: [one.replace(b"penicillin", b"penicillim") for one in rows]),
         "payload_altered"),
        (_journal(lambda rows: [one.replace(b'\\"actor\\":\\"CRC-01', b'\\"actor\\":\\"CRC-02')
                                for one in rows]), "wrong_hash"),
    ],
)  # fmt: skip
def test_whatever_is_changed_in_an_archive_is_named(archive, attack, code):
    _, _, out = archive
    attack(out)
    assert code in {one.code for one in check_archive(out).faults}


def test_an_archive_with_another_authority_shows_another_fingerprint(archive):
    _, _, out = archive
    before = check_archive(out).authority
    other = SiteAuthority.create("PL01", NOW).certificate
    (out / "certificates" / "authority.der").write_bytes(other)
    checked = check_archive(out)
    assert checked.authority == fingerprint(other) != before
    assert "wrong_certificate" in {one.code for one in checked.faults}


def test_a_folder_that_is_no_archive_is_refused_with_words(tmp_path):
    with pytest.raises(UserError, match="cannot be checked"):
        check_archive(tmp_path)
    (tmp_path / "manifest.json").write_text('{"format": 99}')
    with pytest.raises(UserError, match="another version"):
        check_archive(tmp_path)
