"""A query is answered by the site and closed by the side that asked; nothing open is lost."""

from itertools import permutations, product
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from tests.journal_writer import PARTICIPANT, Writer

from msclinic.domain.queries import (
    ANSWERED,
    CLOSED,
    OPEN,
    PROGRAM,
    SAID,
    STATUSES,
    Speaker,
    may_say,
    names_person,
    query_status,
)
from msclinic.record import Computation, Draft, StoredEntry, fold
from msclinic.record.entry import Payload

SIDES = ("site", "sponsor", PROGRAM)
ACTIONS = {"ask": "query_raised", "answer": "query_answered", "close": "query_closed"}
BY_ACTION = {action: SAID[kind] for kind, action in ACTIONS.items()}
PATH = "query/" + "a" * 32


def speakers() -> list[Speaker]:
    return [
        Speaker(side, asks, answers)
        for side, asks, answers in product(("site", "sponsor"), (True, False), (True, False))
    ]


@pytest.mark.requirement("R-DAT-3")
def test_whoever_may_neither_ask_nor_answer_says_nothing() -> None:
    for status, side in product(STATUSES, SIDES):
        assert may_say(status, side, Speaker("sponsor", asks=False, answers=False)) == frozenset()


def test_only_the_side_that_raised_it_closes_a_query_and_both_close_the_programs() -> None:
    for status, side, who in product(STATUSES, SIDES, speakers()):
        closes = "close" in may_say(status, side, who)
        assert closes == (status != CLOSED and who.asks and side in (who.side, PROGRAM))


def test_a_closed_query_is_opened_by_asking_again_and_never_by_an_answer() -> None:
    for side, who in product(SIDES, speakers()):
        assert may_say(CLOSED, side, who) <= {"ask"}


def test_of_messages_that_did_not_know_of_each_other_the_one_that_needs_most_counts() -> None:
    assert query_status([CLOSED, ANSWERED]) == ANSWERED
    assert query_status([ANSWERED, OPEN, CLOSED]) == OPEN
    for heads in product(STATUSES, repeat=3):
        assert len({query_status(order) for order in permutations(heads)}) == 1


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Is this Jan Kowalski?", "Jan Kowalski"),
        ("Zob. Łucja Żak-Nowak", "Łucja Żak-Nowak"),
        ("call 601 234 567", "601 234 567"),
        ("PESEL 85010112345", "85010112345"),
        ("Weight 39.0 kg is low. Please confirm.", ""),
        ("On 2026-11-23 at 10:30 it was 118 / 76, participant PL01-007", ""),
    ],
)
def test_a_name_or_a_number_of_a_person_is_noticed(text: str, found: str) -> None:
    assert names_person(text) == found


class TwoDevices(RuleBasedStateMachine):
    """Two devices talk about one query, each knowing what has come to it, and exchange at times."""

    def __init__(self) -> None:
        super().__init__()
        self.writers = (Writer(1), Writer(2))
        self.there: tuple[dict[str, StoredEntry], dict[str, StoredEntry]] = ({}, {})
        self.words: tuple[dict[tuple[str, str], Payload], ...] = ({}, {})

    def _heads(self, device: int) -> dict[str, str]:
        tables = fold(self.there[device].values(), self.words[device].values())
        rows = [row for row in tables.heads if row.path == PATH]
        every = self.there[device]
        return {row.entry: BY_ACTION[every[row.entry].entry.action] for row in rows}

    def _known(self, device: int) -> tuple[str, ...]:
        tables = fold(self.there[device].values(), self.words[device].values())
        rows = [row for row in tables.heads if row.path == PATH]
        return tuple(sorted(one for row in rows for one in (row.entry, *row.twins)))

    def _write(self, device: int, kind: str, **more: Any) -> None:
        value = {"type": "query", "value": SAID[kind], "scope": "V1/1/x/1", "side": PROGRAM}
        draft = Draft(
            ACTIONS[kind], PARTICIPANT, PATH, value, supersedes=self._known(device), **more
        )
        act = self.writers[device].act(draft)
        for entry in act.entries:
            self.there[device][entry.hash] = entry
        for one in act.payloads:
            self.words[device][one.entry, one.part] = one

    @initialize()
    def both_devices_raise_it(self) -> None:
        computed = Computation("x.ITEM.RULE", "1", ())
        for device in (0, 1):
            self._write(device, "ask", computed=computed)

    @rule(device=st.integers(0, 1), kind=st.sampled_from(sorted(SAID)))
    def says(self, device: int, kind: str) -> None:
        status = query_status(self._heads(device).values())
        who = Speaker("site", asks=True, answers=True)
        if kind in may_say(status, PROGRAM, who):
            self._write(device, kind)
            assert query_status(self._heads(device).values()) == SAID[kind]

    @rule(source=st.integers(0, 1))
    def sends(self, source: int) -> None:
        target = 1 - source
        before = {**self._heads(0), **self._heads(1)}
        self.there[target].update(self.there[source])
        self.words[target].update(self.words[source])
        after = self._heads(target)
        assert query_status(after.values()) in before.values()

    @invariant()
    def what_one_device_asks_is_never_closed_by_the_union(self) -> None:
        if not self.there[0]:
            return
        every = {**self.there[0], **self.there[1]}
        words = {**self.words[0], **self.words[1]}
        tables = fold(every.values(), words.values())
        heads = {row.entry for row in tables.heads if row.path == PATH}
        kinds = {BY_ACTION[every[one].entry.action] for one in heads}
        for device in (0, 1):
            for one, status in self._heads(device).items():
                if one in heads and status == OPEN:
                    assert query_status(kinds) == OPEN

    @invariant()
    def two_devices_that_raised_it_have_one_query(self) -> None:
        if not self.there[0]:
            return
        every = {**self.there[0], **self.there[1]}
        words = {**self.words[0], **self.words[1]}
        rows = [row for row in fold(every.values(), words.values()).heads if row.path == PATH]
        raised = [row for row in rows if every[row.entry].entry.computed is not None]
        assert len(raised) <= 1


TestTwoDevices = pytest.mark.requirement("R-DAT-2", "R-DAT-5")(TwoDevices.TestCase)
TwoDevices.TestCase.settings = settings(max_examples=40, stateful_step_count=12, deadline=None)
