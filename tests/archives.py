"""What tests of archives share: one made after an infusion day, and what lies in it."""

from pathlib import Path
from typing import Any

import pyrage
import pytest
from tests.clinic import PASSWORDS, Clinic

from msclinic.services.archive.lines import read_line
from msclinic.services.archive.making import Archived, make_archive
from msclinic.services.documents import finish_summary, sign_document

__all__ = ["MAKER", "RECOVERY", "archive", "archived", "lines", "readable"]

MAKER = "PI-01"
RECOVERY = pyrage.x25519.Identity.generate()


def archived(clinic: Clinic, out: Path, account: str = MAKER) -> Archived:
    session = clinic.session(account)
    public = str(RECOVERY.to_public())
    return make_archive(session, out, PASSWORDS[account], recipients=[public])


def lines(out: Path) -> list[Any]:
    return [read_line(one) for one in (out / "journal" / "journal.jsonl").read_bytes().splitlines()]


def readable(out: Path) -> dict[str, bytes]:
    """Every file but the sealed packages."""
    return {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in out.rglob("*")
        if path.is_file() and "sealed" not in path.parts
    }


@pytest.fixture
def archive(day, tmp_path):
    clinic, participant = day
    document = finish_summary(clinic.session("NUR-04"), participant, "V1").id
    sign_document(clinic.session("NUR-04"), document, PASSWORDS["NUR-04"])
    made = archived(clinic, tmp_path / "archive")
    return clinic, participant, made.folder
