"""Whether the computer's clock was changed, and which signatures were given before it went back.

Elapsed time is told by a monotonic source; what it cannot see, a clock changed while the program
was closed, the record tells by entries that lie ahead of the clock (infusion day, section 7).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from attrs import define

from msclinic.domain.errors import KnownFault
from msclinic.domain.infusion.timers import clock_jump
from msclinic.domain.values import Clock, instant_text
from msclinic.store import Reader, SignatureRow
from msclinic.study import Study

__all__ = [
    "CLOCK_PATH",
    "ClockWatch",
    "clock_moved",
    "jump_limit",
    "jump_value",
    "signed_before_set_back",
]

CLOCK_PATH = "site/clock"
_USUAL = 60


def jump_limit(study: Study) -> int:
    """Seconds by which the clock may leave the monotonic one unsaid (setting `clock_jump`)."""
    setting = study.settings.get("clock_jump")
    # A study without infusions has no such setting; its clock is watched all the same.
    return _USUAL if setting is None else int(setting.value)


@define
class ClockWatch:
    """Wall clock and monotonic clock, read together at sign-in and after every jump.

    It is not read anew in between, so that many small steps count together.

    Attributes:
        clock: What is watched.
        limit: Seconds by which the two may differ unsaid.
        wall: The wall clock then.
        steady: The monotonic seconds then.
        unsaid: A jump that is recorded and that nobody has been told of yet.
    """

    clock: Clock
    limit: int
    wall: datetime
    steady: float
    unsaid: Decimal | None = None

    @classmethod
    def begin(cls, clock: Clock, limit: int) -> "ClockWatch":
        """Watch from now on."""
        return cls(clock, limit, clock.now(), clock.monotonic())

    def jump(self) -> Decimal | None:
        """By how many seconds the clock was moved since, if by more than the limit."""
        now = (self.clock.now(), self.clock.monotonic())
        return clock_jump((self.wall, self.steady), now, self.limit)

    def renew(self, recorded: Decimal) -> None:
        """Go on from the clock as it is now, its jump being recorded."""
        self.unsaid = recorded
        self.wall, self.steady = self.clock.now(), self.clock.monotonic()


def jump_value(seconds: Decimal, now: datetime, device: str) -> dict[str, Any]:
    """What the record says of a jump: by how much, and the time that the clock left."""
    left = now - timedelta(microseconds=int(seconds * 1_000_000))
    return {
        "type": "clock",
        "device": device,
        "seconds": f"{seconds:.3f}",
        "left": instant_text(left),
    }


def clock_moved(seconds: Decimal) -> KnownFault:
    """What a person is told of a jump."""
    if seconds < 0:
        return KnownFault(
            "clock_set_back",
            what="The clock of this computer was set back.",
            why="It is recorded. How old the signatures at G1 and G3 are can no longer be told.",
            what_to_do="Check the clock. Gates G1 and G3 that were signed before are signed again.",
        )
    return KnownFault(
        "clock_set_forward",
        what="The clock of this computer was set forward.",
        why="It is recorded. Times due may have passed with it.",
        what_to_do="Check the clock, then go on.",
    )


def signed_before_set_back(
    reader: Reader, signed: Iterable[SignatureRow], watch: ClockWatch
) -> frozenset[str]:
    """Entries of the signatures whose age the clock no longer tells.

    Those given before the clock was set back here or at another device, by the order of the
    record and not by the clock; and those that lie ahead of it.
    """
    rows = list(signed)
    pending = watch.jump()
    if pending is not None and pending < 0:
        return frozenset(row.entry for row in rows)
    ahead = watch.clock.now() + timedelta(seconds=watch.limit)
    found = {row.entry for row in rows if row.typed_at > ahead}
    backward = [
        one.stored.hash
        for one in reader.trail(None, CLOCK_PATH)
        if one.value is not None and str(one.value.get("seconds", "")).startswith("-")
    ]
    if backward:
        order = reader.order([backward[-1], *(row.entry for row in rows)])
        found |= {row.entry for row in rows if order[row.entry] < order[backward[-1]]}
    return frozenset(found)
