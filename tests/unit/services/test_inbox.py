"""What happens while nobody is signed in is sealed, survives, and becomes entries once."""

import base64
import json
from datetime import timedelta

import pytest
from tests.clinic import NOW, PASSWORDS, Clinic

from msclinic.services.inbox import append, claim
from msclinic.services.verifying import verify_home
from msclinic.vault import wrap

TAP = {"chair": "2", "tap": "STOP"}


def tapped(clinic: Clinic) -> str:
    """A participant for whom a key was tapped while nobody was signed in."""
    participant = clinic.enrol(7)
    clinic.close()
    assert append(clinic.home, "tap", NOW, {**TAP, "participant": participant})
    return participant


def emergencies(clinic: Clinic, participant: str) -> list[tuple[object, object]]:
    with clinic.session("PI-01").store.read() as reader:
        heads = reader.heads(participant=participant, prefix="emergency")
        return [(head.event_time, head.value) for head in heads]


@pytest.mark.requirement("R-AUD-5")
def test_a_tap_becomes_an_entry_with_the_time_of_the_tap(clinic: Clinic) -> None:
    participant = tapped(clinic)
    clinic.clock.turn(timedelta(minutes=3))
    assert emergencies(clinic, participant) == [(NOW, {"type": "tap", **TAP})]
    assert verify_home(clinic.home, "PI-01", PASSWORDS["PI-01"]) == []


def test_it_becomes_one_entry_also_when_the_claim_was_cut_off(clinic: Clinic) -> None:
    participant = tapped(clinic)
    sealed = (clinic.home.folder / "inbox").read_bytes()
    pi = clinic.session("PI-01")
    (clinic.home.folder / "inbox.opened").write_bytes(sealed)
    assert claim(pi) == ()
    assert len(emergencies(clinic, participant)) == 1


def test_a_clock_that_jumped_while_locked_is_told(clinic: Clinic) -> None:
    clinic.session("PI-01")
    device = clinic.session("PI-01").place.device
    clinic.close()
    told = {"device": device, "seconds": "-7200.000", "left": "2026-11-23T10:30:00.000Z"}
    append(clinic.home, "clock_jumped", NOW, told)
    with clinic.session("PI-01").store.read() as reader:
        (row,) = reader.trail(None, "site/clock")
    assert row.value == {"type": "clock", **told}


@pytest.mark.requirement("R-SEC-3", "R-SEC-6")
def test_nothing_of_it_can_be_read_without_the_record(clinic: Clinic) -> None:
    participant = tapped(clinic)
    content = (clinic.home.folder / "inbox").read_bytes()
    assert participant.encode() not in content
    assert b"STOP" not in content


def test_lines_that_are_damaged_or_of_nobody_are_counted_and_left_out(clinic: Clinic) -> None:
    participant = tapped(clinic)
    append(clinic.home, "tap", NOW, {**TAP, "participant": "f" * 32})
    with (clinic.home.folder / "inbox").open("ab") as file:
        file.write(b"not a line of ours\n\n")
    pi = clinic.session("PI-01")
    assert len(emergencies(clinic, participant)) == 1
    with pi.store.read() as reader:
        paths = [one.entry.path or "" for one in reader.entries("inbox_opened")]
        told = [reader.trail(None, path)[0].value for path in paths]
    assert {"type": "inbox", "entered": "1", "unreadable": "2"} in told


def test_an_unknown_kind_is_a_mistake_of_the_program(clinic: Clinic) -> None:
    with pytest.raises(ValueError, match="takes no"):
        append(clinic.home, "gossip", NOW, {})


def test_a_key_that_was_exchanged_is_put_right_at_the_next_sign_in(clinic: Clinic) -> None:
    clinic.session("PI-01")
    file = clinic.home.folder / "keys" / "device.pub"
    right = file.read_text("ascii")
    clinic.close()
    file.write_text("age1nobody", "ascii")
    assert not append(clinic.home, "tap", NOW, {**TAP, "participant": "f" * 32})
    clinic.session("PI-01")
    assert file.read_text("ascii") == right


def test_what_happens_between_two_sign_ins_waits_in_order(clinic: Clinic) -> None:
    participant = tapped(clinic)
    append(clinic.home, "tap", NOW + timedelta(seconds=5), {**TAP, "participant": participant})
    pi = clinic.session("PI-01")
    append(clinic.home, "tap", NOW + timedelta(seconds=9), {**TAP, "participant": participant})
    assert len(claim(pi)) == 1
    times = sorted(at for at, _ in emergencies(clinic, participant))
    assert times == [NOW, NOW + timedelta(seconds=5), NOW + timedelta(seconds=9)]


FAILED = {"id": "0" * 32, "kind": "sign_in_failed", "at": "2026-11-23T08:30:00.000Z", "payload": {}}


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": ""},
        {"id": "../x//"},
        {"at": "0001-01-01T00:00:00+10:00"},
        {"payload": {"account": "\ud800"}},
        {"payload": {"account": "x" * 4000}},
        {"payload": {"a/b": "x"}},
    ],
)
def test_a_line_that_anybody_sealed_keeps_nobody_out(clinic: Clinic, wrong: dict[str, object]):
    clinic.session("NUR-04")
    clinic.close()
    key = (clinic.home.folder / "keys" / "device.pub").read_text("ascii")
    sealed = wrap(json.dumps({**FAILED, **wrong}).encode(), [key])
    (clinic.home.folder / "inbox").write_bytes(base64.b64encode(sealed) + b"\n")
    with clinic.session("NUR-04").store.read() as reader:
        told = len(list(reader.entries("inbox_opened")))
        failed = list(reader.entries("sign_in_failed"))
    clinic.close()
    assert not (clinic.home.folder / "inbox.opened").exists()
    assert (told, failed) == (1, [])
    assert verify_home(clinic.home, "PI-01", PASSWORDS["PI-01"]) == []
