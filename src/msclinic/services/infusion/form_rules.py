"""A form of the run under its own rules, read only: what is open, what keeps a gate shut.

It is for reading many forms at once from one snapshot; answers are given through ``FormEntry``.
"""

from collections.abc import Mapping
from datetime import timedelta

from msclinic.domain.infusion.checklist import Blocker
from msclinic.domain.values import Answer, Finding, from_json
from msclinic.forms.session import EntrySession, Ref
from msclinic.services.infusion.visit_record import FormInstance
from msclinic.services.session import Session

__all__ = ["FormRules"]


class FormRules:
    """One form of the visit with its rules.

    Attributes:
        instance: The form as recorded.
        engine: The form's rules over its answers.
    """

    def __init__(
        self, session: Session, instance: FormInstance, context: Mapping[str, Answer | bool]
    ) -> None:
        self.instance = instance
        form = session.study.form(instance.form)
        answers: dict[Ref, Answer] = {
            ref: from_json(head.value)
            for ref, head in instance.items.items()
            if head.value is not None
        }
        repeats = {
            group.oid: instance.repeats.get(group.oid, ())
            for group in form.item_groups
            if group.repeating
        }
        self.engine = EntrySession(form, context, answers, session.now(), repeats)
        self._late = timedelta(minutes=int(session.study.setting("late_entry")))

    def counts(self, groups: tuple[str, ...] = ()) -> tuple[int, int]:
        """Required items still blank and required items in all, of some groups or all."""
        required = [
            ref
            for ref in self.engine.refs()
            if (not groups or ref[0] in groups) and self.engine.required(ref)
        ]
        left = sum(self.engine.value(ref) is None for ref in required)
        return left, len(required)

    def open_paths(self) -> list[str]:
        """Paths of required items that nobody has answered."""
        return [f"{self.instance.prefix}/{'/'.join(ref)}" for ref in self.engine.open_items()]

    def gate_findings(self, gate: str) -> list[Blocker]:
        """What the form's own checks hold against a gate, overrides taken off."""
        found = []
        for finding in self.engine.findings():
            if finding.severity != "gate" or finding.parameters.get("gate") != gate:
                continue
            path = f"{self.instance.prefix}/{finding.path}"
            overridable = finding.parameters.get("overridable") == "true"
            if overridable and path in self.instance.overridden_paths:
                continue
            if self.engine.value(_ref(finding)) is None:
                continue
            found.append(
                Blocker(
                    code=finding.code,
                    item=finding.path.rsplit("/", 1)[1],
                    en=finding.message["en"],
                    pl=finding.message.get("pl", finding.message["en"]),
                    overridable=overridable,
                )
            )
        return found

    def reasons_wanted(self) -> list[str]:
        """Paths of answers that still want a reason: unusual, changed or late."""
        found = {
            path
            for finding in self.engine.findings()
            if finding.severity == "soft"
            for path in (f"{self.instance.prefix}/{finding.path}",)
            if (path, finding.code) not in self.instance.kept
        }
        for head in self.instance.items.values():
            if head.reason is not None or head.action != "answered":
                continue
            late = head.event_time is not None and head.typed_at - head.event_time > self._late
            for wanted, code in ((head.replaces, "CHANGED"), (late, "LATE")):
                if wanted and (head.path, code) not in self.instance.kept:
                    found.add(head.path)
        return sorted(found)


def _ref(finding: Finding) -> Ref:
    group, key, item = finding.path.split("/")
    return (group, key, item)
