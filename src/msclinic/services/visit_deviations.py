"""Deviations of the schedule that the program finds; a person accepts each or dismisses it.

What an infusion run has recorded of its own visit is not proposed a second time.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import pairwise

from attrs import frozen

from msclinic.domain.errors import UserError
from msclinic.domain.participant_life import ParticipantLife, dose_bars, may_visit
from msclinic.domain.values import Answer, Code, from_json
from msclinic.domain.visits import (
    infusion_interval,
    missed_dose,
    target_date,
    visit_window,
    window_status,
)
from msclinic.forms.session import Ref
from msclinic.services.entry import FormEntry
from msclinic.services.gateway import random_key, recording
from msclinic.services.infusion.facts import deviation_root
from msclinic.services.life_record import read_life
from msclinic.services.session import Session
from msclinic.services.visit_calendar import infusion_dates, plan_of
from msclinic.services.visits import (
    COMMON_VISIT,
    DOSE_FORMS,
    MISSED,
    VisitState,
    participant_visits,
)
from msclinic.store import Reader
from msclinic.wording import current_language, date_text, tr

__all__ = ["ProposedDeviation", "accept_deviation", "dismiss_deviation", "proposed_deviations"]

_DISMISSED = "participant/deviation/dismissed"
_FORM = "deviation"


@frozen
class ProposedDeviation:
    """A deviation the program found and nobody has judged yet.

    Attributes:
        key: The same for the same fact, whenever it is asked for.
        code: A code of ``DVDECOD``.
        text: What happened, in the reader's language.
        day: When, as far as it is known.
        visit: Visit code, or empty.
    """

    key: str
    code: str
    text: str
    day: date | None
    visit: str = ""


def proposed_deviations(session: Session, participant: str) -> tuple[ProposedDeviation, ...]:
    """Deviations of the schedule that nobody has accepted or dismissed, by visit.

    Raises:
        Refused: The role judges no deviations.
    """
    session.require("deviations")
    visits = participant_visits(session, participant)
    with session.store.read() as reader:
        given = infusion_dates(session, reader, participant)
        life = read_life(session, reader, participant).life
        known = _judged(reader, participant) | _recorded(reader, participant)
    if 1 not in given:
        # Before infusion 1 every window still moves with it.
        return ()
    today = session.now().astimezone(session.zone).date()
    found = [
        *_visits(session, visits, given, life, today),
        *_doses(session, given, life, today),
        *_calls(session, visits, given, life, today),
        *_intervals(session, given),
    ]
    return tuple(one for one in found if one.key not in known)


def accept_deviation(session: Session, participant: str, key: str) -> str:
    """Begin the deviation form of a proposal; gives the key of the form, to be completed.

    Raises:
        Refused: The role judges no deviations.
        UserError: There is no such proposal.
    """
    session.require(f"enter:{_FORM}")
    proposal = _proposal(session, participant, key)
    form_key = random_key()
    entry = FormEntry(session, participant, COMMON_VISIT, _FORM, form_key=form_key)
    answers: list[tuple[Ref, Answer]] = [
        (entry.ref("DVTERM"), proposal.text),
        (entry.ref("DVDECOD"), Code(proposal.code)),
        (entry.ref("DVREFID"), key),
        *([(entry.ref("DVSTDAT"), proposal.day)] if proposal.day is not None else []),
    ]
    entry.answer_together(answers)
    return form_key


def dismiss_deviation(session: Session, participant: str, key: str, why: str) -> None:
    """Say that a proposal is no deviation.

    Raises:
        Refused: The role judges no deviations.
        UserError: There is no such proposal, or no reason.
    """
    proposal = _proposal(session, participant, key)
    if not why.strip():
        raise UserError(
            "dismissal_reason",
            what="The proposal was not dismissed.",
            why="The reason is missing.",
            what_to_do="Type why this is no deviation.",
        )
    value = {"type": "deviation", "status": "dismissed", "code": proposal.code}
    with recording(session) as act:
        act.set(
            "deviation_recorded",
            f"{_DISMISSED}/{key}",
            value,
            participant=participant,
            reason={"code": "0", "text": why.strip()},
        )


def _proposal(session: Session, participant: str, key: str) -> ProposedDeviation:
    for one in proposed_deviations(session, participant):
        if one.key == key:
            return one
    raise UserError(
        "no_proposal",
        what="Nothing was recorded.",
        why="There is no such proposal, or it was judged before.",
        what_to_do="Look at the list of proposals again.",
    )


def _judged(reader: Reader, participant: str) -> set[str]:
    accepted = {
        str(from_json(head.value))
        for head in reader.heads(participant=participant, form=_FORM, item="DVREFID")
        if head.value
    }
    dismissed = reader.heads(participant=participant, prefix=_DISMISSED)
    return accepted | {head.path.rsplit("/", 1)[1] for head in dismissed}


def _recorded(reader: Reader, participant: str) -> set[str]:
    """Keys of proposals whose fact an infusion run has recorded itself."""
    found = set()
    root = deviation_root("").rstrip("/")
    for head in reader.heads(participant=participant, prefix=root):
        parts = head.path.removeprefix(f"{root}/").split("/")
        if len(parts) == 3 and parts[2].startswith("WINDOW-"):
            found.add(f"VISIT_WINDOW-{parts[0]}-{parts[1]}")
        elif len(parts) == 3 and parts[2].startswith("INTERVAL-"):
            found.add(f"INTERVAL_SHORT-{parts[0]}")
    return found


def _expected(life: ParticipantLife, day: date) -> bool:
    """Whether the participant was still visited on a day."""
    return may_visit(life) or (life.since is not None and day < life.since)


def _visits(
    session: Session,
    visits: Iterable[VisitState],
    given: Mapping[int, date],
    life: ParticipantLife,
    today: date,
) -> list[ProposedDeviation]:
    found = []
    for visit in visits:
        window = visit.window
        planned = session.study.visit(visit.code)
        if planned.kind not in ("scheduled", "unscheduled"):
            continue
        happened = visit.status in ("open", "closed")
        # While the dose may still begin, nobody knows the day by which the visit is judged.
        judged = happened and not visit.awaits_dose
        name = planned.title.text(current_language())
        key = f"{visit.code}-{visit.key}"
        if judged and visit.position in ("early", "late") and window is not None:
            found.append(
                ProposedDeviation(
                    f"VISIT_WINDOW-{key}",
                    "VISIT_WINDOW",
                    tr(
                        "{visit}: outside its window, {opens} to {closes}.",
                        visit=name,
                        opens=date_text(window.opens),
                        closes=date_text(window.closes),
                    ),
                    visit.dose_day or visit.day,
                    visit.code,
                )
            )
        over = window is not None and today > window.closes
        if not happened and over and window is not None and _expected(life, window.closes):
            found.append(
                ProposedDeviation(
                    f"{MISSED}-{key}",
                    MISSED,
                    tr("{visit}: did not take place.", visit=name),
                    window.closes,
                    visit.code,
                )
            )
        if happened and (over or visit.status == "closed"):
            found.extend(_forms(session, visit, name, given))
    return found


def _forms(
    session: Session, visit: VisitState, name: str, given: Mapping[int, date]
) -> list[ProposedDeviation]:
    dosed = visit.infusion is None or visit.infusion in given
    return [
        ProposedDeviation(
            f"FORM_MISSED-{visit.code}-{visit.key}-{form.form}",
            "FORM_MISSED",
            tr(
                "{visit}: {form} is not completed.",
                visit=name,
                form=session.study.form(form.form).title.text(current_language()),
            ),
            visit.day,
            visit.code,
        )
        for form in visit.forms
        if form.required
        and form.status in ("planned", "in_progress")
        and (dosed or form.form not in DOSE_FORMS)
    ]


def _doses(
    session: Session, given: Mapping[int, date], life: ParticipantLife, today: date
) -> list[ProposedDeviation]:
    limit = int(session.study.setting("missed_after"))
    found = []
    for visit in session.study.visits:
        number, day = visit.infusion, visit.target_day
        if number is None or number in given or day is None:
            continue
        target = target_date(day, given[1])
        # A dose that was not to be given any more was not missed.
        barred = dose_bars(life) and (life.since is None or life.since <= target)
        if not missed_dose(target, today, limit) or barred:
            continue
        found.append(
            ProposedDeviation(
                f"DOSE_MISSED-{visit.code}",
                "DOSE_MISSED",
                tr("Infusion {number} was missed and is skipped.", number=number),
                target,
                visit.code,
            )
        )
    return found


def _calls(
    session: Session,
    visits: Iterable[VisitState],
    given: Mapping[int, date],
    life: ParticipantLife,
    today: date,
) -> list[ProposedDeviation]:
    made: dict[str, list[date]] = {}
    for visit in visits:
        if visit.day is not None and visit.status in ("open", "closed"):
            made.setdefault(visit.code, []).append(visit.day)
    found = []
    doses = sorted(given.items())
    for place, (number, dose) in enumerate(doses):
        following = doses[place + 1][1] if place + 1 < len(doses) else date.max
        for planned in session.study.visits:
            window = visit_window(plan_of(session, planned.code), None, dose)
            if planned.kind != "call" or window is None:
                continue
            own = [day for day in made.get(planned.code, []) if dose <= day < following]
            if any(window_status(window, day) == "inside" for day in own):
                continue
            if not own and (today <= window.closes or not _expected(life, window.closes)):
                continue
            name = planned.title.text(current_language())
            code = "VISIT_WINDOW" if own else MISSED
            text = (
                tr("{visit}, infusion {number}: outside its window.", visit=name, number=number)
                if own
                else tr("{visit}, infusion {number}: was not made.", visit=name, number=number)
            )
            key = f"{code}-{planned.code}-{number}"
            day = own[0] if own else window.closes
            found.append(ProposedDeviation(key, code, text, day, planned.code))
    return found


def _intervals(session: Session, given: Mapping[int, date]) -> list[ProposedDeviation]:
    minimum = int(session.study.setting("min_interval"))
    codes = {visit.infusion: visit.code for visit in session.study.visits if visit.infusion}
    doses = sorted(given.items())
    found = []
    for (_, before), (number, day) in pairwise(doses):
        interval = infusion_interval(before, day, minimum)
        if not interval.allowed:
            found.append(
                ProposedDeviation(
                    f"INTERVAL_SHORT-{codes[number]}",
                    "INTERVAL_SHORT",
                    tr(
                        "Infusion {number}: {days} days after the one before; at least {minimum}"
                        " are needed.",
                        number=number,
                        days=interval.days,
                        minimum=minimum,
                    ),
                    day,
                    codes[number],
                )
            )
    return found
