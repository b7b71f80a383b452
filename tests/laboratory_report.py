"""Reports of a laboratory typed into a real clinic, for tests of review and Today."""

from datetime import date

from tests.clinic import COST, Clinic

from msclinic.domain.values import Answer, Code
from msclinic.services.entry import FormEntry
from msclinic.services.people import open_account
from msclinic.services.session import Session
from msclinic.services.sign_in import join

__all__ = ["DAY", "KEY", "give", "laboratory", "report"]

DAY = date(2026, 11, 23)
KEY = "LAB-01 has the long key"
_NORMAL = {
    "WBC": ("5,4", "10*9/L"),
    "HGB": ("13,8", "g/dL"),
    "PLAT": ("250", "10*9/L"),
    "ALT": ("<7", "U/L"),
    "AST": ("20", "U/L"),
    "CREAT": ("70", "umol/L"),
    "CRP": ("<0.5", "mg/L"),
}


def laboratory(clinic: Clinic) -> Session:
    """The laboratory's session, its account opened."""
    admin, pi = clinic.session("ADMIN-01"), clinic.session("PI-01")
    open_account(admin, "LAB-01", "LAB", KEY, pi, COST)
    return join(pi, "LAB-01", KEY)


def give(entry: FormEntry, **answers: Answer) -> None:
    """Answer items that stand once."""
    for item, answer in answers.items():
        assert entry.answer(entry.ref(item), answer).accepted


def report(
    lab: Session,
    participant: str,
    visit: str = "SCR",
    *,
    day: date = DAY,
    **changed: tuple[str, str],
) -> FormEntry:
    """Safety results, completed; the results given differ from the normal ones."""
    entry = FormEntry(lab, participant, visit, "lab_safety")
    give(entry, LBNAM=Code("SITE"), LBREFID="S-1001", LBDAT=day, LBTIM="08:45")
    for test, (text, unit) in {**_NORMAL, **changed}.items():
        give(entry, **{f"{test}_LBORRES": text})
        give(entry, **{f"{test}_LBORRESU": Code(unit)})
    entry.complete()
    return entry
