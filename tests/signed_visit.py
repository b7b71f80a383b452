"""Visits that are ready to be signed off: a call that was made, a screening that failed."""

from tests.clinic import PASSWORDS, Clinic
from tests.lives import day_of

from msclinic.domain.values import Code
from msclinic.services.entry import FormEntry
from msclinic.services.life import screen_failure
from msclinic.services.sign_off import sign_visit
from msclinic.services.signing import sign
from msclinic.services.visits import open_visit

__all__ = ["CALL", "call_form", "call_made", "ready_casebook", "ready_screening"]

CALL = "C1D/1/call/1"


def call_form(clinic: Clinic, participant: str) -> FormEntry:
    """The form of the call after infusion 1, as the nurse has it open."""
    return FormEntry(clinic.session("NUR-04"), participant, "C1D", "call")


def call_made(clinic: Clinic, participant: str, *, signed: bool = True) -> FormEntry:
    """The call was made and its form completed, and signed unless it shall not be."""
    open_visit(clinic.session("CRC-01"), participant, "C1D", day_of(clinic))
    entry = call_form(clinic, participant)
    entry.answer(entry.ref("E11_RESULT"), Code("REACHED"))
    entry.answer(entry.ref("E11_TIME"), clinic.clock.now())
    for item in ("E11_SYMPTOMS", "E11_AE", "E11_CM"):
        entry.answer(entry.ref(item), Code("N"))
    entry.complete()
    if signed:
        sign(clinic.session("NUR-04"), participant, CALL, "form_entered", PASSWORDS["NUR-04"])
    return entry


def ready_screening(clinic: Clinic, number: int = 7) -> str:
    """A participant who failed screening, with every form that was begun signed."""
    participant = clinic.enrol(number)
    physician = clinic.session("PHY-01")
    for form, enterer in (("demography", "CRC-01"), ("consent", "CRC-01")):
        scope = f"SCR/1/{form}/1"
        sign(clinic.session(enterer), participant, scope, "form_entered", PASSWORDS[enterer])
        sign(physician, participant, scope, "form_reviewed", PASSWORDS["PHY-01"])
    screen_failure(physician, participant, day_of(clinic), "CONSENT", PASSWORDS["PHY-01"])
    return participant


def ready_casebook(clinic: Clinic, number: int = 7) -> str:
    """The same with its one visit signed off."""
    participant = ready_screening(clinic, number)
    sign_visit(clinic.session("PHY-01"), participant, "SCR", "1", PASSWORDS["PHY-01"])
    return participant
