"""Times to wait in words, and what a card says of its visit. No rule of the study is here."""

from datetime import datetime, timedelta

from msclinic.services.infusion.today import Due, TodayCard
from msclinic.services.session import Session
from msclinic.wording import current_language, plural, tr

__all__ = ["blocked_words", "phase_title", "segment_state", "visit_note", "wait_words", "waiting"]

_MINUTE = timedelta(minutes=1)
_HOUR = 60
_LONG = 120
_DAY = 24 * _HOUR
_SEGMENTS = {"done": "done", "now": "in_progress", "blocked": "stop", "to_come": "not_begun"}
_BLOCKERS_SHOWN = 2


def waiting(due: Due, now: datetime) -> int:
    """Whole minutes until something falls due; negative when it is late."""
    left = due.at - now
    # A minute that has begun is not over yet; one late minute must have passed whole.
    return -((now - due.at) // _MINUTE) if left < timedelta() else -(-left // _MINUTE)


def wait_words(minutes: int) -> str:
    """A length of time with its unit: ``12 min``, ``2 h 5 min``, ``1 d``."""
    amount = abs(minutes)
    if amount < _LONG:
        return tr("{minutes} min", minutes=amount)
    if amount < _DAY:
        return tr("{hours} h {minutes} min", hours=amount // _HOUR, minutes=amount % _HOUR)
    return plural(amount // _DAY, one="{count} day", other="{count} days")


def segment_state(segment: str) -> str:
    """A phase's state in the words of the bar."""
    return _SEGMENTS[segment]


def phase_title(phase: str, status: str) -> str:
    """What the bar of phases is called now."""
    if status == "booked":
        return tr("Not arrived")
    return {
        "fit": tr("Fit to dose"),
        "bedside": tr("Bedside check"),
        "running": tr("Infusion"),
        "end": tr("End and flush"),
        "observation": tr("Observation"),
        "discharge": tr("Discharge"),
    }.get(phase, tr("Arrived"))


def visit_note(card: TodayCard) -> str:
    """Which infusion, and how the day lies in the window."""
    parts = [tr("infusion {number}", number=card.infusion) if card.infusion else ""]
    if card.window is not None:
        parts.append(
            {
                "early": tr("before its window"),
                "inside": tr("inside its window"),
                "late": tr("after its window"),
            }.get(card.position, "")
        )
    return " · ".join(part for part in parts if part)


def blocked_words(session: Session, card: TodayCard) -> tuple[str, str]:
    """What blocks a card: what is read first, and the sentences behind it."""
    language = current_language()
    if card.blocked_by == "STOP":
        first = tr("A stop rule holds.")
    else:
        meaning = session.study.meanings.get(card.blocked_by)
        name = meaning.title.text(language) if meaning else card.blocked_by
        first = tr("Blocked: {gate} ({code}).", gate=name, code=card.blocked_by)
    said = [one.pl if language == "pl" else one.en for one in card.blockers[:_BLOCKERS_SHOWN]]
    left = len(card.blockers) - _BLOCKERS_SHOWN
    if left > 0:
        said.append(plural(left, one="and {count} more", other="and {count} more"))
    return first, " ".join(said)
