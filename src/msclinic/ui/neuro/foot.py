"""The foot of the exam: what is left, where to go next, and whether it can be signed."""

from collections.abc import Mapping, Sequence

from msclinic.services.neuro import ExamEntry, ExamSignature
from msclinic.ui.neuro.frame import ExamFrame
from msclinic.ui.neuro.score_panel import finding_title
from msclinic.ui.neuro.words import hindered, signed_words
from msclinic.wording import tr

__all__ = ["next_item", "show_foot"]


def next_item(exam: ExamEntry, order: Sequence[str], after: str) -> str:
    """The next item without an answer; empty where none is left.

    Args:
        exam: The open exam.
        order: The items in the order of the form.
        after: Where to begin; empty for the first.
    """
    wanted = [ref[2] for ref in exam.open_items()]
    start = order.index(after) + 1 if after in order else 0
    for item in [*order[start:], *order[:start]]:
        if item in wanted and item != after:
            return item
    return wanted[0] if wanted else ""


def show_foot(
    frame: ExamFrame,
    exam: ExamEntry,
    signature: ExamSignature | None,
    names: Mapping[str, str],
    following: str,
    *,
    locked: bool,
    correcting: bool,
) -> None:
    """Say what is left of the exam and whether it can be signed.

    Args:
        frame: What holds the foot.
        exam: The open exam.
        signature: Its signature, if there is one.
        names: Short names of the items.
        following: The next item without an answer; empty where none is left.
        locked: Whether nothing can be answered here now.
        correcting: Whether a signed exam is being corrected.
    """
    foot, session, may_enter = frame.foot, exam.form.session, exam.form.may_enter
    foot.set_other("")
    if signature is not None and signature.valid and not correcting:
        foot.set_left(tr("Signed"), signed_words(session, signature), "ok", "ok")
        foot.set_next(tr("To my exams") if may_enter else "")
        foot.set_other(tr("Correct an answer") if may_enter else "")
        frame.set_signing("", visible=False)
        return
    if locked:
        foot.set_left(tr("Read only."), tr("Only the rater answers here."), "info", "text2")
        foot.set_next("")
        frame.set_signing("", visible=False)
        return
    blank = [ref[2] for ref in exam.open_items()]
    settle = exam.hindrances()
    if blank:
        listed = ", ".join(names[item] for item in blank[:3])
        more = " …" if len(blank) > 3 else ""
        foot.set_left(tr("{count} left:", count=len(blank)), listed + more)
        foot.set_next(tr("Next: {item}", item=names[following]))
    elif settle:
        title = finding_title(settle[0].code)
        foot.set_left(tr("{count} to settle:", count=len(settle)), title, "attention")
        foot.set_next(tr("Settle it"))
    else:
        said = tr("A change made the signature void.") if signature is not None else ""
        foot.set_left(tr("All answered."), said, "ok", "ok")
        foot.set_next("")
    # What C4 wants is an item of the form, which is among the blank ones already.
    unsettled = len([one for one in settle if one.code != "C4"])
    frame.set_signing(hindered(len(blank), unsettled))
