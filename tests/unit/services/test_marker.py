"""An older record, a copied home and a forged marker are noticed; an honest home never is."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from attrs import define, evolve
from tests.clinic import PASSWORDS, Clinic

from msclinic.app.clock import TurnedClock
from msclinic.record import StoredEntry
from msclinic.services.gateway import recording
from msclinic.services.home import Home
from msclinic.services.marker import Verdict
from msclinic.services.session import Session
from msclinic.services.sign_in import join, sign_in
from msclinic.services.signing import sign
from msclinic.services.verifying import Proof, prove_home


@define
class Desk:
    """A workstation: its homes and where its state lies."""

    state: Path
    clock: TurnedClock
    home: Home

    def enter(self, home: Home | None = None, account: str = "NUR-04") -> Session:
        return sign_in(home or self.home, account, PASSWORDS[account], self.clock)

    def visit(self, home: Home | None = None, account: str = "NUR-04") -> Session:
        """Sign in and out again; gives the closed session."""
        session = self.enter(home, account)
        session.close()
        return session

    def prove(self, home: Home | None = None) -> Proof:
        return prove_home(home or self.home, "MON-01", PASSWORDS["MON-01"])

    def codes(self, home: Home | None = None) -> list[str]:
        return [fault.code for fault in self.prove(home).faults]

    def copy(self, name: str) -> Home:
        """The whole folder copied to another one of the same computer."""
        folder = self.home.folder.parent / name
        shutil.copytree(self.home.folder, folder)
        return Home(folder, self.state)

    @property
    def marker(self) -> Path:
        return self.state / f"{self.home.read().device}.json"


@pytest.fixture
def desk(clinic: Clinic, tmp_path: Path) -> Desk:
    state = tmp_path / "state"
    return Desk(state, clinic.clock, evolve(clinic.home, state=state))


def started(session: Session) -> list[dict[str, Any]]:
    """The values of every stream's first entry, in order."""
    with session.store.read() as reader:
        entries: list[StoredEntry] = list(reader.entries("stream_started"))
        trails = [reader.trail(None, one.entry.path or "") for one in entries]
    return [row.value or {} for trail in trails for row in trail]


def test_a_first_start_writes_a_marker_and_changes_nothing_else(desk: Desk) -> None:
    assert desk.prove().marker is Verdict.FIRST
    stream = desk.home.read().stream
    session = desk.visit()
    assert session.warning is None
    assert desk.home.read().stream == stream
    assert desk.prove() == Proof((), Verdict.GOES_ON)


def test_a_home_without_a_state_folder_keeps_no_marker(desk: Desk) -> None:
    desk.visit(Home(desk.home.folder))
    assert not desk.state.exists()


def test_the_marker_holds_ids_hashes_and_the_folder_alone(desk: Desk) -> None:
    desk.visit()
    content = json.loads(desk.marker.read_text("utf-8"))
    place = desk.home.read()
    assert set(content) == {"format", "device", "homes", "mark"}
    assert content["device"] == place.device
    (mark,) = content["homes"].values()
    assert list(content["homes"]) == [str(desk.home.folder.resolve())]
    ((stream, (seq, known)),) = mark["heads"].items()
    assert (mark["stream"], stream, len(known)) == (place.stream, place.stream, 64)
    assert seq > 30
    if os.name == "posix":
        assert desk.marker.stat().st_mode & 0o077 == 0


def test_an_honest_home_stays_in_its_stream_and_proves_itself(desk: Desk) -> None:
    stream = desk.home.read().stream
    for account in ("NUR-04", "PI-01", "NUR-04"):
        assert desk.visit(account=account).warning is None
    assert desk.home.read().stream == stream
    assert desk.codes() == []


def test_an_older_record_put_back_is_named_with_both_ends(desk: Desk, tmp_path: Path) -> None:
    desk.visit()
    shutil.copy(desk.home.database, tmp_path / "older.db")
    for _ in range(3):
        desk.visit()
    shutil.copy(tmp_path / "older.db", desk.home.database)
    proof = desk.prove()
    (fault,) = proof.faults
    assert (fault.code, proof.marker) == ("cut_off", Verdict.OLDER)
    ends = sum(1 for _ in entries(desk))
    assert f"once reached entry {ends + 3}; it now ends at entry {ends}: " in fault.sentence
    assert "older copy was put back" in fault.sentence


def entries(desk: Desk) -> Iterator[StoredEntry]:
    session = sign_in(Home(desk.home.folder), "PI-01", PASSWORDS["PI-01"], desk.clock)
    with session.store.read() as reader:
        # The last one is this sign-in itself.
        yield from list(reader.entries())[:-1]
    session.close()


def test_after_an_older_record_the_person_is_told_and_a_new_stream_says_why(
    desk: Desk, tmp_path: Path
) -> None:
    desk.visit()
    shutil.copy(desk.home.database, tmp_path / "older.db")
    desk.visit()
    before = desk.home.read()
    shutil.copy(tmp_path / "older.db", desk.home.database)
    session = desk.enter()
    assert session.warning is not None
    assert session.warning.code == "older_copy"
    now = desk.home.read()
    assert (now.device, now.stream == before.stream) == (before.device, False)
    said = started(session)[-1]
    assert (said["cause"], said["stream"], said["after"]) == (
        "older_copy",
        now.stream,
        before.stream,
    )
    with session.store.read() as reader:
        end = reader.stream_head(before.stream)
    assert (said["seq"], said["head"]) == (end.seq, end.hash)
    session.close()
    # The lost entries stay lost and named; the clinic goes on without asking again.
    assert desk.codes() == ["cut_off"]
    assert desk.visit().warning is None
    assert desk.home.read().stream == now.stream


def test_a_record_written_on_from_an_older_copy_is_named(desk: Desk, tmp_path: Path) -> None:
    desk.visit()
    shutil.copy(desk.home.database, tmp_path / "older.db")
    desk.visit()
    shutil.copy(tmp_path / "older.db", desk.home.database)
    unseen = Home(desk.home.folder)
    for _ in range(3):
        desk.visit(unseen)
    (fault,) = desk.prove().faults
    assert (fault.code, "written on from an older copy" in fault.sentence) == ("cut_off", True)


def test_an_older_home_file_alone_is_named(desk: Desk, tmp_path: Path) -> None:
    desk.visit()
    file = desk.home.folder / "home.json"
    shutil.copy(file, tmp_path / "home.json")
    desk.marker.unlink()
    desk.visit()
    left, stream = json.loads((tmp_path / "home.json").read_text("utf-8")), desk.home.read().stream
    assert stream != left["stream"]
    assert desk.codes() == []
    shutil.copy(tmp_path / "home.json", file)
    assert desk.codes() == ["old_home_file"]
    warning = desk.visit().warning
    assert warning is not None
    assert warning.sentences[1] == "What was entered since that copy was made may be missing."
    assert desk.home.read().stream not in (stream, left["stream"])
    assert desk.codes() == []


def test_a_copied_home_goes_on_in_a_stream_of_its_own(desk: Desk) -> None:
    desk.visit()
    copy = desk.copy("copy")
    assert desk.prove(copy).marker is Verdict.COPY
    session = desk.enter(copy)
    assert session.warning is not None
    assert session.warning.parameters["folder"] == str(desk.home.folder.resolve())
    assert started(session)[-1]["cause"] == "copied"
    session.close()
    assert copy.read().stream != desk.home.read().stream
    for home in (desk.home, copy, desk.home, copy):
        assert desk.visit(home).warning is None
        assert desk.codes(home) == []


def test_a_moved_home_is_no_copy(desk: Desk) -> None:
    desk.visit()
    moved = Home(desk.home.folder.with_name("moved"), desk.state)
    stream = desk.home.read().stream
    desk.home.folder.rename(moved.folder)
    assert desk.codes(moved) == []
    assert desk.visit(moved).warning is None
    assert moved.read().stream == stream
    content = json.loads((desk.state / f"{moved.read().device}.json").read_text("utf-8"))
    assert list(content["homes"]) == [str(moved.folder.resolve())]


def test_a_moved_home_with_an_older_record_is_no_honest_one(desk: Desk, tmp_path: Path) -> None:
    desk.visit()
    shutil.copy(desk.home.database, tmp_path / "older.db")
    desk.visit()
    moved = Home(desk.home.folder.with_name("moved"), desk.state)
    desk.home.folder.rename(moved.folder)
    shutil.copy(tmp_path / "older.db", moved.database)
    assert desk.codes(moved) == ["cut_off"]
    warning = desk.visit(moved).warning
    assert warning is not None
    assert warning.code == "older_copy"


def test_a_home_brought_to_another_computer_starts_a_stream_once(
    desk: Desk, tmp_path: Path
) -> None:
    desk.visit()
    there = Home(desk.copy("stick").folder, tmp_path / "state of another computer")
    assert desk.prove(there).limit is not None
    session = desk.enter(there)
    assert session.warning is not None
    assert session.warning.code == "from_elsewhere"
    session.close()
    assert there.read().stream != desk.home.read().stream
    assert desk.visit(there).warning is None


def test_two_users_of_one_computer_share_a_home_without_ever_new_streams(
    desk: Desk, tmp_path: Path
) -> None:
    desk.visit()
    other = Home(desk.home.folder, tmp_path / "state of another user")
    desk.visit(other)
    stream = other.read().stream
    for home in (desk.home, other, desk.home, other):
        assert desk.visit(home).warning is None
    assert desk.home.read().stream == stream


def forge_a_lower_head(content: dict[str, Any]) -> None:
    (mark,) = content["homes"].values()
    for head in mark["heads"].values():
        head[0] -= 1


def forge_another_folder(content: dict[str, Any]) -> None:
    (mark,) = content["homes"].values()
    content["homes"] = {"/elsewhere": mark}


def leave_out_the_mark(content: dict[str, Any]) -> None:
    del content["mark"]


def leave_out_the_homes(content: dict[str, Any]) -> None:
    content["homes"] = []


@pytest.mark.parametrize(
    "forge",
    [forge_a_lower_head, forge_another_folder, leave_out_the_mark, leave_out_the_homes],
)
def test_a_forged_marker_is_noticed(desk: Desk, forge: Any) -> None:
    desk.visit()
    content = json.loads(desk.marker.read_text("utf-8"))
    forge(content)
    desk.marker.write_text(json.dumps(content), "utf-8")
    assert desk.codes() == ["marker_changed"]
    session = desk.enter()
    assert session.warning is not None
    assert session.warning.code == "marker_changed"
    assert started(session)[-1]["cause"] == "marker_changed"
    session.close()


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff\xfe", b"null", b"[" * 5000])
def test_a_marker_that_is_none_is_noticed(desk: Desk, content: bytes) -> None:
    desk.visit()
    desk.marker.write_bytes(content)
    assert desk.codes() == ["marker_changed"]


def test_a_marker_of_another_clinic_is_noticed(desk: Desk) -> None:
    desk.visit()
    content = json.loads(desk.marker.read_text("utf-8"))
    desk.marker.write_text(json.dumps(content | {"device": "0" * 32}), "utf-8")
    assert desk.codes() == ["marker_changed"]


def test_a_removed_marker_is_said_and_is_no_fault(desk: Desk) -> None:
    desk.visit()
    desk.marker.unlink()
    proof = desk.prove()
    assert proof.faults == ()
    assert proof.limit is not None
    assert "cannot be told" in proof.limit


def test_a_state_folder_that_cannot_be_written_to_stops_nobody(desk: Desk) -> None:
    desk.state.write_text("a file where the folder should be", "utf-8")
    for _ in range(2):
        assert desk.visit().warning is None
    assert desk.prove().faults == ()


def head_on_file(desk: Desk) -> int:
    (mark,) = json.loads(desk.marker.read_text("utf-8"))["homes"].values()
    return int(mark["heads"][mark["stream"]][0])


def test_the_marker_follows_every_twentieth_act_and_the_end_of_a_session(desk: Desk) -> None:
    session = desk.enter()
    began = head_on_file(desk)
    for number in range(1, 21):
        assert head_on_file(desk) == began
        note(session, number)
    assert head_on_file(desk) == began + 20
    note(session, 21)
    session.close()
    assert head_on_file(desk) == began + 21


def note(session: Session, number: int) -> None:
    with recording(session) as act:
        act.set("signed_out", f"people/{session.account}/test/{number}", None)


def test_a_signature_is_in_the_marker_at_once(desk: Desk) -> None:
    desk.visit()
    clinic = Clinic(desk.home, desk.clock, "")
    participant = clinic.enrol(1)
    crc = clinic.session("CRC-01")
    sign(crc, participant, "SCR/1/demography/1", "form_entered", PASSWORDS["CRC-01"])
    with crc.store.read() as reader:
        assert head_on_file(desk) == reader.stream_head(crc.place.stream).seq
    clinic.close()


def test_who_joins_writes_into_the_same_marker(desk: Desk) -> None:
    session = desk.enter()
    second = join(session, "NUR-06", PASSWORDS["NUR-06"])
    note(second, 1)
    second.close(keep_store=True)
    session.close()
    assert desk.codes() == []
    assert head_on_file(desk) == len(list(entries(desk)))


def test_a_window_left_open_never_lowers_what_a_command_beside_it_wrote(desk: Desk) -> None:
    window = desk.enter()
    desk.visit(account="MON-01")
    reached = head_on_file(desk)
    window.close()
    assert head_on_file(desk) == reached
