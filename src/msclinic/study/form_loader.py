"""One form's file read into its definition, with every expression typed and compiled.

It reports mistakes and goes on; only a form without a mistake may be used.
"""

from collections.abc import Mapping
from decimal import Decimal

from attrs import evolve, field, frozen

from msclinic.domain.laboratory import NO_LABORATORIES, Laboratories
from msclinic.domain.values import SEVERITIES
from msclinic.forms.definitions import (
    GATES,
    ITEM_TYPES,
    MISSING_REASONS,
    CheckDefinition,
    Codelist,
    ContextVariable,
    FormDefinition,
    ItemDefinition,
    ItemGroupDefinition,
    Text,
    Trend,
)
from msclinic.forms.expression_types import Scope, ValueType
from msclinic.forms.expressions import Expression, compile_expression
from msclinic.forms.findings import PLACEHOLDER
from msclinic.forms.functions import Kind
from msclinic.forms.graph import order_items
from msclinic.forms.syntax import ExpressionError
from msclinic.study.reader import Place, Reader, unique
from msclinic.study.setting_words import SETTING, with_settings

__all__ = ["Known", "context_types", "load_form"]

_KINDS = {"integer": Kind.NUMBER, "decimal": Kind.NUMBER} | {
    kind: Kind(kind)
    for kind in ("text", "code", "codes", "date", "partial_date", "datetime", "boolean")
}
_ITEM_OPTIONAL = (
    "hint",
    "unit",
    "decimals",
    "codelist",
    "required",
    "relevant",
    "calculation",
    "who",
    "missing",
    "checks",
    "cdisc",
    "event",
    "stopwatch",
    "trend",
)
_DRAWN = ("integer", "decimal", "code", "text")


@frozen
class Known:
    """What a form may refer to.

    Attributes:
        context: Types of context variables by ``context_<name>``.
    """

    settings: Mapping[str, Decimal | int | str | bool]
    codelists: Mapping[str, Codelist]
    units: Mapping[str, Text]
    roles: frozenset[str]
    meanings: frozenset[str]
    context: Mapping[str, ValueType]
    laboratories: Laboratories = NO_LABORATORIES
    panels: frozenset[str] = frozenset()


@frozen
class _Drafted:
    """An item whose expressions are still to be read."""

    item: ItemDefinition
    keys: Mapping[str, Place]
    place: Place


@frozen
class _DraftedGroup:
    oid: str
    title: Text
    hint: Text | None
    repeating: bool
    relevant: Place | None
    items: list[_Drafted] = field(factory=list)


def context_types(variables: tuple[ContextVariable, ...]) -> dict[str, ValueType]:
    """Types of the context variables as expressions see them; NOW is always among them."""
    types = {
        f"context_{variable.name}": _type(variable.type, variable.codelist, None)
        for variable in variables
    }
    types["context_NOW"] = ValueType(Kind.DATETIME)
    return types


def _type(kind: str, codelist: Codelist | None, group: str | None) -> ValueType:
    codes = frozenset(codelist.codes) if codelist else frozenset[str]()
    return ValueType(_KINDS.get(kind, Kind.TEXT), codes, group)


def load_form(reader: Reader, place: Place, known: Known) -> FormDefinition | None:
    """Read a form, or None where it is too broken to be one."""
    return _FormLoader(reader, known).load(place)


class _FormLoader:
    def __init__(self, reader: Reader, known: Known) -> None:
        self._reader = reader
        self._known = known
        self._types: dict[str, ValueType] = dict(known.context)
        self._needs: dict[str, set[str]] = {}
        self._lines: dict[str, int] = {}
        self._parting: list[tuple[str, str, int]] = []
        self._item_names = unique(reader, "the item")
        self._check_names = unique(reader, "the check")

    def load(self, place: Place) -> FormDefinition | None:
        reader = self._reader
        keys = reader.mapping(
            place,
            "a form",
            ("form", "title", "item_groups"),
            (
                "help",
                "repeating",
                "zone",
                "rater_only",
                "reveals_arm",
                "own",
                "domain",
                "signatures",
            ),
        )
        oid = reader.oid(keys.get("form"), "the form's OID")
        if not oid:
            return None
        if reader.file != f"forms/{oid}.yaml":
            reader.wrong(
                keys["form"].line, "WRONG_FILE_NAME", f"the form {oid} must be in forms/{oid}.yaml"
            )
        group_names = unique(reader, "the item group")
        drafts: list[_DraftedGroup] = []
        for group in reader.sequence(keys.get("item_groups"), "item_groups"):
            drafts.append(self._draft_group(group))
            group_names.take(drafts[-1].oid, group.line)
        groups = tuple(self._group(draft) for draft in drafts)
        for item, name, line in self._parting:
            if name not in self._lines:
                reader.wrong(line, "UNKNOWN_ITEM", f"{oid} has no item {name}", item)
        order, circle = order_items(self._needs)
        if circle:
            names = " → ".join(circle)
            reader.wrong(
                self._lines[circle[0]], "CYCLE", f"these depend on each other: {names}", circle[0]
            )
        units = {item.unit for group in groups for item in group.items if item.unit}
        repeating = reader.flag(keys.get("repeating"), "repeating", False)
        own = reader.flag(keys.get("own"), "own", False)
        if own and not repeating:
            sentence = f"{oid} is each person's own, so it must repeat"
            reader.wrong(keys["own"].line, "OWN_NOT_REPEATING", sentence)
        return FormDefinition(
            oid=oid,
            title=self._wording(keys.get("title"), "title"),
            item_groups=groups,
            repeating=repeating,
            own=own,
            zone=reader.one_of(keys.get("zone"), "zone", ("M", "U")) or "M",
            rater_only=reader.flag(keys.get("rater_only"), "rater_only", False),
            reveals_arm=reader.flag(keys.get("reveals_arm"), "reveals_arm", False),
            domain=reader.text(keys.get("domain"), "domain"),
            help=self._wording(keys["help"], "help") if "help" in keys else None,
            signatures=self._names(
                keys.get("signatures"), "UNKNOWN_MEANING", self._known.meanings, "meaning"
            ),
            order=order,
            units={u: self._known.units[u] for u in sorted(units) if u in self._known.units},
        )

    def _names(
        self, place: Place | None, code: str, known: frozenset[str], what: str, item: str = ""
    ) -> tuple[str, ...]:
        found: list[str] = []
        for one in self._reader.sequence(place, f"the list of {what}s"):
            name = self._reader.text(one, what, item)
            if name not in known:
                self._reader.wrong(one.line, code, f"the study has no {what} {name}", item)
            found.append(name)
        return tuple(found)

    # First pass: everything but expressions

    def _draft_group(self, place: Place) -> _DraftedGroup:
        reader = self._reader
        keys = reader.mapping(
            place,
            "an item group",
            ("item_group", "title", "items"),
            ("hint", "repeating", "relevant"),
        )
        repeating = reader.flag(keys.get("repeating"), "repeating", False)
        group = _DraftedGroup(
            oid=reader.oid(keys.get("item_group"), "the group's OID"),
            title=self._wording(keys.get("title"), "title"),
            hint=self._wording(keys["hint"], "hint") if "hint" in keys else None,
            repeating=repeating,
            relevant=keys.get("relevant"),
        )
        for item in reader.sequence(keys.get("items"), "items"):
            group.items.append(self._draft_item(item, group.oid if repeating else None))
        return group

    def _draft_item(self, place: Place, repeating_group: str | None) -> _Drafted:
        reader = self._reader
        keys = reader.mapping(place, "an item", ("item", "label", "type"), _ITEM_OPTIONAL)
        oid = reader.oid(keys.get("item"), "the item's OID")
        self._item_names.take(oid, place.line)
        self._lines.setdefault(oid, place.line)
        if oid.startswith(("context_", SETTING)) or oid in ("true", "false", "null", "in"):
            reader.wrong(place.line, "BAD_OID", f"an item must not be called {oid}", oid)
        kind = reader.one_of(keys.get("type"), "type", ITEM_TYPES, oid)
        codelist = self._codelist(keys, kind, oid)
        item = ItemDefinition(
            oid=oid,
            label=self._wording(keys.get("label"), "label", oid),
            type=kind,
            hint=self._wording(keys["hint"], "hint", oid) if "hint" in keys else None,
            unit=self._unit(keys, kind, oid),
            decimals=self._decimals(keys, kind, oid),
            codelist=codelist,
            who=self._names(keys.get("who"), "UNKNOWN_ROLE", self._known.roles, "role", oid),
            missing=self._missing(keys.get("missing"), oid),
            cdisc=reader.words(keys.get("cdisc"), "cdisc"),
            event=self._event(keys, kind, oid),
            stopwatch=self._stopwatch(keys, kind, oid),
            trend=self._trend(keys.get("trend"), kind, oid),
        )
        if item.who and "calculation" in keys:
            reader.wrong(
                keys["who"].line, "COMPUTED_WITH_WHO", "a computed item is answered by nobody", oid
            )
        self._types[oid] = _type(kind, codelist, repeating_group)
        return _Drafted(item, keys, place)

    def _codelist(self, keys: Mapping[str, Place], kind: str, oid: str) -> Codelist | None:
        place = keys.get("codelist")
        if kind not in ("code", "codes"):
            if place is not None:
                sentence = f"an item of type {kind} has no codelist"
                self._reader.wrong(place.line, "CODELIST_MISPLACED", sentence, oid)
            return None
        if place is None:
            line = keys["type"].line
            self._reader.wrong(line, "CODELIST_MISSING", "a coded item needs a codelist", oid)
            return None
        name = self._reader.text(place, "codelist", oid)
        if name not in self._known.codelists:
            sentence = f"codelists.yaml has no codelist {name}"
            self._reader.wrong(place.line, "UNKNOWN_CODELIST", sentence, oid)
        return self._known.codelists.get(name)

    def _unit(self, keys: Mapping[str, Place], kind: str, oid: str) -> str | None:
        place = keys.get("unit")
        if place is None:
            return None
        unit = self._reader.text(place, "unit", oid)
        if kind not in ("integer", "decimal"):
            self._reader.wrong(place.line, "UNIT_MISPLACED", "only a number has a unit", oid)
        if unit not in self._known.units:
            self._reader.wrong(place.line, "UNKNOWN_UNIT", f"units.yaml has no unit {unit}", oid)
        return unit

    def _decimals(self, keys: Mapping[str, Place], kind: str, oid: str) -> int | None:
        place = keys.get("decimals")
        if kind == "decimal":
            given = self._reader.number(place, "decimals", 0, 6)
            return 1 if given is None else given
        if place is not None:
            self._reader.wrong(
                place.line, "DECIMALS_MISPLACED", "only a decimal has decimal places", oid
            )
        return None

    def _event(self, keys: Mapping[str, Place], kind: str, oid: str) -> bool:
        place = keys.get("event")
        event = self._reader.flag(place, "event", False)
        if place is not None and (kind != "datetime" or "calculation" in keys):
            sentence = "only a date and time that a person types states an event"
            self._reader.wrong(place.line, "EVENT_MISPLACED", sentence, oid)
        return event

    def _stopwatch(self, keys: Mapping[str, Place], kind: str, oid: str) -> bool:
        place = keys.get("stopwatch")
        watched = self._reader.flag(place, "stopwatch", False)
        unit = keys.get("unit")
        seconds = kind == "decimal" and unit is not None and unit.value == "s"
        if place is not None and (not seconds or "calculation" in keys):
            sentence = "only a decimal in seconds that a person gives is measured"
            self._reader.wrong(place.line, "STOPWATCH_MISPLACED", sentence, oid)
        return watched

    def _trend(self, place: Place | None, kind: str, oid: str) -> Trend | None:
        if place is None:
            return None
        reader = self._reader
        keys = reader.mapping(place, "a trend", ("panel",), ("worse", "scale", "by"))
        if kind not in _DRAWN:
            sentence = f"an item of type {kind} is not drawn over time"
            reader.wrong(place.line, "TREND_MISPLACED", sentence, oid)
        panel = reader.text(keys.get("panel"), "panel", oid)
        if panel and panel not in self._known.panels:
            sentence = f"study.yaml has no panel {panel}"
            reader.wrong(keys["panel"].line, "UNKNOWN_PANEL", sentence, oid)
        worse = reader.one_of(keys.get("worse"), "worse", ("higher", "lower"), oid)
        parting = reader.sequence(keys.get("by"), "by")
        by = tuple(reader.text(one, "an item", oid) for one in parting)
        self._parting += [(oid, name, one.line) for name, one in zip(by, parting, strict=True)]
        return Trend(panel, worse, self._scale(keys.get("scale"), oid), by)

    def _scale(self, place: Place | None, oid: str) -> tuple[Decimal, Decimal] | None:
        if place is None:
            return None
        ends = [one.value for one in self._reader.sequence(place, "scale")]
        numbers = [
            Decimal(end)
            for end in ends
            if isinstance(end, Decimal | int) and not isinstance(end, bool)
        ]
        if len(ends) != 2 or len(numbers) != 2 or numbers[0] >= numbers[1]:
            sentence = "a scale is its lowest and its highest number"
            self._reader.wrong(place.line, "WRONG_VALUE", sentence, oid)
            return None
        return numbers[0], numbers[1]

    def _missing(self, place: Place | None, oid: str) -> tuple[str, ...]:
        if place is None:
            return ("NOT_DONE",)
        return tuple(
            self._reader.one_of(one, "the missing reason", MISSING_REASONS, oid)
            for one in self._reader.sequence(place, "missing")
        )

    # Second pass: expressions, now that every item has its type

    def _group(self, draft: _DraftedGroup) -> ItemGroupDefinition:
        scope = draft.oid if draft.repeating else None
        # A group's relevance stands outside its repeats.
        relevant = self._boolean(draft.relevant, None, draft.oid, "relevant")
        shared = relevant.names if relevant else frozenset[str]()
        items = tuple(self._item(item, scope, shared) for item in draft.items)
        return ItemGroupDefinition(
            draft.oid, draft.title, items, draft.repeating, relevant, draft.hint
        )

    def _item(self, draft: _Drafted, scope: str | None, shared: frozenset[str]) -> ItemDefinition:
        oid, keys = draft.item.oid, draft.keys
        relevant = self._boolean(keys.get("relevant"), scope, oid, "relevant")
        calculation = self._calculation(keys.get("calculation"), scope, draft.item)
        needs = set(shared)
        for expression in (relevant, calculation):
            if expression is not None:
                needs |= expression.names
        self._needs[oid] = needs
        required: bool | Expression = False
        place = keys.get("required")
        if place is not None:
            required = (
                place.value
                if isinstance(place.value, bool)
                else self._boolean(place, scope, oid, "required") or False
            )
        checks = tuple(
            check
            for one in self._reader.sequence(keys.get("checks"), "checks")
            if (check := self._check(one, scope, oid)) is not None
        )
        return evolve(
            draft.item,
            required=required,
            relevant=relevant,
            calculation=calculation,
            checks=checks,
        )

    def _check(self, place: Place, scope: str | None, oid: str) -> CheckDefinition | None:
        reader = self._reader
        keys = reader.mapping(
            place, "a check", ("code", "kind", "assert", "message"), ("gate", "overridable")
        )
        code = reader.oid(keys.get("code"), "the check's code", item=oid)
        self._check_names.take(code, place.line)
        kind = reader.one_of(keys.get("kind"), "kind", SEVERITIES, oid)
        gate = reader.one_of(keys["gate"], "gate", GATES, oid) if "gate" in keys else None
        if kind == "gate" and "gate" not in keys:
            reader.wrong(place.line, "GATE_MISSING", f"the gate check {code} names no gate", oid)
        for key in ("gate", "overridable"):
            if kind and kind != "gate" and key in keys:
                sentence = f"the check {code} is no gate check, so it has no {key}"
                reader.wrong(keys[key].line, "GATE_MISPLACED", sentence, oid)
        assertion = self._boolean(keys.get("assert"), scope, oid, "assert")
        message = self._wording(keys.get("message"), "message", oid)
        if "message" in keys:
            self._placeholders(keys["message"], message, scope, oid)
        overridable = reader.flag(keys.get("overridable"), "overridable", True)
        if assertion is None:
            return None
        return CheckDefinition(code, kind, assertion, message, gate or None, overridable)

    def _wording(self, place: Place | None, what: str, oid: str = "") -> Text:
        """A wording in which every ``{setting_key}`` is the number of that setting."""
        text = self._reader.wording(place, what, oid)
        filled, strange = with_settings(text, self._known.settings)
        if place is not None:
            for key in strange:
                sentence = f"the {what} names the setting {key}, which is no number here"
                self._reader.wrong(place.line, "UNKNOWN_PLACEHOLDER", sentence, oid)
        return filled

    def _placeholders(self, place: Place, message: Text, scope: str | None, oid: str) -> None:
        names: set[str] = set()
        for wording in message.by_language.values():
            names.update(PLACEHOLDER.findall(wording))
            if "{" in PLACEHOLDER.sub("", wording) or "}" in PLACEHOLDER.sub("", wording):
                sentence = "a message has a brace that is no {ITEM}"
                self._reader.wrong(place.line, "UNKNOWN_PLACEHOLDER", sentence, oid)
        # A setting that is none was reported with its wording.
        for name in sorted(one for one in names if not one.startswith(SETTING)):
            found = self._types.get(name)
            if found is None or found.group not in (None, scope):
                sentence = f"the message names {name}, which is not known here"
                self._reader.wrong(place.line, "UNKNOWN_PLACEHOLDER", sentence, oid)

    def _boolean(
        self, place: Place | None, scope: str | None, oid: str, what: str
    ) -> Expression | None:
        expression = self._expression(place, scope, oid, what)
        if expression is not None and place is not None and expression.result is not Kind.BOOLEAN:
            sentence = f"{what} gives a {expression.result}, not true or false"
            self._reader.wrong(place.line, "TYPE_MISMATCH", sentence, oid)
            return None
        return expression

    def _calculation(
        self, place: Place | None, scope: str | None, item: ItemDefinition
    ) -> Expression | None:
        expression = self._expression(place, scope, item.oid, "calculation")
        if expression is None or place is None:
            return expression
        wanted = _KINDS.get(item.type)
        if expression.result is Kind.TEXT and wanted is Kind.CODE:
            return self._coded(expression, place, item)
        if expression.result is not wanted:
            sentence = f"calculation gives a {expression.result}, the item is of type {item.type}"
            self._reader.wrong(place.line, "TYPE_MISMATCH", sentence, item.oid)
        return expression

    def _coded(self, expression: Expression, place: Place, item: ItemDefinition) -> Expression:
        """Take a calculation written with literal texts as one of the item's codes."""
        strange = sorted(expression.texts - set(item.codelist.codes if item.codelist else ()))
        if strange:
            sentence = f"calculation gives {', '.join(strange)}, not in the item's codelist"
            self._reader.wrong(place.line, "NOT_IN_CODELIST", sentence, item.oid)
        return expression.as_code()

    def _expression(
        self, place: Place | None, scope: str | None, oid: str, what: str
    ) -> Expression | None:
        if place is None:
            return None
        source = self._reader.text(place, what, oid)
        if not source:
            return None
        try:
            known = self._known
            return compile_expression(
                source, Scope(self._types, known.settings, scope, known.laboratories)
            )
        except ExpressionError as error:
            line = place.line + error.line - 1 + place.block
            self._reader.wrong(line, error.code, f"{what}: {error.sentence}", oid)
            return None
