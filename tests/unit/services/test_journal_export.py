"""The journal as a file: sortable, harmless, the same again, and itself in the journal."""

import csv
import hashlib
import json
from pathlib import Path

import pytest
from tests.clinic import Clinic

from msclinic.domain.errors import UserError
from msclinic.services.entry import FormEntry
from msclinic.services.journal_export import COLUMNS, GivenUp, export_journal, harmless
from msclinic.services.journal_model import Criteria
from msclinic.services.session import Refused

EVIL = '=HYPERLINK("http://x","ż")'


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.requirement("R-AUD-7")
def test_csv_and_json_hold_the_same_entries_under_the_documented_columns(
    day: tuple[Clinic, str], tmp_path: Path
) -> None:
    clinic, participant = day
    session = clinic.session("DM-01")
    criteria = Criteria(participant=participant)
    table, document = tmp_path / "j.csv", tmp_path / "j.json"
    assert export_journal(session, criteria, "csv", table) == len(rows_of(table))
    export_journal(session, criteria, "json", document)
    data = json.loads(document.read_text("utf-8"))
    assert data["format"] == "msclinic-journal-1"
    assert [one["entry"] for one in data["entries"]] == [one["entry"] for one in rows_of(table)]
    assert list(rows_of(table)[0]) == list(COLUMNS) == list(data["entries"][0])
    numbers = [int(one["number"]) for one in rows_of(table)]
    assert numbers == list(range(1, len(numbers) + 1))
    documented = Path("docs/formats/journal.md").read_text("utf-8")
    assert [one for one in COLUMNS if f"| `{one}` |" not in documented] == []


@pytest.mark.requirement("R-AUD-1", "R-AUD-2", "R-AUD-12")
def test_a_change_stands_with_old_new_reason_and_all_times(clinic: Clinic, tmp_path: Path) -> None:
    participant = clinic.enrol(1)
    crc = clinic.session("CRC-01")
    entry = FormEntry(crc, participant, "SCR", "demography")
    entry.answer(entry.ref("BRTHYY"), 1980, reason={"code": "3", "text": ""})
    out = tmp_path / "j.csv"
    export_journal(crc, Criteria(participant=participant, item="BRTHYY"), "csv", out)
    first, changed = rows_of(out)
    assert (first["value"], first["old_value"], first["standing"]) == ("1975", "", "past")
    assert (changed["value"], changed["old_value"]) == ("1980", "1975")
    assert (changed["reason_code"], changed["reason_words"]) == ("3", "Source says otherwise")
    whose = (changed["account"], changed["role"], changed["subject"])
    assert whose == ("CRC-01", "CRC", "PL01-001")
    assert changed["typed_at"] == changed["recorded_at"] == "2026-11-23T08:30:00.000Z"
    assert (changed["gap_seconds"], changed["utc_offset"]) == ("0.000", "60")
    assert changed["standing"] == "current"


def test_no_cell_is_a_formula_and_nothing_is_lost(clinic: Clinic, tmp_path: Path) -> None:
    participant = clinic.enrol(1)
    crc = clinic.session("CRC-01")
    entry = FormEntry(crc, participant, "SCR", "demography")
    entry.answer(entry.ref("ALLERGY_TEXT"), EVIL, reason={"code": "4", "text": "@SUM(A1)\nżółć"})
    out = tmp_path / "j.csv"
    export_journal(crc, Criteria(participant=participant), "csv", out)
    cells = [cell for row in rows_of(out) for cell in row.values()]
    assert not [one for one in cells if one[:1] in "=+@\t\r" and one]
    assert f"'{EVIL}" in cells
    assert "'@SUM(A1)\nżółć" in cells
    document = tmp_path / "j.json"
    export_journal(crc, Criteria(participant=participant), "json", document)
    assert EVIL in [one["value"] for one in json.loads(document.read_text("utf-8"))["entries"]]


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("-3.5", "-3.5"),
        ("38", "38"),
        ("-1+1", "'-1+1"),
        ("=1+1", "'=1+1"),
        ("  =1", "'  =1"),
        ("\t=1", "'\t=1"),
        ("+48 600 000 000", "'+48 600 000 000"),
        ("＝1", "'＝1"),
        ("fine", "fine"),
        ("", ""),
    ],
)
def test_what_a_spreadsheet_could_run_gets_an_apostrophe(cell: str, written: str) -> None:
    assert harmless(cell) == written


def test_the_same_question_gives_the_same_file(day: tuple[Clinic, str], tmp_path: Path) -> None:
    clinic, participant = day
    session = clinic.session("PI-01")
    first, second = tmp_path / "1.csv", tmp_path / "2.csv"
    for out in (first, second):
        export_journal(session, Criteria(participant=participant), "csv", out)
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.requirement("R-AUD-6")
def test_an_export_is_itself_an_entry_with_the_hash_of_the_file(
    clinic: Clinic, tmp_path: Path
) -> None:
    session, out = clinic.session("MON-01"), tmp_path / "j.csv"
    export_journal(session, Criteria(form="vital_signs"), "csv", out)
    with session.store.read() as reader:
        (row,) = reader.trail(None, "site/export")
    assert row.entry.action == "exported"
    assert row.entry.actor == "MON-01"
    assert row.value is not None
    assert row.value["sha256"] == hashlib.sha256(out.read_bytes()).hexdigest()
    assert row.value["criteria"] == {"form": "vital_signs"}


def test_no_file_is_left_where_it_is_refused_or_given_up(clinic: Clinic, tmp_path: Path) -> None:
    out = tmp_path / "j.csv"
    with pytest.raises(Refused):
        export_journal(clinic.session("NUR-04"), Criteria(), "csv", out)
    with pytest.raises(UserError):
        export_journal(clinic.session("PI-01"), Criteria(form="nowhere"), "csv", out)
    with pytest.raises(UserError):
        export_journal(clinic.session("PI-01"), Criteria(), "csv", clinic.home.folder / "j.csv")
    asked = iter([False, True, True])
    with pytest.raises(GivenUp):
        export_journal(clinic.session("PI-01"), Criteria(), "csv", out, lambda: next(asked))
    assert not out.exists()
