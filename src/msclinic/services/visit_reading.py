"""One visit of the record as documents and exports read it: forms, repeats, answers, words.

Everything comes from one snapshot. What was recorded is what is read: a computed value is taken
as it stands in the record, never computed anew with today's facts.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from attrs import frozen

from msclinic.domain.values import Answer, Code, Codes, Finding, Missing, PartialDate, from_json
from msclinic.forms.definitions import SINGLE_KEY, FormDefinition, ItemDefinition
from msclinic.forms.session import EntrySession, Ref
from msclinic.services.context import ContextValue, form_context
from msclinic.services.people import account_code
from msclinic.services.session import Session
from msclinic.store import Head, Reader
from msclinic.wording import date_text, decimal_text, month_text, time_text, tr

__all__ = ["FormReading", "VisitReading", "Words", "shown_account"]

_ITEM, _GROUP, _FORM = 6, 5, 3
_MISSING = {
    "NOT_DONE": "not done",
    "NA": "not applicable",
    "UNKNOWN": "unknown",
    "NOT_ASKED": "not asked",
    "UNABLE": "unable",
    "REFUSED": "refused",
}


def shown_account(session: Session, account: str, role: str) -> str:
    """An account as others may read it; empty for a masked reader where the role is unmasked.

    Who prepared the product stays unknown to masked staff: they read the role alone.
    """
    unmasked = role in session.study.roles and not session.study.roles[role].masked
    if unmasked and session.study.roles[session.role].masked:
        return ""
    return account_code(account)


@frozen
class Words:
    """How answers read in one language, in the site's time.

    Attributes:
        session: Whose study and time zone.
        language: ``en`` or ``pl``.
        day: The visit's day; a time on another day is written with its date.
    """

    session: Session
    language: str
    day: date | None = None

    def missing(self, answer: Missing) -> str:
        """Why there is no value."""
        word = tr(_MISSING[answer.reason], self.language)
        return f"{word}: {answer.detail}" if answer.detail else word

    def moment(self, at: datetime) -> str:
        """A time of the site, with its date where that is not the visit's."""
        clock = time_text(at, self.session.zone)
        day = at.astimezone(self.session.zone).date()
        return clock if day == self.day else f"{date_text(day, self.language)} {clock}"

    def partial(self, text: str) -> str:
        """A date as far as it is known."""
        if len(text) == 10:
            return date_text(date.fromisoformat(text), self.language)
        if len(text) == 7:
            return month_text(date.fromisoformat(f"{text}-01"), self.language)
        return text

    def unit(self, unit: str | None) -> str:
        """A unit as people write it."""
        shown = self.session.study.units.get(unit or "")
        return shown.text(self.language) if shown is not None else unit or ""

    def answer(self, item: ItemDefinition, answer: Answer | None) -> str:
        """An answer as people read it; empty while there is none."""
        match answer:
            case None:
                return ""
            case Missing():
                return self.missing(answer)
            case Code(value):
                return item.codelist.label(value, self.language) if item.codelist else value
            case Codes(values):
                labels = (
                    item.codelist.label(value, self.language) if item.codelist else value
                    for value in values
                )
                return ", ".join(labels)
            case PartialDate(text):
                return self.partial(text)
            case datetime():
                return self.moment(answer)
            case date():
                return date_text(answer, self.language)
            case Decimal() | int():
                number = decimal_text(Decimal(answer), self.language)
                return f"{number} {self.unit(item.unit)}".strip()
            case _:
                return answer


class FormReading:
    """One form of the record with its rules.

    Attributes:
        definition: The form.
        key: Its key in the visit.
        prefix: Its path.
    """

    def __init__(
        self,
        definition: FormDefinition,
        prefix: str,
        heads: Iterable[Head],
        context: Mapping[str, ContextValue],
        now: datetime,
    ) -> None:
        self.definition = definition
        self.prefix = prefix
        self.key = prefix.rsplit("/", 1)[1]
        self._heads: dict[str, list[Head]] = {}
        for head in heads:
            self._heads.setdefault(head.path, []).append(head)
        answers = {
            ref: from_json(found[0].value)
            for path, found in self._heads.items()
            if (ref := _ref(path)) is not None and found[0].value is not None
        }
        self._engine = EntrySession(definition, context, answers, now, self._present())

    @property
    def begun_at(self) -> datetime:
        """When its first current entry was recorded; forms and events are counted by it."""
        every = [head.recorded_at for heads in self._heads.values() for head in heads]
        return min(every, default=datetime.max.replace(tzinfo=UTC))

    @property
    def actor(self) -> tuple[str, str]:
        """Account and role of who began it."""
        items = [
            head
            for path, heads in self._heads.items()
            if path.count("/") == _ITEM
            for head in heads
        ]
        first = min(items, key=_recorded, default=None)
        return (first.actor or "", first.role or "") if first else ("", "")

    def keys(self, group: str) -> tuple[str, ...]:
        """Repeats of a group that are there, in the order in which they were added."""
        if not self.definition.item_group(group).repeating:
            return (SINGLE_KEY,)
        return tuple(self._present().get(group, ()))

    def ref(self, item: str, key: str = SINGLE_KEY) -> Ref:
        """The reference of an item."""
        return (self.definition.group_of(item).oid, key, item)

    def heads(self, ref: Ref) -> list[Head]:
        """The current heads of an item; two are a conflict."""
        return self._heads.get(f"{self.prefix}/{'/'.join(ref)}", [])

    def register(self, path: str) -> list[Head]:
        """The current heads of any path beneath the form, or of the form itself."""
        return self._heads.get(path, [])

    def value(self, item: str, key: str = SINGLE_KEY) -> Answer | None:
        """The answer on record; none while blank."""
        heads = self.heads(self.ref(item, key))
        return from_json(heads[0].value) if heads and heads[0].value is not None else None

    def removed(self, ref: Ref) -> bool:
        """Whether two persons have taken the answer out as personal data."""
        heads = self.heads(ref)
        return bool(heads) and all(head.value is None for head in heads)

    def relevant(self, ref: Ref) -> bool:
        """Whether the item is asked, by the answers on record."""
        return self._engine.relevant(ref)

    def required(self, ref: Ref) -> bool:
        """Whether the form needs an answer."""
        return self._engine.required(ref)

    def findings(self, ref: Ref) -> tuple[Finding, ...]:
        """What the checks say of the answer on record.

        Of a computed item the record's own value is judged: nothing is said where the facts of
        today would give another one.
        """
        item = self.definition.item(ref[2])
        if item.computed and self._engine.value(ref) != self.value(ref[2], ref[1]):
            return ()
        return self._engine.findings(ref)

    def override(self, ref: Ref) -> Head | None:
        """The physician's override of the current answer."""
        return self._child(ref, "override")

    def kept(self, ref: Ref, code: str) -> Head | None:
        """The reason with which a finding of the current answer was kept."""
        return self._child(ref, f"check/{code}")

    def _child(self, ref: Ref, name: str) -> Head | None:
        current = {head.entry for head in self.heads(ref)}
        for head in self._heads.get(f"{self.prefix}/{'/'.join(ref)}/{name}", []):
            if (head.value or {}).get("entry") in current:
                return head
        return None

    def _present(self) -> dict[str, list[str]]:
        found: dict[str, list[tuple[datetime, str]]] = {}
        for path, heads in self._heads.items():
            parts = path.split("/")
            if len(parts) == _GROUP + 1 and (heads[0].value or {}).get("value") == "present":
                found.setdefault(parts[4], []).append((heads[0].recorded_at, parts[5]))
        return {group: [key for _, key in sorted(keys)] for group, keys in found.items()}


class VisitReading:
    """One visit of one participant at one position of the journal.

    Attributes:
        session: Who reads.
        reader: The snapshot.
        participant: Random id.
        visit: Visit code.
        visit_key: Key of the visit.
        words: How its answers read.
    """

    def __init__(
        self,
        session: Session,
        reader: Reader,
        participant: str,
        visit: str,
        visit_key: str,
        words: Words,
    ) -> None:
        self.session, self.reader, self.words = session, reader, words
        self.participant, self.visit, self.visit_key = participant, visit, visit_key
        self._context: dict[str, ContextValue] = form_context(
            session, reader, participant, visit, visit_key
        )
        self._heads: dict[str, list[Head]] = {}
        for head in reader.heads(participant=participant, prefix=f"{visit}/{visit_key}"):
            parts = head.path.split("/")
            if len(parts) > _FORM:
                self._heads.setdefault("/".join(parts[:4]), []).append(head)

    def forms(self, oid: str, *, everyones: bool = False) -> list[FormReading]:
        """Every form of a kind that was begun and that the person may read, first begun first.

        Args:
            oid: Of the form.
            everyones: Of a form that each person fills in alone, those of others too.
        """
        session = self.session
        if oid not in session.study.forms:
            return []
        if not session.may(f"read:{oid}") and not session.may(f"enter:{oid}"):
            return []
        prefix = f"{self.visit}/{self.visit_key}/{oid}/"
        form = session.study.form(oid)
        found = [
            FormReading(form, path, heads, self._context, session.now())
            for path, heads in self._heads.items()
            if path.startswith(prefix)
            and not _void(heads, path)
            and (everyones or not form.own or all(head.actor == session.account for head in heads))
        ]
        return sorted(found, key=_begun)

    def form(self, oid: str) -> FormReading | None:
        """The form of a kind that stands once, or the first of several."""
        return next(iter(self.forms(oid)), None)

    def said(self, form: FormReading | None, item: str, key: str = SINGLE_KEY) -> str:
        """An item's answer in words; empty where there is no form or no answer."""
        if form is None:
            return ""
        if form.removed(form.ref(item, key)):
            return tr("removed: personal data", self.words.language)
        return self.words.answer(form.definition.item(item), form.value(item, key))


def _void(heads: Iterable[Head], path: str) -> bool:
    return any(
        head.path == path and (head.value or {}).get("value") == "entered_in_error"
        for head in heads
    )


def _begun(form: FormReading) -> tuple[datetime, str]:
    return form.begun_at, form.key


def _recorded(head: Head) -> datetime:
    return head.recorded_at


def _ref(path: str) -> Ref | None:
    parts: Any = path.split("/")
    return (parts[4], parts[5], parts[6]) if len(parts) == _ITEM + 1 else None
