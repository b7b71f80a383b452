"""A physician lets one thing pass that keeps a gate shut: which answers it lies on, what is asked.

Whether it may be done, and by whom, is the services' to say; the gate then stands open for a
signature, and the override becomes a deviation.
"""

from collections.abc import Iterator

from msclinic.domain.infusion.checklist import Blocker
from msclinic.domain.infusion.items import (
    AFTER_INFUSION,
    FIT_TO_DOSE,
    INFUSION,
    ITEMS,
    VITAL_SIGNS,
)
from msclinic.forms.session import Ref
from msclinic.services.entry import FormEntry
from msclinic.services.infusion.view import ReadingView
from msclinic.ui.infusion.reason_panel import ReasonAsked
from msclinic.ui.infusion.sight import Sight
from msclinic.wording import tr

__all__ = ["GATES_WITH_OVERRIDE", "blocker_key", "let_pass", "override_asked"]

GATES_WITH_OVERRIDE = ("G1", "G6", "G7")
_FORMS = (FIT_TO_DOSE, INFUSION, AFTER_INFUSION, "kit_assignment")


def blocker_key(blocker: Blocker) -> str:
    """Names a blocker among those of its gate."""
    measure = blocker.parameters.get("measure", "")
    return f"{blocker.code}/{blocker.item}/{measure}"


def let_pass(sight: Sight, blocker: Blocker, reason: str) -> None:
    """Override whatever a blocker lies on, with one reason.

    Raises:
        Refused: Not a physician.
        UserError: No reason, or it can never be overridden.
    """
    for entry, ref in _beneath(sight, blocker):
        if entry.form.item(ref[2]).computed:
            # An override of a value that is not the newest lapses when the newest is stored.
            entry.store_computed()
        entry.override(ref, reason)


def _beneath(sight: Sight, blocker: Blocker) -> Iterator[tuple[FormEntry, Ref]]:
    if blocker.code in ("VITALS_HOLD", "NEWS2_HOLD"):
        vitals = sight.entry(VITAL_SIGNS)
        item = blocker.parameters.get("measure", "NEWS2")
        for one in sight.view.readings:
            if _holds(sight, one, blocker):
                yield vitals, ("reading", one.key, item)
        if blocker.code == "VITALS_HOLD":
            return
    rule = ITEMS.get(blocker.item)
    forms = (rule.form,) if rule is not None else _FORMS
    for form in forms:
        entry = sight.entry(form)
        if any(blocker.item == item.oid for g in entry.form.item_groups for item in g.items):
            yield entry, entry.ref(blocker.item)
            return


def _holds(sight: Sight, one: ReadingView, blocker: Blocker) -> bool:
    """Whether a reading before the dose is the one that a blocker speaks about."""
    started = sight.view.started_at
    if started is not None and (one.vitals.taken_at is None or one.vitals.taken_at > started):
        return False
    if blocker.code == "NEWS2_HOLD":
        return bool(one.news2.parts) and str(sum(one.news2.parts.values())) == (
            blocker.parameters.get("total")
        )
    name = blocker.parameters.get("measure", "").lower()
    return str(getattr(one.vitals, name, None)) == blocker.parameters.get("value")


def override_asked(gate: str, place: str, sentence: str, who: str) -> ReasonAsked:
    """What is asked before something is let pass.

    Args:
        gate: G1, G6 or G7.
        place: The gate, with its plain name.
        sentence: What is let pass.
        who: The physician's account, as people read it.
    """
    return ReasonAsked(
        title=tr("Override with a reason"),
        place=place,
        sentence=sentence,
        question={
            "G6": tr("Why may this participant leave all the same? No names."),
            "G7": tr("Why may the visit be closed all the same? No names."),
        }.get(gate, tr("Why may this participant be dosed all the same? No names.")),
        note=tr(
            "Your name, the time and the reason are stored. It becomes a deviation, and the gate"
            " still waits for your signature."
        ),
        give=tr("Override as {who}", who=who),
    )
