"""Where a participant stands, in words: the state, since when and by whom, what it rules out.

The words follow from the signed acts in the record; nothing is decided here.
"""

from datetime import date, datetime

from msclinic.domain.participant_life import ACTS, ParticipantLife, dose_bars, may_sample, may_visit
from msclinic.services.life_record import LifeRecord, RecordedAct
from msclinic.services.people import account_code
from msclinic.services.session import Session
from msclinic.ui.participants.state import Look
from msclinic.wording import date_text, time_text, tr

__all__ = [
    "act_button",
    "act_line",
    "acts_in_order",
    "facts_beside",
    "no_dose",
    "ruled_out",
    "signed_words",
    "since_words",
    "state_look",
]

# The acts that can have led to a state, the decisive one first.
_LED_BY = {
    "screen_failed": ("screen_failure",),
    "rescreened": ("screen_failure",),
    "randomised": ("randomisation",),
    "off_product": ("product_stop", "withdrawal"),
    "withdrawn": ("withdrawal",),
    "lost": ("lost_to_follow_up",),
    "completed": ("end_of_study",),
    "died": ("death",),
    "transferred": ("transfer",),
}


def state_look(life: ParticipantLife) -> Look:
    """The state as icon and word."""
    return {
        "screened": Look("in_progress", "accent", tr("In screening")),
        "screen_failed": Look("x", "text2", tr("Screen failure")),
        "rescreened": Look("link", "text2", tr("Screened again under a new code")),
        "randomised": Look("ok", "ok", tr("Randomised, no infusion yet")),
        "on_product": Look("ok", "ok", tr("On product")),
        "off_product": Look("attention", "att", tr("Off product, in follow-up")),
        "withdrawn": Look("attention", "att", tr("Withdrawn from visits")),
        "lost": Look("attention", "att", tr("Lost to follow-up")),
        "completed": Look("flag", "ok", tr("Study completed")),
        "died": Look("minus", "text", tr("Died")),
        "transferred": Look("arrow-up-right", "text2", tr("Transferred to another site")),
    }[life.state]


def ruled_out(life: ParticipantLife) -> str:
    """What the state rules out, in one sentence; empty where it rules out nothing."""
    dose = bool(dose_bars(life))
    if not may_visit(life):
        return tr("No planned visit, no infusion and no sample. Data collected so far stay.")
    if life.state == "screened":
        return tr("No infusion before randomisation.")
    if dose and not may_sample(life):
        return tr("No further infusion and no sample. Visits go on.")
    if dose:
        return tr("No further infusion. Visits go on.")
    if not may_sample(life):
        return tr("No sample may be taken.")
    return ""


def no_dose(life: ParticipantLife) -> bool:
    """Whether visits go on without an infusion; one who waits for randomisation may get one."""
    return any(bar != "NOT_RANDOMISED" for bar in dose_bars(life))


def facts_beside(life: ParticipantLife) -> list[str]:
    """What was stopped or withdrawn from, where the state does not say it."""
    facts = []
    if life.product_stopped:
        facts.append(tr("product stopped"))
    for part, words in (
        ("product", tr("withdrew from the product")),
        ("visits", tr("withdrew from visits")),
        ("samples", tr("withdrew from samples")),
    ):
        if part in life.withdrawn_from and not (part == "visits" and life.state == "withdrawn"):
            facts.append(words)
    return facts


def since_words(session: Session, record: LifeRecord) -> str:
    """Since when and by whom: ``since 12 Nov 2026 · signed by PHY 01``."""
    life = record.life
    parts = []
    if life.since is not None:
        parts.append(tr("since {day}", day=date_text(life.since)))
    act = _leading(record)
    if act is not None:
        parts.append(signed_words(session, act))
    return " · ".join(parts)


def _leading(record: LifeRecord) -> RecordedAct | None:
    for kind in _LED_BY.get(record.life.state, ()):
        for act in record.acts:
            if act.kind == kind and act.stands:
                return act
    return None


def signed_words(session: Session, act: RecordedAct) -> str:
    """Who signed an act, and whether the signature holds."""
    who = account_code(act.signed_by)
    if not act.valid and act.stands:
        return tr("signature of {who} void: changed later", who=who)
    return tr("signed by {who}, {time}", who=who, time=_moment(session, act.signed_at))


def _moment(session: Session, at: datetime) -> str:
    day: date = at.astimezone(session.zone).date()
    return f"{date_text(day)}, {time_text(at, session.zone)}"


def act_button(kind: str) -> str:
    """An act as a button names it."""
    return {
        "screen_failure": tr("Screen failure…"),
        "rescreening": tr("Screen again…"),
        "randomisation": tr("Randomise…"),
        "product_stop": tr("Stop the product…"),
        "withdrawal": tr("Withdrawal…"),
        "lost_to_follow_up": tr("Lost to follow-up…"),
        "death": tr("Death…"),
        "transfer": tr("Transfer…"),
        "end_of_study": tr("Study completed…"),
    }[kind]


def act_line(session: Session, act: RecordedAct, language: str) -> tuple[Look, str]:
    """A recorded act: icon and title, and who signed it when."""
    title = session.study.form(act.kind).title.text(language)
    if act.day is not None:
        title = f"{title}, {date_text(act.day)}"
    note = signed_words(session, act)
    if not act.stands:
        return Look("minus", "text2", title), f"{tr('taken back')} · {note}"
    if not act.valid:
        return Look("attention", "att", title), note
    return Look("ok", "ok", title), note


def acts_in_order(kinds: frozenset[str]) -> list[str]:
    """Acts in the order of a participant's way."""
    return [kind for kind in ACTS if kind in kinds]
