"""What a gate's signature covers: a scope in the record and paths beside it.

Signing and judging a signature ask here, so that what was not signed passes nothing.
"""

from collections.abc import Iterable, Mapping

from msclinic.domain.infusion.items import (
    AFTER_INFUSION,
    BEDSIDE_CHECK,
    FIT_TO_DOSE,
    INFUSION,
    PRODUCT_RELEASE,
    VITAL_SIGNS,
)
from msclinic.services.infusion.visit_record import VisitRecord
from msclinic.store import SignatureRow
from msclinic.study import Study

__all__ = ["covers_gate", "gate_forms", "gate_scope"]

GateForms = Mapping[str, tuple[str, ...]]

_PUMP = ("D03_PUMP", "D03_CALIBRATION")


def gate_forms(study: Study, visit: str) -> GateForms:
    """Forms that a visit's schedule asks for and that hold a check with a gate, by gate."""
    found: dict[str, dict[str, None]] = {}
    for planned in study.visit(visit).forms:
        for group in study.form(planned.form).item_groups:
            for check in (check for item in group.items for check in item.checks):
                if check.gate is not None:
                    found.setdefault(check.gate, {})[planned.form] = None
    return {gate: tuple(forms) for gate, forms in found.items()}


def gate_scope(
    record: VisitRecord, gate: str, baseline: Iterable[str], forms: GateForms, check: str = ""
) -> tuple[str, list[str]]:
    """Scope and further item paths of a gate's signature.

    Args:
        record: The visit.
        gate: G1, G2, G3, G4, G6 or G7.
        baseline: Item paths of the baseline reading and of newer ones.
        forms: Which forms of the visit hold a check with which gate.
        check: Prefix of the bedside check that is signed at G3.
    """
    scope, beside = _own_scope(record, gate, baseline, check)
    # Readings are signed by what counts of them, and nobody signs the other person's check.
    elsewhere = (VITAL_SIGNS, BEDSIDE_CHECK, *scope.split("/")[2:3])
    further = (form for form in forms.get(gate, ()) if form not in elsewhere)
    return scope, list(dict.fromkeys([*beside, *_paths(record, *further)]))


def _own_scope(
    record: VisitRecord, gate: str, baseline: Iterable[str], check: str
) -> tuple[str, list[str]]:
    if gate == "G1":
        return record.form(FIT_TO_DOSE).prefix, [*baseline]
    if gate == "G2":
        return record.form(PRODUCT_RELEASE).prefix, []
    if gate == "G3":
        return check, []
    infusion, after = record.form(INFUSION), record.form(AFTER_INFUSION)
    if gate == "G4":
        # The start itself is recorded after this signature, so the group is no scope.
        pump = [head.path for (_, _, item), head in infusion.items.items() if item in _PUMP]
        return "", [*pump, *_paths(record, PRODUCT_RELEASE)]
    if gate == "G6":
        return f"{after.prefix}/discharge", after.group_paths("observation")
    return after.prefix, _paths(record, FIT_TO_DOSE, VITAL_SIGNS, PRODUCT_RELEASE, INFUSION)


def covers_gate(
    row: SignatureRow,
    record: VisitRecord,
    baseline: Iterable[str],
    forms: GateForms,
    checks: Iterable[str],
) -> bool:
    """Whether a signature is over what its gate asks for at this visit, void or not.

    What was recorded after it cannot be in it: an answer that matters makes it void by itself.

    Args:
        row: A signature with a gate's meaning.
        record: The visit.
        baseline: Item paths of the baseline reading and of newer ones.
        forms: Which forms of the visit hold a check with which gate.
        checks: Prefixes of the bedside checks that count.
    """
    check = row.scope if row.meaning == "G3" and row.scope in checks else ""
    scope, beside = gate_scope(record, row.meaning, baseline, forms, check)
    if row.scope != scope or (row.meaning == "G3" and not check):
        return False
    heads = {
        head.path: head for instance in record.forms.values() for head in instance.items.values()
    }
    beneath = [path for path in heads if scope and path.startswith(f"{scope}/")]
    wanted, signed = {*beneath, *beside}, {path for path, _ in row.items}
    known = {path for path in wanted if heads[path].recorded_at <= row.typed_at}
    return bool(wanted & signed) and known <= signed


def _paths(record: VisitRecord, *forms: str) -> list[str]:
    return [
        head.path
        for form in forms
        for instance in record.instances(form)
        for head in instance.items.values()
    ]
