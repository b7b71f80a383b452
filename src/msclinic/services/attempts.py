"""Failed sign-ins: counted in a file of the home, made slower, and locked for a time.

A try is counted before the password is looked at and taken back when it was right, so that ending
the program gains nothing. Whoever may write into the folder can remove the file; what then still
slows a guess down is the cost of the password itself (argon2id). Each failure is also sealed into
the inbox and stands in the record after the next sign-in (R-AUD-5, R-SEC-2).
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from attrs import evolve, field, frozen

from msclinic.domain.errors import KnownFault
from msclinic.services.home import Home, write_whole
from msclinic.services.inbox import append
from msclinic.services.session import Refused

__all__ = ["Attempts", "attempts_of", "counted", "forget", "keep_limits"]

_FORMAT = 1
_UNKNOWN = ""
"""Under this name count tries for accounts that there are not: what was typed is not kept."""

_FREE = 1
_FIRST_DELAY = 2


@frozen
class _Count:
    failed: int = 0
    last: datetime = datetime(1970, 1, 1, tzinfo=UTC)


@frozen
class Attempts:
    """What the file says.

    Attributes:
        limit: Failures after which an account is locked for a time.
        minutes: For how long.
        counts: Failures in a row and the last of them, by account.
    """

    limit: int = 5
    minutes: int = 15
    counts: dict[str, _Count] = field(factory=dict)

    def wait(self, account: str, now: datetime) -> timedelta:
        """How long an account has to wait before the next try."""
        count = self.counts.get(account, _Count())
        if count.failed <= _FREE:
            return timedelta(0)
        locked = timedelta(minutes=self.minutes)
        if count.failed >= self.limit:
            delay = locked
        else:
            delay = min(timedelta(seconds=_FIRST_DELAY ** (count.failed - _FREE)), locked)
        # A clock that was set back must not lock anybody out for longer than the lock lasts.
        return min(max(count.last + delay - now, timedelta(0)), delay)

    def locked(self, account: str) -> bool:
        """Whether so many tries failed that the account is locked for a time."""
        return self.counts.get(account, _Count()).failed >= self.limit


@contextmanager
def counted(home: Home, account: str, now: datetime) -> Iterator[None]:
    """Let a password be tried, counting it as failed unless the block ends without a refusal.

    Args:
        home: The data folder.
        account: As typed; one that there is not is counted without its name.
        now: The clock.

    Raises:
        Refused: It is too soon, or the account is locked for a time; nothing was tried.
    """
    known = account if account in home.accounts() else _UNKNOWN
    before = attempts_of(home)
    wait = before.wait(known, now)
    if wait > timedelta(0):
        raise _too_soon(wait, locked=before.locked(known))
    earlier = before.counts.get(known, _Count())
    failed = _Count(earlier.failed + 1, now)
    _store(home, evolve(before, counts={**before.counts, known: failed}))
    try:
        yield
    except Refused:
        after = attempts_of(home)
        payload = {
            "account": known,
            "count": str(failed.failed),
            "locked": "Y" if after.locked(known) else "N",
        }
        append(home, "sign_in_failed", now, payload)
        raise
    except BaseException:
        # A damaged file is no wrong password.
        _store(home, evolve(attempts_of(home), counts={**before.counts, known: earlier}))
        raise
    forget(home, known)


def forget(home: Home, account: str) -> None:
    """Begin to count anew: a sign-in succeeded, or the account got a new password."""
    now = attempts_of(home)
    if account in now.counts:
        left = {name: count for name, count in now.counts.items() if name != account}
        _store(home, evolve(now, counts=left))


def keep_limits(home: Home, limit: int, minutes: int) -> None:
    """Keep what the study says where it can be read while nobody is signed in."""
    now = attempts_of(home)
    if (now.limit, now.minutes) != (limit, minutes):
        _store(home, evolve(now, limit=limit, minutes=minutes))


def attempts_of(home: Home) -> Attempts:
    """What the file says; one that is missing or damaged counts from the beginning."""
    try:
        found: dict[str, Any] = json.loads(_file(home).read_text("utf-8"))
        counts = {
            str(name): _Count(max(int(one["failed"]), 0), datetime.fromisoformat(one["last"]))
            for name, one in found["counts"].items()
        }
        if any(one.last.tzinfo is None for one in counts.values()):
            return Attempts()
        return Attempts(max(int(found["limit"]), 2), max(int(found["minutes"]), 1), counts)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Attempts()


def _store(home: Home, attempts: Attempts) -> None:
    counts = {
        name: {"failed": one.failed, "last": one.last.isoformat()}
        for name, one in sorted(attempts.counts.items())
    }
    content = {
        "format": _FORMAT,
        "limit": attempts.limit,
        "minutes": attempts.minutes,
        "counts": counts,
    }
    try:
        write_whole(_file(home), json.dumps(content, indent=1).encode())
    except KnownFault as fault:
        # A full disk must not keep the nurse from the chair; a wrong password still opens nothing.
        if fault.code != "cannot_write":
            raise


def _file(home: Home) -> Path:
    return home.folder / "attempts.json"


def _too_soon(wait: timedelta, *, locked: bool) -> Refused:
    seconds = -(-wait // timedelta(seconds=1))
    if locked:
        return Refused(
            "account_locked",
            what="This account is locked for a short time.",
            why="The password was wrong too often; it opens again in {minutes} min.",
            what_to_do="Wait, or ask a colleague to sign in. Lost password: ask the admin.",
            parameters={"minutes": -(-seconds // 60)},
        )
    return Refused(
        "too_soon",
        what="Wait a moment before the next try.",
        why="The password was wrong several times; the next try is possible in {seconds} s.",
        what_to_do="Then type it again slowly; capital letters count.",
        parameters={"seconds": seconds},
    )
