"""The systems of the exam as steps: which items belong to each and how far it is."""

from collections.abc import Mapping

from msclinic.domain.edss import SYSTEM_ITEMS
from msclinic.domain.values import Code
from msclinic.services.neuro import ExamEntry
from msclinic.ui.widgets import Step
from msclinic.wording import tr

__all__ = ["SYSTEMS", "first_item", "step_with", "steps_of"]

SYSTEMS = (*SYSTEM_ITEMS.values(), "AMBULATION")
_WALKING = ("WALK_DISTANCE", "WALK_SOURCE", "WALK_AID", "WALK_AID_DISTANCE", "AMBULATION")
_PARTS = {"AMBULATION": _WALKING, "FS_CEREBELLAR": ("FS_CEREBELLAR", "FS_CEREBELLAR_X")}


def steps_of(exam: ExamEntry, names: Mapping[str, str]) -> list[Step]:
    """Each system with its grade and how many of its items are answered."""
    open_items = {ref[2] for ref in exam.open_items()}
    looked_at = {ref[2] for one in exam.hindrances() for ref in one.compared}
    steps = []
    for item in SYSTEMS:
        parts = _parts(exam, item)
        left = [part for part in parts if part in open_items]
        done = len(parts) - len(left)
        state = "done" if not left else ("in_progress" if done else "not_begun")
        detail = tr("{done} of {all}", done=done, all=len(parts))
        if not left and item in looked_at:
            state = "attention"
            detail += " · " + tr("to look at")
        answer = exam.value(item)
        grade = answer.value if isinstance(answer, Code) else "–"
        steps.append(Step(item, names[item], state, grade, detail))
    return steps


def step_with(item: str) -> str:
    """The system an item belongs to; the item itself where it belongs to none."""
    return next((system for system, parts in _PARTS.items() if item in parts), item)


def first_item(system: str) -> str:
    """The item with which a system begins."""
    return _PARTS.get(system, (system,))[0]


def _parts(exam: ExamEntry, system: str) -> list[str]:
    form = exam.form
    wanted = _PARTS.get(system, (system,))
    return [one for one in wanted if form.state(form.ref(one)).relevant]
