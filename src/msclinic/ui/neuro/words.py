"""What the rater's screens say: banner, reasons, names of items; nothing a rater may not know."""

from collections.abc import Mapping
from decimal import Decimal

from msclinic.forms.definitions import FormDefinition
from msclinic.services.neuro import ExamSignature, planned_visit
from msclinic.services.participants import Identity as Who
from msclinic.services.people import account_code
from msclinic.services.session import Session
from msclinic.ui.participants.banner import facts_of
from msclinic.ui.widgets.banner import Identity
from msclinic.ui.widgets.reasons import ReasonChoice
from msclinic.wording import current_language, plural, time_text, tr

__all__ = [
    "allergies",
    "change_reasons",
    "contradiction_reasons",
    "exam_banner",
    "hindered",
    "own_words",
    "short_names",
    "signed_words",
    "step_code",
]


def exam_banner(session: Session, who: Who, visit: str) -> Identity:
    """The banner of an exam: the planned visit and contact allergies."""
    return Identity(
        code=who.code,
        facts=facts_of(who),
        visit=planned_visit(session, visit),
        visit_note=tr("neurological exam, EDSS"),
        allergies=allergies(session, who),
        allergy_known=who.allergies_known,
    )


def allergies(session: Session, who: Who) -> str:
    """Contact allergies by their labels, where the banner's words are codes of the study."""
    listed = session.study.codelists.get("CONTACT_ALLERGY")
    labels = {}
    if listed is not None:
        labels = {
            item.code.lower(): item.label.text(current_language()).lower() for item in listed.items
        }
    words = [labels.get(word, word) for word in who.allergies.split(", ") if word]
    return tr("Allergy: {what}", what=", ".join(words)) if words else ""


def short_names(form: FormDefinition) -> dict[str, str]:
    """A name of each item for a button or a list."""
    names = {
        item.oid: item.label.text(current_language())
        for group in form.item_groups
        for item in group.items
    }
    return names | {
        "FS_CEREBELLAR_X": tr("Cerebellar X"),
        "WALK_DISTANCE": tr("Distance"),
        "WALK_SOURCE": tr("Measured or reported"),
        "WALK_AID_DISTANCE": tr("Distance with aid"),
        "AMBULATION": tr("Ambulation"),
        "EDSS": tr("Your EDSS"),
        "EDSS_REASON": tr("Reason"),
        "EDSS_REASON_TEXT": tr("Comment"),
    }


def change_reasons() -> tuple[ReasonChoice, ...]:
    """Why an answer was changed or comes late."""
    return (
        ReasonChoice("1", tr("Mistyped")),
        ReasonChoice("2", tr("Examined again")),
        ReasonChoice("3", tr("Other…"), needs_text=True),
    )


def contradiction_reasons() -> tuple[ReasonChoice, ...]:
    """Why a contradiction stands."""
    return (
        ReasonChoice("1", tr("Checked, it stands")),
        ReasonChoice("2", tr("Not due to MS")),
        ReasonChoice("3", tr("Other…"), needs_text=True),
    )


def hindered(blank: int, settle: int) -> str:
    """What keeps an exam from being signed; empty where nothing does."""
    if blank and settle:
        return tr(
            "opens when nothing is blank ({items} left) and all fits ({reasons} to settle)",
            items=blank,
            reasons=settle,
        )
    if blank:
        return plural(
            blank,
            one="opens when {count} answer is given",
            other="opens when {count} answers are given",
        )
    if settle:
        return plural(
            settle,
            one="opens when {count} finding is settled",
            other="opens when {count} findings are settled",
        )
    return ""


def own_words(message: Mapping[str, str]) -> str:
    """A finding's sentence in the language of the screen."""
    return message.get(current_language()) or message["en"]


def signed_words(session: Session, signature: ExamSignature) -> str:
    """Who signed and when."""
    return tr(
        "by {account} at {time}",
        account=account_code(signature.account),
        time=time_text(signature.at, session.zone),
    )


def step_code(step: Decimal | None) -> str:
    """The code of a step in the scale's codelist; empty for none."""
    if step is None:
        return ""
    return str(int(step)) if step in (0, 10) else f"{step:.1f}"
