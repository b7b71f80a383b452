"""Steps of made-up participants' ways through the study, for tests of what may follow what."""

from datetime import date, timedelta

from tests.answers import fill, keep_all
from tests.clinic import PASSWORDS, Clinic

from msclinic.domain.participant_life import dose_bars
from msclinic.domain.values import Code
from msclinic.services.entry import FormEntry
from msclinic.services.life_record import read_life
from msclinic.services.randomising import randomise
from msclinic.services.signing import sign
from msclinic.services.visits import open_visit

__all__ = [
    "KIT",
    "NUMBER",
    "answer_eligibility",
    "confirm_eligibility",
    "day_of",
    "dose",
    "enter_numbers",
    "kit_for",
    "password",
    "randomise_once",
    "randomised",
    "screen",
    "screened",
    "sign_eligibility",
]

KIT = "K-204817"
NUMBER = "R-1042"
YES, NO = Code("Y"), Code("N")


def day_of(clinic: Clinic) -> date:
    """Today at the site."""
    session = clinic.session("CRC-01")
    return session.now().astimezone(session.zone).date()


def password(account: str) -> str:
    """The password of an account."""
    return PASSWORDS[account]


def answer_eligibility(
    clinic: Clinic, participant: str, decision: Code = YES, visit: str = "SCR"
) -> str:
    """The physician answers eligibility at a visit; gives the path of the form."""
    entry = FormEntry(clinic.session("PHY-01"), participant, visit, "eligibility")
    age = day_of(clinic).year - 1974 - int(decision == NO)
    fill(
        entry,
        {"AGE": age, "IN01": YES, "IN02": YES, "IN03": YES, "EX01": NO, "IEYN": decision}
        | {"IEDAT": day_of(clinic)},
    )
    keep_all(entry)
    entry.complete()
    return entry.prefix


def sign_eligibility(clinic: Clinic, participant: str, scope: str) -> None:
    """The principal investigator confirms eligibility."""
    pi = clinic.session("PI-01")
    sign(pi, participant, scope, "eligibility", password("PI-01"))


def screen(clinic: Clinic, participant: str) -> None:
    """Screening began four weeks ago, as planned, unless it is open already."""
    crc = clinic.session("CRC-01")
    with crc.store.read() as reader:
        begun = reader.at(participant, "SCR/1")
    if not begun:
        open_visit(crc, participant, "SCR", day_of(clinic) - timedelta(days=28))


def screened(clinic: Clinic, number: int = 1) -> str:
    """A participant whose screening has begun; gives the random id."""
    participant = clinic.enrol(number)
    screen(clinic, participant)
    return participant


def confirm_eligibility(clinic: Clinic, participant: str) -> None:
    """Screened; eligibility of screening and of baseline, answered with Yes and signed."""
    screen(clinic, participant)
    for visit in ("SCR", "V1"):
        scope = answer_eligibility(clinic, participant, visit=visit)
        sign_eligibility(clinic, participant, scope)


def kit_for(clinic: Clinic, participant: str, visit: str) -> str:
    """The kit assigned at a visit; before that one that nobody has, ``KIT`` first."""
    with clinic.session("CRC-01").store.read() as reader:
        given = reader.heads(form="kit_assignment", item="KIT_NUMBER")
    for head in given:
        if head.participant == participant and head.path.startswith(f"{visit}/") and head.value:
            return str(head.value["value"])
    return f"K-{300_000 + len(given)}" if given else KIT


def enter_numbers(clinic: Clinic, participant: str, number: str = NUMBER, kit: str = KIT) -> None:
    """The coordinator types the randomisation number and the kit number, each twice."""
    crc = clinic.session("CRC-01")
    entry = FormEntry(crc, participant, "V1", "randomisation")
    fill(entry, {"RANDDAT": day_of(clinic), "RANDNO": number, "RANDNO_AGAIN": number})
    fill(entry, {"RAND_SOURCE": Code(entry.form.item("RAND_SOURCE").codelist.codes[0])})
    keep_all(entry)
    entry.complete()
    assigned = FormEntry(crc, participant, "V1", "kit_assignment")
    fill(
        assigned,
        {
            "RANDOMISATION_NUMBER": number,
            "KIT_NUMBER": kit,
            "KIT_NUMBER_AGAIN": kit,
            "KIT_ASSIGNED_AT": crc.now(),
        },
    )
    assigned.complete()


def randomised(clinic: Clinic, number: int = 1) -> str:
    """A participant from enrolment to randomisation; gives the random id."""
    participant = clinic.enrol(number)
    randomise_once(clinic, participant)
    return participant


def randomise_once(clinic: Clinic, participant: str) -> None:
    """Eligibility, numbers and randomisation of a participant who is not randomised yet."""
    physician = clinic.session("PHY-01")
    with physician.store.read() as reader:
        life = read_life(physician, reader, participant).life
    if "NOT_RANDOMISED" not in dose_bars(life):
        return
    confirm_eligibility(clinic, participant)
    enter_numbers(clinic, participant)
    randomise(physician, participant, password("PHY-01"))


def dose(clinic: Clinic, participant: str, visit: str) -> None:
    """An infusion began today. What its gates ask for is tested where the gates are."""
    nurse = clinic.session("NUR-04")
    open_visit(nurse, participant, visit, day_of(clinic))
    entry = FormEntry(nurse, participant, visit, "infusion")
    entry.answer_together([(entry.ref("D01"), nurse.now())], starting=True)
