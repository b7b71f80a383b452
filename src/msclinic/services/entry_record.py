"""An open form as the record has it now, under the form's own rules.

It reads and decides nothing about rights beyond what the screen shows; ``entry`` writes.
"""

from collections.abc import Iterable
from datetime import datetime

from attrs import frozen

from msclinic.domain.values import Answer, Finding, from_json
from msclinic.forms.definitions import SINGLE_KEY, FormDefinition, ItemDefinition
from msclinic.forms.session import EntrySession, Outcome, Ref
from msclinic.services.context import OF_OWN_ANSWERS, ContextValue, form_context
from msclinic.services.entry_findings import (
    entry_findings,
    kept_codes,
    late_limit,
    settled,
)
from msclinic.services.entry_guards import demand_open, fits_role
from msclinic.services.gateway import Act
from msclinic.services.lab_results import reviewers_item
from msclinic.services.lock_guard import lock_over
from msclinic.services.query_record import open_query_marks
from msclinic.services.session import Session
from msclinic.services.unmasked_views import note_unmasked_view
from msclinic.store import Head, Reader

__all__ = ["ItemState", "OpenForm"]

_GROUP, _ITEM = 6, 7


@frozen
class ItemState:
    """One item as the screen shows it.

    Attributes:
        ref: Group, repeat key and item.
        path: Item path in the record.
        answer: The current answer, or none while blank.
        relevant: Whether it applies; an answer that does not is kept and left out.
        required: Whether the form needs it of this person.
        read_only: Whether this person may not answer it.
        findings: Open findings: rules, missing reasons, conflicts.
        kept: Codes of findings kept with a reason.
        stored_at: When the current answer was recorded.
        removed: Two persons have taken the answer out as personal data; it is to be given anew.
    """

    ref: Ref
    path: str
    answer: Answer | None
    relevant: bool
    required: bool
    read_only: bool
    findings: tuple[Finding, ...]
    kept: tuple[str, ...]
    stored_at: datetime | None
    removed: bool = False


class OpenForm:
    """One open form of one participant, as far as it is read.

    Attributes:
        session: Who has it open.
        participant: Whose form it is.
        visit: Visit code.
        visit_key: Key of a repeated visit.
        form: Its definition.
        prefix: Path of the form in the record.
        lock: What closes the form, ``study``, a visit or the form itself, and the entry that did;
            none while it is open.
        source: Where the answers that follow come from: direct, or transcribed from paper.
    """

    def __init__(
        self,
        session: Session,
        participant: str,
        visit: str,
        form: str,
        visit_key: str = SINGLE_KEY,
        form_key: str = SINGLE_KEY,
    ) -> None:
        """Open a form; nothing is stored by opening it.

        Raises:
            Refused: Not this person's to read, or not now.
            UserError: There is no such form.
        """
        self._owner = demand_open(session, participant, visit, visit_key, form, form_key)
        place = f"{visit}/{visit_key}/{form}/{form_key}"
        note_unmasked_view(session, participant, place, session.study.form(form))
        self.session = session
        self.participant = participant
        self.visit = visit
        self.visit_key = visit_key
        self.form: FormDefinition = session.study.form(form)
        self.prefix = f"{visit}/{visit_key}/{form}/{form_key}"
        self._heads: dict[str, list[Head]] = {}
        self._repeats: dict[str, list[str]] = {}
        self.reload()
        self.source = self._last_source()

    @property
    def may_enter(self) -> bool:
        """Whether this person may change the form now; a bedside check is its owner's."""
        return self.lock is None and self.enters

    @property
    def enters(self) -> bool:
        """Whether this person fills in the form, while it is not locked."""
        own = self._owner in (None, self.session.account)
        entered = self.session.may(f"enter:{self.form.oid}")
        return own and entered and fits_role(self.session, self.form)

    @property
    def status(self) -> str:
        """planned, in_progress, completed or amended."""
        for head in self._heads.get(self.prefix, []):
            return str((head.value or {}).get("value", "in_progress"))
        return "in_progress" if self._heads else "planned"

    def reload(self) -> None:
        """Read the form anew, as others may have changed it."""
        with self.session.store.read() as reader:
            heads = reader.heads(participant=self.participant, prefix=self.prefix)
            context = self._surroundings(reader)
            self.lock = lock_over(reader, self.participant, self.prefix)
            self._queried = open_query_marks(reader, self.participant, self.prefix)
        self._heads = {}
        for head in heads:
            self._heads.setdefault(head.path, []).append(head)
        self._kept = kept_codes(self._heads)
        # What an item shows is worked out once, until something that it shows has moved.
        self._states: dict[Ref, ItemState] = {}
        self._repeats = self._present_repeats()
        answers: dict[Ref, Answer] = {}
        for path, found in self._heads.items():
            ref = _ref(path)
            if ref is not None and found[0].value is not None:
                answers[ref] = from_json(found[0].value)
        self._context, self._looked_at = context, self.session.now()
        self._engine = EntrySession(
            self.form, context, answers, now=self._looked_at, repeats=self._repeats
        )

    def keys(self, group: str) -> tuple[str, ...]:
        """Repeat keys of an item group in the order they were added; ``1`` where it has one."""
        if not self.form.item_group(group).repeating:
            return (SINGLE_KEY,)
        return tuple(self._repeats.get(group, ()))

    def state(self, ref: Ref) -> ItemState:
        """One item as the screen shows it."""
        known = self._states.get(ref)
        if known is None:
            known = self._states[ref] = self._state(ref)
        return known

    def _state(self, ref: Ref) -> ItemState:
        item = self.form.item(ref[2])
        path = self.path(ref)
        heads = self._heads.get(path, [])
        return ItemState(
            ref=ref,
            path=path,
            answer=self._engine.value(ref),
            relevant=self._engine.relevant(ref),
            required=self._engine.required(ref) and not self._reviewers_alone(item),
            read_only=item.computed or not self.may_answer(item),
            findings=tuple(self._open_findings(ref)),
            kept=tuple(sorted(self._kept.get(path, ()))),
            stored_at=heads[0].recorded_at if heads else None,
            removed=bool(heads) and all(head.value is None for head in heads),
        )

    def heads(self, ref: Ref) -> tuple[Head, ...]:
        """The current entries of an item; two of them are a conflict, none is no answer."""
        return tuple(self._heads.get(self.path(ref), ()))

    def refs(self) -> list[Ref]:
        """Every item of the form, repeats included, in the form's order."""
        return [
            (group.oid, key, item.oid)
            for group in self.form.item_groups
            for key in self.keys(group.oid)
            for item in group.items
        ]

    def may_answer(self, item: ItemDefinition) -> bool:
        """Whether this person's role may answer the item."""
        return self.may_enter and (not item.who or self.session.role in item.who)

    def open_items(self) -> list[Ref]:
        """Required items that apply and are blank.

        A reviewer's judgement is open for the reviewers only: nobody else waits for it.
        """
        return [
            ref
            for ref in self._engine.open_items()
            if not self._reviewers_alone(self.form.item(ref[2]))
        ]

    def unjudged(self) -> list[Ref]:
        """Blank judgements that reviewers have still to give, whoever looks."""
        return [
            ref
            for ref in self._engine.open_items()
            if reviewers_item(self.session.study, self.form, self.form.item(ref[2]))
        ]

    def open_findings(self) -> list[Finding]:
        """Every finding nobody has answered with a change or a reason."""
        return [found for ref in self.refs() for found in self._open_findings(ref)]

    def rule_findings(self, ref: Ref) -> list[tuple[Finding, str | None]]:
        """What the form's rules say of an item, settled or not.

        Returns:
            Each finding with the entry of the reason that it was kept or overridden with for the
            answer that stands now, or none where it was not.
        """
        path, local = self.path(ref), "/".join(ref)
        found = []
        for finding in self._engine.findings(ref):
            if finding.path == local:
                names = (f"{path}/override", f"{path}/check/{finding.code}")
                own = settled(finding, self._kept.get(path, set()))
                entries = [head.entry for name in names for head in self._heads.get(name, ())[:1]]
                found.append((finding, entries[0] if own and entries else None))
        return found

    def sources(self, ref: Ref) -> tuple[Ref, ...]:
        """The answers that an item's value comes from: itself, or what it was computed from."""
        return self._engine.inputs(ref) if self.form.item(ref[2]).computed else (ref,)

    def path(self, ref: Ref) -> str:
        """Where an item's answer lies in the record."""
        return f"{self.prefix}/{ref[0]}/{ref[1]}/{ref[2]}"

    def value(self, item: str, key: str | None = None) -> Answer | None:
        """The answer of an item by its OID, in its only or the named repeat."""
        return self._engine.value(self.ref(item, key))

    def ref(self, item: str, key: str | None = None) -> Ref:
        """The reference of an item by its OID."""
        return (self.form.group_of(item).oid, key or SINGLE_KEY, item)

    def _last_source(self) -> str:
        """The source of this person's last answer here; paper is left only when they say so."""
        mine = [
            head
            for path, heads in self._heads.items()
            if _ref(path) is not None
            for head in heads
            if head.actor == self.session.account and head.action == "answered"
        ]
        last = max(mine, key=lambda head: head.recorded_at, default=None)
        return "transcribed" if last is not None and last.source == "transcribed" else "direct"

    def _reviewers_alone(self, item: ItemDefinition) -> bool:
        asked = reviewers_item(self.session.study, self.form, item)
        return asked and not self.may_answer(item)

    def _tick(self) -> None:
        # A form stays open for hours; rules that ask for the time must not see an old one.
        now = self.session.now()
        if now != self._looked_at:
            self._looked_at = now
            self._forget(self._engine.refresh(self._context, now).changed)

    def _take_in(self, act: Act) -> None:
        # The commit has returned: what was written is what is current now.
        self._heads |= act.heads
        self._kept = kept_codes(self._heads)
        # A reason stands below the item for which it was given.
        items = ("/".join(path.split("/")[:_ITEM]) for path in act.heads)
        self._forget(ref for path in items if (ref := _ref(path)) is not None)
        if not OF_OWN_ANSWERS.isdisjoint(self.form.context_names):
            with self.session.store.read() as reader:
                self._context = self._surroundings(reader)
            self._forget(self._engine.refresh(self._context, self._looked_at).changed)

    def _surroundings(self, reader: Reader) -> dict[str, ContextValue]:
        return form_context(
            self.session,
            reader,
            self.participant,
            self.visit,
            self.visit_key,
            names=self.form.context_names,
            prefix=self.prefix,
        )

    def _give(self, ref: Ref, answer: Answer) -> Outcome:
        outcome = self._engine.set(ref, answer)
        self._forget({ref} | outcome.changed)
        return outcome

    def _add_keys(self, group: str, key: str) -> None:
        self._forget(self._engine.add_repeat(group, key).changed)

    def _forget(self, refs: Iterable[Ref]) -> None:
        for ref in refs:
            self._states.pop(ref, None)

    def _present_repeats(self) -> dict[str, list[str]]:
        found: dict[str, list[tuple[datetime, str]]] = {}
        for path, heads in self._heads.items():
            parts = path.split("/")
            if len(parts) == _GROUP and (heads[0].value or {}).get("value") == "present":
                found.setdefault(parts[4], []).append((heads[0].recorded_at, parts[5]))
        return {group: [key for _, key in sorted(keys)] for group, keys in found.items()}

    def _open_findings(self, ref: Ref) -> list[Finding]:
        path, local = self.path(ref), "/".join(ref)
        kept = self._kept.get(path, set())
        found = [
            finding
            for finding in self._engine.findings(ref)
            if finding.path == local and not settled(finding, kept)
        ]
        item, limit = self.form.item(ref[2]), late_limit(self.session.study)
        return found + entry_findings(path, item, self._heads.get(path, []), kept, limit)


def _ref(path: str) -> Ref | None:
    parts = path.split("/")
    return (parts[4], parts[5], parts[6]) if len(parts) == _ITEM else None
