"""Acts of a participant's way through the study, one use case each.

Each is a small form, filled in and signed at once (``services.life_acts``). Data collected before
stay (R-RET-2; Regulation (EU) 536/2014, article 28(3)).
"""

from datetime import date

from msclinic.domain.participant_life import PARTS
from msclinic.domain.values import Answer, Code, Missing, PartialDate
from msclinic.services.gateway import together
from msclinic.services.life_acts import (
    WITHDRAWN,
    demand_answered,
    demand_decider,
    demand_possible,
    fill_and_sign,
    perform,
    sign_act,
    undo,
)
from msclinic.services.life_record import LINK, RESCREENING, LifeRecord, read_life
from msclinic.services.participants import enrol, identity
from msclinic.services.session import Session

__all__ = [
    "complete",
    "life",
    "lose",
    "perform",
    "record_death",
    "rescreen",
    "screen_failure",
    "sign_act",
    "stop_product",
    "transfer",
    "undo",
    "withdraw",
]

_DAY = "DSSTDAT"


def life(session: Session, participant: str) -> LifeRecord:
    """Where a participant stands, since when, and who signed what.

    Raises:
        Refused: The role reads none of it, as raters do not.
    """
    session.require("read:end_of_study")
    with session.store.read() as reader:
        return read_life(session, reader, participant)


def screen_failure(
    session: Session,
    participant: str,
    day: date,
    reason: str,
    password: str,
    criteria: str = "",
    words: str = "",
) -> str:
    """Screening failed; everything collected stays. Gives the path of the act.

    Args:
        session: Who decides: a physician.
        participant: Whose screening.
        day: The day it was decided.
        reason: A code of ``SF_REASON``.
        password: Typed now.
        criteria: Numbers of the criteria not met, for ``NOT_ELIGIBLE``.
        words: In words, where they add something.

    Raises:
        Refused: Not a physician, or the password is wrong.
        UserError: The act cannot follow where the participant stands, or an answer is refused.
    """
    answers: dict[str, Answer] = {
        _DAY: day,
        "SF_REASON": Code(reason),
        "SF_CRITERIA": criteria,
        "DSTERM": words,
    }
    return perform(session, participant, "screen_failure", answers, password)


def rescreen(
    session: Session, participant: str, number: int, day: date, why: str, password: str
) -> str:
    """Screen someone again under a new code; the new record is linked to the old one.

    Args:
        session: Who decides: a physician.
        participant: The old record, of a screen failure.
        number: The new running number at this site.
        day: The day from which screening begins anew.
        why: In words.
        password: Typed now.

    Returns:
        The random id of the new record.

    Raises:
        Refused: Not a physician, or the password is wrong.
        UserError: The old record is no screen failure, or the number is taken.
    """
    demand_decider(session, RESCREENING, password)
    # The new record and its link are one commit: nobody is screened anew without the link.
    with together(session):
        with session.store.read() as reader:
            demand_possible(read_life(session, reader, participant), RESCREENING)
        earlier = identity(session, participant).code
        answers: dict[str, Answer] = {_DAY: day, LINK: earlier, "DSTERM": why}
        demand_answered(session, participant, RESCREENING, answers)
        new = enrol(session, number)
        fill_and_sign(session, new, RESCREENING, answers)
    return new


def stop_product(
    session: Session,
    participant: str,
    day: date,
    reason: str,
    password: str,
    event: int | None = None,
    words: str = "",
) -> str:
    """No further infusion; the participant stays in follow-up. Gives the path of the act.

    Args:
        session: Who decides: a physician.
        participant: Whose product.
        day: The day it was stopped.
        reason: A code of ``PRODUCT_STOP``.
        password: Typed now.
        event: Number of the adverse event, where one is the reason.
        words: In words, where they add something.

    Raises:
        Refused: Not a physician, or the password is wrong.
        UserError: It was stopped before, or an answer is refused.
    """
    answers: dict[str, Answer] = {_DAY: day, "DSDECOD": Code(reason), "DSTERM": words}
    if event is not None:
        answers["STOP_AENO"] = event
    return perform(session, participant, "product_stop", answers, password)


def withdraw(
    session: Session,
    participant: str,
    day: date,
    parts: frozenset[str],
    password: str,
    stored: str | None = None,
    reason: str = "",
) -> str:
    """The participant withdraws from the product, from visits, from samples: each apart.

    Args:
        session: Who records it: a physician.
        participant: Who withdraws.
        day: The day the participant said so.
        parts: Of ``product``, ``visits``, ``samples``.
        password: Typed now.
        stored: ``KEEP`` or ``DESTROY`` samples already stored; none where nobody asked.
        reason: As far as the participant wishes to give one.

    Returns:
        The path of the act.

    Raises:
        Refused: Not a physician, or the password is wrong.
        UserError: Nothing new is withdrawn from, or an answer is refused.
    """
    answers: dict[str, Answer] = {_DAY: day, "WD_REASON": reason or Missing("REFUSED")}
    # Yes before No, so that the form never holds three times No on the way.
    for part in sorted(PARTS, key=lambda one: one not in parts):
        answers[WITHDRAWN[part]] = Code("Y" if part in parts else "N")
    if "samples" in parts:
        answers["WD_STORED"] = Code(stored) if stored is not None else Missing("NOT_ASKED")
    return perform(session, participant, "withdrawal", answers, password)


def lose(
    session: Session,
    participant: str,
    day: date,
    last_contact: date | None,
    attempts: int,
    letter: bool,
    password: str,
) -> str:
    """Contact is lost, after attempts; gives the path of the act.

    Args:
        session: Who decides: a physician.
        participant: Who is lost.
        day: The day it was decided.
        last_contact: The last contact, or none where it is not known.
        attempts: How often the site tried.
        letter: Whether a registered letter was sent.
        password: Typed now.

    Raises:
        Refused: Not a physician, or the password is wrong.
        UserError: Nobody tried, or the act cannot follow where the participant stands.
    """
    answers: dict[str, Answer] = {
        _DAY: day,
        "LAST_CONTACT": last_contact if last_contact is not None else Missing("UNKNOWN"),
        "LOST_ATTEMPTS": attempts,
        "LOST_LETTER": Code("Y" if letter else "N"),
    }
    return perform(session, participant, "lost_to_follow_up", answers, password)


def record_death(
    session: Session,
    participant: str,
    day: PartialDate | None,
    cause: str,
    password: str,
    autopsy: bool | None = None,
) -> str:
    """The participant has died; gives the path of the act. The report is a form of its own.

    Args:
        session: Who records it: a physician.
        participant: Who died.
        day: As far as it is known.
        cause: Diagnosis as far as known; empty where it is not.
        password: Typed now.
        autopsy: Whether there was or will be one; none where it is not known.

    Raises:
        Refused: Not a physician, or the password is wrong.
        UserError: The act cannot follow where the participant stands.
    """
    unknown = Missing("UNKNOWN")
    answers: dict[str, Answer] = {
        "DTHDAT": day if day is not None else unknown,
        "DTH_CAUSE": cause or unknown,
        "DTH_AUTOPSY": unknown if autopsy is None else Code("Y" if autopsy else "N"),
    }
    return perform(session, participant, "death", answers, password)


def transfer(session: Session, participant: str, day: date, site: str, password: str) -> str:
    """Another site goes on with the participant; gives the path of the act.

    Raises:
        Refused: Not a physician, or the password is wrong.
        UserError: The act cannot follow where the participant stands.
    """
    answers: dict[str, Answer] = {_DAY: day, "TRANSFER_SITE": site}
    return perform(session, participant, "transfer", answers, password)


def complete(session: Session, participant: str, day: date, password: str, words: str = "") -> str:
    """The participant has completed the study; gives the path of the act.

    Raises:
        Refused: Not a physician, or the password is wrong.
        UserError: The act cannot follow where the participant stands.
    """
    return perform(session, participant, "end_of_study", {_DAY: day, "DSTERM": words}, password)
