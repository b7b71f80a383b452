"""Keeps the two bedside checks apart: each person has an own one, and nobody sees the other's.

The first answers stay hidden from a checker until that person's own check is finished.
"""

from msclinic.domain.infusion.items import BEDSIDE_CHECK
from msclinic.services.infusion.facts import bedside_checks
from msclinic.services.infusion.visit_record import read_visit
from msclinic.services.session import Refused, Session
from msclinic.store import Reader

__all__ = ["check_hidden", "check_owner", "require_visible"]


def check_owner(reader: Reader, participant: str, prefix: str) -> str | None:
    """Who opened a bedside check; none while nobody did."""
    trail = reader.trail(participant, prefix)
    return trail[0].entry.actor if trail else None


def check_hidden(
    session: Session, reader: Reader, participant: str, visit: str, visit_key: str, form_key: str
) -> bool:
    """Whether this person must not see a bedside check yet; see `require_visible`."""
    try:
        require_visible(session, reader, participant, visit, visit_key, form_key)
    except Refused:
        return True
    return False


def require_visible(
    session: Session, reader: Reader, participant: str, visit: str, visit_key: str, form_key: str
) -> None:
    """Go on only if this person may look at a bedside check now.

    Raises:
        Refused: It is the other checker's and the own one is not finished.
    """
    prefix = f"{visit}/{visit_key}/{BEDSIDE_CHECK}/{form_key}"
    owner = check_owner(reader, participant, prefix)
    checker = session.may(f"enter:{BEDSIDE_CHECK}")
    if owner is None or owner == session.account or not checker:
        return
    record = read_visit(reader, participant, visit, visit_key)
    own = [c for c in bedside_checks(reader, participant, record) if c.account == session.account]
    if not any(check.finished for check in own):
        raise Refused(
            "check_hidden",
            what="The other person's bedside check is hidden.",
            why="Both checks count only if neither was made from the other.",
            what_to_do="Finish your own check first.",
        )
