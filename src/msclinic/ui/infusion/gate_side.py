"""What the gate at hand says at the right of a run, and what can be done beside each line."""

from datetime import datetime

from msclinic.domain.infusion.checklist import Blocker
from msclinic.domain.infusion.items import BEDSIDE_CHECK, VITAL_SIGNS
from msclinic.services.infusion.view import GateView, RunView
from msclinic.services.people import account_code
from msclinic.ui.infusion.acts import gate_at_hand
from msclinic.ui.infusion.gate_panel import GateShown
from msclinic.ui.infusion.gate_words import gate_name, gate_shown
from msclinic.ui.infusion.overriding import GATES_WITH_OVERRIDE, blocker_key
from msclinic.ui.infusion.sight import Sight
from msclinic.wording import tr

__all__ = ["gate_shown_for", "gate_side", "may_override"]

_BEFORE = {"G2": "G1", "G3": "G2", "G4": "G3", "G7": "G6"}
_MEASURED = ("VITALS_HOLD", "NEWS2_HOLD", "BASELINE_OLD")


def gate_shown_for(view: RunView, what: str) -> GateView:
    """The gate that a stage of the run shows."""
    name = gate_at_hand(what) or "G1"
    return view.gates.get(name) or next(iter(view.gates.values()))


def may_override(gate: str, blocker: Blocker) -> bool:
    """Whether anybody may override a blocker of a gate."""
    return gate in GATES_WITH_OVERRIDE and blocker.overridable


def gate_side(sight: Sight, what: str, *, joined: bool) -> GateShown:
    """The gate of a stage for its panel.

    Args:
        sight: Who acts and how the run stands.
        what: The stage in the middle.
        joined: Whether a second person acts, so that nobody else can join.
    """
    view, actor = sight.view, sight.actor
    gate = gate_shown_for(view, what)
    if view.state.name in ("DEFERRED", "CANCELLED"):
        # What kept the gate shut does not matter any more.
        title = tr("Gate {gate}, {name}", gate=gate.gate, name=gate_name(gate.gate))
        return GateShown(title, (tr("Not needed"), "neutral", "gate_shut"))
    note = ""
    if gate.gate == "G1":
        note = tr(
            "A physician may override a failed item with a reason. Not identity, consent,"
            " pregnancy test, adrenaline, oxygen or the physician on site."
        )
    elif gate.gate == "G3":
        note = tr("A wrong kit or code can always be recorded: do not start, quarantine it.")
        if view.further_checks:
            who = ", ".join(account_code(one.account) for one in view.further_checks)
            note = tr("Also checked by: {who}.", who=who) + " " + note
    acts: tuple[tuple[str, str], ...] = ()
    before = view.started_at is None and view.state.name not in (
        "PLANNED",
        "DEFERRED",
        "CANCELLED",
    )
    if before and (actor.may("infusion") or actor.may("sign:G1")):
        acts = (("defer", tr("Defer visit…")), ("cancel", tr("Cancel…")))

    anew = ("restart_check", tr("Begin the check again…"))
    checker = before and actor.may(f"enter:{BEDSIDE_CHECK}")
    third = any(one.code == "THIRD_CHECK" for one in gate.blockers)
    outside = len(view.checks) > 1 and not any(one.mine for one in view.checks)
    if gate.gate == "G3" and gate.status != "passed" and checker and outside and not third:
        acts = (anew, *acts)

    asked = [one for one in gate.blockers if may_override(gate.gate, one)]

    def beside(blocker: Blocker) -> tuple[tuple[str, str], ...]:
        found = []
        if blocker.code in _MEASURED and before and actor.may(f"enter:{VITAL_SIGNS}"):
            found.append(("again", tr("Measure baseline again")))
        if blocker.code == "THIRD_CHECK" and checker:
            found.append(anew)
        if may_override(gate.gate, blocker):
            if actor.may("override"):
                found.append((f"override/{blocker_key(blocker)}", tr("Override with a reason…")))
            elif not joined and blocker is asked[0]:
                found.append(("physician", tr("Physician signs in to override")))
        return tuple(found)

    return gate_shown(
        gate,
        actor.zone,
        now=view.now,
        since=_since(view, gate.gate),
        note=note,
        acts=acts,
        beside=beside,
        study=actor.study,
    )


def _since(view: RunView, gate: str) -> datetime | None:
    before = view.gates.get(_BEFORE.get(gate, ""))
    signed = before.signed if before is not None else ()
    return max((at for _, at in signed), default=None)
