"""``msclinic journal``: the journal, filtered, as a data file.

Names are those of the study and of people: codes, never random ids; times are the site's.
"""

from argparse import Namespace
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msclinic.domain.errors import UserError
from msclinic.services.journal_export import export_journal
from msclinic.services.journal_model import ACT_GROUPS, SITE, Criteria
from msclinic.services.participants import find_participant
from msclinic.services.session import Session

__all__ = ["acts_named", "criteria_of", "journal_file"]


def journal_file(session: Session, options: Namespace) -> int:
    """Write the file that the options ask for; gives how many entries it holds.

    Raises:
        Refused: The role does not read the journal.
        UserError: An option names what there is not.
        KnownFault: The file cannot be written.
    """
    return export_journal(session, criteria_of(session, options), options.format, options.out)


def criteria_of(session: Session, options: Namespace) -> Criteria:
    """What the options ask for.

    Raises:
        Refused: The role does not read the journal.
        UserError: An option names what there is not.
    """
    session.require("journal")
    code = options.participant or ""
    return Criteria(
        participant=find_participant(session, code) if code not in ("", SITE) else code,
        visit=options.visit or "",
        form=options.form or "",
        item=options.item or "",
        person=options.person or "",
        acts=acts_named(options.action or ()),
        since=_moment(options.since, session.zone, ends=False),
        until=_moment(options.until, session.zone, ends=True),
        late=options.late,
    )


def acts_named(names: Iterable[str]) -> tuple[str, ...]:
    """Acts by their own names or by the name of their group."""
    return tuple(act for name in names for act in ACT_GROUPS.get(name, (name,)))


def _moment(text: str | None, zone: ZoneInfo, *, ends: bool) -> datetime | None:
    """A day or a moment at the site; a day that ends something is meant whole."""
    if text is None:
        return None
    try:
        if len(text) == len("2026-11-23"):
            day = date.fromisoformat(text) + timedelta(days=1 if ends else 0)
            return datetime.combine(day, time(), zone)
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UserError(
            "journal_time",
            what="This is no day and no time.",
            why="The journal was asked for {text}.",
            what_to_do="Write 2026-11-23, or 2026-11-23T14:30 for a time at the site.",
            parameters={"text": text},
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
