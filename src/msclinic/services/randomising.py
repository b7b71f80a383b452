"""Randomisation as a signed act: the list lies outside this program, the arm is never here.

Numbers are typed by the coordinator, each twice; the act looks at them, at the principal
investigator's signature under eligibility of every visit that asks for it, and at every number
given at the site before.
"""

from msclinic.domain.errors import UserError
from msclinic.domain.participant_life import allowed_acts
from msclinic.domain.values import Answer, Code, from_json
from msclinic.services.context import answers_by_item
from msclinic.services.gateway import recording
from msclinic.services.given_numbers import KIT, KIT_NUMBER, given_elsewhere
from msclinic.services.life_record import LIFE_MEANING, RANDOMISATION, read_life
from msclinic.services.session import Session
from msclinic.services.signing import add_signature, document_key
from msclinic.services.visits import BEGUN
from msclinic.store import Reader
from msclinic.study import Study

__all__ = ["ELIGIBILITY", "KIT", "eligibility_visits", "randomise", "screening_visits"]

ELIGIBILITY = "eligibility"
_INVESTIGATOR = "PI"
_DONE = ("completed", "amended")


def randomise(session: Session, participant: str, password: str) -> str:
    """Sign that the participant is randomised; gives the path of the act.

    Both forms of the first infusion's visit are completed by then: the randomisation number and
    the kit number, each typed twice from the source.

    Args:
        session: Who decides: a physician.
        participant: Who is randomised.
        password: Typed now.

    Raises:
        Refused: Not a physician, or the password is wrong.
        UserError: A visit before that of infusion 1 was not opened, eligibility of a visit that
            asks for it is not signed by the principal investigator, a number is wanting, typed
            differently or taken, or the participant cannot be randomised now.
    """
    session.require("enrol")
    session.require(f"sign:{LIFE_MEANING}")
    document_key(session, password)
    visit = next(one.code for one in session.study.visits if one.infusion == 1)
    with recording(session) as act:
        record = read_life(session, act.uow, participant)
        if RANDOMISATION not in allowed_acts(record.life):
            raise UserError(
                "act_not_possible",
                what="The act was not recorded.",
                why="It cannot follow where the participant stands now.",
                what_to_do=(
                    "Look at the acts on the participant's page; a mistaken one is taken back."
                ),
            )
        _demand_screened(session.study, act.uow, participant)
        _demand_eligible(session.study, act.uow, participant)
        numbers = _form(act.uow, participant, visit, RANDOMISATION)
        kits = _form(act.uow, participant, visit, KIT)
        _demand_agreeing(numbers, "RANDNO", "RANDNO_AGAIN")
        _demand_agreeing(kits, KIT_NUMBER, "KIT_NUMBER_AGAIN")
        scope = f"{visit}/1/{RANDOMISATION}/1"
        _demand_free(act.uow, participant, scope, "RANDNO", numbers["RANDNO"])
        _demand_free(act.uow, participant, f"{visit}/1/{KIT}/1", KIT_NUMBER, kits[KIT_NUMBER])
        add_signature(act, participant, scope, LIFE_MEANING)
    return scope


def eligibility_visits(study: Study) -> tuple[str, ...]:
    """Visits up to that of randomisation whose schedule asks for eligibility, in their order.

    Source: trial schedule (study default): eligibility at screening and at baseline, where the
    EDSS is checked again.
    """
    planned = sorted(study.visits, key=lambda one: one.order)
    last = next(
        (one.order for one in planned if any(form.form == RANDOMISATION for form in one.forms)), 0
    )
    return tuple(
        visit.code
        for visit in planned
        if visit.order <= last
        and visit.kind == "scheduled"
        and any(form.form == ELIGIBILITY and form.required for form in visit.forms)
    )


def screening_visits(study: Study) -> tuple[str, ...]:
    """Scheduled visits that come before infusion 1, in their order.

    Source: trial schedule (study default): nobody is randomised who was not screened.
    """
    planned = sorted(study.visits, key=lambda one: one.order)
    first = next((one.order for one in planned if one.infusion == 1), 0)
    return tuple(one.code for one in planned if one.kind == "scheduled" and one.order < first)


def _demand_screened(study: Study, reader: Reader, participant: str) -> None:
    """Every visit before that of infusion 1 has taken place, or is under way."""
    lacking = [
        visit
        for visit in screening_visits(study)
        if not any(
            (head.value or {}).get("status") in BEGUN
            for head in reader.at(participant, f"{visit}/1")
        )
    ]
    if lacking:
        raise UserError(
            "not_screened",
            what="The participant was not randomised.",
            why="A visit that comes before it has not begun: {visits}.",
            what_to_do="Open the visit, examine and record what it asks for; then randomise.",
            parameters={"visits": ", ".join(lacking)},
        )


def _demand_eligible(study: Study, reader: Reader, participant: str) -> None:
    """Every eligibility form that is asked for or was begun is completed, Yes and signed."""
    heads = reader.heads(participant=participant, form=ELIGIBILITY)
    asked = {f"{visit}/1/{ELIGIBILITY}/1" for visit in eligibility_visits(study)}
    asked |= {_scope(head.path) for head in heads}
    signed = {
        row.scope
        for row in reader.signatures(participant=participant, meaning=ELIGIBILITY)
        if row.status == "valid" and row.role == _INVESTIGATOR
    }
    done = {head.path for head in heads if (head.value or {}).get("value") in _DONE}
    decided = [head for head in heads if head.path.endswith("/IEYN") and head.value]
    yes = {_scope(one.path) for one in decided if from_json(one.value or {}) == Code("Y")}
    yes -= {_scope(one.path) for one in decided if from_json(one.value or {}) != Code("Y")}
    lacking = asked - (signed & done & yes)
    if not asked or lacking:
        order = [visit.code for visit in study.visits]
        visits = sorted({path.split("/")[0] for path in lacking}, key=order.index)
        raise UserError(
            "not_eligible",
            what="The participant was not randomised.",
            why=(
                "Eligibility is not answered with Yes and signed by the principal investigator: "
                "{visits}."
            ),
            what_to_do=(
                "Complete each eligibility form and have the principal investigator sign it."
            ),
            parameters={"visits": ", ".join(visits) or "-"},
        )


def _scope(path: str) -> str:
    return "/".join(path.split("/")[:4])


def _form(reader: Reader, participant: str, visit: str, form: str) -> dict[str, Answer]:
    scope = f"{visit}/1/{form}/1"
    state = [(head.value or {}).get("value") for head in reader.at(participant, scope)]
    if len(state) != 1 or state[0] not in _DONE:
        raise UserError(
            "numbers_wanting",
            what="The participant was not randomised.",
            why="The randomisation number or the kit number is not completed yet.",
            what_to_do="Have the coordinator complete both forms.",
        )
    return answers_by_item(reader.heads(participant=participant, prefix=scope))


def _demand_agreeing(answers: dict[str, Answer], first: str, again: str) -> None:
    number = answers.get(first)
    if not isinstance(number, str) or not number.strip() or number != answers.get(again):
        raise UserError(
            "numbers_differ",
            what="The participant was not randomised.",
            why="A number was typed twice and differs, or is missing.",
            what_to_do="Read the source again and correct it.",
        )


def _demand_free(reader: Reader, participant: str, scope: str, item: str, number: Answer) -> None:
    if given_elsewhere(reader, participant, scope, item, str(number)):
        raise UserError(
            "number_taken",
            what="The participant was not randomised.",
            why="The number was given before at this site.",
            what_to_do="Read the source again. If it is right, call the sponsor.",
        )
