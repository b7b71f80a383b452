"""Nothing of a participant can be read without a person: files, log and names are searched."""

import logging
from decimal import Decimal

import pytest
from tests.clinic import PASSWORDS

from msclinic.app.log import start_log
from msclinic.domain.values import Code
from msclinic.services.entry import FormEntry
from msclinic.services.verifying import verify_home

MARKER = "Quetzalmigräne"
NUMBER = "173.4"


@pytest.fixture
def written(clinic):
    """A clinic in use: the record is open, with its write-ahead log."""
    participant = clinic.enrol(7)
    start_log(clinic.home.folder)
    nurse = clinic.session("NUR-04")
    event = FormEntry(nurse, participant, "LOG", "adverse_event", form_key="a1b2")
    assert event.answer(event.ref("AETERM"), MARKER).accepted
    assert event.answer(event.ref("AETOXGR"), Code("2")).accepted
    weight = FormEntry(nurse, participant, "V1", "vital_signs")
    assert weight.answer(weight.ref("WEIGHT"), Decimal(NUMBER)).accepted
    try:
        raise ValueError(f"PL01-007 {MARKER} {NUMBER}")
    except ValueError:
        logging.getLogger("msclinic").exception("a form could not be drawn")
    return clinic


def secrets(clinic) -> list[bytes]:
    words = ["PL01-007", MARKER, NUMBER, "penicillin", "adverse_event"]
    passwords = [PASSWORDS["NUR-04"], clinic.recovery, clinic.recovery.replace(" ", "")]
    return [
        encoded
        for word in [*words, *passwords]
        for encoded in (word.encode(), word.encode("utf-16-le"))
    ]


@pytest.mark.requirement("R-SEC-3")
def test_no_file_of_the_home_holds_what_was_typed(written):
    files = [path for path in written.home.folder.rglob("*") if path.is_file()]
    assert {"clinic.db", "clinic.db-wal", "msclinic.log"} <= {path.name for path in files}
    for path in files:
        content = path.read_bytes()
        assert not [word for word in secrets(written) if word in content], path.name


@pytest.mark.requirement("R-SEC-6")
def test_no_file_or_folder_is_named_after_a_participant(written):
    names = " ".join(str(path) for path in written.home.folder.rglob("*"))
    assert "PL01-007" not in names
    assert MARKER not in names


def test_a_file_where_the_words_are_written_is_found_by_this_search(written):
    (written.home.folder / "leak.txt").write_text(f"seen: {MARKER}", "utf-8")
    found = (written.home.folder / "leak.txt").read_bytes()
    assert any(word in found for word in secrets(written))


@pytest.mark.requirement("R-SEC-6")
def test_what_verify_says_names_no_value(written):
    written.close()
    database = bytearray((written.home.database).read_bytes())
    middle = len(database) // 2
    database[middle : middle + 64] = bytes(64)
    written.home.database.write_bytes(database)
    faults = verify_home(written.home, "MON-01", PASSWORDS["MON-01"])
    assert faults
    said = " ".join(f"{one.code} {one.where} {one.sentence}" for one in faults)
    assert MARKER not in said
    assert "PL01-007" not in said
