"""A name typed by mistake: two persons take it out, and it is nowhere any more."""

import subprocess
from pathlib import Path

import pytest
from tests.clinic import NOW, PASSWORDS, Clinic
from tests.decrypted import pages_with

from msclinic.domain.errors import UserError
from msclinic.services.blotting import Blotted, blot, blottable
from msclinic.services.documents import finish_summary
from msclinic.services.entry import CHANGED, FormEntry
from msclinic.services.exporting import export_odm
from msclinic.services.infusion.deviation_record import classify_deviation, record_deviations
from msclinic.services.journal_export import export_journal
from msclinic.services.journal_model import Criteria
from msclinic.services.journal_reading import find, item_lines, journal_lines
from msclinic.services.journal_words import removed_words, what_words, why_words
from msclinic.services.over_time import over_time
from msclinic.services.participants import identity
from msclinic.services.queries import form_queries, raise_query
from msclinic.services.session import Refused, Session
from msclinic.services.sign_in import unlock_record
from msclinic.services.signing import sign
from msclinic.services.verifying import prove_home
from msclinic.services.visits import participant_visits
from msclinic.services.worklist import worklist

pytestmark = pytest.mark.requirement("R-AUD-4")

NAME = "Bronislawa Kowalska-Zamiejska"
ITEM = "ALLERGY_TEXT"


@pytest.fixture
def participant(clinic: Clinic) -> str:
    return clinic.enrol(1)


def typed(clinic: Clinic, participant: str) -> FormEntry:
    """The coordinator types a name into a text and into the reason for it; the form is signed."""
    crc = clinic.session("CRC-01")
    entry = FormEntry(crc, participant, "SCR", "demography")
    ref = entry.ref(ITEM)
    entry.answer(ref, f"penicillin, says {NAME}")
    entry.keep([ref], CHANGED, "4", f"{NAME} called")
    entry.complete()
    sign(crc, participant, entry.prefix, "form_entered", PASSWORDS["CRC-01"])
    return entry


def targets(session: Session, participant: str, entry: FormEntry) -> list[tuple[str, str]]:
    lines = item_lines(session, participant, entry.path(entry.ref(ITEM)))
    return [
        (one.row.stored.hash, part)
        for one in lines
        for part in blottable(one.row)
        if NAME in repr((one.value if part == "value" else one.reason) or {})
    ]


def removed(clinic: Clinic, participant: str) -> tuple[FormEntry, Blotted]:
    entry = typed(clinic, participant)
    crc, pi = clinic.session("CRC-01"), clinic.session("PI-01")
    found = targets(crc, participant, entry)
    assert [part for _, part in found] == ["reason", "value"]
    return entry, blot(crc, pi, found, "a name was typed")


def faults(clinic: Clinic) -> list[object]:
    clinic.close()
    return list(prove_home(clinic.home, "PI-01", PASSWORDS["PI-01"]).faults)


def test_value_and_reason_are_gone_and_the_entry_says_that_they_were(
    clinic: Clinic, participant: str
) -> None:
    entry, done = removed(clinic, participant)
    assert done == Blotted(parts=2, scrubbed=True, documents=0)
    crc = clinic.session("CRC-01")
    lines = item_lines(crc, participant, entry.path(entry.ref(ITEM)))
    assert NAME not in repr([(one.value, one.reason, one.old) for one in lines])
    said = [what_words(crc, one, "en") for one in lines]
    assert f"Changed penicillin, rash → {removed_words('en')}" in said
    assert said.count("Personal data removed") == 4
    assert {one.account for one in lines[:4]} == {"CRC-01", "PI-01"}
    assert removed_words("en") in [why_words(one, "en") for one in lines]
    assert removed_words("pl") == "usunięto: dane osobowe"


def test_the_chain_still_verifies_and_the_signature_above_it_stands(
    clinic: Clinic, participant: str
) -> None:
    entry, _ = removed(clinic, participant)
    with clinic.session("PI-01").store.read() as reader:
        (row,) = reader.signatures(participant=participant, scope=entry.prefix)
    assert row.status == "valid"
    assert faults(clinic) == []


def test_nothing_of_it_is_left_in_any_page_of_the_record_or_its_log(
    clinic: Clinic, participant: str
) -> None:
    entry = typed(clinic, participant)
    crc, pi = clinic.session("CRC-01"), clinic.session("PI-01")
    key = unlock_record(clinic.home, "CRC-01", crc.ring)
    database = clinic.home.database
    assert pages_with(database, key, NAME) > 0, "the search would find it"
    blot(crc, pi, targets(crc, participant, entry), "a name was typed")
    assert pages_with(database, key, NAME) == 0
    clinic.close()
    assert pages_with(database, key, NAME) == 0


def test_no_screen_list_document_or_export_shows_it(
    clinic: Clinic, participant: str, tmp_path: Path
) -> None:
    entry, _ = removed(clinic, participant)
    pi, crc, phy = (clinic.session(one) for one in ("PI-01", "CRC-01", "PHY-01"))
    assert identity(crc, participant).allergies == "known allergy, substance not stated, latex"
    again = FormEntry(crc, participant, "SCR", "demography")
    state = again.state(again.ref(ITEM))
    assert (state.answer, state.removed) == (None, True)
    assert state.required
    assert again.ref(ITEM) in again.open_items()
    for shown in (
        participant_visits(phy, participant),
        worklist(crc),
        over_time(pi, participant, "en"),
        journal_lines(pi, find(pi, Criteria())),
    ):
        assert NAME not in repr(shown)
    odm, table = tmp_path / "odm.xml", tmp_path / "journal.csv"
    export_odm(pi, odm)
    export_journal(pi, Criteria(), "csv", table)
    assert NAME not in odm.read_text("utf-8")
    assert NAME not in table.read_text("utf-8")
    part = odm.read_text("utf-8").split(f'ItemOID="I_demography__{ITEM}"')
    stands = [one[:900] for one in part[1:] if "IsNull" in one[:80]]
    assert stands
    assert "REMOVED" in stands[0]
    rows = table.read_text("utf-8")
    assert rows.count(removed_words("en")) >= 2
    assert entry.prefix in rows


def test_the_answer_can_be_given_anew_without_the_name(clinic: Clinic, participant: str) -> None:
    removed(clinic, participant)
    crc = clinic.session("CRC-01")
    entry = FormEntry(crc, participant, "SCR", "demography")
    ref = entry.ref(ITEM)
    entry.answer(ref, "penicillin, rash", reason={"code": "2", "text": ""})
    entry.complete()
    line = item_lines(crc, participant, entry.path(ref))[1]
    assert what_words(crc, line, "en") == f"Changed {removed_words('en')} → penicillin, rash"
    assert faults(clinic) == []


def test_a_summary_made_afterwards_says_removed_and_one_made_before_is_counted(
    day: tuple[Clinic, str], tmp_path: Path
) -> None:
    clinic, participant = day
    clinic.clock.turn_to(NOW.replace(hour=14))
    crc, pi, nurse = (clinic.session(one) for one in ("CRC-01", "PI-01", "NUR-04"))
    demography = FormEntry(crc, participant, "SCR", "demography")
    ref = demography.ref(ITEM)
    demography.answer(ref, f"penicillin, says {NAME}", reason={"code": "2", "text": ""})
    before = finish_summary(nurse, participant, "V1")
    found = targets(crc, participant, demography)
    done = blot(crc, pi, found, "a name was typed")
    assert done.documents == 1
    clinic.clock.turn_to(NOW.replace(hour=15))
    after = finish_summary(nurse, participant, "V1")
    with nurse.store.read() as reader:
        old, new = (reader.document_content(one.sha256) for one in (before, after))
    assert old is not None
    assert new is not None
    out = tmp_path / "after.pdf"
    out.write_bytes(new)
    words = subprocess.run(["pdftotext", out, "-"], capture_output=True, check=True, text=True)
    assert NAME.split()[1] not in words.stdout
    assert "known allergy, substance not stated" in " ".join(words.stdout.split())
    assert over_time(pi, participant, "en").banner.participant == "PL01-007"


@pytest.mark.parametrize("second", ["PHY-01", "NUR-04", "RAT-02", "ADMIN-01", "MON-01", "DM-01"])
def test_a_second_person_without_the_right_is_refused(
    clinic: Clinic, participant: str, second: str
) -> None:
    entry = typed(clinic, participant)
    crc, other = clinic.session("CRC-01"), clinic.session(second)
    found = targets(crc, participant, entry)
    for one, two in ((crc, other), (other, crc)):
        with pytest.raises(Refused):
            blot(one, two, found, "a name was typed")
    assert targets(crc, participant, entry) == found


def test_one_person_is_not_two_and_a_reason_must_be_given(clinic: Clinic, participant: str) -> None:
    entry = typed(clinic, participant)
    crc, pi = clinic.session("CRC-01"), clinic.session("PI-01")
    found = targets(crc, participant, entry)
    with pytest.raises(Refused):
        blot(crc, crc, found, "a name was typed")
    with pytest.raises(UserError):
        blot(crc, pi, found, "  ")
    assert targets(crc, participant, entry) == found


def test_the_words_of_a_query_go_and_the_query_stays(clinic: Clinic, participant: str) -> None:
    monitor = clinic.session("MON-01")
    crc, pi = clinic.session("CRC-01"), clinic.session("PI-01")
    prefix = "SCR/1/demography/1"
    raise_query(monitor, participant, prefix, f"Is this {NAME}?")
    (line,) = journal_lines(crc, find(crc, Criteria(acts=("query_raised",))))
    blot(crc, pi, [(line.row.stored.hash, "reason")], "a name was typed")
    (query,) = form_queries(monitor, participant, prefix)
    assert NAME not in repr((query, journal_lines(crc, find(crc, Criteria()))))
    assert faults(clinic) == []


def test_the_comment_on_a_deviation_goes_and_the_deviation_waits_to_be_classified(
    day: tuple[Clinic, str],
) -> None:
    clinic, participant = day
    crc, pi = clinic.session("CRC-01"), clinic.session("PI-01")
    (first, *_) = record_deviations(pi, participant, "V1")
    classify_deviation(pi, participant, "V1", first.key, "minor", f"{NAME} was late")
    lines = journal_lines(crc, find(crc, Criteria(acts=("deviation_recorded",))))
    named = next(one for one in lines if NAME in repr(one.value))
    blot(crc, pi, [(named.row.stored.hash, "value")], "a name was typed")
    after = {one.key: one for one in record_deviations(pi, participant, "V1")}[first.key]
    assert (after.code, after.text, after.importance) == (first.code, first.text, first.importance)
    assert (after.recorded, after.classified, after.comment) == (True, False, "")
    classify_deviation(pi, participant, "V1", first.key, "minor", "was late")
    assert faults(clinic) == []


def test_what_was_chosen_from_a_list_or_is_gone_already_cannot_be_removed(
    clinic: Clinic, participant: str
) -> None:
    entry, _ = removed(clinic, participant)
    crc, pi = clinic.session("CRC-01"), clinic.session("PI-01")
    sex = item_lines(crc, participant, entry.path(entry.ref("SEX")))[-1]
    gone = next(
        one
        for one in item_lines(crc, participant, entry.path(entry.ref(ITEM)))
        if one.row.removed == {"value"}
    )
    for one in (sex, gone):
        with pytest.raises(UserError):
            blot(crc, pi, [(one.row.stored.hash, "value")], "a name was typed")
    with pytest.raises(UserError):
        blot(crc, pi, [("ab" * 32, "value")], "a name was typed")
    with pytest.raises(UserError):
        blot(crc, pi, [], "a name was typed")


def test_a_rebuild_of_the_tables_gives_the_same_without_it(
    clinic: Clinic, participant: str
) -> None:
    removed(clinic, participant)
    store = clinic.session("PI-01").store
    with store.read() as reader:
        before = reader.heads(participant=participant)
    store.rebuild()
    with store.read() as reader:
        assert reader.heads(participant=participant) == before
