"""The one next act of a run: what the filled button says, and why it cannot be pressed yet.

It chooses among what the services allow; whether an act is allowed is theirs to say.
"""

from attrs import frozen

from msclinic.services.infusion.stop_findings import asked_for
from msclinic.services.infusion.view import RunView
from msclinic.services.session import Session
from msclinic.ui.infusion.gate_words import gate_name, seat_name
from msclinic.ui.infusion.sight import Sight, round_name
from msclinic.wording import tr

__all__ = ["Act", "fits_seat", "gate_at_hand", "next_act"]


@frozen
class Act:
    """An act.

    Attributes:
        key: What to do: go, sign, join, finish, start, round, round_done, end, close, leave,
            documents, or empty for nothing.
        words: What the button says.
        why_not: Why it cannot be pressed now.
        roles: Who may join for it.
        gate: The gate to sign.
    """

    key: str
    words: str = ""
    why_not: str = ""
    roles: tuple[str, ...] = ()
    gate: str = ""


def gate_at_hand(what: str) -> str:
    """The gate that a stage of the run works towards; empty for none."""
    return {
        "fit": "G1",
        "release": "G2",
        "release_wait": "G2",
        "check_early": "G1",
        "check": "G3",
        "check_begin": "G3",
        "start": "G4",
        "leaving": "G6",
        "closing": "G7",
        "signed": "G7",
    }.get(what, "")


def fits_seat(session: Session, seat: str, gate: str) -> bool:
    """Whether a person's role may sit at a seat of a gate."""
    role = seat.rstrip("2")
    physician = session.role in ("PHY", "PI")
    if role == "PHY":
        return physician
    return session.role == role or (gate == "G6" and physician)


def next_act(sight: Sight, what: str, step_words: str, *, joined: bool, step_left: int) -> Act:
    """The next act.

    Args:
        sight: Who acts and how the run stands.
        what: The stage in the middle, or ``round``.
        step_words: What the step itself offers next; empty for nothing.
        joined: Whether the person who acts is a second one at this device.
        step_left: Answers left in the step, for whomever.
    """
    view, actor = sight.view, sight.actor
    if what == "round":
        return Act("go", step_words) if step_words else Act("round_done", tr("Finish the round"))
    one = view.next_round
    waits = what == "watching" or view.paused_since is not None
    if waits and one is not None and one.status in ("due", "overdue"):
        return _between(sight, what)
    if step_words:
        return Act("go", step_words)
    if what == "check_begin":
        why = tr("two nurses have checked") if len(view.checks) > 1 else ""
        return Act("begin_check", tr("Begin my check"), why)
    if what == "check":
        return _check(sight, joined=joined)
    gate = gate_at_hand(what)
    if what in ("running", "watching"):
        return _between(sight, what)
    if what == "signed":
        return Act("documents", tr("Open the documents"))
    if not gate:
        return Act("")
    return _at_gate(view, actor, gate, what, joined=joined, step_left=step_left)


def _at_gate(
    view: RunView, actor: Session, gate: str, what: str, *, joined: bool, step_left: int
) -> Act:
    status = view.gates[gate]
    if status.status == "passed":
        if what == "start":
            why = "" if actor.may("infusion") else tr("the nurse starts it")
            return Act("start", tr("Start infusion"), why)
        return Act("leave", tr("Done here")) if joined else Act("follow", tr("Go on"))
    seat = status.signers[0] if status.signers else ""
    words = tr("Sign {gate}, {name}", gate=gate, name=gate_name(gate))
    if status.status in ("open", "void", "expired"):
        taken = {account for account, _ in status.signed if status.status != "expired"}
        if fits_seat(actor, seat, gate) and actor.account not in taken:
            return Act("sign", words, gate=gate)
        return _someone_else(seat, gate, joined=joined)
    if gate == "G1" and step_left and actor.role not in ("PHY", "PI"):
        return _someone_else("PHY", gate, joined=joined)
    unclassified = any(blocker.code == "DEVIATIONS_OPEN" for blocker in status.blockers)
    if gate == "G7" and unclassified and actor.role not in ("PHY", "PI"):
        return _someone_else("PHY", gate, joined=joined)
    if gate == "G2" and not fits_seat(actor, "PREP", gate):
        return _someone_else("PREP", gate, joined=joined)
    if joined:
        return Act("leave", tr("Done here"))
    return Act("", words, tr("see what keeps it shut"))


def _someone_else(seat: str, gate: str, *, joined: bool) -> Act:
    if joined:
        return Act("leave", tr("Done here"))
    roles = ("PHY", "PI") if seat == "PHY" else (seat.rstrip("2"),)
    return Act("join", tr("{who} signs in here", who=seat_name(seat)), roles=roles, gate=gate)


def _check(sight: Sight, *, joined: bool) -> Act:
    view, actor = sight.view, sight.actor
    mine = next((check for check in view.checks if check.mine), None)
    if mine is not None and not mine.finished:
        return Act("finish", tr("Finish my check"))
    others = [check for check in view.checks if not check.mine]
    if mine is None or not others or not all(check.finished for check in others):
        if joined:
            return Act("leave", tr("Done here"))
        seat = "NUR2" if mine is not None else "NUR"
        return Act("join", tr("{who} signs in here", who=seat_name(seat)), roles=("NUR",))
    status = view.gates["G3"]
    signed = {account for account, _ in status.signed if status.status != "expired"}
    if status.status == "shut":
        if joined:
            return Act("leave", tr("Done here"))
        return Act(
            "join",
            tr("{who} signs in here", who=seat_name("NUR2")),
            roles=("NUR",),
        )
    if actor.account not in signed:
        words = tr("Sign {gate}, {name}", gate="G3", name=gate_name("G3"))
        return Act("sign", words, gate="G3")
    if joined:
        return Act("leave", tr("Done here"))
    return Act("join", tr("{who} signs in here", who=seat_name("NUR2")), roles=("NUR",))


def _between(sight: Sight, what: str) -> Act:
    view = sight.view
    one = view.next_round
    stopped = asked_for(view.findings) == "stop"
    due = one is not None and one.status in ("due", "overdue")
    if one is not None and due:
        return Act("round", tr("Begin the {round}", round=round_name(one.point)))
    if what == "running" and stopped:
        return Act("end", tr("Stopped: record the end"))
    if what == "running" and view.planned_end is not None and view.now >= view.planned_end:
        return Act("end", tr("Infusion has ended…"))
    if one is not None and one.opens_at is not None:
        words = tr("Begin the {round}", round=round_name(one.point))
        return Act("", words, tr("from {time}", time=sight.time(one.opens_at)))
    if what == "watching":
        until = view.observation_until
        if until is not None and view.now < until:
            why = tr("from {time}", time=sight.time(until))
            return Act("", tr("Go on to discharge"), why)
        return Act("discharge", tr("Go on to discharge"))
    return Act("")
