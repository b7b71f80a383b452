"""A real small clinic for tests: founded, staffed, and with one participant ready.

Every account's password is in ``PASSWORDS``; the clock stands until a test turns it.
"""

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

from attrs import define, field

from msclinic.app.clock import TurnedClock
from msclinic.domain.values import Code, Codes
from msclinic.services.entrance import EXPIRED
from msclinic.services.entry import FormEntry
from msclinic.services.founding import SiteDetails, found_clinic
from msclinic.services.home import Home
from msclinic.services.participants import enrol
from msclinic.services.people import open_account
from msclinic.services.people.review import review_people
from msclinic.services.session import Refused, Session
from msclinic.services.sign_in import join, sign_in
from msclinic.shipped import shipped_study
from msclinic.vault import Cost

__all__ = ["COST", "NOW", "PASSWORDS", "ROLES", "SITE", "Clinic", "build_clinic", "copy_clinic"]

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)  # a Monday, 09:30 in Warsaw
COST = Cost(1024, 1, 1)
SITE = SiteDetails(code="PL01", city="Katowice")
ROLES = {
    "ADMIN-01": "ADMIN",
    "PI-01": "PI",
    "PHY-01": "PHY",
    "NUR-04": "NUR",
    "NUR-06": "NUR",
    "RAT-02": "RAT",
    "ASSESSOR-01": "ASSESSOR",
    "CRC-01": "CRC",
    "PREP-01": "PREP",
    "PREP-02": "PREP",
    "MON-01": "MON",
    "DM-01": "DM",
}
PASSWORDS = {account: f"{account} has the long key" for account in ROLES}


@define
class Clinic:
    """One founded clinic with its people.

    Attributes:
        home: Its data folder.
        clock: The clock of every session; turn it with ``clock.turn``.
        recovery: The recovery key as printed at the first run.
        sessions: Who is signed in, by account; all on one open record.
    """

    home: Home
    clock: TurnedClock
    recovery: str
    sessions: dict[str, Session] = field(factory=dict)

    def session(self, account: str) -> Session:
        """The session of an account, signed in when first asked for.

        Where a test lets months pass, the PI has reviewed the accounts in between.
        """
        if account not in self.sessions:
            try:
                self.sessions[account] = self._entered(account)
            except Refused as refusal:
                if refusal.code != EXPIRED:
                    raise
                review_people(self.session("PI-01"))
                self.sessions[account] = self._entered(account)
        return self.sessions[account]

    def _entered(self, account: str) -> Session:
        first = next(iter(self.sessions.values()), None)
        if first is None:
            return sign_in(self.home, account, PASSWORDS[account], self.clock)
        return join(first, account, PASSWORDS[account])

    def enrol(self, number: int, today: date | None = None) -> str:
        """A participant with demography and consent completed; gives the random id."""
        crc, phy = self.session("CRC-01"), self.session("PHY-01")
        participant = enrol(crc, number)
        day = today or self.clock.now().astimezone(crc.zone).date()
        demography = FormEntry(crc, participant, "SCR", "demography")
        demography.answer(demography.ref("BRTHYY"), 1974 + number % 20)
        demography.answer(demography.ref("SEX"), Code("F" if number % 2 else "M"))
        demography.answer(demography.ref("COURSE"), Code("PPMS" if number % 3 else "SPMS"))
        demography.answer(demography.ref("ALLERGY"), Code("KNOWN"))
        demography.answer(demography.ref("ALLERGY_TEXT"), "penicillin, rash")
        demography.answer(demography.ref("CONTACT_ALLERGY"), Codes(("LATEX",)))
        demography.complete()
        self.consent(phy, participant, "SCR", day)
        return participant

    def consent(self, session: Session, participant: str, visit: str, day: date) -> None:
        """A completed consent form of one visit."""
        consent = FormEntry(session, participant, visit, "consent")
        consent.answer(consent.ref("CONSENT_STATUS"), Code("SIGNED"))
        version = str(session.study.setting("consent_version"))
        consent.answer(consent.ref("CONSENT_VERSION"), version)
        consent.answer(consent.ref("DSSTDAT"), day)
        consent.answer(consent.ref("CONSENT_AGE"), Code("Y"))
        consent.answer(consent.ref("STILL_WILLING"), Code("Y"))
        consent.complete()

    def close(self) -> None:
        """Drop every key and close the record."""
        for session in self.sessions.values():
            session.close()
        self.sessions.clear()


def build_clinic(folder: Path, now: datetime = NOW) -> Clinic:
    """Found a clinic and open an account for every role; nobody is left signed in.

    Args:
        folder: Where; must hold no clinic.
        now: Where the clock stands.
    """
    clock = TurnedClock(now)
    founding = found_clinic(
        folder, SITE, PASSWORDS["ADMIN-01"], PASSWORDS["PI-01"], shipped_study(), clock, COST
    )
    clinic = Clinic(founding.home, clock, founding.recovery)
    admin, pi = clinic.session("ADMIN-01"), clinic.session("PI-01")
    for account, role in ROLES.items():
        if account not in ("ADMIN-01", "PI-01"):
            open_account(admin, account, role, PASSWORDS[account], pi, COST)
    clinic.close()
    return clinic


def copy_clinic(template: Clinic, folder: Path) -> Clinic:
    """A clinic of its own, copied from one that nobody has open."""
    shutil.copytree(template.home.folder, folder)
    return Clinic(Home(folder), TurnedClock(template.clock.now()), template.recovery)
