"""Where a participant stands in the study, as a function of signed acts and infusions given.

No act takes data away: withdrawal of consent ends what is collected from then on and keeps what
was collected before (Regulation (EU) 536/2014, article 28(3)).
"""

from collections.abc import Iterable
from datetime import date

from attrs import field, frozen

__all__ = [
    "ACTS",
    "PARTS",
    "STATES",
    "LifeAct",
    "ParticipantLife",
    "allowed_acts",
    "dose_bars",
    "may_sample",
    "may_visit",
    "participant_life",
]

STATES = (
    "screened",
    "screen_failed",
    "rescreened",
    "randomised",
    "on_product",
    "off_product",
    "withdrawn",
    "lost",
    "completed",
    "died",
    "transferred",
)
ACTS = (
    "screen_failure",
    "rescreening",
    "randomisation",
    "product_stop",
    "withdrawal",
    "lost_to_follow_up",
    "death",
    "transfer",
    "end_of_study",
)
PARTS = ("product", "visits", "samples")
"""What a participant can withdraw from, each apart from the others."""

_IN_STUDY = frozenset({"randomised", "on_product", "off_product"})
_VISITED = _IN_STUDY | {"screened"}
_ENDING = frozenset({"withdrawal", "lost_to_follow_up", "death", "transfer"})
_STILL = {
    "screened": _ENDING | {"randomisation", "screen_failure"},
    "screen_failed": frozenset({"rescreening", "death"}),
    "rescreened": frozenset[str](),
    "withdrawn": frozenset({"withdrawal", "death"}),
    "lost": frozenset({"withdrawal", "death"}),
    # Stored samples can be withdrawn after the last visit.
    "completed": frozenset({"withdrawal", "death"}),
    "died": frozenset[str](),
    "transferred": frozenset[str](),
} | dict.fromkeys(_IN_STUDY, _ENDING | {"product_stop", "end_of_study"})


@frozen
class LifeAct:
    """A signed act that stands.

    Attributes:
        kind: One of ``ACTS``.
        day: The day it took effect, as far as it is known.
        parts: What was withdrawn from; empty for other acts.
    """

    kind: str = field()
    day: date | None = None
    parts: frozenset[str] = frozenset()

    @kind.validator
    def _known_kind(self, _attribute: object, kind: str) -> None:
        if kind not in ACTS:
            raise ValueError(f"{kind!r} is no act of a participant's life.")


@frozen
class ParticipantLife:
    """Where a participant stands.

    Withdrawal from samples alone changes no state, withdrawal from the product alone leaves the
    participant in follow-up, or in screening before randomisation: what was withdrawn from is a
    fact beside the state.

    Attributes:
        state: One of ``STATES``.
        since: The day from which, as far as it is known.
        product_stopped: Whether the product was stopped.
        withdrawn_from: Of ``PARTS``.
        randomised: Whether the participant was randomised.
        dosed: Whether an infusion was ever begun.
    """

    state: str
    since: date | None = None
    product_stopped: bool = False
    withdrawn_from: frozenset[str] = frozenset()
    randomised: bool = False
    dosed: bool = False


def participant_life(
    acts: Iterable[LifeAct], first_infusion: date | None = None
) -> ParticipantLife:
    """Tell where a participant stands.

    What ends more outweighs what ends less, whatever the order in which it became known: a death
    reported after a loss to follow-up is a death.

    Args:
        acts: The acts that stand.
        first_infusion: Day of the first infusion begun.
    """
    found: dict[str, list[LifeAct]] = {}
    for act in acts:
        found.setdefault(act.kind, []).append(act)
        for part in act.parts:
            found.setdefault(part, []).append(act)
    order = (
        ("died", "death"),
        ("transferred", "transfer"),
        ("completed", "end_of_study"),
        ("withdrawn", "visits"),
        ("lost", "lost_to_follow_up"),
        ("rescreened", "rescreening"),
        ("screen_failed", "screen_failure"),
        ("off_product", "product_stop"),
        ("off_product", "product"),
    )
    state, since = "screened", None
    # Off the product is only who could be on it; before randomisation screening goes on.
    on_it = "randomisation" in found or first_infusion is not None
    ended = next(
        (pair for pair in order if pair[1] in found and (on_it or pair[0] != "off_product")), None
    )
    if ended is not None:
        state, since = ended[0], _first_day(found[ended[1]])
    elif first_infusion is not None:
        state, since = "on_product", first_infusion
    elif "randomisation" in found:
        state, since = "randomised", _first_day(found["randomisation"])
    return ParticipantLife(
        state=state,
        since=since,
        product_stopped="product_stop" in found,
        withdrawn_from=frozenset(PARTS) & found.keys(),
        randomised="randomisation" in found,
        dosed=first_infusion is not None,
    )


def allowed_acts(life: ParticipantLife) -> frozenset[str]:
    """Return the acts that can follow where the participant stands now."""
    allowed = _STILL[life.state]
    if life.product_stopped:
        allowed -= {"product_stop"}
    if life.product_stopped or "product" in life.withdrawn_from:
        allowed -= {"randomisation"}
    if life.withdrawn_from == frozenset(PARTS):
        allowed -= {"withdrawal"}
    return allowed


def dose_bars(life: ParticipantLife) -> tuple[str, ...]:
    """Return why no infusion may begin, as codes; nothing bars one while it is empty."""
    bars = []
    if life.state not in _VISITED:
        bars.append(life.state.upper())
    elif not life.randomised and not life.dosed:
        bars.append("NOT_RANDOMISED")
    if life.product_stopped:
        bars.append("PRODUCT_STOPPED")
    if "product" in life.withdrawn_from:
        bars.append("WITHDREW_PRODUCT")
    return tuple(bars)


def may_visit(life: ParticipantLife) -> bool:
    """Tell whether planned visits and calls go on; what is unplanned opens at any time."""
    return life.state in _VISITED


def may_sample(life: ParticipantLife) -> bool:
    """Tell whether samples may be taken."""
    return may_visit(life) and "samples" not in life.withdrawn_from


def _first_day(acts: list[LifeAct]) -> date | None:
    return min((act.day for act in acts if act.day is not None), default=None)
