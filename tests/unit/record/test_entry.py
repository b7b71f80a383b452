"""An entry is its bytes, and nothing that is not exactly format 1 is one."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st
from tests.journal_writer import ITEM, PARTICIPANT, Writer, integer

from msclinic.record import (
    Computation,
    Draft,
    EntryError,
    StoredEntry,
    encode,
    hash_of,
    parse,
    signed_message,
)
from msclinic.record.entry import time_to_text, whole_milliseconds

FIRST = (
    Writer()
    .act(
        Draft(
            "computed",
            PARTICIPANT,
            ITEM + "MAP",
            integer(1),
            reason={"code": "1", "text": ""},
            computed=Computation("map", "1", ("ab" * 32, "cd" * 32)),
            prompted_by="MAP_LOW",
            source="direct",
        )
    )
    .entries[0]
)


def changed(**members: Any) -> bytes:
    content = json.loads(FIRST.bytes)
    for member, value in members.items():
        if value is KeyError:
            del content[member]
        else:
            content[member] = value
    return rfc8785.dumps(content)


def code_of(data: bytes) -> str:
    with pytest.raises(EntryError) as caught:
        parse(data)
    assert PARTICIPANT not in str(caught.value)
    return f"{caught.value.code} {caught.value.member}".strip()


def test_an_entry_is_read_and_written_to_the_same_bytes() -> None:
    assert encode(parse(FIRST.bytes)) == FIRST.bytes
    assert hash_of(FIRST.bytes) == FIRST.hash


def test_the_signed_message_names_the_format_and_the_hash() -> None:
    assert signed_message("ab" * 32) == b"msclinic entry 1\n" + b"\xab" * 32


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"[]",
        b"7",
        b"null",
        b"{",
        b"\xef\xbb\xbf{}",
        b"[" * 100_000,
        b"{}".decode().encode("utf-16"),
    ],
)
def test_what_is_no_json_object_is_refused(data: bytes) -> None:
    assert code_of(data) == "not_json"


def test_other_ways_to_write_the_same_members_are_refused() -> None:
    content = json.loads(FIRST.bytes)
    assert code_of(json.dumps(content).encode()) == "not_canonical"
    assert code_of(FIRST.bytes + b"\n") == "not_canonical"
    assert code_of(FIRST.bytes.replace(b'"seq":1', b'"seq":1,"seq":1')) == "not_canonical"
    assert code_of(FIRST.bytes.replace(b"MAP_LOW", b"MAP\\u005fLOW")) == "not_canonical"
    assert code_of(FIRST.bytes.replace(b"MAP_LOW", b"MAP\\ud800LOW")) == "not_canonical"


@pytest.mark.parametrize("member", sorted(json.loads(FIRST.bytes)))
def test_every_member_must_be_there(member: str) -> None:
    assert code_of(changed(**{member: KeyError})).split()[0] in {"members", "bad_member"}


def test_a_member_too_many_is_refused() -> None:
    assert code_of(changed(more=None)) == "members"


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("stream", "A" * 32),
        ("stream", "a" * 33),
        ("seq", 0),
        ("seq", True),
        ("seq", "1"),
        ("seq", 2),
        ("prev", "ab" * 32),
        ("prev", None),
        ("act", None),
        ("act", {"number": 1, "index": 1}),
        ("typed_at", "2026-11-22T08:00:00Z"),
        ("typed_at", "2026-11-22T08:00:00.000+00:00"),
        ("typed_at", "2026-02-30T08:00:00.000Z"),
        ("typed_at", "2026-11-22T24:00:00.000Z"),
        ("typed_at", None),
        ("recorded_at", 7),
        ("event_time", ""),
        ("utc_offset", 1441),
        ("utc_offset", None),
        ("tz", ""),
        ("actor", ""),
        ("actor", "Jan Kowalski"),
        ("role", 7),
        ("action", None),
        ("action", "answered\n"),
        ("participant", "PL01-001"),
        ("path", "/V1"),
        ("path", "V1//1"),
        ("path", ""),
        ("value", "ab"),
        ("reason", 1),
        ("supersedes", None),
        ("supersedes", ["cd" * 32, "ab" * 32]),
        ("supersedes", ["ab" * 32, "ab" * 32]),
        ("supersedes", ["ab"]),
        ("prompted_by", ""),
        ("source", ""),
        ("computed", {}),
        ("computed", []),
        ("study_version", "1"),
        ("app_version", None),
        ("key", "ab"),
    ],
)
def test_a_member_of_another_kind_is_refused_by_name(member: str, value: Any) -> None:
    found = code_of(changed(**{member: value}))
    expected = "prev" if (member, value) == ("seq", 2) else member
    assert found == f"bad_member {expected}"


@pytest.mark.parametrize(
    ("member", "value"),
    [("rule", ""), ("rule_version", 1), ("inputs", ["x"]), ("fact", "ab" * 32), ("fact", None)],
)
def test_how_a_value_was_computed_is_checked(member: str, value: Any) -> None:
    computed = {**json.loads(FIRST.bytes)["computed"], member: value}
    assert code_of(changed(computed=computed)) == f"bad_member computed.{member}"


@pytest.mark.parametrize(("number", "index", "size"), [(0, 1, 1), (1, 2, 1), (1, 0, 1), (1, 1, 0)])
def test_the_place_in_the_act_is_checked(number: int, index: int, size: int) -> None:
    act = {"number": number, "index": index, "size": size}
    assert code_of(changed(act=act)).startswith("bad_member act.")


def test_a_later_format_is_told_apart_and_keeps_its_place_in_the_chain() -> None:
    data = changed(format=2, colour="red")
    assert code_of(data) == "unknown_format format"
    assert StoredEntry(hash_of(data), data).envelope.format == 2


@pytest.mark.requirement("R-TIM-1")
@given(st.datetimes(timezones=st.just(UTC) | st.timezones()).filter(lambda each: each.year > 1000))
def test_a_time_is_written_in_utc_and_cut_to_milliseconds(moment: datetime) -> None:
    text = time_to_text(moment)
    assert datetime.fromisoformat(text) == whole_milliseconds(moment)
    assert 0 <= (moment - datetime.fromisoformat(text)).total_seconds() < 0.001
    assert len(text) == 24


@pytest.mark.requirement("R-TIM-1")
def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(EntryError):
        time_to_text(datetime(2026, 11, 22))  # noqa: DTZ001


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_but_an_entry_error(data: bytes) -> None:
    with pytest.raises(EntryError):
        parse(data)


@given(st.integers(0, len(FIRST.bytes) - 1), st.integers(0, 255))
def test_one_other_byte_is_another_entry_or_none(place: int, byte: int) -> None:
    data = bytearray(FIRST.bytes)
    data[place] = byte
    try:
        entry = parse(bytes(data))
    except EntryError:
        return
    assert encode(entry) == bytes(data)
    assert (bytes(data) == FIRST.bytes) == (entry == FIRST.entry)
