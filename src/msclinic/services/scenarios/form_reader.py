"""The parts of a step that name items of the open form: answers, findings, expectations.

An item of a repeating group is named with its number: ``TEMP.2`` is TEMP of the second repeat.
"""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from msclinic.domain.values import Answer, Code, Codes
from msclinic.forms.definitions import FormDefinition
from msclinic.services.rating import EXAM
from msclinic.services.scenarios.answers import answer_of
from msclinic.services.scenarios.model import (
    Answers,
    Given,
    ItemPlace,
    Keep,
    NewRepeat,
    Override,
    Said,
    WantedFindings,
    WantedValue,
)
from msclinic.study.reader import Place, Reader

__all__ = ["ENGINE_FINDINGS", "PROGRAM_FINDINGS", "FormReader"]

PROGRAM_FINDINGS = frozenset({"CHANGED", "LATE", "CONFLICT", "EXPRESSION_FAULT"})
"""Findings that no form names: the program's own."""

EXAM_FINDINGS = frozenset({"C4", "C5", "C6", "C7", "C8", "C9", "C10"})
"""Consistency of an exam, beside the checks of its form."""

ENGINE_FINDINGS = frozenset(
    {"READ_ONLY", "WRONG_TYPE", "TOO_MANY_DECIMALS", "NOT_IN_CODELIST", "REASON_NOT_ALLOWED"}
)
"""What makes an answer impossible without a check of the form."""


class FormReader:
    """Reads what a step says of one form.

    Args:
        reader: Where mistakes go.
        form: The open form.
        now: Where the scenario's clock stands.
        zone: The site's time zone.
    """

    def __init__(self, reader: Reader, form: FormDefinition, now: datetime, zone: ZoneInfo) -> None:
        self._reader = reader
        self._form = form
        self._now = now
        self._zone = zone
        self._groups = {item.oid: group for group in form.item_groups for item in group.items}
        self._repeating = {group.oid for group in form.item_groups if group.repeating}

    def items(self, place: Place | None) -> Iterator[ItemPlace]:
        """A list of items."""
        for one in self._reader.sequence(place, "a list of items"):
            found = self._place(self._reader.text(one, "an item"), one.line)
            if found is not None:
                yield found

    def answers(self, place: Place) -> Answers:
        """Answers, and lists of new repeats."""
        given: list[Given | NewRepeat] = []
        for name, value in self._mapping(place, "answers"):
            if name in self._repeating:
                for row in self._reader.sequence(value, name):
                    given.append(NewRepeat(name, tuple(self._row(name, row))))
                continue
            found = self._place(name, value.line)
            answer = self._answer(found, value) if found is not None else None
            if found is not None and answer is not None:
                given.append(Given(found, answer))
        if not given and isinstance(place.value, dict) and not place.value:
            self._reader.wrong(place.line, "EMPTY_STEP", "answers gives no answer")
        return Answers(tuple(given))

    def life(self, place: Place | None) -> tuple[Given, ...]:
        """Answers of an act's form, which has no repeats."""
        if place is None:
            return ()
        return tuple(one for one in self.answers(place).given if isinstance(one, Given))

    def values(self, place: Place | None) -> Iterator[WantedValue]:
        """Expected values; ``null`` for none."""
        for name, value in self._mapping(place, "values"):
            found = self._place(name, value.line)
            if found is None:
                continue
            if value.value is None:
                yield WantedValue(found, None)
            elif (answer := self._answer(found, value)) is not None:
                self._demand_codes(found, answer)
                yield WantedValue(found, answer)

    def findings(self, place: Place | None) -> Iterator[WantedFindings]:
        """Expected findings by item."""
        for name, value in self._mapping(place, "findings"):
            found = self._place(name, value.line)
            if found is None:
                continue
            codes = [
                self._reader.text(one, "a finding") for one in self._reader.sequence(value, name)
            ]
            for code in codes:
                self._demand_finding(found, code, value.line)
            yield WantedFindings(found, tuple(codes))

    def keep(self, place: Place) -> Keep | None:
        """A finding kept with a reason."""
        keys = self._reader.mapping(place, "keep", ("item", "finding", "reason"))
        found = self._named(keys)
        code = self._reader.text(keys.get("finding"), "finding")
        reason = self._reader.text(keys.get("reason"), "reason")
        if found is None:
            return None
        if "finding" in keys:
            self._demand_finding(found, code, keys["finding"].line)
        return Keep(found, code, reason)

    def override(self, place: Place) -> Override | None:
        """A physician's override."""
        keys = self._reader.mapping(place, "override", ("item", "reason"))
        found = self._named(keys)
        reason = self._reader.text(keys.get("reason"), "reason")
        return Override(found, reason) if found is not None else None

    def demand_impossible(self, code: Said) -> None:
        """Note a code that no answer to this form can be refused with."""
        checks = {
            check.code
            for group in self._form.item_groups
            for item in group.items
            for check in item.checks
            if check.kind == "impossible"
        }
        if code.text not in checks | ENGINE_FINDINGS:
            sentence = f"{self._form.oid} has no impossible check {code.text}"
            self._reader.wrong(code.line, "UNKNOWN_FINDING", sentence, code.text)

    def _named(self, keys: dict[str, Place]) -> ItemPlace | None:
        if "item" not in keys:
            return None
        return self._place(self._reader.text(keys["item"], "item"), keys["item"].line)

    def _mapping(self, place: Place | None, what: str) -> Iterator[tuple[str, Place]]:
        if place is None:
            return
        if not isinstance(place.value, dict):
            self._reader.wrong(place.line, "WRONG_VALUE", f"{what} must be a mapping of items")
            return
        yield from place.value.items()

    def _row(self, group: str, row: Place) -> Iterator[Given]:
        for name, value in self._mapping(row, f"a repeat of {group}"):
            owner = self._groups.get(name)
            if owner is None or owner.oid != group:
                sentence = f"the group {group} has no item {name}"
                self._reader.wrong(value.line, "UNKNOWN_ITEM", sentence, name)
                continue
            # The number of a new repeat is known only while it is played.
            found = ItemPlace(name, group, None, value.line)
            answer = self._answer(found, value)
            if answer is not None:
                yield Given(found, answer)

    def _place(self, name: str, line: int) -> ItemPlace | None:
        oid, dot, number = name.partition(".")
        group = self._groups.get(oid)
        if group is None:
            sentence = f"the form {self._form.oid} has no item {oid}"
            self._reader.wrong(line, "UNKNOWN_ITEM", sentence, oid)
            return None
        if group.repeating != bool(dot) or (dot and not (number.isdecimal() and int(number) > 0)):
            sentence = (
                f"{oid} repeats: write {oid}.1 for the first"
                if group.repeating
                else f"{oid} does not repeat: write {oid}"
            )
            self._reader.wrong(line, "WRONG_REPEAT", sentence, oid)
            return None
        return ItemPlace(oid, group.oid, int(number) if dot else None, line)

    def _answer(self, found: ItemPlace, value: Place) -> Answer | None:
        item = self._form.item(found.item)
        answer = answer_of(item, value, self._now, self._zone)
        if answer is None:
            sentence = f"this is no answer of type {item.type}"
            self._reader.wrong(value.line, "WRONG_VALUE", sentence, found.item)
        return answer

    def _demand_codes(self, found: ItemPlace, answer: Answer) -> None:
        # Only expectations: an answer outside the codelist may be given to see it refused.
        codelist = self._form.item(found.item).codelist
        chosen: tuple[str, ...] = ()
        if isinstance(answer, Code):
            chosen = (answer.value,)
        elif isinstance(answer, Codes):
            chosen = answer.values
        for code in chosen:
            if codelist is not None and code not in codelist.codes:
                sentence = f"the codelist {codelist.oid} has no code {code}"
                self._reader.wrong(found.line, "NOT_IN_CODELIST", sentence, found.item)

    def _demand_finding(self, found: ItemPlace, code: str, line: int) -> None:
        checks = {check.code for check in self._form.item(found.item).checks}
        if self._form.oid == EXAM:
            checks |= EXAM_FINDINGS
        if code not in checks | PROGRAM_FINDINGS:
            sentence = f"{found.item} has no check {code}"
            self._reader.wrong(line, "UNKNOWN_FINDING", sentence, found.item)
