"""Whatever happens to a record, a signature stands exactly while all beneath it is as signed."""

import random
from collections.abc import Iterable

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from tests.journal_writer import PARTICIPANT, Writer, answer, signature_of

from msclinic.record import WHOLE, Draft, SealedAct, fold

FORM = "V1/1/vital_signs/1"
REPEATS = ("9f00000000000001", "9f00000000000002")
ITEMS = (
    f"{FORM}/general/1/VSPOS",
    f"{FORM}/reading/{REPEATS[0]}/SYSBP",
    f"{FORM}/reading/{REPEATS[1]}/SYSBP",
    "V1/1/safety_review/1/review/1/SRYN",
    "LOG/1/adverse_event/9f00000000000003/event/1/AETERM",
    "V1/1/restricted_results/1/result/1/VESCOUNT",
)
SCOPES = (FORM, "V1/1", WHOLE)
WITHOUT = "restricted_results"
BESIDE = ("query/9f00000000000004", "locked/V1/1", "checked/V1/1/vital_signs/1/general/1/VSPOS")


class Signatures(RuleBasedStateMachine):
    """Two devices write; what stands is worked out again from what each act replaced.

    A path's heads are kept as a plain set: whatever an act knew of is taken out, the act is put
    in. A signature remembers the heads of everything beneath it; nothing else decides.
    """

    def __init__(self) -> None:
        super().__init__()
        self.writers = (Writer(1), Writer(2))
        self.acts: list[SealedAct] = []
        self.heads: dict[str, frozenset[str]] = {}
        self.signed: dict[str, tuple[str, dict[str, frozenset[str]]]] = {}

    @initialize()
    def begin(self) -> None:
        for path in ITEMS[:2]:
            self.write(0, answer(path, 1))

    def write(self, device: int, draft: Draft) -> str:
        act = self.writers[device].act(draft)
        self.acts.append(act)
        one = act.entries[0].hash
        before = self.heads.get(draft.path or "", frozenset())
        self.heads[draft.path or ""] = before - set(draft.supersedes) | {one}
        return one

    def known(self, path: str) -> tuple[str, ...]:
        return tuple(sorted(self.heads.get(path, ())))

    def beneath(self, scope: str) -> dict[str, frozenset[str]]:
        return {path: heads for path, heads in self.heads.items() if _covers(scope, path)}

    @rule(device=st.integers(0, 1), path=st.sampled_from(ITEMS), number=st.integers(0, 300))
    def change(self, device: int, path: str, number: int) -> None:
        self.write(device, answer(path, number, *self.known(path)))

    @rule(device=st.integers(0, 1), path=st.sampled_from(ITEMS), number=st.integers(0, 300))
    def change_unseen(self, device: int, path: str, number: int) -> None:
        """The other device has not heard of what stands there: both answers stand."""
        self.write(device, answer(path, number))

    @rule(path=st.sampled_from(ITEMS), kind=st.sampled_from(("check/UNUSUAL", "override")))
    def give_reason(self, path: str, kind: str) -> None:
        for head in self.known(path)[:1]:
            place, value = f"{path}/{kind}", {"type": "kept", "entry": head, "choice": "1"}
            action = "overridden" if kind == "override" else "finding_kept"
            self.write(0, Draft(action, PARTICIPANT, place, value, supersedes=self.known(place)))

    @rule(key=st.sampled_from(REPEATS), there=st.booleans())
    def change_repeat(self, key: str, there: bool) -> None:
        place = f"{FORM}/reading/{key}"
        value = {"type": "code", "value": "present" if there else "removed"}
        action = "repeat_added" if there else "repeat_removed"
        self.write(0, Draft(action, PARTICIPANT, place, value, supersedes=self.known(place)))

    @rule(status=st.sampled_from(("completed", "amended", "in_progress")))
    def change_status(self, status: str) -> None:
        """A form that is opened again says the same as before, until something in it changes."""
        value = {"type": "code", "value": status}
        action = "form_reopened" if status == "in_progress" else "form_completed"
        self.write(0, Draft(action, PARTICIPANT, FORM, value, supersedes=self.known(FORM)))

    @rule(path=st.sampled_from(BESIDE))
    def write_beside(self, path: str) -> None:
        """Queries, locks and marks are about the data; they are not the data."""
        value = {"type": "code", "value": "Y"}
        self.write(0, Draft("query_raised", PARTICIPANT, path, value, supersedes=self.known(path)))

    @rule(scope=st.sampled_from(SCOPES), device=st.integers(0, 1))
    def sign(self, scope: str, device: int) -> None:
        listed = self.beneath(scope)
        items = {path: sorted(heads) for path, heads in listed.items()}
        without = {} if scope == FORM else {"without": [WITHOUT]}
        number = len(self.acts) + 1
        draft = signature_of(items, scope, number=number, value=without)
        self.signed[self.write(device, draft)] = (scope, listed)

    @rule(scope=st.sampled_from(SCOPES))
    def sign_half(self, scope: str) -> None:
        """A list from which something was cut never stands."""
        listed = self.beneath(scope)
        items = sorted(path for path in listed if path.count("/") >= 6)[1:]
        draft = signature_of(
            {path: sorted(listed[path]) for path in items}, scope, number=len(self.acts) + 1
        )
        self.signed[self.write(0, draft)] = (scope, {"": frozenset({"cut"})})

    @invariant()
    def every_signature_says_what_is_true(self) -> None:
        tables = fold(*_parts(self.acts))
        assert {row.entry: row.status for row in tables.signatures} == {
            one: "valid" if self.stands(*signed) else "void" for one, signed in self.signed.items()
        }

    @invariant()
    def the_order_of_arrival_does_not_matter(self) -> None:
        if self.signed:
            mixed = list(self.acts)
            random.Random(len(mixed)).shuffle(mixed)
            assert fold(*_parts(mixed)) == fold(*_parts(self.acts))

    def stands(self, scope: str, listed: dict[str, frozenset[str]]) -> bool:
        now = self.beneath(scope)
        # An empty repeat says nothing; one that was signed says that it is there.
        repeats = {path for path in now if path.count("/") == 5} - listed.keys()
        return {path: heads for path, heads in now.items() if path not in repeats} == listed


def _covers(scope: str, path: str) -> bool:
    parts = path.split("/")
    if len(parts) < 6 or parts[0].islower():
        return False
    if scope != FORM and parts[2] == WITHOUT:
        return False
    return scope == WHOLE or path.startswith(f"{scope}/")


def _parts(acts: Iterable[SealedAct]) -> tuple[list, list]:
    each = list(acts)
    return [one for act in each for one in act.entries], [
        one for act in each for one in act.payloads
    ]


TestSignatures = Signatures.TestCase
TestSignatures.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
