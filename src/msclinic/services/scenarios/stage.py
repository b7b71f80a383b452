"""The clinic that scenarios are played in: founded once, copied for each, thrown away.

It is a real home with real keys; its people are made up and their password protects nothing.
"""

import shutil
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from attrs import define, field, frozen

from msclinic.domain.values import Clock
from msclinic.services.entrance import EXPIRED
from msclinic.services.founding import SiteDetails, found_clinic
from msclinic.services.gateway import random_key
from msclinic.services.home import Home
from msclinic.services.participants import enrol
from msclinic.services.people import open_account
from msclinic.services.people.review import review_people
from msclinic.services.scenarios.model import FormPlace, Scenario
from msclinic.services.session import Refused, Session
from msclinic.services.sign_in import join, sign_in
from msclinic.study import Study
from msclinic.vault import Cost

__all__ = ["PASSWORD", "SITE", "ZONE", "Stage", "Template", "TurningClock", "build_template"]

PASSWORD = "made-up people keep no secrets"
SITE = SiteDetails(code="PL01", city="Katowice", admin="TESTER-01", investigator="TESTER-02")
ZONE = ZoneInfo(SITE.zone)
"""Time zone of the clinic, in which scenarios tell times."""

_COST = Cost(1024, 1, 1)
_BEFORE = timedelta(hours=1)


class TurningClock(Clock, Protocol):
    """A clock that stands until it is turned."""

    def turn_to(self, moment: datetime) -> None:
        """Let time pass until a moment."""
        ...


@frozen
class Template:
    """A founded clinic that nobody has open.

    Attributes:
        home: Its data folder.
        accounts: Account ids by role.
        enroller: An account that may enrol participants.
    """

    home: Home
    accounts: dict[str, list[str]]
    enroller: str


def build_template(
    folder: Path,
    study: Study,
    study_folder: Path,
    scenarios: Iterable[Scenario],
    clock: Callable[[datetime], TurningClock],
) -> Template:
    """Found the clinic with as many people of each role as any scenario needs.

    Args:
        folder: Where; must hold no clinic.
        study: The study that is played.
        study_folder: Where it was read from.
        scenarios: What will be played.
        clock: Makes a clock that stands at a moment.
    """
    played = list(scenarios)
    turned = clock(min(one.start for one in played) - _BEFORE)
    home = found_clinic(folder, SITE, PASSWORD, PASSWORD, study_folder, turned, _COST).home
    accounts = {"ADMIN": [SITE.admin], "PI": [SITE.investigator]}
    enrolling = next((r for r in sorted(study.roles) if study.may(r, "enrol")), "PI")
    needed = {enrolling: 1}
    for scenario in played:
        roles = list(scenario.accounts.values())
        for role in roles:
            needed[role] = max(needed.get(role, 0), roles.count(role))
    admin = sign_in(home, SITE.admin, PASSWORD, turned)
    try:
        investigator = join(admin, SITE.investigator, PASSWORD)
        number = len(accounts)
        for role, count in sorted(needed.items()):
            for _ in range(count - len(accounts.get(role, ()))):
                number += 1
                account = f"TESTER-{number:02d}"
                open_account(admin, account, role, PASSWORD, investigator, _COST)
                accounts.setdefault(role, []).append(account)
        investigator.close(keep_store=True)
    finally:
        admin.close()
    return Template(home, accounts, accounts[enrolling][0])


@define
class Stage:
    """One scenario's own copy of the clinic.

    Attributes:
        home: Its data folder.
        clock: The clock of every session.
        people: Account id by the file's name.
        participants: Random id by the file's name.
    """

    home: Home
    clock: TurningClock
    people: dict[str, str]
    participants: dict[str, str] = field(factory=dict)
    _keys: dict[tuple[str, ...], str] = field(factory=dict)
    _sessions: dict[str, Session] = field(factory=dict)

    @classmethod
    def copied(cls, template: Template, folder: Path, clock: TurningClock, by: Scenario) -> "Stage":
        """A copy of the template for one scenario, its participants enrolled."""
        shutil.copytree(template.home.folder, folder)
        free = {role: list(accounts) for role, accounts in template.accounts.items()}
        people = {name: free[role].pop(0) for name, role in by.accounts.items()}
        stage = cls(Home(folder), clock, people)
        try:
            enroller = stage.session(template.enroller)
            for name, number in by.participants.items():
                stage.participants[name] = enrol(enroller, number)
        except BaseException:
            stage.close()
            raise
        return stage

    def session(self, account: str) -> Session:
        """The session of an account, signed in when first asked for."""
        if account not in self._sessions:
            try:
                self._sessions[account] = self._entered(account)
            except Refused as refusal:
                if refusal.code != EXPIRED:
                    raise
                # A scenario's months pass without anybody at the computer.
                review_people(self.session(SITE.investigator))
                self._sessions[account] = self._entered(account)
        return self._sessions[account]

    def visit_key(self, participant: str, visit: str, name: str) -> str:
        """The random key behind a repeated visit's name; ``1`` stays as it is."""
        return self._key(participant, visit, name)

    def form_key(self, participant: str, place: FormPlace) -> str:
        """The random key behind one of several forms; ``1`` stays as it is."""
        return self._key(participant, place.visit, place.visit_key, place.form, place.form_key)

    def know(self, participant: str, place: FormPlace, key: str) -> None:
        """Take note of the key of a form that a service has made."""
        names = (participant, place.visit, place.visit_key, place.form, place.form_key)
        self._keys[names] = key

    def close(self) -> None:
        """Drop every key and close the record."""
        for session in self._sessions.values():
            session.close()
        self._sessions.clear()

    def _entered(self, account: str) -> Session:
        first = next(iter(self._sessions.values()), None)
        if first is None:
            return sign_in(self.home, account, PASSWORD, self.clock)
        return join(first, account, PASSWORD)

    def _key(self, *names: str) -> str:
        if names[-1] == "1":
            return "1"
        return self._keys.setdefault(names, random_key())
