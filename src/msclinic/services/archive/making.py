"""The site archive in one step: everything on record, signed, in a folder of plain files.

It is written beside its place and takes it when it is whole. What the maker may not read is in
nothing of it but in sealed packages. Who makes it signs the list of all files with their own
document key, as a certified copy (EMA 2023, 6.4).
"""

import hashlib
import json
import os
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import frozen

from msclinic import __version__
from msclinic.domain.errors import KnownFault, UserError
from msclinic.record import Payload
from msclinic.services.archive.lines import line_of, withheld_line
from msclinic.services.archive.pages import (
    STYLE,
    About,
    Listed,
    index_page,
    page_name,
    participant_page,
    site_page,
)
from msclinic.services.archive.readme import README
from msclinic.services.archive.sealing import Sealer, recipients_of, sealed
from msclinic.services.exporting import clinical_snapshot
from msclinic.services.gateway import random_id, recording
from msclinic.services.journal_model import SITE, Criteria, JournalLine
from msclinic.services.journal_reading import find, journal_lines
from msclinic.services.journal_sight import JournalSight, demand_journal
from msclinic.services.outgoing import demand_outside
from msclinic.services.participants import Identity, identities
from msclinic.services.people import account_code, certificate_of
from msclinic.services.session import Refused, Session, not_allowed
from msclinic.services.signing import document_key
from msclinic.services.summary import demand_documents
from msclinic.store import Reader
from msclinic.study import Study
from msclinic.study.content import unpack
from msclinic.vault import sign_detached
from msclinic.wording import LANGUAGES, date_text, time_text

__all__ = ["ARCHIVE_FORMAT", "Archived", "make_archive"]

ARCHIVE_FORMAT = 1
_PATH = "site/archive"
_BATCH = 500

Heard = Callable[[str, int, int], None]
"""Called with the step, how much of it is done and how much there is; what it raises ends it."""


@frozen
class Archived:
    """An archive that was made.

    Attributes:
        folder: Where.
        files: How many files it has, the manifest not counted.
        entries: How many journal entries.
        withheld: How many of them lie in sealed packages.
        sha256: Of the manifest.
    """

    folder: Path
    files: int
    entries: int
    withheld: int
    sha256: str


def make_archive(
    session: Session,
    out: Path,
    password: str,
    *,
    recipients: Sequence[str] = (),
    heard: Heard = lambda _step, _done, _whole: None,
) -> Archived:
    """Write everything the site has on record, and record that it was archived.

    Args:
        session: Who makes and signs it; a role of the site that exports and reads the journal.
        out: A folder that does not exist or is empty, outside every clinic.
        password: Typed now; it opens the document key for this one signature.
        recipients: Further public keys (age1…) that may open what is sealed.
        heard: Is told how far it has come.

    Raises:
        Refused: The role may not, the password is wrong, or there is no witnessed certificate.
        UserError: There is something in the folder, or something sealed would be for nobody.
        KnownFault: The folder cannot be written to.
    """
    if session.side != "site":
        raise not_allowed()
    demand_journal(session)
    session.require("export")
    demand_documents(session)
    folder = Path(os.path.realpath(out))
    _demand_empty(folder)
    demand_outside(folder, session.home)
    key = document_key(session, password)
    work = _beside(folder)
    try:
        with session.store.read() as reader:
            certificate = certificate_of(reader, session.account)
            if certificate is None:
                raise Refused(
                    "no_certificate",
                    what="The archive was not made.",
                    why="Your certificate was not issued, or nobody witnessed whose it is.",
                    what_to_do="Ask the admin to issue it with a second person.",
                )
            made = _Making(session, reader, work, heard)
            made.write(recipients)
            made.add("certificates/signer.der", certificate)
        manifest = made.manifest()
        (work / "manifest.json").write_bytes(manifest)
        (work / "manifest.sig").write_bytes(sign_detached(key, manifest))
        if folder.exists():
            folder.rmdir()
        work.rename(folder)
    except OSError as error:
        raise _cannot_write(error) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
    sha256 = hashlib.sha256(manifest).hexdigest()
    value = {
        "type": "archive",
        "sha256": sha256,
        "entries": str(made.entries),
        "withheld": str(made.withheld),
    }
    with recording(session) as act:
        act.set("archived", _PATH, value)
    return Archived(folder, len(made.files), made.entries, made.withheld, sha256)


class _Making:
    """One archive under way: writes each part and remembers its hash."""

    def __init__(self, session: Session, reader: Reader, folder: Path, heard: Heard) -> None:
        self.files: dict[str, tuple[int, str]] = {}
        self.entries = self.withheld = 0
        self._session, self._reader, self._folder, self._heard = session, reader, folder, heard
        self._position = reader.position()
        self._now = session.now()

    def write(self, recipients: Sequence[str]) -> None:
        """Everything but the manifest and the signer's certificate."""
        session = self._session
        self.add("certificates/authority.der", bytes.fromhex(session.place.authority))
        self._study()
        self._journal(recipients)
        self._odm()
        documents = self._documents()
        self._pages(documents)
        self.add("README.txt", README.encode())
        self.add("style.css", STYLE.encode())

    def add(self, name: str, content: bytes) -> None:
        """Write one file."""
        target = self._folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        self.files[name] = (len(content), hashlib.sha256(content).hexdigest())

    def manifest(self) -> bytes:
        """The list of all files, with what the archive is."""
        session = self._session
        streams = {one: list(head) for one, head in sorted(self._position.streams.items())}
        content: dict[str, Any] = {
            "format": ARCHIVE_FORMAT,
            "kind": "msclinic site archive",
            "copy": "certified copy of the record at the journal position below",
            "site": session.place.site,
            "city": session.place.city,
            "device": session.place.device,
            "made_at": self._now.isoformat(),
            "account": session.account,
            "role": session.role,
            "program": f"msclinic {__version__}",
            "study": session.study.oid,
            "study_version": session.study.version,
            "founder_key": session.ring.founder_key,
            "journal": {
                "entries": self.entries,
                "withheld": self.withheld,
                "head": self._position.head,
                "streams": streams,
            },
            "files": [
                {"path": name, "size": size, "sha256": digest}
                for name, (size, digest) in sorted(self.files.items())
            ],
        }
        return json.dumps(content, indent=1, ensure_ascii=False).encode() + b"\n"

    def _study(self) -> None:
        versions = {
            str((row.value or {}).get("version", ""))
            for row in self._reader.trail(None, "study/active")
        }
        for version in sorted(versions):
            content = self._reader.study_content(version)
            if content is None:
                continue
            self.add(f"study/{version}/content.json", content)
            for name, text in unpack(content).items():
                self.add(f"study/{version}/{name}", text.encode())

    def _journal(self, recipients: Sequence[str]) -> None:
        session, reader = self._session, self._reader
        sealer = Sealer(session, JournalSight(session, reader))
        beside: dict[str, list[Payload]] = defaultdict(list)
        for payload in reader.payloads():
            beside[payload.entry].append(payload)
        packages: dict[str, list[bytes]] = defaultdict(list)
        lines: list[bytes] = []
        for stored in reader.entries():
            payloads = tuple(sorted(beside.get(stored.hash, ()), key=_part))
            said = [json.loads(one.content) for one in payloads]
            package = sealer.package(stored.entry, said)
            if package is None:
                lines.append(line_of(stored, payloads))
            else:
                lines.append(withheld_line(stored))
                packages[package].append(line_of(stored, payloads))
                self.withheld += 1
            self.entries += 1
            if not self.entries % _BATCH:
                self._heard("journal", self.entries, self._position.entries)
        self.add("journal/journal.jsonl", b"".join(lines))
        for package, kept in sorted(packages.items()):
            who = recipients_of(session, reader, package, recipients)
            self.add(f"sealed/{package}.jsonl.age", sealed(package, kept, who))

    def _odm(self) -> None:
        from msclinic.exchange.odm import write_odm

        session = self._session
        self._heard("odm", 0, 1)
        target = self._folder / "odm" / "export.xml"
        target.parent.mkdir()
        snapshot = clinical_snapshot(session, self._reader)
        with target.open("w+b") as file:
            file_oid = f"ODM_{random_id()}"
            write_odm(session.study, snapshot, file, file_oid=file_oid, created_at=self._now)
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        self.files["odm/export.xml"] = (target.stat().st_size, digest)

    def _documents(self) -> Mapping[str, list[tuple[str, str]]]:
        """Every document's file as it was made and as each person signed it, by participant."""
        found: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for stored in self._reader.entries("document_made", "document_signed"):
            entry = stored.entry
            for row in self._reader.trail(entry.participant, entry.path or ""):
                sha256 = str((row.value or {}).get("sha256", ""))
                content = self._reader.document_content(sha256) if sha256 else None
                name = f"documents/{sha256[:32]}.pdf"
                if row.stored.hash != stored.hash or content is None or name in self.files:
                    continue
                self.add(name, content)
                at = entry.recorded_at.astimezone(self._session.zone)
                words = f"{at:%Y-%m-%d %H:%M} PDF"
                found[entry.participant or ""].append((words, name))
        return found

    def _pages(self, documents: Mapping[str, list[tuple[str, str]]]) -> None:
        session = self._session
        people = identities(session)
        listed = []
        for number, one in enumerate(people, start=1):
            self._heard("pages", number, len(people))
            entry = Listed(
                one.code,
                f"p{number:04d}",
                _facts(one),
                tuple(documents.get(one.participant, ())),
            )
            listed.append(entry)
            lines = self._lines(Criteria(participant=one.participant))
            for language in LANGUAGES:
                page = participant_page(session, self._about(language), entry, lines, language)
                self.add(f"participants/{page_name(entry.page, language)}", page)
        of_site = self._lines(Criteria(participant=SITE))
        for language in LANGUAGES:
            about = self._about(language)
            self.add(page_name("index", language), index_page(about, listed, language))
            self.add(page_name("site", language), site_page(session, about, of_site, language))

    def _lines(self, criteria: Criteria) -> list[JournalLine]:
        session, reader = self._session, self._reader
        positions = sorted(find(session, criteria, reader=reader))
        lines: list[JournalLine] = []
        for start in range(0, len(positions), _BATCH):
            lines += journal_lines(session, positions[start : start + _BATCH], reader)
        return lines

    def _about(self, language: str) -> About:
        session = self._session
        local = self._now.astimezone(session.zone)
        role = session.study.roles[session.role].title.text(language)
        return About(
            site=f"{session.place.site}, {session.place.city}",
            study={one: _title(session.study, one) for one in LANGUAGES},
            made_at=f"{date_text(local.date(), language)} {time_text(self._now, session.zone)}",
            maker=f"{account_code(session.account)}, {role}",
            entries=self._position.entries,
            head=self._position.head,
            withheld=self.withheld,
        )


def _title(study: Study, language: str) -> str:
    return f"{study.oid} · {study.title.text(language)}"


def _facts(one: Identity) -> str:
    return ", ".join(part for part in (one.birth_year, one.sex, one.course) if part)


def _part(payload: Payload) -> str:
    return payload.part


def _demand_empty(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UserError(
            "not_an_empty_folder",
            what="The archive was not made.",
            why="There is something in this folder already.",
            what_to_do="Name a new folder with --out.",
        )


def _beside(folder: Path) -> Path:
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix=".msclinic-archive-", dir=folder.parent))
    except OSError as error:
        raise _cannot_write(error) from error


def _cannot_write(error: OSError) -> KnownFault:
    return KnownFault(
        "cannot_write",
        what="The archive could not be written.",
        why="The system said: {reason}.",
        what_to_do="Choose another folder or make room on the disk; nothing was changed.",
        parameters={"reason": error.strerror or type(error).__name__},
    )
