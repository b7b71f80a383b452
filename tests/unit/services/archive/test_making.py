"""A site archive: whole, readable without the program, and blind where its maker is."""

import hashlib
import re
from datetime import date
from html import unescape
from pathlib import Path

import pyrage
import pytest
from tests.archives import MAKER, RECOVERY, archive, archived, lines, readable
from tests.clinic import COST, PASSWORDS

from msclinic.domain.errors import UserError
from msclinic.domain.values import Code
from msclinic.record import StoredEntry, hash_of
from msclinic.services.archive.lines import read_line
from msclinic.services.archive.making import make_archive
from msclinic.services.entry import FormEntry
from msclinic.services.people import open_account
from msclinic.services.session import Refused
from msclinic.services.sign_in import join
from msclinic.vault import NotForThisKey

__all__ = ["archive"]

pytestmark = pytest.mark.requirement("R-DAT-7", "R-DAT-10")


@pytest.mark.requirement("R-DAT-4", "R-DAT-9")
def test_an_archive_holds_data_documents_study_journal_and_pages(archive):
    clinic, _, out = archive
    files = readable(out)
    study = clinic.session(MAKER).study
    assert {
        "index.html",
        "index.pl.html",
        "participants/p0001.html",
        "participants/p0001.pl.html",
        "odm/export.xml",
        "journal/journal.jsonl",
        "certificates/authority.der",
        "manifest.json",
        "manifest.sig",
        "README.txt",
        f"study/{study.version}/study.yaml",
    } <= set(files)
    content = files[f"study/{study.version}/content.json"]
    assert hashlib.sha256(content).hexdigest() == study.version
    pdfs = [name for name in files if name.endswith(".pdf")]
    assert len(pdfs) == 2
    assert all(hashlib.sha256(files[name]).hexdigest().startswith(Path(name).stem) for name in pdfs)
    assert b"AuditRecord" in files["odm/export.xml"]
    assert b"<Signature" in files["odm/export.xml"]


def test_every_entry_is_there_with_bytes_that_have_its_hash_or_keeps_its_place(archive):
    clinic, _, out = archive
    told = lines(out)
    with clinic.session(MAKER).store.read() as reader:
        stored = {one.hash: one for one in reader.entries() if one.entry.action != "archived"}
    assert [one.stored.hash for one in told] == list(stored)
    for one in told:
        assert one.withheld or one.stored.bytes == stored[one.stored.hash].bytes
        assert one.withheld or hash_of(one.stored.bytes) == one.stored.hash
        assert one.stored.signature == stored[one.stored.hash].signature


@pytest.mark.requirement("R-BLD-1")
def test_what_the_maker_may_not_read_is_nowhere_readable_and_opens_with_the_right_key(archive):
    clinic, _, out = archive
    with clinic.session(MAKER).store.read() as reader:
        hidden = [one for one in reader.entries() if one.entry.role == "PREP"]
        contents = {
            one.content
            for one in reader.payloads()
            if one.entry in {entry.hash for entry in hidden} and len(one.content) > 40
        }
    assert hidden
    withheld = {one.stored.hash for one in lines(out) if one.withheld}
    assert {one.hash for one in hidden} <= withheld
    salts = {one.bytes for one in hidden}
    for name, content in readable(out).items():
        assert not any(one in content for one in salts), name
        assert b'"actor":"PREP-' not in content, name
        assert not (name.startswith("journal") and any(one in content for one in contents))
    opened: list[StoredEntry] = []
    for package in (out / "sealed").iterdir():
        text = pyrage.decrypt(package.read_bytes(), [RECOVERY])
        opened += [read_line(line).stored for line in text.splitlines()]
    assert {one.hash for one in opened} == withheld
    assert all(hash_of(one.bytes) == one.hash for one in opened)


def test_a_package_is_for_those_who_may_read_it_and_not_for_the_maker(archive):
    clinic, _, out = archive
    package = (out / "sealed" / "product_release.jsonl.age").read_bytes()
    preparer, maker = clinic.session("PREP-01"), clinic.session(MAKER)
    assert b"product_release" in preparer.ring.unwrap(package)
    with pytest.raises(NotForThisKey):
        maker.ring.unwrap(package)


@pytest.mark.requirement("R-DAT-9")
def test_a_page_shows_values_with_who_when_and_why_in_both_languages(archive):
    _, _, out = archive
    english = unescape((out / "participants" / "p0001.html").read_text("utf-8"))
    polish = unescape((out / "participants" / "p0001.pl.html").read_text("utf-8"))
    for page in (english, polish):
        assert "PL01-007" in page
        assert "penicillin, rash" in page
        assert "CRC 01" in page
    assert "Entered penicillin, rash; CRC 01; 23 Nov 2026" in english
    assert "Wpisano penicillin, rash; CRC 01; 23 lis 2026" in polish
    assert "<details>" in english
    index = (out / "index.pl.html").read_text("utf-8")
    assert 'href="participants/p0001.pl.html"' in index
    assert 'lang="pl"' in index


def test_no_page_needs_script_or_network_and_every_link_leads_somewhere(archive):
    _, _, out = archive
    for page in out.rglob("*.html"):
        text = page.read_text("utf-8")
        assert "<script" not in text
        assert not re.search(r'(href|src)="(https?:)?//', text)
        for target in re.findall(r'href="([^"]+)"', text):
            assert (page.parent / unescape(target)).exists(), f"{page.name}: {target}"


def test_only_roles_of_the_site_that_export_and_read_the_journal_make_one(clinic, tmp_path):
    able = {"PI-01", "CRC-01"}
    for account in PASSWORDS:
        if account in able:
            continue
        with pytest.raises(Refused):
            archived(clinic, tmp_path / account, account)
        assert not (tmp_path / account).exists()
    for account in able:
        assert archived(clinic, tmp_path / account, account).files


def test_a_wrong_password_or_a_full_folder_makes_none(clinic, tmp_path):
    session = clinic.session(MAKER)
    with pytest.raises(Refused, match="do not match"):
        make_archive(session, tmp_path / "archive", "not the password")
    full = tmp_path / "full"
    full.mkdir()
    (full / "letter.txt").write_text("mine")
    for folder in (full, clinic.home.folder):
        with pytest.raises(UserError, match="something in this folder"):
            archived(clinic, folder)
    with pytest.raises(UserError, match="inside the data folder"):
        archived(clinic, clinic.home.folder / "archive")
    assert [path.name for path in tmp_path.glob(".msclinic-archive-*")] == []


def test_making_one_is_recorded_with_its_hash(clinic, tmp_path):
    made = archived(clinic, tmp_path / "archive")
    manifest = (made.folder / "manifest.json").read_bytes()
    assert hashlib.sha256(manifest).hexdigest() == made.sha256
    with clinic.session(MAKER).store.read() as reader:
        (entry,) = reader.entries("archived")
        (row,) = reader.trail(None, "site/archive")
    assert entry.entry.actor == MAKER
    assert (row.value or {})["sha256"] == made.sha256


def test_no_file_name_of_an_archive_tells_a_participants_code(archive):
    _, participant, out = archive
    names = [path.as_posix() for path in out.rglob("*")]
    assert not any("PL01-007" in name or participant in name for name in names)


def test_what_a_person_typed_never_becomes_markup(clinic, tmp_path):
    participant = clinic.enrol(7)
    event = FormEntry(clinic.session("PHY-01"), participant, "SCR", "adverse_event")
    evil = "<script>alert('x')</script>&\"'"
    assert event.answer(event.ref("AETERM"), evil).accepted
    out = archived(clinic, tmp_path / "archive").folder
    page = (out / "participants" / "p0001.html").read_text("utf-8")
    assert "<script" not in page
    assert evil in unescape(page)


@pytest.mark.requirement("R-BLD-1")
def test_a_result_that_reveals_the_arm_lies_sealed_for_its_laboratory(clinic, tmp_path):
    participant = clinic.enrol(1)
    key, secret = "LABU-01 has the long key", "DSA-DRB1-0401"
    open_account(clinic.session("ADMIN-01"), "LABU-01", "LABU", key, clinic.session("PI-01"), COST)
    lab = join(clinic.session("PI-01"), "LABU-01", key)
    entry = FormEntry(lab, participant, "V2", "restricted_results")
    for item, answer in (
        ("ISDAT", date(2026, 11, 20)),
        ("DONOR_HLA", Code("DETECTED")),
        ("DONOR_HLA_TEXT", secret),
    ):
        assert entry.answer(entry.ref(item), answer).accepted
    out = archived(clinic, tmp_path / "archive").folder
    for name, content in readable(out).items():
        if not name.startswith("study/"):
            assert secret.encode() not in content, name
            assert b"restricted_results/" not in content, name
            assert b"DONOR_HLA" not in content or name == "odm/export.xml", name
    package = (out / "sealed" / "restricted_results.jsonl.age").read_bytes()
    assert secret.encode() in lab.ring.unwrap(package)
    with pytest.raises(NotForThisKey):
        clinic.session("PREP-01").ring.unwrap(package)
