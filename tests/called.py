"""A short visit that can be finished: a safety call, answered and signed."""

from datetime import date

from tests.answers import fill
from tests.clinic import PASSWORDS, Clinic

from msclinic.domain.values import Code
from msclinic.services.entry import FormEntry
from msclinic.services.signing import sign
from msclinic.services.visits import open_visit

__all__ = ["KEY", "VISIT", "called", "sign_call"]

VISIT = "C1D"
KEY = "c" * 16


def called(clinic: Clinic, participant: str, day: date | None = None) -> FormEntry:
    """The call of the first day, made and completed by the nurse; not signed yet."""
    nurse = clinic.session("NUR-04")
    open_visit(
        nurse, participant, VISIT, day or clinic.clock.now().astimezone(nurse.zone).date(), key=KEY
    )
    entry = FormEntry(nurse, participant, VISIT, "call", KEY)
    fill(
        entry,
        {
            "E11_RESULT": Code("REACHED"),
            "E11_TIME": clinic.clock.now(),
            "E11_SYMPTOMS": Code("N"),
            "E11_AE": Code("N"),
            "E11_CM": Code("N"),
        },
    )
    entry.complete()
    return entry


def sign_call(clinic: Clinic, entry: FormEntry) -> None:
    """The nurse signs the call."""
    nurse = clinic.session("NUR-04")
    sign(nurse, entry.participant, entry.prefix, "form_entered", PASSWORDS["NUR-04"])
