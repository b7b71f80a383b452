"""What stands before a form is opened and before anything in it is written.

Rules of single forms (the bedside check, the exam, the start of an infusion) hold here, so that
no way into a form goes around them.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from msclinic.domain.errors import UserError
from msclinic.domain.infusion.items import BEDSIDE_CHECK, INFUSION
from msclinic.domain.participant_life import may_sample
from msclinic.domain.values import Answer, Code, from_json
from msclinic.forms.definitions import SINGLE_KEY, FormDefinition
from msclinic.forms.session import Ref
from msclinic.services.infusion.own_check import check_owner, require_visible
from msclinic.services.life_record import read_life
from msclinic.services.participants import masked_rater
from msclinic.services.rating import EXAM, RATER, demand_rating
from msclinic.services.session import Refused, Session
from msclinic.services.visit_calendar import visit_day
from msclinic.store import Head

__all__ = [
    "demand_completable",
    "demand_known",
    "demand_open",
    "demand_past",
    "demand_rater",
    "demand_reaction_pause",
    "demand_sampling",
    "demand_start_by_run",
    "demand_unchanged",
    "fits_role",
    "not_yours",
]

_START, _END = "D01", "D07"
_PAUSE_END, _PAUSE_REASON = "D05_END", "D05_REASON"
_REACTION = Code("REACTION")
_SAMPLES = "BE"


def demand_open(
    session: Session, participant: str, visit: str, visit_key: str, form: str, form_key: str
) -> str | None:
    """Go on only if this person may open the form now.

    Returns:
        The account that alone may answer it, or none where any with the right may.

    Raises:
        Refused: Not this role, another person's own form or bedside check, a rater who treats
            the participant, or an earlier exam while a later one is under way.
        UserError: There is no such participant, visit or form.
    """
    if not session.may(f"enter:{form}") and not session.may(f"read:{form}"):
        session.require(f"read:{form}")
    demand_known(session, participant, visit, form)
    definition = session.study.form(form)
    if not definition.repeating and form_key != SINGLE_KEY:
        raise _no_such_form()
    prefix = f"{visit}/{visit_key}/{form}/{form_key}"
    demand_rater(session, participant, prefix, definition)
    if definition.own:
        return _own(session, participant, prefix)
    if form != BEDSIDE_CHECK:
        return None
    with session.store.read() as reader:
        require_visible(session, reader, participant, visit, visit_key, form_key)
        return check_owner(reader, participant, prefix)


def _own(session: Session, participant: str, prefix: str) -> str | None:
    with session.store.read() as reader:
        owner = check_owner(reader, participant, prefix)
    if owner not in (None, session.account):
        raise Refused(
            "anothers_own",
            what="This form is another person's own.",
            why="Whoever gave these answers gave them for themselves.",
            what_to_do="Fill in your own.",
        )
    return owner


def demand_known(session: Session, participant: str, visit: str, form: str) -> None:
    """Go on only with a participant, a visit and a form that there are.

    Raises:
        UserError: One of them is unknown.
    """
    visits = {one.code for one in session.study.visits}
    with session.store.read() as reader:
        enrolled = bool(reader.at(participant, "participant/code"))
    if not enrolled or visit not in visits or form not in session.study.forms:
        raise _no_such_form()


def fits_role(session: Session, form: FormDefinition) -> bool:
    """Whether the role may give what the form asks: what a masked rater judges, nobody else does.

    It holds beside the study's rights, whatever these say.
    """
    if form.oid == EXAM:
        return session.role == RATER
    return not form.rater_only or masked_rater(session)


def demand_rater(session: Session, participant: str, prefix: str, form: FormDefinition) -> None:
    """Of raters, let only those go on who may rate this participant, and only at this exam.

    Raises:
        Refused: Who treats the participant, or an earlier exam while another is under way.
        UserError: The visit has no exam.
    """
    if not form.rater_only or not masked_rater(session):
        return
    visit = prefix.split("/", 1)[0]
    if form.oid == EXAM and all(one.form != EXAM for one in session.study.visit(visit).forms):
        raise _no_such_form()
    with session.store.read() as reader:
        demand_rating(session, reader, participant, prefix)


def demand_sampling(session: Session, participant: str, prefix: str, form: FormDefinition) -> None:
    """Let the way of a sample begin only while samples may be taken.

    What was taken before can be typed later, and what is recorded stays and can be corrected
    (Regulation (EU) 536/2014, article 28(3)).

    Raises:
        UserError: The participant withdrew from samples, or left the study, before this visit.
    """
    if form.domain != _SAMPLES:
        return
    visit, key = prefix.split("/")[:2]
    with session.store.read() as reader:
        record = read_life(session, reader, participant)
        day = visit_day(reader, participant, visit, key)
    taken = day or session.now().astimezone(session.zone).date()
    ended = record.sampling_ended
    if not may_sample(record.life) and (ended is None or taken > ended):
        raise UserError(
            "no_more_samples",
            what="No sample may be taken.",
            why="The participant has withdrawn from samples, or has left the study.",
            what_to_do="Take none. Samples taken before stay as recorded.",
        )


def demand_completable(form: FormDefinition, *, signing: bool) -> None:
    """Go on only if the form is not one that its signature completes.

    Raises:
        Refused: It is an exam, and nobody signs it.
    """
    if form.oid == EXAM and not signing:
        raise Refused(
            "complete_by_signature",
            what="The exam was not completed.",
            why="The rater's signature completes it, once nothing contradicts.",
            what_to_do="Open the exam and sign it there.",
        )


def demand_start_by_run(
    form: FormDefinition, paths: Mapping[Ref, str], heads: Mapping[str, Sequence[Head]]
) -> None:
    """Go on only if no first start of an infusion, and no end without one, is among the answers.

    The start is an act of the run, behind gate G4; in the form it can only be corrected. What has
    not begun cannot end.

    Raises:
        Refused: One of them is.
    """
    if form.oid != INFUSION:
        return
    if any(ref[2] == _START and not heads.get(path) for ref, path in paths.items()):
        raise Refused(
            "start_by_run",
            what="The start was not recorded.",
            why="An infusion starts on its own screen, after gate G4.",
            what_to_do="Open the infusion run.",
        )
    begun = any(path.endswith(f"/{_START}") for path in heads)
    if not begun and any(ref[2] == _END for ref in paths):
        raise Refused(
            "end_without_start",
            what="The end was not recorded.",
            why="The infusion has not started.",
            what_to_do="Open the infusion run.",
        )


def demand_reaction_pause(
    session: Session,
    participant: str,
    prefix: str,
    form: FormDefinition,
    answers: Sequence[tuple[Ref, Answer]],
) -> None:
    """Go on only if no pause for a reaction is ended, or made another one, by the answers.

    After a reaction the physician orders the restart (infusion day, gate G5); what the screen of
    the run refuses is refused in the form too. The time of an end can be corrected.

    Raises:
        Refused: One is.
    """
    asked = [(ref, answer) for ref, answer in answers if ref[2] in (_PAUSE_END, _PAUSE_REASON)]
    if form.oid != INFUSION or not asked:
        return
    with session.store.read() as reader:
        for (group, key, item), answer in asked:
            row = f"{prefix}/{group}/{key}"
            known = reader.at(participant, f"{row}/{_PAUSE_REASON}")
            if not any(head.value and from_json(head.value) == _REACTION for head in known):
                continue
            ended = bool(reader.at(participant, f"{row}/{_PAUSE_END}"))
            if answer != _REACTION if item == _PAUSE_REASON else not ended:
                raise Refused(
                    "restart_is_physicians",
                    what="The infusion was not restarted.",
                    why="After a reaction the physician orders restart and rate.",
                    what_to_do="Call the physician to the chair.",
                )


def demand_past(session: Session, event_time: datetime | None) -> None:
    """Go on only with a time that has come.

    Raises:
        UserError: It lies in the future.
    """
    if event_time is not None and event_time > session.now():
        raise UserError(
            "in_the_future",
            what="The answer was not stored.",
            why="Its time lies in the future.",
            what_to_do="Type when it happened.",
        )


def demand_unchanged(there: Iterable[Head], known: Iterable[Head]) -> None:
    """Go on only if whoever answers has seen what is there: another may have been quicker.

    Args:
        there: What the record has now.
        known: What the person has seen.

    Raises:
        UserError: Somebody else has answered since.
    """
    if {head.entry for head in there} != {head.entry for head in known}:
        raise UserError(
            "answered_meanwhile",
            what="The answer was not stored.",
            why="Somebody else has answered this since the form was opened.",
            what_to_do=("Look at the answer that stands there now, then change it if it is wrong."),
        )


def not_yours() -> Refused:
    """What is said where an answer is another role's or the program's to give."""
    return Refused(
        "not_your_item",
        what="This answer is not yours to give.",
        why="The study gives it to another role, or the program computes it.",
        what_to_do="Ask a colleague with that role to sign in.",
    )


def _no_such_form() -> UserError:
    return UserError(
        "no_such_form",
        what="There is no such form.",
        why="The participant, the visit or the form is not known here.",
        what_to_do="Open it from the participant's page.",
    )
