"""The journal as a person reads it: found by participant, form, item, person, time and act.

Nothing here writes. Who may learn of which entry is ``journal_sight``'s alone; what is asked for
by a name that this person may not know is answered as if there were no such thing (R-BLD-6).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from msclinic.domain.errors import UserError
from msclinic.record import ACTIONS, blot_path
from msclinic.services.clock_watch import CLOCK_PATH
from msclinic.services.entry_guards import demand_open
from msclinic.services.journal_model import (
    PROGRAM,
    SITE,
    Criteria,
    JournalLine,
    Offered,
    Spot,
    spot_of,
)
from msclinic.services.journal_sight import JournalSight, demand_journal
from msclinic.services.participants import CODE_PATH
from msclinic.services.session import Session
from msclinic.store import Reader
from msclinic.store.journal_reading import (
    JournalPlace,
    JournalRow,
    journal_at,
    journal_places,
    journal_rows,
    journal_under,
    of_actions,
    of_actor,
    positions_after,
    times_at,
)

__all__ = [
    "demand_criteria",
    "find",
    "gap_limit",
    "item_lines",
    "journal_lines",
    "offered",
]

_NEVER: Callable[[], bool] = lambda: False  # noqa: E731
_USUAL_GAP = timedelta(hours=72)
_FORM_PARTS = 4
_COUNTING = ("items", "beneath", "without", "streams", "heads", "seq", "position", "entries")
_FORM_ACTS = ("form_completed", "form_reopened")


def gap_limit(session: Session) -> timedelta:
    """From when on an entry counts as stored late (setting `journal_gap`; R-AUD-12)."""
    setting = session.study.settings.get("journal_gap")
    return _USUAL_GAP if setting is None else timedelta(hours=int(setting.value))


def offered(session: Session) -> Offered:
    """What the filters of the journal may name.

    Raises:
        Refused: The role does not read the journal.
    """
    demand_journal(session)
    with session.store.read() as reader:
        sight = JournalSight(session, reader)
        codes = sorted(
            (str((one.value or {}).get("value", "")), one.participant)
            for one in reader.named(CODE_PATH)
        )
        people = tuple(sorted(_people(sight, reader)))
    forms = tuple(oid for oid in session.study.forms if sight.reads(oid))
    return Offered(tuple((who, code) for code, who in codes), forms, people)


def find(
    session: Session,
    criteria: Criteria,
    stop: Callable[[], bool] = _NEVER,
    reader: Reader | None = None,
) -> list[int]:
    """Places of the entries that are wanted and that this person may know of, newest first.

    Args:
        session: Who reads.
        criteria: What is wanted.
        stop: Asked now and then; true ends the search, whose result is then worth nothing.
        reader: The snapshot; one of its own where there is none.

    Raises:
        Refused: The role does not read the journal.
        UserError: A form, item, visit, act or person that there is not, as far as this person may
            know.
    """
    demand_journal(session)
    if reader is None:
        with session.store.read() as opened:
            return find(session, criteria, stop, opened)
    sight = JournalSight(session, reader)
    _demand_known(sight, reader, criteria)
    found = [
        place.position
        for place in _places(reader, criteria, stop)
        if sight.sees(place.participant, place.path) and _fits(criteria, sight, place)
    ]
    for wanted in _narrowing(reader, criteria):
        found = [one for one in found if one in wanted]
    if criteria.since or criteria.until or criteria.late:
        found = _in_time(reader, criteria, found, gap_limit(session), stop)
    return sorted(found, reverse=True)


def journal_lines(
    session: Session, positions: Sequence[int], reader: Reader | None = None
) -> list[JournalLine]:
    """Entries at some places, in the order asked for; those that may not be known of are left out.

    Raises:
        Refused: The role does not read the journal.
    """
    demand_journal(session)
    if reader is None:
        with session.store.read() as opened:
            return journal_lines(session, positions, opened)
    sight = JournalSight(session, reader)
    rows = [
        row
        for row in journal_rows(reader, positions)
        if sight.sees(row.entry.participant or "", row.entry.path or "")
    ]
    return _lines(session, sight, reader, rows)


def _lines(
    session: Session, sight: JournalSight, reader: Reader, rows: Sequence[JournalRow]
) -> list[JournalLine]:
    whose = {row.entry.participant for row in rows if row.entry.participant}
    codes = {
        one.participant: str((one.value or {}).get("value", ""))
        for one in reader.names_of(CODE_PATH, whose)
    }
    jumps = _clock_jumps(session, reader)
    asked: dict[tuple[str, str], str] = {}
    people = _people(sight, reader)
    return [_line(session, sight, reader, row, codes, jumps, asked, people) for row in rows]


def item_lines(session: Session, participant: str, path: str) -> list[JournalLine]:
    """The history of one item, newest first: its answers, reasons, overrides, and its form.

    Whoever may open the form may see it, with or without the journal.

    Args:
        session: Who has the form open.
        participant: Random id.
        path: Path of the item.

    Raises:
        Refused: The person may not open the form now.
        UserError: There is no such form.
    """
    visit, visit_key, form_oid, form_key = path.split("/")[:_FORM_PARTS]
    demand_open(session, participant, visit, visit_key, form_oid, form_key)
    with session.store.read() as reader:
        own = journal_under(reader, participant, path)
        form = journal_at(reader, participant, "/".join(path.split("/")[:_FORM_PARTS]))
        begun = min(own, default=0)
        positions = sorted(own | {one for one in form if own and one > begun}, reverse=True)
        rows = [
            row
            for row in journal_rows(reader, positions)
            if row.position in own or row.entry.action in _FORM_ACTS
        ]
        blots = {
            one
            for row in rows
            for part in row.removed
            for one in journal_at(reader, participant, blot_path(row.stored.hash, part))
        }
        rows += journal_rows(reader, sorted(blots))
        rows.sort(key=_position, reverse=True)
        return _lines(session, JournalSight(session, reader), reader, rows)


def demand_criteria(session: Session, reader: Reader, criteria: Criteria) -> None:
    """Go on only if all that is named is there, as far as this person may know.

    Raises:
        Refused: The role does not read the journal.
        UserError: A form, item, visit, act or person that there is not.
    """
    demand_journal(session)
    _demand_known(JournalSight(session, reader), reader, criteria)


def _demand_known(sight: JournalSight, reader: Reader, criteria: Criteria) -> None:
    study = sight.session.study
    visits = {one.code for one in study.visits}
    known_form = not criteria.form or sight.reads(criteria.form)
    forms = [criteria.form] if criteria.form else [one for one in study.forms if sight.reads(one)]
    items = {
        item.oid
        for form in forms
        if form in study.forms
        for group in study.form(form).item_groups
        for item in group.items
    }
    people = {"", PROGRAM} | (_people(sight, reader) if criteria.person else set())
    if (
        not known_form
        or (criteria.visit and criteria.visit not in visits)
        or (criteria.item and criteria.item not in items)
        or criteria.person not in people
        or not all(one in ACTIONS for one in criteria.acts)
    ):
        raise UserError(
            "journal_filter",
            what="The journal cannot be searched for this.",
            why="A form, item, visit, person or act of that name is not known here.",
            what_to_do="Check how it is written.",
        )


def _people(sight: JournalSight, reader: Reader) -> set[str]:
    """Accounts whose entries may be told apart from those of others in their role."""
    found: set[str] = set()
    hidden: set[str] = set()
    for head in reader.heads(participant="", prefix="people"):
        parts = head.path.split("/")
        found.add(parts[1])
        if len(parts) > 3 and parts[2] == "role" and not sight.person(parts[1], parts[3]):
            hidden.add(parts[1])
    return found - hidden


def _places(reader: Reader, criteria: Criteria, stop: Callable[[], bool]) -> Iterable[JournalPlace]:
    whose = "" if criteria.participant == SITE else criteria.participant or None
    return journal_places(reader, whose, stop)


def _fits(criteria: Criteria, sight: JournalSight, place: JournalPlace) -> bool:
    if not (criteria.visit or criteria.form or criteria.item):
        return True
    spot = spot_of(sight.about(place.participant, place.path))
    return (
        criteria.visit in ("", spot.visit)
        and criteria.form in ("", spot.form)
        and criteria.item in ("", spot.item)
    )


def _narrowing(reader: Reader, criteria: Criteria) -> Iterable[set[int]]:
    if criteria.acts:
        yield of_actions(reader, criteria.acts)
    if criteria.person == PROGRAM:
        yield of_actions(reader, ["computed"])
    elif criteria.person:
        whose = criteria.participant or None
        own = of_actor(reader, criteria.person, "" if whose == SITE else whose)
        yield own - of_actions(reader, ["computed"])
    if criteria.after is not None:
        yield positions_after(reader, criteria.after)


def _in_time(
    reader: Reader,
    criteria: Criteria,
    found: Sequence[int],
    limit: timedelta,
    stop: Callable[[], bool],
) -> list[int]:
    return [
        position
        for position, typed, recorded in times_at(reader, found, stop)
        if (criteria.since is None or typed >= criteria.since)
        and (criteria.until is None or typed < criteria.until)
        and (not criteria.late or recorded - typed >= limit)
    ]


def _clock_jumps(session: Session, reader: Reader) -> dict[tuple[str, str], Decimal]:
    """By stream and day at the site, by how much its clock was moved (R-TIM-3)."""
    moved: dict[tuple[str, str], Decimal] = {}
    for row in journal_rows(reader, sorted(of_actions(reader, ["clock_jumped"]))):
        seconds = str((row.value or {}).get("seconds", ""))
        if row.entry.path == CLOCK_PATH and seconds:
            place = _day_of(session, row.entry.stream, row.entry.recorded_at)
            moved[place] = moved.get(place, Decimal(0)) + Decimal(seconds)
    return moved


def _position(row: JournalRow) -> int:
    return row.position


def _day_of(session: Session, stream: str, moment: datetime) -> tuple[str, str]:
    return stream, moment.astimezone(session.zone).date().isoformat()


def _line(
    session: Session,
    sight: JournalSight,
    reader: Reader,
    row: JournalRow,
    codes: Mapping[str, str],
    jumps: Mapping[tuple[str, str], Decimal],
    asked: dict[tuple[str, str], str],
    people: set[str],
) -> JournalLine:
    entry = row.entry
    root, _, rest = (entry.path or "").partition("/")
    whom = rest.partition("/")[0] if root == "people" else ""
    spot = spot_of(sight.about(entry.participant or "", entry.path or ""))
    if not entry.participant:
        spot = Spot(form=spot.form)  # a review names a form and no visit
    program = f"{PROGRAM} {entry.app_version}" if entry.action == "computed" else ""
    person = "" if program else sight.person(entry.actor or "", entry.role or "")
    return JournalLine(
        row=row,
        code=codes.get(entry.participant or "", ""),
        spot=spot,
        whom=whom if whom in people and whom != entry.actor else "",
        account=person,
        role="" if program else entry.role or "",
        program=program,
        value=_shown(sight, row.value),
        reason=row.reason,
        old=tuple((_shown(sight, one.value), one.removed) for one in row.before),
        asked=_asked(sight, reader, entry.participant or "", entry.prompted_by or "", asked),
        clock=jumps.get(_day_of(session, entry.stream, entry.recorded_at)),
    )


def _shown(sight: JournalSight, value: dict[str, Any] | None) -> dict[str, Any] | None:
    """A value without what must not be known, and without what counts entries or lists them."""
    if value is None:
        return None
    kept = {name: one for name, one in value.items() if name not in _COUNTING}
    shown: dict[str, Any] = sight.without_hidden(kept)
    return shown


def _asked(
    sight: JournalSight,
    reader: Reader,
    participant: str,
    prompted: str,
    known: dict[tuple[str, str], str],
) -> str:
    if not prompted.startswith("query/") or not sight.sees(participant, prompted):
        return ""
    if (participant, prompted) not in known:
        texts = [
            str((one.reason or {}).get("text", "")) for one in reader.trail(participant, prompted)
        ]
        known[participant, prompted] = next((one for one in texts if one), "")
    return known[participant, prompted]
