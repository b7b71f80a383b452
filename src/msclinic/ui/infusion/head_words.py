"""Title, due time and what is waited for, in words, over and under the step of a run."""

from datetime import timedelta

from attrs import frozen

from msclinic.ui.infusion.sight import Sight, round_name
from msclinic.wording import tr

__all__ = ["DueShown", "due_shown", "title_of", "waits"]


@frozen
class DueShown:
    """When a round is due.

    Attributes:
        words: In words.
        tone: Tone of the chip.
        icon: Icon of the chip.
        surface: Ground of the whole head.
    """

    words: str
    tone: str
    icon: str
    surface: str


def title_of(sight: Sight, what: str, phase: str, point: str, *, joined: bool) -> str:
    """What the step in the middle is called."""
    if what == "round":
        return round_name(point)
    if what in ("release_wait", "release"):
        return tr("Product release")
    if what == "start":
        return tr("Start of the infusion")
    if what in ("check", "check_begin") and joined:
        return tr("Bedside check, second person")
    titles = {one.phase: tr(one.title) for one in sight.view.phases}
    return titles.get(phase, tr("Product release"))


def due_shown(sight: Sight, what: str, point: str) -> DueShown | None:
    """When the round at hand is due; none where nothing is."""
    view = sight.view
    one = next((r for r in view.rounds if r.point == point), view.next_round)
    timed = what in ("round", "running", "watching") and view.started_at is not None
    if what == "round" and point == "EXTRA":
        return None
    if not timed or one is None or one.due is None or one.closes_at is None:
        return None
    due, until = sight.time(one.due), sight.time(one.closes_at)
    if view.now >= one.closes_at:
        minutes = (view.now - one.due) // timedelta(minutes=1)
        words = tr("Due {time}, {minutes} min late", time=due, minutes=minutes)
        return DueShown(words, "attention", "attention", "attbg")
    if one.opens_at is not None and view.now >= one.opens_at:
        words = tr("Due {time}, open to {until}", time=due, until=until)
        return DueShown(words, "accent", "timer", "accentbg")
    words = tr("{round} at {time}", round=round_name(one.point), time=due)
    return DueShown(words, "neutral", "timer", "bg")


def waits(sight: Sight, what: str) -> tuple[str, str]:
    """What a step without anything left to answer waits for."""
    if what in ("running", "watching"):
        one = sight.view.next_round
        if one is None or one.due is None:
            return tr("All rounds done."), ""
        if one.status in ("due", "overdue"):
            return tr("{round} is due.", round=round_name(one.point)), ""
        return tr("Nothing is due now."), ""
    if what == "release_wait":
        return tr("Waits for the preparers."), ""
    if what in ("away", "not_started", "check_early", "check_begin", "signed"):
        return "", ""
    return tr("All answered."), ""
