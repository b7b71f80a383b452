"""How an act of a participant's way through the study is filled in, signed and taken back.

Nothing is stored unless the whole form is answered, the act can follow where the participant
stands, and the password is right. Answers, completion and signature are one commit, so that a
power cut leaves a signed act or none.
"""

from collections.abc import Mapping

from msclinic.domain.errors import UserError
from msclinic.domain.participant_life import allowed_acts
from msclinic.domain.values import Answer, Code
from msclinic.forms.session import EntrySession, Ref
from msclinic.services.context import form_context
from msclinic.services.entry import FormEntry
from msclinic.services.gateway import random_key, recording, together
from msclinic.services.life_record import (
    ACT_FORMS,
    LIFE_MEANING,
    LINK,
    RESCREENING,
    STANDS,
    LifeRecord,
    read_life,
)
from msclinic.services.participants import find_participant
from msclinic.services.session import Refused, Session
from msclinic.services.signing import add_signature, document_key
from msclinic.services.visits import COMMON_VISIT

__all__ = [
    "WITHDRAWN",
    "demand_answered",
    "demand_decider",
    "demand_possible",
    "fill_and_sign",
    "perform",
    "sign_act",
    "undo",
]

WITHDRAWN = {"product": "WD_PRODUCT", "visits": "WD_VISITS", "samples": "WD_SAMPLES"}
"""Items of the withdrawal form by what is withdrawn from."""


def perform(
    session: Session, participant: str, kind: str, answers: Mapping[str, Answer], password: str
) -> str:
    """Fill in the form of an act and sign it; gives its path.

    Args:
        session: Who decides: a physician.
        participant: Whose life.
        kind: One of ``life_record.ACT_FORMS``.
        answers: By item; empty texts are left out.
        password: Typed now.

    Raises:
        Refused: Not a physician, or the password is wrong.
        UserError: The act cannot follow where the participant stands, or an answer is missing or
            impossible; nothing was stored.
    """
    demand_decider(session, kind, password)
    parts: set[str] = set()
    if kind == "withdrawal":
        parts = {part for part, item in WITHDRAWN.items() if answers.get(item) == Code("Y")}
    with together(session):
        with session.store.read() as reader:
            record = read_life(session, reader, participant)
        demand_possible(record, kind)
        _demand_new(record, parts)
        demand_answered(session, participant, kind, answers)
        return fill_and_sign(session, participant, kind, answers)


def sign_act(session: Session, participant: str, scope: str, password: str) -> None:
    """Sign an act that was filled in as a form, or whose signature became void by a correction.

    Args:
        session: Who decides: a physician.
        participant: Whose act.
        scope: Path of its form.
        password: Typed now.

    Raises:
        Refused: Not a physician, or the password is wrong.
        UserError: It is no act, not completed, or cannot follow where the participant stands.
    """
    parts = scope.split("/")
    kind = parts[2] if len(parts) == 4 else ""
    demand_decider(session, kind, password)
    entry = FormEntry(session, participant, parts[0], kind, parts[1], parts[3])
    stands = entry.value(STANDS) == Code("Y")
    if entry.status not in ("completed", "amended") or entry.open_items() or not stands:
        raise UserError(
            "act_not_completed",
            what="The act was not signed.",
            why="Its form is not completed, or it says that the record does not stand.",
            what_to_do="Complete the form, then sign it.",
        )
    earlier = find_participant(session, str(entry.value(LINK))) if kind == RESCREENING else None
    parts_now = _withdrawn(entry) if kind == "withdrawal" else set()
    with recording(session) as act:
        record = read_life(session, act.uow, participant)
        known = next((one for one in record.acts if one.scope == scope), None)
        if known is None:
            from_here = read_life(session, act.uow, earlier) if earlier is not None else record
            demand_possible(from_here, kind)
            _demand_new(record, parts_now)
        if known is not None and known.valid:
            raise UserError(
                "act_signed",
                what="The act was not signed again.",
                why="Its signature stands.",
                what_to_do="Go on.",
            )
        add_signature(act, participant, scope, LIFE_MEANING)


def undo(session: Session, participant: str, scope: str, why: str, password: str) -> None:
    """Take an act back that was recorded by mistake; its signature is void and all stays readable.

    Args:
        session: Its signer, nobody else.
        participant: Whose act.
        scope: Path of its form.
        why: In words.
        password: Typed now.

    Raises:
        Refused: The role decides nothing, somebody else signed it, or the password is wrong.
        UserError: No reason, no such act, or a later record builds on it.
    """
    # Asked first: whether there is an act is not for everybody to know.
    session.require(f"sign:{LIFE_MEANING}")
    with session.store.read() as reader:
        record = read_life(session, reader, participant)
    act = next((one for one in record.acts if one.scope == scope and one.stands), None)
    if act is None or act.kind not in ACT_FORMS:
        raise UserError(
            "no_such_act",
            what="Nothing was taken back.",
            why="There is no such act, or it was taken back before.",
            what_to_do="Look at the participant's page.",
        )
    demand_decider(session, act.kind, password)
    if act.signed_by != session.account:
        raise Refused(
            "not_the_signer",
            what="The act was not taken back.",
            why="Only the person who signed it takes it back.",
            what_to_do="Ask the signer.",
        )
    if act.kind == "screen_failure" and record.later is not None:
        raise UserError(
            "built_upon",
            what="The act was not taken back.",
            why="The participant was screened again since.",
            what_to_do="Take the re-screening back first.",
        )
    if not why.strip():
        raise UserError(
            "undo_reason",
            what="The act was not taken back.",
            why="The reason is missing.",
            what_to_do="Type why it was recorded by mistake.",
        )
    parts = scope.split("/")
    reason = {"code": "0", "text": why.strip()}
    with together(session):
        entry = FormEntry(session, participant, parts[0], act.kind, parts[1], parts[3])
        entry.answer(entry.ref(STANDS), Code("N"), reason=reason)
        entry.complete()


def demand_decider(session: Session, kind: str, password: str) -> None:
    """Go on only with a physician, an act there is, and the right password.

    Raises:
        Refused: Not a physician, or the password is wrong.
        UserError: There is no such act.
    """
    session.require(f"sign:{LIFE_MEANING}")
    if kind not in ACT_FORMS:
        raise UserError(
            "no_such_act",
            what="Nothing was signed.",
            why="This is no act of a participant's way through the study.",
            what_to_do="Open it from the participant's page.",
        )
    session.require(f"enter:{kind}")
    document_key(session, password)


def demand_possible(record: LifeRecord, kind: str) -> None:
    """Go on only with an act that can follow where the participant stands.

    Raises:
        UserError: It cannot.
    """
    if kind not in allowed_acts(record.life):
        raise UserError(
            "act_not_possible",
            what="The act was not recorded.",
            why="It cannot follow where the participant stands now.",
            what_to_do="Look at the acts on the participant's page; a mistaken one is taken back.",
        )


def _withdrawn(entry: FormEntry) -> set[str]:
    return {part for part, item in WITHDRAWN.items() if entry.value(item) == Code("Y")}


def _demand_new(record: LifeRecord, parts: set[str]) -> None:
    if parts and parts <= record.life.withdrawn_from:
        raise UserError(
            "withdrawn_before",
            what="The withdrawal was not recorded.",
            why="The participant has withdrawn from this before.",
            what_to_do="Mark what is new.",
        )


def _answered(answers: Mapping[str, Answer]) -> dict[str, Answer]:
    return {item: one for item, one in answers.items() if one != ""} | {STANDS: Code("Y")}


def demand_answered(
    session: Session, participant: str, kind: str, answers: Mapping[str, Answer]
) -> None:
    """Try the answers on an empty form, so that a refused one leaves no trace of an act.

    Raises:
        UserError: One is missing, impossible, or unusual and wants a reason.
    """
    form = session.study.form(kind)
    with session.store.read() as reader:
        context = form_context(session, reader, participant, COMMON_VISIT, names=form.context_names)
    tried = EntrySession(form, context, {}, session.now())
    for item, answer in _answered(answers).items():
        outcome = tried.set((form.group_of(item).oid, "1", item), answer)
        if not outcome.accepted:
            raise UserError(
                "act_answer",
                what="The act was not recorded.",
                why="The answer to {item} cannot be true.",
                what_to_do="Correct it.",
                parameters={"item": item},
            )
    if tried.open_items():
        raise UserError(
            "act_open",
            what="The act was not recorded.",
            why="{count} answers are missing.",
            what_to_do="Answer every question of its form.",
            parameters={"count": len(tried.open_items())},
        )
    for finding in tried.findings():
        if finding.severity == "soft":
            raise UserError(
                "act_unusual",
                what="The act was not recorded.",
                why="The answer to {item} is unusual and wants a reason.",
                what_to_do=(
                    "Correct it, or fill in the form outside the visits, give the reason there, "
                    "then sign it."
                ),
                parameters={"item": finding.path.rsplit("/", 1)[1]},
            )


def fill_and_sign(
    session: Session, participant: str, kind: str, answers: Mapping[str, Answer]
) -> str:
    """Store an act whose answers were tried before, within ``together``; gives its path."""
    entry = FormEntry(session, participant, COMMON_VISIT, kind, form_key=random_key())
    filled: list[tuple[Ref, Answer]] = [
        (entry.ref(item), answer) for item, answer in _answered(answers).items()
    ]
    entry.answer_together(filled)
    entry.complete()
    with recording(session) as act:
        add_signature(act, participant, entry.prefix, LIFE_MEANING)
    return entry.prefix
