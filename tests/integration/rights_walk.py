"""Every role at every service: what is asked, and the right that the study's matrix wants for it.

An area adds its services to a list of ``Call``s and to ``test_rights_walk.py``. A call is made with
arguments that cannot succeed or harm: what counts is only whether the role's right was refused.
Whatever else a service objects to comes after the right, so it means that the role may.
"""

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from attrs import field, frozen
from tests.clinic import COST, PASSWORDS, Clinic

from msclinic.app.clock import TurnedClock
from msclinic.domain.errors import UserError
from msclinic.services.home import Home
from msclinic.services.people import open_account
from msclinic.services.session import Session
from msclinic.services.sign_in import join

__all__ = ["ACCOUNTS", "Call", "Walk", "allowed", "every_role", "walk_of"]

SECRET = "a sentence for the walk"
_FURTHER = {"INSP-01": "INSP", "LAB-01": "LAB", "LABU-01": "LABU"}
ACCOUNTS = {
    "NUR": "NUR-04",
    "PHY": "PHY-01",
    "PI": "PI-01",
    "RAT": "RAT-02",
    "ASSESSOR": "ASSESSOR-01",
    "CRC": "CRC-01",
    "LAB": "LAB-01",
    "LABU": "LABU-01",
    "PREP": "PREP-01",
    "DM": "DM-01",
    "MON": "MON-01",
    "INSP": "INSP-01",
    "ADMIN": "ADMIN-01",
}
_NOT_THE_RIGHT = frozenset({"not_allowed"})


@frozen
class Walk:
    """What the calls are made on.

    Attributes:
        clinic: With an account of every role.
        participant: Somebody with a screening visit.
        folder: Where files may be written.
    """

    clinic: Clinic
    participant: str
    folder: Path

    def session(self, role: str) -> Session:
        """The session of a role."""
        account = ACCOUNTS[role]
        if account not in PASSWORDS and account not in self.clinic.sessions:
            pi = self.clinic.session("PI-01")
            self.clinic.sessions[account] = join(pi, account, SECRET)
        return self.clinic.session(account)


@frozen
class Call:
    """One service as any role might call it.

    Attributes:
        name: The service.
        ask: Calls it.
        right: The right of the matrix that it wants; or a rule for what is more than one right.
        refusals: Codes that say that the role may not; others say that something else is wrong.
    """

    name: str
    ask: Callable[[Walk, Session], object]
    right: str | Callable[[Session], bool]
    refusals: frozenset[str] = field(default=_NOT_THE_RIGHT)

    def wanted(self, session: Session) -> bool:
        """Whether the matrix lets the role do it."""
        return session.may(self.right) if isinstance(self.right, str) else self.right(session)


def every_role(clinic: Clinic) -> str:
    """Give a clinic an account of every role, and a participant; gives the participant."""
    admin, pi = clinic.session("ADMIN-01"), clinic.session("PI-01")
    for account, role in _FURTHER.items():
        open_account(admin, account, role, SECRET, pi, COST)
    clinic.clock.turn(timedelta(minutes=1))
    return clinic.enrol(7)


def walk_of(template: Clinic, participant: str, folder: Path) -> Walk:
    """A clinic of its own, copied from one that nobody has open."""
    shutil.copytree(template.home.folder, folder / "home")
    clinic = Clinic(Home(folder / "home"), TurnedClock(template.clock.now()), template.recovery)
    return Walk(clinic, participant, folder)


def allowed(call: Call, walk: Walk, session: Session) -> bool:
    """Whether the service lets the role in, whatever it then thinks of the arguments."""
    try:
        call.ask(walk, session)
    except UserError as error:
        return error.code not in call.refusals
    return True
