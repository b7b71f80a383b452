"""What forms may ask for from outside: each form reads its own part of it, and the same values."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.clinic import Clinic
from tests.infusion_day import play_day
from tests.journal_writer import (
    DATA_KEY,
    PARTICIPANT,
    STUDY,
    STUDY_VERSION,
    Writer,
    integer,
    signature_of,
)

from msclinic.domain.values import from_json
from msclinic.record import Computation, Draft
from msclinic.services.context import form_context, form_numbers
from msclinic.services.entry import FormEntry
from msclinic.store import Store


def test_a_form_is_given_all_it_asks_for_as_if_everything_had_been_read(clinic: Clinic) -> None:
    participant = clinic.enrol(1)
    play_day(clinic, participant, "V1", until="ENDED", chair=1)
    nurse = clinic.session("NUR-04")
    with nurse.store.read() as reader:
        for visit in ("SCR", "V1", "V2"):
            whole = form_context(nurse, reader, participant, visit)
            for form in nurse.study.forms.values():
                names = form.context_names
                own = form_context(nurse, reader, participant, visit, names=names)
                assert {name: own[name] for name in names & own.keys()} == {
                    name: whole[name] for name in names & whole.keys()
                }, (visit, form.oid)


def test_a_form_names_what_its_rules_and_messages_ask_for(clinic: Clinic) -> None:
    forms = clinic.session("NUR-04").study.forms
    assert forms["consent"].context_names == {"TODAY", "CONSENT_BEFORE"}
    assert forms["vital_signs"].context_names == {"INFUSION_VISIT", "NOW", "PREVIOUS_WEIGHT"}


def test_an_event_has_its_number_on_record_from_its_first_answer_on(clinic: Clinic) -> None:
    participant, nurse = clinic.enrol(1), clinic.session("NUR-04")
    # Both are looked at before either is begun.
    entries = [
        FormEntry(nurse, participant, "LOG", "adverse_event", form_key=key * 16) for key in "ba"
    ]
    for entry in entries:
        assert entry.answer(entry.ref("AETERM"), "Headache").accepted
    assert [entry.value("AESPID") for entry in entries] == [1, 2]
    with nurse.store.read() as reader:
        stored = [from_json(head.value or {}) for head in reader.heads(participant, item="AESPID")]
        assert form_numbers(reader, participant, "adverse_event") == {
            one.prefix: number for number, one in enumerate(entries, start=1)
        }
    # In order of path, whose second was begun first.
    assert stored == [2, 1]


# Two devices: the same entries in whatever order they come

A, B, C = (f"LOG/1/adverse_event/{letter * 16}" for letter in "abc")


class Device:
    """A device that opens events at minutes of one morning."""

    def __init__(self, number: int) -> None:
        self.writer = Writer(number)
        self._start = self.writer._clock

    def at(self, minute: int, *drafts: Draft) -> "Device":
        self.writer._clock = self._start + timedelta(minutes=minute)
        self.writer.act(*drafts)
        return self

    def opens(self, minute: int, event: str, number: int | None) -> "Device":
        state = Draft("form_opened", PARTICIPANT, event, {"type": "code", "value": "in_progress"})
        claim = Draft(
            "computed",
            PARTICIPANT,
            f"{event}/number/1/AESPID",
            integer(number or 0),
            computed=Computation("adverse_event.AESPID", "0" * 16, ()),
        )
        return self.at(minute, *([state] if number is None else [state, claim]))

    def signs(self, minute: int, event: str) -> "Device":
        path = f"{event}/number/1/AESPID"
        entry = next(one.hash for one in self.writer.entries if one.entry.path == path)
        return self.at(minute, signature_of({path: [entry]}, event))


@pytest.fixture
def numbers(tmp_path: Path) -> Iterator[Callable[..., dict[str, int]]]:
    """What each of two devices says once it has everything of both; they must agree."""
    opened: list[Store] = []

    def both(one: Device, other: Device) -> dict[str, int]:
        said = []
        for order in ((one, other), (other, one)):
            store = Store.create(tmp_path / f"{len(opened)}.db", DATA_KEY)
            opened.append(store)
            with store.write() as uow:
                uow.put_study(STUDY_VERSION, STUDY)
                for device in order:
                    for act in device.writer.acts:
                        uow.append(act)
            with store.read() as reader:
                said.append(form_numbers(reader, PARTICIPANT, "adverse_event"))
        assert said[0] == said[1]
        return said[0]

    yield both
    for store in opened:
        store.close()


def test_events_without_a_number_on_record_are_counted_by_their_time(numbers) -> None:
    here = Device(1).opens(10, C, None).opens(30, A, None)
    assert numbers(here, Device(2).opens(20, B, None)) == {C: 1, B: 2, A: 3}


def test_an_older_event_of_another_device_renames_none_that_has_its_number(numbers) -> None:
    here = Device(1).opens(10, A, 1).opens(11, B, 2)
    assert numbers(here, Device(2).opens(5, C, None)) == {A: 1, B: 2, C: 3}


def test_of_two_events_with_one_number_the_one_numbered_first_keeps_it(numbers) -> None:
    here = Device(1).opens(10, A, 1).opens(11, B, 2)
    assert numbers(here, Device(2).opens(5, C, 1)) == {C: 1, B: 2, A: 3}


def test_a_signed_number_stands_before_an_older_one_that_nobody_signed(numbers) -> None:
    here = Device(1).opens(10, A, 1).signs(20, A)
    there = Device(2).opens(5, C, 1)
    assert numbers(here, there) == {A: 1, C: 2}


def test_of_two_signed_numbers_the_one_signed_first_stands(numbers) -> None:
    here = Device(1).opens(10, A, 1).signs(20, A)
    there = Device(2).opens(5, C, 1).signs(40, C)
    assert numbers(here, there) == {A: 1, C: 2}
