"""One visit of one participant as the record has it now, looked up by form, group and item.

Only what is current is here; nothing is decided and nothing is written.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property

from attrs import field, frozen

from msclinic.domain.values import Answer, from_json
from msclinic.store import Head, Reader

__all__ = ["FormInstance", "VisitRecord", "read_visit"]

_REGISTER, _GROUP, _ITEM = 4, 6, 7


@frozen
class FormInstance:
    """One form of the visit.

    Attributes:
        form: OID.
        key: ``1``, or the random key of a repeating form.
        prefix: Its path in the record.
        status: planned, in_progress, completed or amended.
        register: Head of the form itself, or none while nothing was opened.
        items: Heads by group, repeat key and item.
        overridden_paths: Paths of items with a physician's override that is in force.
        overridden_at: When each of them was given, by path.
        kept: Path and code of each finding kept with a reason that is in force.
        repeats: Keys of the repeats that are there, by group, in the order they were added.
    """

    form: str
    key: str
    prefix: str
    status: str = "planned"
    register: Head | None = None
    items: Mapping[tuple[str, str, str], Head] = field(factory=dict)
    overridden_paths: frozenset[str] = frozenset()
    overridden_at: Mapping[str, datetime] = field(factory=dict)
    kept: frozenset[tuple[str, str]] = frozenset()
    repeats: Mapping[str, tuple[str, ...]] = field(factory=dict)

    @property
    def overridden(self) -> frozenset[str]:
        """OIDs of the items with an override in force."""
        return frozenset(path.rsplit("/", 1)[1] for path in self.overridden_paths)

    def answers(self) -> dict[str, Answer]:
        """Answers of items that do not repeat, by OID."""
        return {
            item: answer
            for (group, _, item), answer in self._answered.items()
            if group not in self.repeats
        }

    def rows(self, group: str) -> list[tuple[str, dict[str, Answer]]]:
        """Key and answers of each repeat of a group, in the order they were added."""
        found: dict[str, dict[str, Answer]] = {key: {} for key in self.repeats.get(group, ())}
        for (of, key, item), answer in self._answered.items():
            if of == group and key in found:
                found[key][item] = answer
        return list(found.items())

    @cached_property
    def _answered(self) -> Mapping[tuple[str, str, str], Answer]:
        # Rounds, timers and gates ask for the same rows again and again within one view.
        return {
            place: from_json(head.value)
            for place, head in self.items.items()
            if head.value is not None
        }

    def group_paths(self, *groups: str) -> list[str]:
        """Item paths of some groups, in order."""
        return sorted(head.path for (group, _, _), head in self.items.items() if group in groups)


@frozen
class VisitRecord:
    """Everything current of one visit.

    Attributes:
        prefix: ``V1/1``.
        visit: Head of the visit itself, or none while it is only planned.
        forms: Its forms by OID and key.
    """

    prefix: str
    visit: Head | None
    forms: Mapping[tuple[str, str], FormInstance]

    @property
    def code(self) -> str:
        """Code of the visit."""
        return self.prefix.split("/", 1)[0]

    def form(self, oid: str, key: str = "1") -> FormInstance:
        """A form, empty if nothing was opened yet."""
        found = self.forms.get((oid, key))
        return found or FormInstance(oid, key, f"{self.prefix}/{oid}/{key}")

    def instances(self, oid: str) -> list[FormInstance]:
        """Every instance of a repeating form that was opened."""
        return [one for (form, _), one in self.forms.items() if form == oid]

    def status(self) -> str:
        """planned, booked, open or closed."""
        return str(_value(self.visit).get("status", "planned"))

    def chair(self) -> int | None:
        """The chair, once one was given."""
        chair = _value(self.visit).get("chair")
        return int(str(chair)) if chair else None


def read_visit(reader: Reader, participant: str, visit: str, visit_key: str = "1") -> VisitRecord:
    """Read a visit from a snapshot."""
    prefix = f"{visit}/{visit_key}"
    by_form: dict[tuple[str, str], list[Head]] = {}
    own = None
    for head in reader.heads(participant=participant, prefix=prefix):
        parts = head.path.split("/")
        if len(parts) < _REGISTER:
            own = head if head.path == prefix else own
            continue
        by_form.setdefault((parts[2], parts[3]), []).append(head)
    forms = {
        (oid, key): _instance(f"{prefix}/{oid}/{key}", oid, key, heads)
        for (oid, key), heads in by_form.items()
    }
    return VisitRecord(prefix, own, forms)


def _instance(prefix: str, oid: str, key: str, heads: list[Head]) -> FormInstance:
    items: dict[tuple[str, str, str], Head] = {}
    added: dict[str, list[tuple[datetime, str]]] = {}
    overrides: dict[str, Head] = {}
    kept: dict[tuple[str, str], Head] = {}
    register = None
    for head in heads:
        parts = head.path.split("/")
        if head.path == prefix:
            register = head
        elif len(parts) == _GROUP:
            present = added.setdefault(parts[4], [])
            if _value(head).get("value") == "present":
                present.append((head.recorded_at, parts[5]))
        elif len(parts) == _ITEM:
            # Of two answers that conflict the first stands for both until a person chooses.
            items.setdefault((parts[4], parts[5], parts[6]), head)
        elif parts[7:] == ["override"]:
            overrides["/".join(parts[:7])] = head
        elif parts[7:8] == ["check"]:
            kept["/".join(parts[:7]), parts[8]] = head
    current = {head.path: head for head in items.values()}
    given = {
        path: head.typed_at for path, head in overrides.items() if _in_force(current, path, head)
    }
    repeats = {group: tuple(key for _, key in sorted(keys)) for group, keys in added.items()}
    return FormInstance(
        form=oid,
        key=key,
        prefix=prefix,
        status=str(_value(register).get("value", "in_progress")),
        register=register,
        items=items,
        overridden_paths=frozenset(given),
        overridden_at=given,
        kept=frozenset(place for place, head in kept.items() if _in_force(current, place[0], head)),
        repeats=repeats,
    )


def _in_force(current: Mapping[str, Head], path: str, given: Head) -> bool:
    """Whether a reason or an override was given for the answer that stands now."""
    return path in current and _value(given).get("entry") in current[path].known


def _value(head: Head | None) -> Mapping[str, object]:
    return (head.value or {}) if head is not None else {}
