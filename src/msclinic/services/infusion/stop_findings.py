"""Stop and hold rules that apply to a run now, and what they leave possible.

A rule is a prompt and a blocked next step: measuring, pausing and ending stay possible.
"""

from collections.abc import Iterable

from msclinic.domain.errors import UserError
from msclinic.domain.infusion.items import FIT_TO_DOSE, INFUSION, VITAL_SIGNS
from msclinic.domain.infusion.stops import stop_rules
from msclinic.domain.infusion.volume import pause_total
from msclinic.domain.values import Codes, Finding
from msclinic.services.infusion.gates import Run
from msclinic.services.infusion.readings import newest_values, readings

__all__ = ["asked_for", "demand_going_on", "run_findings"]

_STOPS = ("stop", "stop_for_good")


def run_findings(run: Run) -> tuple[Finding, ...]:
    """Stop and hold rules that apply now, without a pause that a physician decided against."""
    facts = run.facts
    if facts.ended_at is not None and facts.code("E05_OUTCOME") is not None:
        return ()
    told = [
        answer.values
        for _, row in run.record.form(INFUSION).rows("symptoms")
        if isinstance(answer := row.get("D06_SYMPTOMS"), Codes)
    ]
    found = stop_rules(
        newest_values(readings(run.record)) or facts.baseline,
        facts.baseline,
        limits=facts.limits,
        started=facts.started_at is not None,
        symptoms=told[-1] if told else (),
        line_check=facts.line_checks[-1] if facts.line_checks else None,
        use_before=facts.product.use_before if facts.product and not facts.ended_at else None,
        pause=pause_total(facts.interruptions, facts.ended_at or facts.now),
        now=facts.now,
        infection=facts.code("A07") == "Y",
        pregnancy_positive=facts.code("A16") == "POS",
    )
    return tuple(one for one in found if asked_for([one]) != "pause" or not _decided(run, one))


def asked_for(findings: Iterable[Finding]) -> str:
    """The most that rules ask for while an infusion runs: stop, pause, or empty for nothing."""
    actions = {finding.parameters.get("action") for finding in findings}
    if actions.intersection(_STOPS):
        return "stop"
    return "pause" if "pause" in actions else ""


def demand_going_on(run: Run) -> None:
    """Go on only if no rule asks to stop, or to pause, now.

    Rule and source: infusion day, section 6 (study default): S05 is a pause and the physician's;
    the others stop. New values that are well, or a physician's decision, lift a pause.

    Raises:
        UserError: A rule is in force.
    """
    findings = run_findings(run)
    asked = asked_for(findings)
    if asked:
        rules = [one.code for one in findings if asked_for([one]) == asked]
        raise UserError(
            "rule_in_force",
            what="The infusion does not go on.",
            why="A rule is in force: {rules}.",
            what_to_do=(
                "Do what the rule asks for, or record the end of the infusion."
                if asked == "stop"
                else "Pause and measure again, or let the physician decide."
            ),
            parameters={"rules": ", ".join(dict.fromkeys(rules))},
        )


def _decided(run: Run, finding: Finding) -> bool:
    """Whether a physician let the values pass that ask for a pause, the newest of them too."""
    vitals, fit = run.record.form(VITAL_SIGNS), run.record.form(FIT_TO_DOSE)
    given = [
        at
        for path, at in vitals.overridden_at.items()
        if path.endswith(f"/{finding.path}") and "/reading/" in path
    ]
    if finding.path == "NEWS2":
        given += [at for path, at in fit.overridden_at.items() if path.endswith("/A22")]
    typed = [at for one in readings(run.record) for at in one.typed.values()]
    return bool(given) and max(given) >= max(typed, default=max(given))
