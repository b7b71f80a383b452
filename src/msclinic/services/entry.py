"""Filling in a form: every answer passes the form's rules and is in the record before it is shown.

There is no save: ``answer`` returns after the commit. A change without a reason, a late entry and
a soft finding stay open until a person gives the reason; nothing is refused but the impossible.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from attrs import frozen

from msclinic.domain.errors import UserError
from msclinic.domain.values import Answer, Finding, to_json
from msclinic.forms.session import Ref
from msclinic.record import Computation
from msclinic.services.context import NUMBERED, next_number
from msclinic.services.entry_findings import CHANGED, LATE, OVERRIDE, asking_check
from msclinic.services.entry_guards import (
    demand_completable,
    demand_past,
    demand_rater,
    demand_reaction_pause,
    demand_sampling,
    demand_start_by_run,
    demand_unchanged,
    fits_role,
    not_yours,
)
from msclinic.services.entry_record import ItemState, OpenForm
from msclinic.services.gateway import Act, random_key, recording
from msclinic.services.lock_guard import lock_over, locked
from msclinic.services.query_rules import write_program_queries
from msclinic.store import Reader

__all__ = ["CHANGED", "LATE", "FormEntry", "ItemState", "Stored"]


@frozen
class Stored:
    """What became of one answer.

    Attributes:
        accepted: Whether it is in the record; only the impossible is not.
        findings: What the rules say of this item now.
        at: When the commit returned.
        changed: Other items whose state moved with it.
    """

    accepted: bool
    findings: tuple[Finding, ...]
    at: datetime
    changed: frozenset[Ref]


class FormEntry(OpenForm):
    """One open form of one participant, to be filled in."""

    def answer(
        self,
        ref: Ref,
        answer: Answer,
        *,
        event_time: datetime | None = None,
        reason: Mapping[str, str] | None = None,
        source: str | None = None,
        prompted_by: str | None = None,
    ) -> Stored:
        """Store an answer, or say why it cannot be true.

        Args:
            ref: Group, repeat key and item.
            answer: The new answer; a ``Missing`` where there is none.
            event_time: When it happened, if that is not now.
            reason: Why it is changed or late: ``{"code": "1", "text": ""}``.
            source: direct, transcribed, imported or participant; the form's own if left out.
            prompted_by: The finding or query that asked for the change; if left out, a query about
                the item that is not closed, or the check that doubted the answer (R-AUD-13).

        Raises:
            Refused: Not this person's item.
            KnownFault: The record could not be written.
        """
        item = self.form.item(ref[2])
        self._demand_unlocked()
        if item.computed or not self.may_answer(item):
            raise not_yours()
        self._demand_allowed()
        self._demand_by_run([(ref, answer)])
        demand_past(self.session, event_time)
        reason = reason if reason and any(text.strip() for text in reason.values()) else None
        self._tick()
        path = self.path(ref)
        before = self._engine.value(ref)
        disputed = len(self._heads.get(path, [])) > 1
        if before == answer and reason is None and event_time is None and not disputed:
            self._demand_seen([ref])
            return Stored(True, tuple(self._open_findings(ref)), self.session.now(), frozenset())
        doubted = asking_check(self._open_findings(ref)) if before is not None else None
        outcome = self._give(ref, answer)
        if not outcome.accepted:
            self._demand_seen([ref])
            return Stored(False, outcome.findings, self.session.now(), frozenset())
        with recording(self.session) as act:
            self._demand_seen([ref], act)
            self._open_form(act)
            act.set(
                "answered",
                path,
                to_json(answer, item.unit),
                participant=self.participant,
                event_time=event_time,
                reason=reason,
                source=source or self.source,
                prompted_by=prompted_by or self._queried.get(path) or doubted,
            )
        self._take_in(act)
        return Stored(
            True, tuple(self._open_findings(ref)), self.session.now(), frozenset(outcome.changed)
        )

    def answer_together(
        self,
        answers: Sequence[tuple[Ref, Answer]],
        *,
        adding: str | None = None,
        event_time: datetime | None = None,
        starting: bool = False,
        demand: Callable[[Reader], None] | None = None,
    ) -> Stored:
        """Store several answers as one act, all or none, in a new repeat if one is asked for.

        Args:
            answers: References and answers; with ``adding`` the key of the new repeat is taken
                for every reference of that group.
            adding: A repeating group that gets one more repeat for them.
            event_time: When it happened, if that is not now.
            starting: The run itself records its start or its end: only then the start, and the
                end of a pause for a reaction, may be among them.
            demand: Refuses the act; asked in the unit of work that writes, before anything is.

        Returns:
            What became of them; if one is impossible, nothing was stored.

        Raises:
            Refused: One of them is not this person's item.
        """
        key = random_key() if adding is not None else ""
        placed = [((r[0], key, r[2]) if r[0] == adding else r, answer) for r, answer in answers]
        self._demand_unlocked()
        if not all(self.may_answer(self.form.item(ref[2])) for ref, _ in placed):
            raise not_yours()
        self._demand_allowed()
        if not starting:
            self._demand_by_run(placed)
        demand_past(self.session, event_time)
        self._tick()
        self._demand_seen([ref for ref, _ in placed])
        if adding is not None:
            self._add_keys(adding, key)
        changed: set[Ref] = set()
        for ref, answer in placed:
            outcome = self._give(ref, answer)
            if not outcome.accepted:
                self.reload()
                return Stored(False, outcome.findings, self.session.now(), frozenset())
            changed |= outcome.changed
        with recording(self.session) as act:
            if demand is not None:
                self._demand_now(demand, act)
            self._open_form(act)
            if adding is not None:
                act.set(
                    "repeat_added",
                    f"{self.prefix}/{adding}/{key}",
                    {"type": "code", "value": "present"},
                    participant=self.participant,
                )
            for ref, answer in placed:
                act.set(
                    "answered",
                    self.path(ref),
                    to_json(answer, self.form.item(ref[2]).unit),
                    participant=self.participant,
                    event_time=event_time,
                    source=self.source,
                    prompted_by=self._queried.get(self.path(ref)),
                )
        if adding is not None:
            self._repeats.setdefault(adding, []).append(key)
        self._take_in(act)
        found = [finding for ref, _ in placed for finding in self._open_findings(ref)]
        return Stored(True, tuple(found), self.session.now(), frozenset(changed))

    def keep(self, refs: list[Ref], code: str, choice: str, text: str = "") -> None:
        """Keep findings of one kind with one reason, for one item or for all that came late.

        Args:
            refs: The items.
            code: The finding's code, ``CHANGED`` or ``LATE``.
            choice: The digit chosen, ``1`` for mistyped.
            text: Words, where the choice asks for them.

        Raises:
            Refused: Not this person's form.
            UserError: No reason was given, or what is kept cannot be true.
        """
        self._require_entry()
        if not (choice.strip() or text.strip()) or code == OVERRIDE:
            raise UserError(
                "reason_missing",
                what="The finding was not settled.",
                why="A reason is one of the choices, or words.",
                what_to_do="Press the digit of a reason beside the field.",
            )
        if any(
            found.severity == "impossible" and found.code == code
            for ref in refs
            for found in self._open_findings(ref)
        ):
            raise UserError(
                "never_kept",
                what="The finding was not settled.",
                why="What cannot be true is not kept with a reason.",
                what_to_do="Correct the answer.",
            )
        if any(not self.heads(ref) and self.form.item(ref[2]).computed for ref in refs):
            self.store_computed()  # a reason needs an entry to stand for
        with recording(self.session) as act:
            for ref in refs:
                path = self.path(ref)
                current = self._heads.get(path)
                if not current:
                    continue
                act.set(
                    "finding_kept",
                    f"{path}/check/{code}",
                    {"type": "kept", "entry": current[0].entry, "choice": choice},
                    participant=self.participant,
                    reason={"code": choice, "text": text},
                )
        self._take_in(act)

    def override(self, ref: Ref, text: str) -> None:
        """A physician lets a failed item pass for the gate, with a reason in words.

        Raises:
            Refused: Not a physician, or a form that only a rater fills in.
            UserError: No reason, or no answer to override.
        """
        self.session.require("override")
        self._demand_unlocked()
        if not fits_role(self.session, self.form):
            raise not_yours()
        path = self.path(ref)
        current = self._heads.get(path)
        if not text.strip() or not current:
            raise UserError(
                "override_reason",
                what="The item was not overridden.",
                why="An override needs an answer and a reason in words.",
                what_to_do="Type why this participant may be dosed all the same.",
            )
        never = (f.parameters.get("overridable") == "false" for f in self._open_findings(ref))
        if any(never):
            raise UserError(
                "never_overridable",
                what="The item was not overridden.",
                why="The study lets nobody override this one.",
                what_to_do="Do not start. Defer or cancel the infusion.",
            )
        with recording(self.session) as act:
            act.set(
                "overridden",
                f"{path}/override",
                {"type": "kept", "entry": current[0].entry, "choice": "override"},
                participant=self.participant,
                reason={"code": "0", "text": text.strip()},
            )
        self._take_in(act)

    def add_repeat(self, group: str) -> str:
        """Add a repeat of a group, such as one more reading; gives its key."""
        self._require_entry()
        key = random_key()
        path = f"{self.prefix}/{group}/{key}"
        with recording(self.session) as act:
            self._open_form(act)
            act.set(
                "repeat_added",
                path,
                {"type": "code", "value": "present"},
                participant=self.participant,
            )
        self._take_in(act)
        self._repeats.setdefault(group, []).append(key)
        self._add_keys(group, key)
        return key

    def complete(self, *, signing: bool = False) -> None:
        """Declare the form filled in; computed values enter the record now.

        Args:
            signing: The exam's rater signs it now; only then an exam is completed.

        Raises:
            Refused: Not this person's form, or an exam that is not being signed.
            UserError: Something is still open.
        """
        self._require_entry()
        demand_completable(self.form, signing=signing)
        hindered = [f for f in self.open_findings() if f.severity in ("soft", "impossible")]
        if self.open_items() or hindered:
            raise UserError(
                "form_open",
                what="The form is not complete yet.",
                why="{items} answers and {reasons} reasons are missing.",
                what_to_do="Answer them, or say why they were not done.",
                parameters={"items": len(self.open_items()), "reasons": len(hindered)},
            )
        amended = self.status in ("completed", "amended")
        with recording(self.session) as act:
            self._write_computed(act)
            act.set(
                "form_completed",
                self.prefix,
                {"type": "code", "value": "amended" if amended else "completed"},
                participant=self.participant,
            )
            write_program_queries(act, self)
        self.reload()

    def store_computed(self) -> None:
        """Write the computed values as they are now; at a gate or a signature.

        Raises:
            Refused: Not this person's form.
        """
        self._require_entry()
        with recording(self.session) as act:
            self._write_computed(act)
        self.reload()

    def _demand_allowed(self) -> None:
        demand_rater(self.session, self.participant, self.prefix, self.form)
        if self.prefix not in self._heads:
            demand_sampling(self.session, self.participant, self.prefix, self.form)

    def _demand_by_run(self, answers: Sequence[tuple[Ref, Answer]]) -> None:
        demand_start_by_run(self.form, {ref: self.path(ref) for ref, _ in answers}, self._heads)
        demand_reaction_pause(self.session, self.participant, self.prefix, self.form, answers)

    def _demand_now(self, demand: Callable[[Reader], None], act: Act) -> None:
        try:
            demand(act.uow)
        except UserError:
            self.reload()  # nothing of what was tried may stay in the form
            raise

    def _demand_seen(self, refs: Sequence[Ref], act: Act | None = None) -> None:
        """Go on only if these answers are still as they were read; within an act, as it begins."""
        paths = [self.path(ref) for ref in refs]
        if act is None:
            with self.session.store.read() as reader:
                there = {path: reader.at(self.participant, path) for path in paths}
        else:
            there = {path: act.current(path, self.participant) for path in paths}
        try:
            for path in paths:
                demand_unchanged(there[path], self._heads.get(path, ()))
        except UserError:
            self.reload()
            raise

    def _require_entry(self) -> None:
        self.session.require(f"enter:{self.form.oid}")
        self._demand_unlocked()
        if not self.may_enter:
            raise not_yours()
        self._demand_allowed()

    def _demand_unlocked(self, act: Act | None = None) -> None:
        """Go on only while nothing closes the form; within an act, as it begins."""
        if act is not None:
            self.lock = lock_over(act.uow, self.participant, self.prefix)
            if self.lock is not None:
                self.reload()  # nothing of what was tried may stay in the form
        if self.lock is not None:
            raise locked(self.lock[0])

    def _open_form(self, act: Act) -> None:
        self._demand_unlocked(act)
        if self.prefix not in self._heads:
            act.set(
                "form_opened",
                self.prefix,
                {"type": "code", "value": "in_progress"},
                participant=self.participant,
            )
            self._number(act)

    def _number(self, act: Act) -> None:
        """Give a form that others name by a number its own, which it then keeps."""
        item = NUMBERED.get(self.form.oid)
        items = [one for group in self.form.item_groups for one in group.items]
        if item is None or not any(one.oid == item and one.computed for one in items):
            return
        number = next_number(act.uow, self.participant, self.form.oid)
        if self._context.get("FORM_NUMBER") != number:
            # Another form was opened since this one was looked at.
            self._context = {**self._context, "FORM_NUMBER": number}
            self._forget(self._engine.refresh(self._context, self._looked_at).changed)
        self._set_computed(act, self.ref(item), number)

    def _write_computed(self, act: Act) -> None:
        for ref, answer in self._engine.computed().items():
            current = self._heads.get(self.path(ref), [])
            value = to_json(answer, self.form.item(ref[2]).unit)
            if not current or current[0].value != value or current[0].stale:
                self._set_computed(act, ref, answer)

    def _set_computed(self, act: Act, ref: Ref, answer: Answer) -> None:
        item = self.form.item(ref[2])
        inputs = [
            head.entry
            for source in self._engine.inputs(ref)
            for head in self._heads.get(self.path(source), [])
        ]
        act.set(
            "computed",
            self.path(ref),
            to_json(answer, item.unit),
            participant=self.participant,
            computed=Computation(
                rule=f"{self.form.oid}.{item.oid}",
                rule_version=self.session.study.version[:16],
                inputs=tuple(sorted(set(inputs))),
            ),
        )
