"""How the gates of a run stand: the rules of the program and those of the study's forms together.

A gate is shut here or nowhere: screens only show what this says.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta

from attrs import evolve, field, frozen

from msclinic.domain.infusion.checklist import Blocker, block
from msclinic.domain.infusion.facts import RunFacts
from msclinic.domain.infusion.gates import (
    BEFORE_START,
    GATES,
    GateStatus,
    binding,
    gate,
    gate_not_passed,
)
from msclinic.domain.infusion.items import (
    AFTER_INFUSION,
    BEDSIDE_CHECK,
    FIT_TO_DOSE,
    INFUSION,
    ITEMS,
    VITAL_SIGNS,
)
from msclinic.domain.values import Answer
from msclinic.services.context import form_context
from msclinic.services.infusion.facts import BedsideCheck, every_check, facts_of
from msclinic.services.infusion.form_rules import FormRules
from msclinic.services.infusion.gate_scope import gate_forms
from msclinic.services.infusion.visit_record import FormInstance, VisitRecord, read_visit
from msclinic.services.session import Session
from msclinic.services.visits import COMMON_VISIT
from msclinic.store import Reader

__all__ = ["Run", "check_expired", "gate_of", "read_run"]

_EARLIER = {"G3": ("G1",), "G4": ("G1", "G2", "G3")}
_READINGS = "reading"
_RULED = frozenset(rule.form for rule in ITEMS.values())
_DISCHARGE = ("observation", "discharge")
_CLOSING = (VITAL_SIGNS, FIT_TO_DOSE, INFUSION, AFTER_INFUSION)


@frozen
class Run:
    """A run read from one snapshot.

    Attributes:
        participant: Whose.
        record: The visit as recorded.
        facts: Its facts.
        checks: The two bedside checks that count, or fewer.
        context: What the forms may ask for.
        further_checks: Checks by further persons, which keep G3 shut.
        log: What belongs to no visit, where a form of it holds a check with a gate.
    """

    participant: str
    record: VisitRecord
    facts: RunFacts
    checks: tuple[BedsideCheck, ...]
    context: Mapping[str, Answer | bool]
    further_checks: tuple[BedsideCheck, ...] = ()
    log: VisitRecord | None = None
    _rules: dict[str, FormRules] = field(factory=dict, init=False, eq=False, repr=False)

    @property
    def compared(self) -> bool:
        """Whether both checkers have finished, so that their answers may be laid side by side."""
        return len(self.checks) == 2 and all(check.finished for check in self.checks)

    def rules(self, session: Session, form: str) -> FormRules:
        """A form of the run under its rules."""
        return self.rules_of(session, self.record.form(form))

    def rules_of(self, session: Session, instance: FormInstance) -> FormRules:
        """A form as recorded under its rules, which are put to work once for each form."""
        known = self._rules.get(instance.prefix)
        if known is None:
            known = self._rules[instance.prefix] = FormRules(session, instance, self.context)
        return known


def read_run(
    session: Session, reader: Reader, participant: str, visit: str, visit_key: str = "1"
) -> Run:
    """Read a run: its record, facts, checks and context.

    Raises:
        UserError: No infusion is planned at this visit.
    """
    record = read_visit(reader, participant, visit, visit_key)
    checks = every_check(reader, participant, record)
    facts = facts_of(session, reader, participant, visit, record, checks)
    logged = gate_forms(session.study, COMMON_VISIT)
    return Run(
        participant=participant,
        record=record,
        facts=facts,
        checks=tuple(checks[:2]),
        further_checks=tuple(checks[2:]),
        context=form_context(session, reader, participant, visit, visit_key, facts),
        log=read_visit(reader, participant, COMMON_VISIT) if logged else None,
    )


def gate_of(session: Session, run: Run, name: str) -> GateStatus:
    """How a gate stands by the program's rules and by the checks of the forms beneath it."""
    if name not in GATES:
        raise ValueError(f"there is no gate {name!r}")
    facts = run.facts
    if name == "G7":
        facts = evolve(
            facts,
            open_items=tuple(_open_items(session, run)),
            passed_over=_passed_over(session, run),
        )
    status = gate(facts, name)
    signed = status.status == "passed"
    if not binding(facts, name) or (signed and name not in BEFORE_START):
        return status
    blocked = {blocker.item for blocker in status.blockers if blocker.item}
    extra = [
        blocker
        for blocker in _form_blockers(session, run, name, signed)
        if not blocker.item or blocker.item not in blocked
    ]
    if not extra:
        return status
    shut = {blocker.item for blocker in extra}
    return evolve(
        status,
        status="shut",
        blockers=(*status.blockers, *extra),
        clear=tuple(item for item in status.clear if item not in shut),
    )


def _passed_over(session: Session, run: Run) -> frozenset[str]:
    """Gates the infusion began without and that the rules keep shut, those of the forms too."""
    if run.facts.started_at is None:
        return frozenset()
    return frozenset(
        name
        for name in BEFORE_START
        if binding(run.facts, name) and gate_of(session, run, name).status == "shut"
    )


def check_expired(run: Run, account: str) -> bool:
    """Whether a person's signed bedside check is too old for a start and has to be made again."""
    facts = run.facts
    oldest = facts.now - timedelta(minutes=facts.limits.check_minutes)
    return facts.started_at is None and any(
        entry.gate == "G3"
        and entry.account == account
        and not entry.void
        and entry.signed_at < oldest
        for entry in facts.signatures
    )


def _form_blockers(session: Session, run: Run, name: str, signed: bool) -> Iterable[Blocker]:
    for earlier in _EARLIER.get(name, ()):
        status = gate_of(session, run, earlier).status
        if status != "passed":
            yield gate_not_passed(earlier, status)
    yield from _of_planned_forms(session, run, name, signed)
    if run.log is not None:
        for form in gate_forms(session.study, COMMON_VISIT).get(name, ()):
            for instance in _standing(run.log, form):
                yield from run.rules_of(session, instance).gate_findings(name)
    if name == "G3":
        for place, check in enumerate(run.checks):
            rules = run.rules_of(session, check.instance)
            for blocker in rules.gate_findings(name):
                yield evolve(blocker, parameters={"checker": ("NUR", "NUR2")[place]})
            if not check.finished:
                seat = ("NUR", "NUR2")[place]
                yield block(
                    "CHECK_NOT_FINISHED",
                    f"The bedside check by {seat} is not finished.",
                    f"Kontrola przy łóżku nie jest zakończona: {seat}.",
                    parameters={"checker": seat},
                )
    if name == "G7":
        for form in (*_CLOSING, BEDSIDE_CHECK):
            instances = (
                [check.instance for check in run.checks]
                if form == BEDSIDE_CHECK
                else [run.record.form(form)]
            )
            for instance in instances:
                yield from _reasons(session, run.rules_of(session, instance), ())


def _of_planned_forms(session: Session, run: Run, name: str, signed: bool) -> Iterator[Blocker]:
    """What the forms hold against a gate that the visit's schedule asks for.

    The bedside checks are two of one form and have their own rule. Of vital signs the readings
    that count decide, by the rules of the program (infusion day, section 4, BASE).
    """
    wanted = {one.form for one in session.study.visit(run.record.code).forms if one.required}
    for form in gate_forms(session.study, run.record.code).get(name, ()):
        if form == BEDSIDE_CHECK:
            continue
        instances = _standing(run.record, form)
        # What holds the closing open is asked of its forms as a whole.
        asked = form in wanted and form not in (_CLOSING if name == "G7" else (VITAL_SIGNS,))
        if not instances and asked and form not in _RULED:
            title = session.study.form(form).title
            yield block(
                "NOT_CONFIRMED",
                f"{title.text('en')}: not confirmed today.",
                f"{title.text('pl')}: dziś nie potwierdzono.",
            )
        for instance in instances:
            rules = run.rules_of(session, instance)
            groups = (_READINGS,) if form == VITAL_SIGNS else ()
            yield from rules.gate_findings(name, without=groups)
            if asked:
                yield from rules.gate_blanks(name)
            # A reason given after the signature would make it void, so it is asked for before.
            if name != "G7" and not signed and form != VITAL_SIGNS:
                yield from _reasons(session, rules, _DISCHARGE if name == "G6" else ())


def _standing(record: VisitRecord, form: str) -> list[FormInstance]:
    """The begun instances of a form that were not entered in error."""
    return [one for one in record.instances(form) if one.status != "entered_in_error"]


def _reasons(session: Session, rules: FormRules, groups: tuple[str, ...]) -> Iterable[Blocker]:
    form = session.study.form(rules.instance.form)
    for path in rules.reasons_wanted():
        if groups and path.split("/")[4] not in groups:
            continue
        label = form.item(path.rsplit("/", 1)[1]).label
        title = form.title
        yield block(
            "REASON_WANTED",
            f"{title.text('en')}, {label.text('en')}: a reason is still wanted.",
            f"{title.text('pl')}, {label.text('pl')}: brakuje jeszcze uzasadnienia.",
            item=path,
        )


def _open_items(session: Session, run: Run) -> list[str]:
    found = []
    for form in _CLOSING:
        for path in run.rules(session, form).open_paths():
            item = path.rsplit("/", 1)[1]
            rule = ITEMS.get(item)
            # The program's own rules already name these.
            if rule is None or rule.form not in (INFUSION, AFTER_INFUSION) or rule.group != "main":
                found.append(path)
    return found
