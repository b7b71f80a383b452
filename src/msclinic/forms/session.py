"""One form being filled in: what is shown, required, computed and wrong after every answer.

It knows no screen and no store. Its state depends only on the answers, repeats and context it
holds, never on the order in which they came. Nothing is deleted because it became not relevant.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from heapq import heappop, heappush
from typing import Any

from attrs import frozen

from msclinic.domain.values import Answer, Finding, Missing
from msclinic.forms import expressions
from msclinic.forms.definitions import SINGLE_KEY, FormDefinition, ItemDefinition
from msclinic.forms.expressions import Expression, Lookup
from msclinic.forms.findings import (
    Refusal,
    answer_fault,
    check_finding,
    display,
    fault_finding,
    refusal,
)
from msclinic.forms.graph import dependencies

__all__ = ["EntrySession", "Outcome", "Ref"]

Ref = tuple[str, str, str]
"""Group OID, group key, item OID."""

_Refs = set[Ref]


@frozen
class Outcome:
    """What an answer led to.

    Attributes:
        accepted: False where it was impossible; then nothing changed.
        findings: Where refused, why; otherwise the findings of everything that changed.
        changed: Items whose value, relevance, requirement or findings are now different.
    """

    accepted: bool
    findings: tuple[Finding, ...]
    changed: frozenset[Ref]


@frozen
class _State:
    relevant: bool = False
    value: Answer | None = None
    faults: tuple[Finding, ...] = ()


@frozen
class _Verdict:
    required: bool = False
    findings: tuple[Finding, ...] = ()


_NOTHING = _State()
_SILENT = _Verdict()


class EntrySession:
    """A form instance with its answers so far; ``form`` is its definition.

    Args:
        form: The definition.
        context: Facts from outside by name, without ``context_``; None or absent is unknown.
        answers: Stored answers by group, key and item.
        now: The time that ``context_NOW`` stands for.
        repeats: Keys of repeats in their order, also empty ones; keys of answers are added.
    """

    def __init__(
        self,
        form: FormDefinition,
        context: Mapping[str, Answer | bool | None],
        answers: Mapping[Ref, Answer],
        now: datetime,
        repeats: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self.form = form
        self._graph = dependencies(form)
        self._context: dict[str, Answer | bool | None] = {**context, "NOW": now}
        self._items: dict[str, ItemDefinition] = {}
        self._group_of: dict[str, str] = {}
        self._groups = {group.oid: group for group in form.item_groups}
        for group in form.item_groups:
            for item in group.items:
                self._items[item.oid] = item
                self._group_of[item.oid] = group.oid
        self._rank = {oid: place for place, oid in enumerate(form.order or self._items)}
        self._keys: dict[str, list[str]] = {}
        for group in form.item_groups:
            self._keys[group.oid] = [] if group.repeating else [SINGLE_KEY]
            if group.repeating and repeats:
                self._keys[group.oid].extend(repeats.get(group.oid, ()))
        self._answers: dict[Ref, Answer] = {}
        for ref, answer in answers.items():
            if self._group_of.get(ref[2]) != ref[0]:
                continue
            if ref[1] not in self._keys[ref[0]]:
                if not self._groups[ref[0]].repeating:
                    continue
                self._keys[ref[0]].append(ref[1])
            self._answers[ref] = answer
        self._states: dict[Ref, _State] = {}
        self._verdicts: dict[Ref, _Verdict] = {}
        self._settle(self._all_refs())

    # Reading

    def repeats(self, group: str) -> tuple[str, ...]:
        """Keys of a group in their order; ``("1",)`` where it does not repeat."""
        return tuple(self._keys[group])

    def refs(self) -> tuple[Ref, ...]:
        """Every item of every repeat in the order of the form."""
        return tuple(self._all_refs())

    def value(self, ref: Ref) -> Answer | None:
        """The answer kept, or the value computed; also while the item is not relevant."""
        if self._item(ref).computed:
            return self._states[ref].value if ref in self._states else None
        return self._answers.get(ref)

    def relevant(self, ref: Ref) -> bool:
        """Whether the item is asked now."""
        return self._states.get(ref, _NOTHING).relevant

    def required(self, ref: Ref) -> bool:
        """Whether a relevant item must be answered, by a value or a reason."""
        return self._verdicts.get(ref, _SILENT).required

    def findings(self, ref: Ref | None = None) -> tuple[Finding, ...]:
        """All findings in the order of the form, or those of one item."""
        refs: Iterable[Ref] = self._all_refs() if ref is None else (ref,)
        return tuple(f for one in refs for f in self._verdicts.get(one, _SILENT).findings)

    def open_items(self) -> tuple[Ref, ...]:
        """Relevant required items that nobody has answered."""
        return tuple(
            ref for ref in self._all_refs() if self.required(ref) and self.value(ref) is None
        )

    def computed(self) -> dict[Ref, Answer]:
        """Values of calculations that have one."""
        return {
            ref: value
            for ref in self._all_refs()
            if self._items[ref[2]].computed and (value := self._states[ref].value) is not None
        }

    def inputs(self, ref: Ref) -> tuple[Ref, ...]:
        """Answered items that a computed value was made from, directly."""
        calculation = self._item(ref).calculation
        found: list[Ref] = []
        for name in sorted(calculation.names) if calculation else ():
            if name in self._items:
                across = name in (calculation.repeats if calculation else ())
                found.extend(r for r in self._seen(name, ref, across) if self._effective(r))
        return tuple(found)

    # Changing

    def set(self, ref: Ref, answer: Answer | None) -> Outcome:
        """Give an answer, or take it back with None.

        An answer that makes anything impossible is refused and changes nothing.
        """
        path = "/".join(ref)
        if self._group_of.get(ref[2]) != ref[0] or ref[1] not in self._keys[ref[0]]:
            return Outcome(False, (refusal(path, "UNKNOWN_ITEM", {}),), frozenset())
        item = self._items[ref[2]]
        unfit: Refusal | None = ("READ_ONLY", {}) if item.computed else None
        if answer is not None:
            unfit = answer_fault(item, answer)
        if unfit is not None:
            return Outcome(False, (refusal(path, *unfit),), frozenset())
        before = self._answers.get(ref)
        if answer is None:
            self._answers.pop(ref, None)
        else:
            self._answers[ref] = answer
        undo: list[tuple[dict[Ref, Any], Ref, Any]] = []
        changed = self._settle([ref], undo)
        refused = self._newly_impossible(undo)
        if refused:
            for table, one, old in reversed(undo):
                table[one] = old
            if before is None:
                self._answers.pop(ref, None)
            else:
                self._answers[ref] = before
            return Outcome(False, refused, frozenset())
        if before != answer:
            changed.add(ref)
        return Outcome(True, self._findings_of(changed), frozenset(changed))

    def add_repeat(self, group: str, key: str) -> Outcome:
        """Add an empty repeat at the end of a repeating group; a known key changes nothing.

        Raises:
            ValueError: The group does not repeat.
        """
        if not self._groups[group].repeating:
            raise ValueError(f"the group {group} does not repeat")
        if key in self._keys[group]:
            return Outcome(True, (), frozenset())
        self._keys[group].append(key)
        added = [(group, key, item.oid) for item in self._groups[group].items]
        changed = self._settle(added) | set(added)
        return Outcome(True, self._findings_of(changed), frozenset(changed))

    def refresh(self, context: Mapping[str, Answer | bool | None], now: datetime) -> Outcome:
        """Look again with other facts from outside or at another time."""
        before, self._context = self._context, {**context, "NOW": now}
        moved = {
            name
            for name in before.keys() | self._context.keys()
            if _differ(before.get(name), self._context.get(name))
        }
        asking = {oid for name in moved for oid in self.form.asking.get(name, ())}
        changed = self._settle(ref for ref in self._all_refs() if ref[2] in asking)
        return Outcome(True, self._findings_of(changed), frozenset(changed))

    # Inside

    def _item(self, ref: Ref) -> ItemDefinition:
        return self._items[ref[2]]

    def _all_refs(self) -> list[Ref]:
        return [
            (group.oid, key, item.oid)
            for group in self.form.item_groups
            for key in self._keys[group.oid]
            for item in group.items
        ]

    def _findings_of(self, changed: _Refs) -> tuple[Finding, ...]:
        return tuple(
            f for ref in sorted(changed) for f in self._verdicts.get(ref, _SILENT).findings
        )

    def _seen(self, name: str, ref: Ref, across: bool) -> list[Ref]:
        """Places of an item that an expression evaluated at ``ref`` sees."""
        group = self._group_of[name]
        if not across and group == ref[0]:
            return [(group, ref[1], name)]
        return [(group, key, name) for key in self._keys[group]]

    def _effective(self, ref: Ref) -> Answer | None:
        return self._states.get(ref, _NOTHING).value

    def _lookup(self, ref: Ref) -> Lookup:
        def place(name: str) -> Ref:
            group = self._group_of[name]
            return (group, ref[1] if group == ref[0] else SINGLE_KEY, name)

        def one(name: str) -> Answer | bool | None:
            if name.startswith("context_"):
                return self._context.get(name[8:])
            return self._effective(place(name))

        def every(name: str) -> list[Answer | bool]:
            group = self._group_of[name]
            found = (self._effective((group, key, name)) for key in self._keys[group])
            return [value for value in found if value is not None]

        def reason(name: str) -> bool:
            value = self._context.get(name[8:]) if name.startswith("context_") else None
            if name in self._group_of:
                value = self._effective(place(name))
            return isinstance(value, Missing)

        return Lookup(one, every, reason)

    def _concerned(self, ref: Ref, graph: Mapping[str, tuple[str, ...]]) -> list[Ref]:
        found: list[Ref] = []
        for oid in graph.get(ref[2], ()):
            group = self._group_of[oid]
            if group == ref[0] and (ref[2], oid) not in self._graph.across:
                found.append((group, ref[1], oid))
            else:
                found.extend((group, key, oid) for key in self._keys[group])
        return found

    def _settle(
        self, start: Iterable[Ref], undo: list[tuple[dict[Ref, Any], Ref, Any]] | None = None
    ) -> _Refs:
        """Compute again from these items on, in the order of the graph."""
        log = [] if undo is None else undo
        queue: list[tuple[int, Ref]] = []
        waiting: _Refs = set()
        for ref in start:
            waiting.add(ref)
            heappush(queue, (self._rank[ref[2]], ref))
        judge = set(waiting)
        changed: _Refs = set()
        while queue:
            _, ref = heappop(queue)
            waiting.discard(ref)
            old = self._states.get(ref, _NOTHING)
            new = self._state(ref)
            if new == old and ref in self._states:
                continue
            log.append((self._states, ref, old))
            self._states[ref] = new
            judge.add(ref)
            changed.add(ref)
            judge.update(self._concerned(ref, self._graph.watchers))
            for follower in self._concerned(ref, self._graph.followers):
                if follower not in waiting:
                    waiting.add(follower)
                    heappush(queue, (self._rank[follower[2]], follower))
        for ref in judge:
            before = self._verdicts.get(ref, _SILENT)
            after = self._verdict(ref)
            if after != before or ref not in self._verdicts:
                log.append((self._verdicts, ref, before))
                self._verdicts[ref] = after
                changed.add(ref)
        return changed

    def _newly_impossible(
        self, undo: Iterable[tuple[dict[Ref, Any], Ref, Any]]
    ) -> tuple[Finding, ...]:
        found: list[Finding] = []
        for table, ref, old in undo:
            if table is not self._verdicts:
                continue
            known = {(f.code, f.parameters.get("rule")) for f in old.findings}
            found.extend(
                finding
                for finding in self._verdicts[ref].findings
                if finding.severity == "impossible"
                and (finding.code, finding.parameters.get("rule")) not in known
            )
        return tuple(found)

    def _state(self, ref: Ref) -> _State:
        item = self._items[ref[2]]
        lookup = self._lookup(ref)
        faults: list[Finding] = []
        for rule, expression in (
            ("group relevant", self._groups[ref[0]].relevant),
            ("relevant", item.relevant),
        ):
            if expression is None:
                continue
            outcome = expression.evaluate(lookup)
            if outcome.fault is not None:
                # A rule that fails must not hide an item.
                faults.append(self._fault(ref, rule, "soft", outcome.fault))
            elif outcome.value is not True:
                return _State(False, None, tuple(faults))
        if item.calculation is None:
            return _State(True, self._answers.get(ref), tuple(faults))
        outcome = item.calculation.evaluate(lookup)
        if outcome.fault is not None:
            faults.append(self._fault(ref, "calculation", "soft", outcome.fault))
        return _State(True, _stored(item, outcome), tuple(faults))

    def _verdict(self, ref: Ref) -> _Verdict:
        state = self._states.get(ref, _NOTHING)
        if not state.relevant:
            return _Verdict(False, state.faults)
        item = self._items[ref[2]]
        lookup = self._lookup(ref)
        found = list(state.faults)
        required = item.required is True
        if isinstance(item.required, Expression):
            outcome = item.required.evaluate(lookup)
            required = outcome.value is True or outcome.fault is not None
            if outcome.fault is not None:
                found.append(self._fault(ref, "required", "soft", outcome.fault))
        for check in item.checks:
            outcome = check.assertion.evaluate(lookup)
            if outcome.fault is not None:
                severity = check.kind if check.kind in ("impossible", "gate") else "soft"
                found.append(self._fault(ref, check.code, severity, outcome.fault, check.gate))
            elif outcome.value is False:
                found.append(check_finding("/".join(ref), check, self._shown(ref)))
        return _Verdict(required, tuple(found))

    def _fault(
        self, ref: Ref, rule: str, severity: str, fault: str, gate: str | None = None
    ) -> Finding:
        return fault_finding("/".join(ref), rule, severity, fault, gate)

    def _shown(self, ref: Ref) -> "_Shown":
        return _Shown(self._lookup(ref), self._items)


@frozen
class _Shown:
    lookup: Lookup
    items: Mapping[str, ItemDefinition]

    def __call__(self, name: str, language: str) -> str:
        item = self.items.get(name)
        return display(self.lookup.one(name), language, item.codelist if item else None)


def _stored(item: ItemDefinition, outcome: expressions.Outcome) -> Answer | None:
    """A computed value in the item's own type, rounded half up where it is a number."""
    value = outcome.value
    if isinstance(value, Decimal):
        places = item.decimals or 0
        rounded = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
        return int(rounded) if item.type == "integer" else rounded
    return None if isinstance(value, bool) else value


def _differ(one: Answer | bool | None, other: Answer | bool | None) -> bool:
    """Whether two facts are not the same; no is not zero."""
    return type(one) is not type(other) or one != other
