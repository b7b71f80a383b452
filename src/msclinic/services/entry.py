"""Filling in a form: every answer passes the form's rules and is in the record before it is shown.

There is no save: ``answer`` returns after the commit. A change without a reason, a late entry and
a soft finding stay open until a person gives the reason; nothing is refused but the impossible.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from attrs import frozen

from msclinic.domain.errors import UserError
from msclinic.domain.infusion.items import BEDSIDE_CHECK, INFUSION
from msclinic.domain.values import Answer, Finding, from_json, to_json
from msclinic.forms.definitions import SINGLE_KEY, FormDefinition, ItemDefinition
from msclinic.forms.session import EntrySession, Ref
from msclinic.record import Computation
from msclinic.services.context import form_context
from msclinic.services.gateway import Act, random_key, recording
from msclinic.services.infusion.own_check import check_owner, require_visible
from msclinic.services.session import Refused, Session
from msclinic.store import Head

__all__ = ["CHANGED", "LATE", "FormEntry", "ItemState", "Stored"]

CHANGED = "CHANGED"
LATE = "LATE"
OVERRIDE = "OVERRIDE"
_START = "D01"
_LATE_SETTING = "late_entry"


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


@frozen
class ItemState:
    """One item as the screen shows it.

    Attributes:
        ref: Group, repeat key and item.
        path: Item path in the record.
        answer: The current answer, or none while blank.
        relevant: Whether it applies; an answer that does not is kept and left out.
        required: Whether the form needs it.
        read_only: Whether this person may not answer it.
        findings: Open findings: rules, missing reasons, conflicts.
        kept: Codes of findings kept with a reason.
        stored_at: When the current answer was recorded.
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


class FormEntry:
    """One open form of one participant.

    Attributes:
        session: Who fills it in.
        participant: Whose form it is.
        form: Its definition.
        prefix: Path of the form in the record.
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
        if not session.may(f"enter:{form}") and not session.may(f"read:{form}"):
            session.require(f"read:{form}")
        self.session = session
        self.participant = participant
        self.visit = visit
        self.visit_key = visit_key
        demand_known(session, participant, visit, form)
        self.form: FormDefinition = session.study.form(form)
        self.prefix = f"{visit}/{visit_key}/{form}/{form_key}"
        self._owner: str | None = None
        if form == BEDSIDE_CHECK:
            with session.store.read() as reader:
                require_visible(session, reader, participant, visit, visit_key, form_key)
                self._owner = check_owner(reader, participant, self.prefix)
        self._heads: dict[str, list[Head]] = {}
        self._repeats: dict[str, list[str]] = {}
        self.reload()

    @property
    def may_enter(self) -> bool:
        """Whether this person may change the form at all; a bedside check is its owner's."""
        own = self._owner in (None, self.session.account)
        return own and self.session.may(f"enter:{self.form.oid}")

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
            context = form_context(
                self.session,
                reader,
                self.participant,
                self.visit,
                self.visit_key,
                names=self.form.context_names,
            )
        self._heads = {}
        for head in heads:
            self._heads.setdefault(head.path, []).append(head)
        self._repeats = self._present_repeats()
        answers: dict[Ref, Answer] = {}
        for path, found in self._heads.items():
            ref = self._ref(path)
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
        item = self.form.item(ref[2])
        path = self.path(ref)
        heads = self._heads.get(path, [])
        return ItemState(
            ref=ref,
            path=path,
            answer=self._engine.value(ref),
            relevant=self._engine.relevant(ref),
            required=self._engine.required(ref),
            read_only=item.computed or not self.may_answer(item),
            findings=tuple(self._open_findings(ref)),
            kept=tuple(sorted(self._kept(path))),
            stored_at=heads[0].recorded_at if heads else None,
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

    def answer(
        self,
        ref: Ref,
        answer: Answer,
        *,
        event_time: datetime | None = None,
        reason: Mapping[str, str] | None = None,
        source: str = "direct",
        prompted_by: str | None = None,
    ) -> Stored:
        """Store an answer, or say why it cannot be true.

        Args:
            ref: Group, repeat key and item.
            answer: The new answer; a ``Missing`` where there is none.
            event_time: When it happened, if that is not now.
            reason: Why it is changed or late: ``{"code": "1", "text": ""}``.
            source: direct, transcribed, imported or participant.
            prompted_by: The finding or query that asked for the change.

        Raises:
            Refused: Not this person's item.
            KnownFault: The record could not be written.
        """
        item = self.form.item(ref[2])
        if item.computed or not self.may_answer(item):
            raise _not_yours()
        self._demand_start_by_run([ref])
        self._demand_past(event_time)
        reason = reason if reason and any(text.strip() for text in reason.values()) else None
        self._tick()
        self._demand_unchanged(ref)
        before = self._engine.value(ref)
        disputed = len(self._heads.get(self.path(ref), [])) > 1
        if before == answer and reason is None and event_time is None and not disputed:
            return Stored(True, tuple(self._open_findings(ref)), self.session.now(), frozenset())
        outcome = self._engine.set(ref, answer)
        if not outcome.accepted:
            return Stored(False, outcome.findings, self.session.now(), frozenset())
        path = self.path(ref)
        with recording(self.session) as act:
            self._open_form(act)
            act.set(
                "answered",
                path,
                to_json(answer, item.unit),
                participant=self.participant,
                event_time=event_time,
                reason=reason,
                source=source,
                prompted_by=prompted_by,
            )
        self._refresh(path)
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
    ) -> Stored:
        """Store several answers as one act, all or none, in a new repeat if one is asked for.

        Args:
            answers: References and answers; with ``adding`` the key of the new repeat is taken
                for every reference of that group.
            adding: A repeating group that gets one more repeat for them.
            event_time: When it happened, if that is not now.
            starting: The run has found gate G4 passed; only then the start may be among them.

        Returns:
            What became of them; if one is impossible, nothing was stored.

        Raises:
            Refused: One of them is not this person's item.
        """
        key = random_key() if adding is not None else ""
        placed = [((r[0], key, r[2]) if r[0] == adding else r, answer) for r, answer in answers]
        if not all(self.may_answer(self.form.item(ref[2])) for ref, _ in placed):
            raise _not_yours()
        if not starting:
            self._demand_start_by_run([ref for ref, _ in placed])
        self._demand_past(event_time)
        self._tick()
        for ref, _ in placed:
            self._demand_unchanged(ref)
        if adding is not None:
            self._engine.add_repeat(adding, key)
        changed: set[Ref] = set()
        for ref, answer in placed:
            outcome = self._engine.set(ref, answer)
            if not outcome.accepted:
                self.reload()
                return Stored(False, outcome.findings, self.session.now(), frozenset())
            changed |= outcome.changed
        with recording(self.session) as act:
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
                    source="direct",
                )
        if adding is not None:
            self._refresh(f"{self.prefix}/{adding}/{key}")
            self._repeats.setdefault(adding, []).append(key)
        for ref, _ in placed:
            self._refresh(self.path(ref))
        found = [finding for ref, _ in placed for finding in self._open_findings(ref)]
        return Stored(True, tuple(found), self.session.now(), frozenset(changed))

    def keep(self, refs: list[Ref], code: str, choice: str, text: str = "") -> None:
        """Keep findings of one kind with one reason, for one item or for all that came late.

        Args:
            refs: The items.
            code: The finding's code, ``CHANGED`` or ``LATE``.
            choice: The digit chosen, ``1`` for mistyped.
            text: Words, where the choice asks for them.
        """
        self._require_entry()
        if not (choice.strip() or text.strip()) or code == OVERRIDE:
            raise UserError(
                "reason_missing",
                what="The finding was not settled.",
                why="A reason is one of the choices, or words.",
                what_to_do="Press the digit of a reason beside the field.",
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
        for ref in refs:
            self._refresh(f"{self.path(ref)}/check/{code}")

    def override(self, ref: Ref, text: str) -> None:
        """A physician lets a failed item pass for the gate, with a reason in words.

        Raises:
            Refused: Not a physician.
            UserError: No reason, or no answer to override.
        """
        self.session.require("override")
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
        self._refresh(f"{path}/override")

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
        self._refresh(path)
        self._repeats.setdefault(group, []).append(key)
        self._engine.add_repeat(group, key)
        return key

    def open_items(self) -> list[Ref]:
        """Required items that apply and are blank."""
        return list(self._engine.open_items())

    def open_findings(self) -> list[Finding]:
        """Every finding nobody has answered with a change or a reason."""
        return [found for ref in self.refs() for found in self._open_findings(ref)]

    def complete(self) -> None:
        """Declare the form filled in; computed values enter the record now.

        Raises:
            UserError: Something is still open.
        """
        self._require_entry()
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
        self.reload()

    def store_computed(self) -> None:
        """Write the computed values as they are now; at a gate or a signature."""
        with recording(self.session) as act:
            self._write_computed(act)
        self.reload()

    def path(self, ref: Ref) -> str:
        """Where an item's answer lies in the record."""
        return f"{self.prefix}/{ref[0]}/{ref[1]}/{ref[2]}"

    def value(self, item: str, key: str | None = None) -> Answer | None:
        """The answer of an item by its OID, in its only or the named repeat."""
        group = self.form.group_of(item)
        return self._engine.value((group.oid, key or SINGLE_KEY, item))

    def ref(self, item: str, key: str | None = None) -> Ref:
        """The reference of an item by its OID."""
        return (self.form.group_of(item).oid, key or SINGLE_KEY, item)

    def _tick(self) -> None:
        # A form stays open for hours; rules that ask for the time must not see an old one.
        now = self.session.now()
        if now != self._looked_at:
            self._looked_at = now
            self._engine.refresh(self._context, now)

    def _demand_start_by_run(self, refs: Sequence[Ref]) -> None:
        # The start is an act of the run, behind gate G4; here it can only be corrected.
        if self.form.oid != INFUSION:
            return
        if any(ref[2] == _START and not self._heads.get(self.path(ref)) for ref in refs):
            raise Refused(
                "start_by_run",
                what="The start was not recorded.",
                why="An infusion starts on its own screen, after gate G4.",
                what_to_do="Open the infusion run.",
            )

    def _demand_past(self, event_time: datetime | None) -> None:
        if event_time is not None and event_time > self.session.now():
            raise UserError(
                "in_the_future",
                what="The answer was not stored.",
                why="Its time lies in the future.",
                what_to_do="Type when it happened.",
            )

    def _demand_unchanged(self, ref: Ref) -> None:
        # Whoever answers must have seen what is there: another session may have been quicker.
        path = self.path(ref)
        with self.session.store.read() as reader:
            there = {head.entry for head in reader.at(self.participant, path)}
        if there == {head.entry for head in self._heads.get(path, [])}:
            return
        self.reload()
        raise UserError(
            "answered_meanwhile",
            what="The answer was not stored.",
            why="Somebody else has answered this since the form was opened.",
            what_to_do="Look at the answer that stands there now, then change it if it is wrong.",
        )

    def _require_entry(self) -> None:
        self.session.require(f"enter:{self.form.oid}")
        if not self.may_enter:
            raise _not_yours()

    def _open_form(self, act: Act) -> None:
        if self.prefix not in self._heads:
            act.set(
                "form_opened",
                self.prefix,
                {"type": "code", "value": "in_progress"},
                participant=self.participant,
            )

    def _write_computed(self, act: Act) -> None:
        for ref, answer in self._engine.computed().items():
            path = self.path(ref)
            current = self._heads.get(path, [])
            item = self.form.item(ref[2])
            value = to_json(answer, item.unit)
            if current and current[0].value == value and not current[0].stale:
                continue
            inputs = [
                head.entry
                for source in self._engine.inputs(ref)
                for head in self._heads.get(self.path(source), [])
            ]
            act.set(
                "computed",
                path,
                value,
                participant=self.participant,
                computed=Computation(
                    rule=f"{self.form.oid}.{item.oid}",
                    rule_version=self.session.study.version[:16],
                    inputs=tuple(sorted(set(inputs))),
                ),
            )

    def _refresh(self, path: str) -> None:
        # The commit has returned: what was written is what is current now.
        with self.session.store.read() as reader:
            for wanted in {path} if self.prefix in self._heads else {path, self.prefix}:
                found = reader.at(self.participant, wanted)
                if found:
                    self._heads[wanted] = found

    def _ref(self, path: str) -> Ref | None:
        parts = path.split("/")
        if len(parts) != 7:
            return None
        return (parts[4], parts[5], parts[6])

    def _present_repeats(self) -> dict[str, list[str]]:
        found: dict[str, list[tuple[datetime, str]]] = {}
        for path, heads in self._heads.items():
            parts = path.split("/")
            if len(parts) == 6 and (heads[0].value or {}).get("value") == "present":
                found.setdefault(parts[4], []).append((heads[0].recorded_at, parts[5]))
        return {group: [key for _, key in sorted(keys)] for group, keys in found.items()}

    def _kept(self, path: str) -> set[str]:
        heads = self._heads.get(path, [])
        current = {head.entry for head in heads}
        kept = set()
        for child, found in self._heads.items():
            value: Mapping[str, Any] = found[0].value or {}
            if value.get("entry") not in current:
                continue
            if child.startswith(f"{path}/check/"):
                kept.add(child.rsplit("/", 1)[1])
            elif child == f"{path}/override":
                kept.add(OVERRIDE)
        return kept

    @staticmethod
    def _settled(finding: Finding, kept: set[str]) -> bool:
        # A reason explains a value; it never opens a gate, only a physician's override does.
        if finding.severity == "gate":
            return OVERRIDE in kept
        return finding.code in kept

    def _open_findings(self, ref: Ref) -> list[Finding]:
        path = self.path(ref)
        kept = self._kept(path)
        local = "/".join(ref)
        found = [
            finding
            for finding in self._engine.findings(ref)
            if finding.path == local and not self._settled(finding, kept)
        ]
        heads = self._heads.get(path, [])
        if len(heads) > 1:
            found.append(_program_finding(path, "CONFLICT"))
        for head in heads[:1]:
            if head.replaces and head.reason is None and CHANGED not in kept:
                found.append(_program_finding(path, CHANGED))
            late = timedelta(minutes=int(self.session.study.setting(_LATE_SETTING)))
            if (
                head.event_time is not None
                and head.typed_at - head.event_time > late
                and head.reason is None
                and LATE not in kept
            ):
                found.append(_program_finding(path, LATE))
        return found


def demand_known(session: Session, participant: str, visit: str, form: str) -> None:
    """Go on only with a participant, a visit and a form that there are.

    Raises:
        UserError: One of them is unknown.
    """
    visits = {one.code for one in session.study.visits}
    with session.store.read() as reader:
        enrolled = bool(reader.at(participant, "participant/code"))
    if not enrolled or visit not in visits or form not in session.study.forms:
        raise UserError(
            "no_such_form",
            what="There is no such form.",
            why="The participant, the visit or the form is not known here.",
            what_to_do="Open it from the participant's page.",
        )


def _not_yours() -> Refused:
    return Refused(
        "not_your_item",
        what="This answer is not yours to give.",
        why="The study gives it to another role, or the program computes it.",
        what_to_do="Ask a colleague with that role to sign in.",
    )


_SENTENCES = {
    CHANGED: ("Why was this answer changed?", "Dlaczego zmieniono tę odpowiedź?"),
    LATE: (
        "This was typed later than it happened. Say why.",
        "Wpisano to później, niż się wydarzyło. Podaj powód.",
    ),
    "CONFLICT": (
        "Two answers were given without knowing of each other. Choose one.",
        "Podano dwie odpowiedzi niezależnie od siebie. Wybierz jedną.",
    ),
}


def _program_finding(path: str, code: str) -> Finding:
    english, polish = _SENTENCES[code]
    return Finding(path, "soft", code, {}, {"en": english, "pl": polish})
