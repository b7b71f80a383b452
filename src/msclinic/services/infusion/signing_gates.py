"""Signing at a gate: only an open gate, only the person whose turn it is, with password or PIN.

What lies beneath is fixed by the signature; a later change makes it void. Nothing else decides.
"""

from collections.abc import Sequence

from msclinic.domain.errors import UserError
from msclinic.domain.infusion.gates import GateStatus
from msclinic.domain.infusion.items import (
    AFTER_INFUSION,
    FIT_TO_DOSE,
    INFUSION,
    PRODUCT_RELEASE,
    VITAL_SIGNS,
)
from msclinic.services.entry import FormEntry
from msclinic.services.gateway import Act, recording
from msclinic.services.infusion.deviation_record import write_deviations
from msclinic.services.infusion.gate_scope import gate_forms, gate_scope
from msclinic.services.infusion.gates import Run, check_expired, gate_of, read_run
from msclinic.services.infusion.readings import baseline_paths
from msclinic.services.infusion.refusals import GateShut
from msclinic.services.session import Refused, Session
from msclinic.services.signing import add_signature
from msclinic.services.signing_pin import Secret, confirm

__all__ = ["sign_gate"]

_COMPUTED = {"G1": FIT_TO_DOSE, "G2": PRODUCT_RELEASE, "G6": AFTER_INFUSION}
_DISCHARGE = ("observation", "discharge")


def sign_gate(
    session: Session,
    participant: str,
    visit: str,
    gate: str,
    secret: Secret,
    visit_key: str = "1",
) -> GateStatus:
    """Sign at a gate of the run.

    G1 the physician; G2 two preparers; G3 two nurses, each over the own check; G4 the nurse; G6
    the physician after infusion 1 or a reaction, otherwise also the nurse; G7 the nurse, then the
    physician.

    Args:
        session: Who signs, with their own keys.
        participant: Whose run.
        visit: Visit code.
        gate: G1, G2, G3, G4, G6 or G7.
        secret: The password, typed now, or a signing PIN where the study allows it.
        visit_key: Key of a repeated visit.

    Returns:
        How the gate stands afterwards.

    Raises:
        Refused: Not this role, not this person's turn, the same person twice, wrong password.
        GateShut: Something keeps the gate shut; the blockers are named.
        UserError: It is signed already.
    """
    session.require(f"sign:{gate}")
    component = confirm(session, gate, secret)
    if gate in ("G6", "G7"):
        write_deviations(session, participant, visit, visit_key)
    if gate in _COMPUTED:
        # Nothing is computed into the record for someone who may not sign.
        _may_sign_now(session, _read(session, participant, visit, visit_key), gate)
        FormEntry(session, participant, visit, _COMPUTED[gate], visit_key).store_computed()
    with recording(session) as act:
        run = read_run(session, act.uow, participant, visit, visit_key)
        _may_sign_now(session, run, gate)
        _complete(session, act, participant, run, gate)
        scope, extra = _beneath(session, run, gate)
        add_signature(act, participant, scope, gate, extra, component=component)
    return gate_of(session, _read(session, participant, visit, visit_key), gate)


def _read(session: Session, participant: str, visit: str, visit_key: str) -> Run:
    with session.store.read() as reader:
        return read_run(session, reader, participant, visit, visit_key)


def _may_sign_now(session: Session, run: Run, gate: str) -> None:
    status = gate_of(session, run, gate)
    if status.status == "shut":
        raise GateShut(gate, status.status, status.blockers)
    if status.status == "passed":
        raise UserError(
            "already_signed",
            what="The gate was not signed again.",
            why="Its signatures stand.",
            what_to_do="Go on.",
        )
    signed = {
        entry.account
        for entry in run.facts.signatures
        if entry.gate == gate and not entry.void and status.status != "expired"
    }
    if gate == "G3" and check_expired(run, session.account):
        raise Refused(
            "check_again",
            what="The old bedside check was not signed again.",
            why="Its signatures have expired.",
            what_to_do="Check again, then sign.",
        )
    own = any(check.account == session.account for check in run.checks)
    if session.account in signed or (gate == "G3" and not own):
        raise Refused(
            "same_person",
            what="A second person signs here.",
            why="You have signed already, or the check is not yours.",
            what_to_do="Ask a colleague to sign in with their own account.",
        )
    seat = status.signers[0].rstrip("2")
    physician = session.role in ("PHY", "PI")
    fits = physician if seat == "PHY" else session.role == seat
    if not fits and not (gate == "G6" and physician):
        raise Refused(
            "not_your_turn",
            what="It is not your turn to sign.",
            why="Another role signs first.",
            what_to_do="Ask a colleague with that role to sign in.",
        )


def _beneath(session: Session, run: Run, gate: str) -> tuple[str, Sequence[str]]:
    """Scope and further item paths of this person's signature at a gate."""
    own = (one.instance.prefix for one in run.checks if one.account == session.account)
    forms = gate_forms(session.study, run.record.code)
    return gate_scope(run.record, gate, baseline_paths(run.record), forms, next(own, ""))


def _complete(session: Session, act: Act, participant: str, run: Run, gate: str) -> None:
    """Forms that a signature finishes are declared filled in, if nothing in them is open."""
    finished = {
        "G1": (FIT_TO_DOSE,),
        "G2": (PRODUCT_RELEASE,),
        "G7": (FIT_TO_DOSE, VITAL_SIGNS, INFUSION, AFTER_INFUSION),
    }.get(gate, ())
    for form in finished:
        rules = run.rules(session, form)
        instance = rules.instance
        if instance.status != "in_progress" or rules.open_paths() or rules.reasons_wanted():
            continue
        act.set(
            "form_completed",
            instance.prefix,
            {"type": "code", "value": "completed"},
            participant=participant,
        )
