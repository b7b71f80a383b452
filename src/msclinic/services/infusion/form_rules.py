"""A form of the run under its own rules, read only: what is open, what keeps a gate shut.

It is for reading many forms at once from one snapshot; answers are given through ``FormEntry``.
"""

from collections.abc import Mapping

from msclinic.domain.infusion.checklist import Blocker, block
from msclinic.domain.values import Answer, Finding, from_json
from msclinic.forms.session import EntrySession, Ref
from msclinic.services.entry_findings import CHANGED, LATE, late_limit, typed_late
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
        self._form = form = session.study.form(instance.form)
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
        self._late = late_limit(session.study)

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

    def gate_findings(self, gate: str, without: tuple[str, ...] = ()) -> list[Blocker]:
        """What the form's own checks hold against a gate, overrides taken off.

        Args:
            gate: G1 to G7.
            without: Groups that are judged elsewhere.
        """
        found = []
        for finding in self.engine.findings():
            if finding.severity != "gate" or finding.parameters.get("gate") != gate:
                continue
            if _ref(finding)[0] in without:
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

    def gate_blanks(self, gate: str) -> list[Blocker]:
        """Required items with a check of a gate that nobody has answered."""
        found = []
        for ref in self.engine.open_items():
            item = self._form.item(ref[2])
            if any(check.gate == gate for check in item.checks):
                found.append(
                    block(
                        "UNANSWERED",
                        f"{item.label.text('en')}: not answered yet.",
                        f"{item.label.text('pl')}: brak odpowiedzi.",
                        item=item.oid,
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
            and path not in self.instance.overridden_paths
        }
        for (_, _, item), head in self.instance.items.items():
            if head.reason is not None or head.action != "answered":
                continue
            late = typed_late(self._form.item(item), head, self._late)
            for wanted, code in ((head.replaces, CHANGED), (late, LATE)):
                if wanted and (head.path, code) not in self.instance.kept:
                    found.add(head.path)
        return sorted(found)


def _ref(finding: Finding) -> Ref:
    group, key, item = finding.path.split("/")
    return (group, key, item)
