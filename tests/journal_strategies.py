"""Random journals for property tests: two streams that know of each other only in part."""

import random
from collections.abc import Sequence

from attrs import frozen
from hypothesis import strategies as st
from tests.journal_writer import ITEM, OTHER, PARTICIPANT, Writer, answer, integer, signature_of

from msclinic.record import (
    WHOLE,
    Computation,
    Draft,
    Here,
    SealedAct,
    Tables,
    conflicts,
    fold,
    known_heads,
)

PATHS = (ITEM + "SYSBP", ITEM + "DIABP", "V1/1/vital_signs/1/reading/9f00000000000002/SYSBP")
MEAN = ITEM + "MAP"
FORM = "V1/1/vital_signs/1"
SCOPES = {"sign": "", "scope": FORM, "visit": "V1/1", "whole": WHOLE}
TWICE = "V1/1/summary/1/derived/1/TWICE"


@frozen
class Step:
    """One act of a random journal.

    Attributes:
        writer: Which stream writes it, 0 or 1.
        kind: What it does.
        path: Number of the path it is about.
        number: The value.
        learns: Whether the writer first takes in all that the other wrote.
    """

    writer: int
    kind: str
    path: int
    number: int
    learns: bool


KINDS = (
    "answer",
    "blind",
    "compute",
    "chain",
    "keep",
    "form",
    "sign",
    "scope",
    "visit",
    "whole",
    "repeat",
    "act",
    "event",
    "other",
)
steps = st.builds(
    Step,
    writer=st.integers(0, 1),
    kind=st.sampled_from(KINDS),
    path=st.integers(0, len(PATHS) - 1),
    number=st.integers(0, 300),
    learns=st.booleans(),
)
journals = st.lists(steps, min_size=1, max_size=14)


def acts_of(plan: Sequence[Step]) -> list[SealedAct]:
    """The acts of a plan, in an order in which one device could have taken them in."""
    writers = (Writer(1), Writer(2))
    known: list[list[SealedAct]] = [[], []]
    written: list[SealedAct] = []
    for number, step in enumerate(plan):
        if step.learns:
            known[step.writer] = list(written)
        act = _write(writers[step.writer], step, number, _fold(known[step.writer]))
        known[step.writer].append(act)
        written.append(act)
    return written


def _fold(acts: Sequence[SealedAct]) -> Tables:
    return fold(
        [one for act in acts for one in act.entries],
        [one for act in acts for one in act.payloads],
    )


def _write(writer: Writer, step: Step, number: int, tables: Tables) -> SealedAct:
    def rows(path: str, participant: str = PARTICIPANT) -> list[str]:
        mine = [r for r in tables.heads if r.path == path and r.participant == participant]
        return list(known_heads(mine))

    def inputs(*paths: str) -> tuple[str, ...]:
        return tuple(
            row.entry
            for row in tables.heads
            if row.path in paths and row.participant == PARTICIPANT
        )

    def computed(path: str, *sources: str) -> Draft:
        return Draft(
            "computed",
            PARTICIPANT,
            path,
            integer(len(inputs(*sources))),
            supersedes=tuple(rows(path)),
            computed=Computation("count", "1", inputs(*sources)),
        )

    path = PATHS[step.path]
    drafts: tuple[Draft, ...]
    if step.kind == "answer":
        drafts = (answer(path, step.number, *rows(path)),)
    elif step.kind == "blind":
        drafts = (answer(path, step.number),)
    elif step.kind == "other":
        drafts = (answer(path, step.number, *rows(path, OTHER), participant=OTHER),)
    elif step.kind == "compute":
        drafts = (computed(MEAN, *PATHS[:2]),)
    elif step.kind == "chain":
        drafts = (computed(TWICE, MEAN, PATHS[2]),)
    elif step.kind == "keep":
        kept = {"type": "kept", "entry": (inputs(path) or (Here(1),))[0], "choice": "1"}
        place = f"{path}/check/UNUSUAL"
        drafts = (
            answer(path, step.number, *rows(path)),
            Draft("finding_kept", PARTICIPANT, place, kept, supersedes=tuple(rows(place))),
        )
    elif step.kind == "form":
        status = {"type": "code", "value": "completed" if step.number % 2 else "in_progress"}
        drafts = (Draft("form_completed", PARTICIPANT, FORM, status, supersedes=tuple(rows(FORM))),)
    elif step.kind == "repeat":
        there = {"type": "code", "value": "present" if step.number % 2 else "removed"}
        place = f"{FORM}/reading/9f00000000000002"
        drafts = (Draft("repeat_added", PARTICIPANT, place, there, supersedes=tuple(rows(place))),)
    elif step.kind in SCOPES:
        scope = SCOPES[step.kind]
        listed: dict[str, list[str]] = {}
        for row in tables.heads:
            beneath = scope == WHOLE or row.path.startswith(scope or path)
            if row.participant == PARTICIPANT and beneath and row.path.count("/") >= 5:
                listed.setdefault(row.path, []).append(row.entry)
        without = {"without": ["summary"]} if step.kind == "visit" else {}
        drafts = (signature_of(listed, scope, number=number, value=without),)
    elif step.kind == "act":
        drafts = (
            answer(path, step.number, *rows(path)),
            answer(PATHS[0] + "_2", step.number),
            Draft(
                "computed",
                PARTICIPANT,
                TWICE,
                integer(2),
                supersedes=tuple(rows(TWICE)),
                computed=Computation("pair", "1", (Here(1), Here(2))),
            ),
        )
    else:
        drafts = (Draft("signed_in"),)
    return writer.act(*drafts)


def shuffled(acts: Sequence[SealedAct], seed: int) -> list[SealedAct]:
    """The acts in another order that keeps each stream in its own."""
    chooser = random.Random(seed)
    queues: dict[str, list[SealedAct]] = {}
    for act in acts:
        queues.setdefault(act.entries[0].entry.stream, []).append(act)
    order = []
    while queues:
        stream = chooser.choice(sorted(queues))
        order.append(queues[stream].pop(0))
        if not queues[stream]:
            del queues[stream]
    return order


__all__ = ["acts_of", "conflicts", "journals", "shuffled"]
