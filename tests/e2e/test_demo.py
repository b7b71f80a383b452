"""``msclinic demo`` as a stranger runs it: the program, its folder, what others say of it."""

import csv
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import odmlib
import pytest
from lxml import etree

from msclinic.app.clock import SystemClock, TurnedClock
from msclinic.domain.participant_life import ACTS, PARTS, STATES
from msclinic.domain.queries import ANSWERED, CLOSED, OPEN
from msclinic.domain.values import from_json
from msclinic.reports.checking import check_document
from msclinic.services.backup.state import backup_state
from msclinic.services.data_locks import lock_state
from msclinic.services.home import Home
from msclinic.services.infusion.emergency_taps import unclaimed_taps
from msclinic.services.life import life
from msclinic.services.participants import find_participant, identities
from msclinic.services.people import accounts as accounts_of
from msclinic.services.people.delegation import delegation_log
from msclinic.services.people.incidents import incidents
from msclinic.services.queries import all_queries
from msclinic.services.session import Session
from msclinic.services.sign_in import sign_in
from msclinic.services.sign_off import sign_off_of
from msclinic.services.source_verification import participant_progress
from msclinic.services.visits import infusion_dates, participant_visits
from msclinic.services.worklist import worklist
from msclinic.shipped import shipped_study
from msclinic.store import WHOLE
from msclinic.study import load_study

EVENING = TurnedClock(
    datetime.combine(SystemClock().now().date(), time(19, 0), ZoneInfo("Europe/Warsaw"))
)
ODM = "{http://www.cdisc.org/ns/odm/v1.3}"


def msclinic(*arguments: str, **options) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "msclinic", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=1500, **options)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What one run of the demo left; it is made once for all these tests."""
    folder = tmp_path_factory.mktemp("demo") / "out"
    ran = msclinic("demo", "--out", str(folder))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "Made in" in ran.stdout
    assert "Traceback" not in ran.stderr
    return folder


@pytest.fixture(scope="module")
def accounts(out: Path) -> list[dict[str, str]]:
    with (out / "accounts.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def password_file(tmp_path: Path, accounts, account: str) -> str:
    word = next(row["password"] for row in accounts if row["account"] == account)
    path = tmp_path / "password"
    path.write_text(word + "\n", "utf-8")
    return str(path)


def pdfsig(path: Path) -> str:
    return subprocess.run(["pdfsig", str(path)], capture_output=True, text=True, check=False).stdout


@pytest.fixture
def clinic(out: Path, accounts: list[dict[str, str]]) -> Callable[[str], Session]:
    """Signs somebody in at the clinic that the demo left, this evening."""

    def enter(account: str) -> Session:
        word = next(row["password"] for row in accounts if row["account"] == account)
        return sign_in(Home(out / "workspace"), account, word, EVENING)

    return enter


def roots(out: Path) -> list[bytes]:
    return [bytes.fromhex(Home(out / "workspace").read().authority)]


def test_the_accounts_are_listed_one_role_a_line(out, accounts):
    assert (out / "accounts.csv").read_bytes().startswith(b"account,role,password\n")
    roles = [row["role"] for row in accounts]
    assert roles.count("NUR") >= 2
    assert roles.count("PREP") >= 2
    assert {"ADMIN", "PI", "PHY", "RAT", "ASSESSOR", "CRC", "LAB", "LABU"} <= set(roles)


def test_both_signatures_of_the_summary_are_valid_and_the_document_unchanged(out):
    said = pdfsig(out / "summary.pdf")
    assert said.count("Signature is Valid") == 2
    assert "Total document signed" in said
    checked = check_document((out / "summary.pdf").read_bytes(), roots(out))
    assert checked.verdict == "valid"
    assert [one.role for one in checked.signatures] == ["NUR", "PHY"]


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5])
def test_one_changed_byte_of_the_summary_is_found_by_both(out, tmp_path, share):
    content = bytearray((out / "summary.pdf").read_bytes())
    signed = content.index(b"/ByteRange")
    content[int(signed * share)] ^= 1
    changed = tmp_path / "changed.pdf"
    changed.write_bytes(content)
    assert "Signature is Valid" not in pdfsig(changed) or "Digest Mismatch" in pdfsig(changed)
    assert check_document(bytes(content), roots(out)).verdict in ("changed", "unreadable")


def test_the_document_is_checked_from_the_command_line(out):
    home = ("--home", str(out / "workspace"))
    good = msclinic("documents", "check", str(out / "summary.pdf"), *home, "--json")
    assert good.returncode == 0
    assert json.loads(good.stdout)["verdict"] == "valid"


def test_the_export_is_valid_by_cdiscs_schema_and_holds_twenty_participants(out):
    folder = Path(odmlib.__file__).parent / "schemas" / "odm" / "1.3.2"
    schema = etree.XMLSchema(etree.parse(folder / "ODM1-3-2.xsd"))
    document = etree.parse(out / "export.xml")
    schema.assertValid(document)
    # Twenty persons; who was screened again is one of them under the first code.
    assert len(document.findall(f".//{ODM}SubjectData")) == 20
    assert document.find(f".//{ODM}AuditRecord") is not None
    assert document.find(f".//{ODM}Signature") is not None


def test_every_form_of_the_study_was_filled_in_and_exported(out):
    document = etree.parse(out / "export.xml")
    defined = {form.get("OID") for form in document.findall(f".//{ODM}FormDef")}
    filled = {form.get("FormOID") for form in document.findall(f".//{ODM}FormData")}
    assert len(defined) == len(load_study(shipped_study()).forms)
    # The data manager's file holds the guesses; nobody who exports may see what reveals the arm.
    assert defined - filled == {"F_restricted_results"}


def test_what_no_export_holds_was_filled_in_too(out, clinic):
    for account, form in (("LABU-01", "restricted_results"), ("ASSESSOR-01", "mask_guess")):
        session = clinic(account)
        with session.store.read() as reader:
            assert reader.heads(form=form)
        session.close()


def test_every_fate_is_met_by_somebody_by_a_signed_act(clinic):
    physician = clinic("PHY-01")
    lives = {one.code: life(physician, one.participant) for one in identities(physician)}
    assert {one.life.state for one in lives.values()} == set(STATES)
    acts = {act.kind for one in lives.values() for act in one.acts if act.stands and act.valid}
    assert acts == set(ACTS)
    parts = {frozenset(one.life.withdrawn_from) for one in lives.values()}
    assert {frozenset({"samples"}), frozenset({"product"}), frozenset(PARTS)} <= parts
    assert all(one.life.randomised for one in lives.values() if one.life.dosed)
    physician.close()


def test_a_dose_that_was_missed_is_skipped_and_judged(clinic):
    coordinator = clinic("CRC-01")
    participant = find_participant(coordinator, "PL01-008")
    skipped = [one.code for one in participant_visits(coordinator, participant) if one.skipped]
    assert skipped == ["V2"]
    with coordinator.store.read() as reader:
        given = infusion_dates(coordinator, reader, participant)
        judged = {
            from_json(head.value)
            for head in reader.heads(participant=participant, form="deviation", item="DVREFID")
        }
    assert set(given) == {1, 3}
    assert "DOSE_MISSED-V2" in judged
    coordinator.close()


def test_the_worklist_is_short_and_begins_with_the_critical_value(clinic):
    physician = clinic("PHY-01")
    points = worklist(physician)
    assert points[0].kind == "critical"
    assert 5 < len(points) < 40
    physician.close()


def test_queries_are_open_answered_and_closed_and_the_program_asks_too(clinic):
    monitor = clinic("MON-01")
    asked = all_queries(monitor, OPEN, ANSWERED, CLOSED)
    assert {(one.side, one.status) for one in asked} >= {
        ("sponsor", OPEN),
        ("sponsor", ANSWERED),
        ("sponsor", CLOSED),
        ("site", OPEN),
        ("site", CLOSED),
        ("program", OPEN),
    }
    # The one that was raised and answered through the windows.
    played = find_participant(monitor, "PL01-007")
    (raised,) = (one for one in asked if one.participant == played)
    assert raised.scope.endswith("/MSDIAGDAT")
    assert (raised.status, raised.text) == (
        ANSWERED,
        "The letter names the year alone; a copy is filed.",
    )
    monitor.close()


def test_answers_were_compared_with_their_source(clinic):
    monitor = clinic("MON-01")
    signed = participant_progress(monitor, find_participant(monitor, "PL01-001"))
    assert signed
    assert not any(one.open or one.changed for one in signed)
    played = participant_progress(monitor, find_participant(monitor, "PL01-007"))
    assert any(one.verified for one in played)
    assert any(one.open for one in played)
    monitor.close()


def test_one_casebook_is_signed_and_locked_and_the_signature_stands(clinic):
    investigator = clinic("PI-01")
    participant = find_participant(investigator, "PL01-001")
    with investigator.store.read() as reader:
        rows = reader.signatures(participant=participant)
    assert sign_off_of(rows, WHOLE).status == "valid"
    begun = [
        (visit, form)
        for visit in participant_visits(investigator, participant)
        for form in visit.forms
        if form.status != "planned"
    ]
    assert len(begun) > 50
    for visit, form in begun:
        scope = f"{visit.code}/{visit.key}/{form.form}/{form.key}"
        assert lock_state(investigator, participant, scope).locked, scope
    assert sign_off_of(rows, "V1/1").status == "valid"
    investigator.close()


def test_a_nurse_has_left_and_the_log_says_who_was_delegated_and_trained(clinic):
    admin = clinic("ADMIN-01")
    left = next(one for one in accounts_of(admin) if one.account == "NUR-05")
    assert left.left
    assert left.disabled
    log = delegation_log(admin)
    assert {one.end is None for one in log if one.account == "NUR-05"} == {True, False}
    assert len([one for one in log if one.account == "PHY-02"]) == 2
    trained = {one.trained for one in log if one.account.startswith("NUR-0")}
    assert len(trained) == 2
    admin.close()


def test_the_press_at_the_lock_screen_is_answered_for(clinic):
    nurse = clinic("NUR-06")
    assert unclaimed_taps(nurse) == ()
    with nurse.store.read() as reader:
        heads = reader.heads(prefix="emergency")
    pressed = {head.path: head.value["key"] for head in heads if head.value and "key" in head.value}
    claimed = {
        pressed[head.path.removesuffix("/claimed")]: (head.actor, head.value["value"])
        for head in heads
        if head.path not in pressed and head.value
    }
    assert claimed == {"CALL": ("NUR-06", "MINE"), "O2": ("NUR-06", "MISTAKE")}
    nurse.close()


def test_a_gate_was_signed_with_the_pin(clinic):
    nurse = clinic("NUR-04")
    participant = find_participant(nurse, "PL01-007")
    with nurse.store.read() as reader:
        heads = reader.heads(participant=participant, prefix="signature")
    how = {
        (head.value["meaning"], tuple(head.value["components"]))
        for head in heads
        if head.value and head.actor == "NUR-04"
    }
    assert ("G3", ("account", "password")) in how
    assert ("G4", ("session", "pin")) in how
    nurse.close()


def test_the_wrong_password_stands_in_the_security_list(clinic):
    investigator = clinic("PI-01")
    kinds = {(one.kind, one.account) for one in incidents(investigator)}
    assert ("sign_in_failed", "MON-01") in kinds
    assert ("account_left", "NUR-05") in kinds
    investigator.close()


def test_a_backup_lies_in_the_chosen_folder_and_its_restore_was_rehearsed(out, clinic):
    coordinator = clinic("CRC-01")
    state = backup_state(coordinator)
    assert [place.folder for place in state.places] == [out / "backups"]
    assert state.places[0].problem is None
    assert state.last is not None
    assert state.rehearsed is not None
    kept = list((out / "backups").glob("*.backup"))
    assert kept
    assert all(b"PL01-0" not in path.read_bytes() for path in kept)
    coordinator.close()


def test_the_record_proves_itself(out, accounts, tmp_path):
    asked = ("--home", str(out / "workspace"), "--account", "MON-01")
    word = password_file(tmp_path, accounts, "MON-01")
    ran = msclinic("verify", *asked, "--password-file", word)
    assert ran.returncode == 0, ran.stdout
    # A line may follow that says what cannot be told without a marker on this computer.
    agrees = ran.stdout.splitlines()[0]
    assert (out / "verify.txt").read_text("utf-8").strip() == agrees


def test_no_participant_can_be_read_in_the_files_of_the_clinic(out):
    workspace = out / "workspace"
    for path in workspace.rglob("*"):
        assert "PL01-0" not in path.name
        if path.is_file():
            assert b"PL01-0" not in path.read_bytes(), path.name


def test_there_is_a_picture_of_each_screen_in_both_languages_light_and_dark(out):
    names = sorted(path.name for path in (out / "screens").glob("*.png"))
    main = ("sign-in", "today", "participant", "form", "exam", "run", "documents", "lock")
    looked = ("worklist", "my-exams", "over-time", "people", "participants", "study-overview")
    kept = ("query", "sign-off", "journal", "own-password", "emergency", "backup")
    for screen in (*main, *looked, *kept):
        for look in ("en-light", "en-dark", "pl-light", "pl-dark"):
            assert any(name.endswith(f"-{screen}-{look}.png") for name in names), (screen, look)
    # Further forms and lists of the same screens are seen in two looks.
    further = ("my-exams-assessor", "timed-test", "laboratory", "eligibility")
    people = ("people-log", "people-rights", "people-review", "people-security")
    record = ("data-review", "query-answered", "participant-signed-off", "signed-content")
    away = ("curtain", "lock-emergency")
    for screen in (*further, *people, *record, *away):
        for look in ("en-light", "pl-dark"):
            assert any(name.endswith(f"-{screen}-{look}.png") for name in names), (screen, look)
    for screen in ("today", "participant", "run-running-round"):
        assert any(name.endswith(f"-{screen}-en-contrast.png") for name in names), screen
    assert any("-find-" in name for name in names)
    assert len(names) < 160
    header = (out / "screens" / names[0]).read_bytes()[16:24]
    assert (int.from_bytes(header[:4]), int.from_bytes(header[4:])) == (1366, 768)


def test_an_export_and_a_summary_come_from_the_command_line(out, accounts, tmp_path):
    home = ("--home", str(out / "workspace"))
    word = password_file(tmp_path, accounts, "CRC-01")
    who = (*home, "--account", "CRC-01", "--password-file", word)
    made = tmp_path / "study.xml"
    assert msclinic("export", "--format", "odm", "--out", str(made), *who).returncode == 0
    assert etree.parse(made).getroot().tag == f"{ODM}ODM"
    summary = tmp_path / "summary.pdf"
    ran = msclinic("documents", "summary", "PL01-007", "V3", "--out", str(summary), *who)
    assert ran.returncode == 0, ran.stderr
    assert summary.read_bytes() == (out / "summary.pdf").read_bytes()


def test_a_rater_gets_no_export(out, accounts, tmp_path):
    word = password_file(tmp_path, accounts, "RAT-02")
    who = ("--home", str(out / "workspace"), "--account", "RAT-02", "--password-file", word)
    ran = msclinic("export", "--format", "odm", "--out", str(tmp_path / "x.xml"), *who)
    assert ran.returncode == 3
    # The played day may lie later than this computer's clock, of which signing in warns first.
    *warnings, refusal = ran.stderr.strip().splitlines()
    assert "may not export" in refusal
    assert all("clock" in warning for warning in warnings)
    assert not (tmp_path / "x.xml").exists()


def test_a_folder_that_no_demo_made_is_never_replaced(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work", "utf-8")
    ran = msclinic("demo", "--out", str(tmp_path))
    assert ran.returncode == 2
    assert "no demo made" in ran.stderr
    assert (tmp_path / "thesis.txt").read_text("utf-8") == "years of work"
