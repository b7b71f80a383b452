"""The made-up clinic's people at work: who is signed in, what time it is, how a form is filled in.

Everything is written through the services, as a person at the screen would; never into a table.
"""

import random
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from attrs import define, field

from msclinic.domain.values import Answer, Clock
from msclinic.services.entrance import EXPIRED
from msclinic.services.entry import FormEntry
from msclinic.services.founding import SiteDetails, found_clinic
from msclinic.services.home import Home
from msclinic.services.people import open_account
from msclinic.services.people.review import review_people
from msclinic.services.session import Refused, Session
from msclinic.services.sign_in import join, sign_in
from msclinic.services.signing import sign
from msclinic.shipped import shipped_study
from msclinic.vault import Cost

__all__ = [
    "LEAVER",
    "ROLES",
    "SITE",
    "Floor",
    "TurnableClock",
    "made_up_passwords",
    "open_floor",
]

SITE = SiteDetails(code="PL01", city="Katowice")
ROLES: Mapping[str, str] = {
    "ADMIN-01": "ADMIN",
    "PI-01": "PI",
    "PHY-01": "PHY",
    "PHY-02": "PHY",
    "NUR-04": "NUR",
    "NUR-06": "NUR",
    "RAT-02": "RAT",
    "ASSESSOR-01": "ASSESSOR",
    "CRC-01": "CRC",
    "LAB-01": "LAB",
    "LABU-01": "LABU",
    "PREP-01": "PREP",
    "PREP-02": "PREP",
    "DM-01": "DM",
    "MON-01": "MON",
}
LEAVER = "NUR-05"
"""A nurse who was there when the clinic was founded and has left since."""

# The passwords of the made-up clinic stand beside it in a file: a slow hash would protect nothing.
_COST = Cost(1024, 1, 1)
_WORDS = (
    "amber", "anchor", "apple", "barley", "basket", "beacon", "birch", "bramble", "bridge",
    "candle", "canyon", "cedar", "cherry", "clover", "cobalt", "copper", "coral", "cotton",
    "cradle", "daisy", "ember", "fable", "falcon", "feather", "fiddle", "forest", "garden",
    "ginger", "glacier", "granite", "harbor", "hazel", "honey", "island", "ivory", "jasmine",
    "kettle", "ladder", "lantern", "lemon", "linden", "maple", "marble", "meadow", "melon",
    "mirror", "nectar", "oasis", "olive", "orchard", "paddle", "pebble", "pepper", "pigeon",
    "planet", "poplar", "quartz", "raven", "ribbon", "river",
)  # fmt: skip


class TurnableClock(Clock, Protocol):
    """A clock whose time passes when it is told to."""

    def turn_to(self, moment: datetime) -> None:
        """Let time pass until a moment."""
        ...


@define
class Floor:
    """The clinic at one moment.

    Attributes:
        home: The data folder.
        clock: The clock that everybody reads.
        passwords: Of every account.
        chance: The one source of made-up values, always with the same seed.
        sessions: Who is signed in, by account.
    """

    home: Home
    clock: TurnableClock
    passwords: Mapping[str, str]
    chance: random.Random
    sessions: dict[str, Session] = field(factory=dict)

    @property
    def zone(self) -> ZoneInfo:
        """The site's time zone."""
        return ZoneInfo(SITE.zone)

    @property
    def today(self) -> date:
        """The local day."""
        return self.clock.now().astimezone(self.zone).date()

    def session(self, account: str) -> Session:
        """The session of an account, signed in when first asked for."""
        if account not in self.sessions:
            try:
                self.sessions[account] = self._entered(account)
            except Refused as refusal:
                if refusal.code != EXPIRED:
                    raise
                self.review()
                self.sessions[account] = self._entered(account)
        return self.sessions[account]

    def review(self) -> None:
        """The investigator looks the accounts through."""
        review_people(self.session(SITE.investigator))

    def _entered(self, account: str) -> Session:
        first = next(iter(self.sessions.values()), None)
        if first is None:
            return sign_in(self.home, account, self.passwords[account], self.clock)
        return join(first, account, self.passwords[account])

    def moment(self, day: date, clock_time: str) -> datetime:
        """A local time of a day, such as ``08:05``."""
        return datetime.combine(day, time.fromisoformat(clock_time), self.zone)

    def wait_until(self, day: date, clock_time: str) -> None:
        """Let time pass until a local time, if it is not past already."""
        moment = self.moment(day, clock_time)
        if moment > self.clock.now():
            self.clock.turn_to(moment)

    def wait(self, minutes: float) -> None:
        """Let minutes pass."""
        self.clock.turn_to(self.clock.now() + timedelta(minutes=minutes))

    def fill(self, entry: FormEntry, answers: Mapping[str, Answer], key: str | None = None) -> None:
        """Give a form's answers as one act, in the form's order.

        Raises:
            AssertionError: An answer cannot be true; the made-up data are then wrong.
        """
        order = [item.oid for group in entry.form.item_groups for item in group.items]
        given = sorted(answers, key=order.index)
        stored = entry.answer_together([(entry.ref(item, key), answers[item]) for item in given])
        if not stored.accepted:
            codes = [finding.code for finding in stored.findings]
            raise AssertionError(f"{entry.form.oid} refuses a made-up answer: {codes}")

    def paper(
        self,
        account: str,
        participant: str,
        place: str,
        answers: Mapping[str, Answer],
        repeats: Mapping[str, Sequence[Mapping[str, Answer]]] | None = None,
        *,
        reviewer: str = "",
    ) -> FormEntry:
        """Fill in a whole form, complete it and sign what it asks for.

        Args:
            account: Who fills it in and signs that these are the own data.
            participant: Whose form.
            place: Its path, such as ``V1/1/mri/1``.
            answers: By item; those that do not apply are left out.
            repeats: Answers of each repeat, by group.
            reviewer: The physician who signs the review; nobody yet where empty.
        """
        visit, visit_key, form, form_key = place.split("/")
        entry = FormEntry(self.session(account), participant, visit, form, visit_key, form_key)
        self.fill(entry, answers)
        for group, rows in (repeats or {}).items():
            for row in rows:
                entry.answer_together(
                    [((group, "", item), answer) for item, answer in row.items()], adding=group
                )
        self.keep_unusual(entry)
        entry.complete()
        self.sign_form(account, participant, place, "form_entered")
        if reviewer:
            self.sign_form(reviewer, participant, place, "form_reviewed")
        return entry

    def sign_form(self, account: str, participant: str, place: str, meaning: str) -> None:
        """Sign a completed form, if it asks for a signature of this meaning."""
        session = self.session(account)
        if meaning in session.study.form(place.split("/")[2]).signatures:
            sign(session, participant, place, meaning, self.passwords[account])

    def keep_unusual(self, entry: FormEntry, choice: str = "2") -> None:
        """Keep every unusual finding of a form with a reason."""
        for finding in entry.open_findings():
            if finding.severity == "soft":
                group, key, item = finding.path.split("/")[-3:]
                entry.keep([(group, key, item)], finding.code, choice)

    def close(self) -> None:
        """Drop every key and close the record."""
        for session in self.sessions.values():
            session.close()
        self.sessions.clear()


def made_up_passwords(chance: random.Random) -> dict[str, str]:
    """Four words for every account."""
    return {account: " ".join(chance.sample(_WORDS, 4)) for account in ROLES}


def open_floor(folder: Path, clock: TurnableClock, chance: random.Random) -> Floor:
    """Found the clinic and open its accounts.

    Args:
        folder: Where; must hold no clinic.
        clock: Stands at the day the clinic is founded.
        chance: Where made-up values come from.
    """
    passwords = made_up_passwords(chance)
    founding = found_clinic(
        folder,
        SITE,
        passwords[SITE.admin],
        passwords[SITE.investigator],
        shipped_study(),
        clock,
        _COST,
    )
    floor = Floor(founding.home, clock, passwords, chance)
    admin, investigator = floor.session(SITE.admin), floor.session(SITE.investigator)
    for account, role in ROLES.items():
        if account not in (SITE.admin, SITE.investigator):
            open_account(admin, account, role, passwords[account], investigator, _COST)
    open_account(admin, LEAVER, "NUR", " ".join(_WORDS[-4:]), investigator, _COST)
    return floor
