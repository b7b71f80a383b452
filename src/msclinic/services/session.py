"""Who is signed in at this device, with which keys, on which record.

Keys live in memory only and are dropped when the session closes.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from attrs import Factory, define, field

from msclinic.domain.errors import KnownFault, UserError
from msclinic.domain.values import Clock
from msclinic.services.clock_watch import ClockWatch, jump_limit
from msclinic.services.home import Home, HomeFile
from msclinic.services.marker import Marker
from msclinic.services.signature_judge import Judge
from msclinic.store import Reader, Store
from msclinic.study import Study, StudyMistakes, activated_study
from msclinic.vault import OpenRing

__all__ = ["Refused", "Session", "active_study", "not_allowed"]

_ACTIVE = "study/active"
_FIRST_OF_TWO = "1"


class Refused(UserError):
    """The person may not do this, or not now; the command line ends with 3."""


def _judged(store: Store) -> Store:
    """A record in which signatures that their role may not give do not count."""
    if store.judge is None:
        store.judge = Judge()
    return store


@define
class Session:
    """One person at one device.

    Attributes:
        home: The data folder.
        place: What the folder says of site and device.
        store: The open record, shared by everyone who joins.
        study: The study that is active.
        clock: Where every time comes from.
        account: Who, such as ``NUR-04``.
        role: In which role they act, such as ``NUR``.
        ring: Their open keys.
        marker: What remembers, outside the home, how far the record has come.
        warning: What the sign-in found that the person has to be told.
        alerts: What else they should know of accounts and sign-ins, the gravest first.
        watch: Whether the clock was moved; shared by everyone who joins.
        viewed: Forms that could reveal the arm and whose view is recorded: participant, path, how.
    """

    home: Home
    place: HomeFile
    store: Store = field(converter=_judged)
    study: Study
    clock: Clock
    account: str
    role: str
    ring: OpenRing
    marker: Marker | None = None
    warning: KnownFault | None = None
    alerts: tuple[KnownFault, ...] = ()
    watch: ClockWatch = field(
        default=Factory(
            lambda own: ClockWatch.begin(own.clock, jump_limit(own.study)), takes_self=True
        )
    )
    viewed: set[tuple[str, str, str]] = field(factory=set)

    @property
    def zone(self) -> ZoneInfo:
        """The site's time zone."""
        return ZoneInfo(self.place.zone)

    @property
    def rights(self) -> frozenset[str]:
        """What the role may do, from the study."""
        return self.study.rights(self.role)

    @property
    def side(self) -> str:
        """``site`` or ``sponsor``."""
        return self.study.roles[self.role].side

    def now(self) -> datetime:
        """The clock's time, UTC."""
        return self.clock.now()

    def may(self, right: str) -> bool:
        """Whether the role holds a right such as ``enter:vital_signs``."""
        verb, _, target = right.partition(":")
        return self.study.may(self.role, verb, target)

    def require(self, right: str) -> None:
        """Go on only with the right.

        Raises:
            Refused: The role does not hold it.
        """
        if not self.may(right):
            raise not_allowed()

    def reload_study(self) -> None:
        """Take up the study that the record now says is active."""
        with self.store.read() as reader:
            self.study = active_study(reader)

    def close(self, *, keep_store: bool = False) -> None:
        """Drop the keys, and close the record unless others still use it."""
        self.ring.close()
        if not keep_store:
            if self.marker is not None:
                self.marker.write()
            self.store.close()


def not_allowed() -> Refused:
    """What a person reads whose role does not hold the right that is asked for."""
    return Refused(
        "not_allowed",
        what="Your role may not do this.",
        why="The study gives this task to another role.",
        what_to_do="Ask a colleague with that role to sign in.",
    )


def active_study(reader: Reader) -> Study:
    """The study that two people activated last.

    Raises:
        KnownFault: No study is active, or its content is missing.
    """
    found = [head for head in reader.heads(prefix=_ACTIVE) if head.value]
    for head in found:
        value: Mapping[str, Any] = head.value or {}
        # One signature alone puts nothing into force: the version before stays.
        value = _signed_by_two(reader) if value.get("step") == _FIRST_OF_TWO else value
        content = reader.study_content(str(value.get("version", "")))
        if content is not None:
            return _opened(content)
    raise KnownFault(
        "no_study",
        what="No study is active in this clinic.",
        why="Its content is not in the record.",
        what_to_do="Ask the admin and the PI to activate the study.",
    )


def _signed_by_two(reader: Reader) -> Mapping[str, Any]:
    rows = [row.value or {} for row in reader.trail(None, _ACTIVE) if not row.waiting]
    return next((one for one in reversed(rows) if one.get("step") != _FIRST_OF_TWO), {})


@lru_cache(maxsize=4)
def _opened(content: bytes) -> Study:
    # Reading a study takes a second and the same bytes always give the same study.
    try:
        return activated_study(content)
    except StudyMistakes as mistakes:
        raise KnownFault(
            "study_unreadable",
            what="The study of this clinic cannot be read by this version of the program.",
            why="It says {count} things that this version does not know.",
            what_to_do="Install the version with which it was activated, and tell who looks after "
            "the program. Nothing was changed.",
            parameters={"count": len(mistakes.mistakes)},
        ) from mistakes
