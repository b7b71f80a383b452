"""The one way into the record: a use case collects its changes and they are stored as one act.

Everything that changes a value passes here with who, when, old, new and why. Nothing is shown as
stored before ``recording`` has returned.
"""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

from msclinic import __version__
from msclinic.record import Computation, Draft, SealedAct, Stamp, StoredEntry, seal_act
from msclinic.services.clock_watch import CLOCK_PATH, jump_value
from msclinic.services.lock_guard import demand_unlocked
from msclinic.services.session import Session
from msclinic.store import Head, UnitOfWork

__all__ = ["Act", "note_clock", "random_id", "random_key", "recording", "together"]


def random_id() -> str:
    """A random id of a participant, device or stream: 32 hex digits."""
    return secrets.token_hex(16)


def random_key() -> str:
    """A random repeat key: 16 hex digits."""
    return secrets.token_hex(8)


class Act:
    """What one use case changes, collected before it is sealed.

    Attributes:
        uow: The open unit of work; reads see the record as it is now.
        stored: The entries, once ``recording`` has returned.
        heads: Current entries of every path that was set, once ``recording`` has returned.
    """

    def __init__(self, session: Session, uow: UnitOfWork) -> None:
        self.uow = uow
        self.stored: tuple[StoredEntry, ...] = ()
        self.heads: dict[str, list[Head]] = {}
        self._session = session
        self._typed_at = session.now()
        self._drafts: dict[tuple[str | None, str], Draft] = {}

    def current(self, path: str, participant: str | None = None) -> list[Head]:
        """The heads of one path; two of them are a conflict."""
        return self.uow.at(participant, path)

    def set(
        self,
        action: str,
        path: str,
        value: Mapping[str, Any] | None,
        *,
        participant: str | None = None,
        event_time: datetime | None = None,
        reason: Mapping[str, Any] | None = None,
        source: str | None = None,
        prompted_by: str | None = None,
        computed: Computation | None = None,
    ) -> None:
        """Add one change; it replaces every head of its path that is known here.

        Args:
            action: A name of ``record.actions``.
            path: What is changed.
            value: The new value as written in the record, or none.
            participant: Random id of the participant, or none for the site.
            event_time: When it happened, if that is not now.
            reason: Why: ``{"code": "1", "text": ""}``.
            source: direct, transcribed, imported or participant.
            prompted_by: The check or query that asked for it.
            computed: Rule, version and inputs of a computed value.
        """
        key = (participant, path)
        if key in self._drafts:
            raise ValueError(f"one act sets {path} twice")
        self._drafts[key] = Draft(
            action=action,
            participant=participant,
            path=path,
            value=value,
            reason=reason,
            event_time=event_time,
            supersedes=tuple(one for head in self.current(path, participant) for one in head.known),
            prompted_by=prompted_by,
            source=source,
            computed=computed,
        )

    def look_back(self) -> None:
        """Read what the paths that were set say now, in the snapshot that is about to be kept."""
        self.heads = {path: self.uow.at(whose, path) for whose, path in self._drafts}

    def seal(self) -> SealedAct | None:
        """The act as it will be stored, or none if nothing was changed.

        Raises:
            Refused: Something in it lies under a lock.
        """
        if not self._drafts:
            return None
        demand_unlocked(self.uow, self._drafts.values())
        session = self._session
        now = session.now()
        seq, head, number = self.uow.stream_head(session.place.stream)
        offset = now.astimezone(session.zone).utcoffset()
        stamp = Stamp(
            stream=session.place.stream,
            seq=seq + 1,
            prev=head,
            act_number=number + 1,
            typed_at=self._typed_at,
            recorded_at=now,
            utc_offset=int(offset.total_seconds() // 60) if offset is not None else 0,
            tz=session.place.zone,
            actor=session.account,
            role=session.role,
            study_version=session.study.version,
            app_version=__version__,
            key=session.ring.key_id,
        )
        drafts = tuple(self._drafts.values())
        salts = tuple(secrets.token_bytes(16) for _ in range(2 * len(drafts)))
        return seal_act(drafts, stamp, salts, session.ring.sign_entry)


@contextmanager
def recording(session: Session) -> Iterator[Act]:
    """Open a unit of work and store what the block collected as one act.

    Args:
        session: Who acts; their session key signs.

    Raises:
        KnownFault: The record could not be written; nothing of the act was stored.
    """
    if not session.store.joined:
        note_clock(session)
    with _recorded(session) as act:
        yield act


@contextmanager
def together(session: Session) -> Iterator[None]:
    """Everything recorded in the block is one commit: a power cut leaves all of its acts or none.

    A signature names the entries it covers, so it stands in an act after theirs; this holds both
    together. Whatever is raised has to leave the block.

    Args:
        session: Who acts.

    Raises:
        KnownFault: The record could not be written; nothing of the block was stored.
    """
    note_clock(session)
    with session.store.together():
        yield


def note_clock(session: Session) -> Decimal | None:
    """Record that the clock was moved since it was looked at last.

    Rule: infusion day, section 7; a clock set back makes G1 and G3 expire.

    Returns:
        By how many seconds, or None while it runs as it should.
    """
    seconds = session.watch.jump()
    if seconds is None:
        return None
    value = jump_value(seconds, session.now(), session.place.device)
    with _recorded(session) as act:
        act.set("clock_jumped", CLOCK_PATH, value)
    session.watch.renew(seconds)
    return seconds


@contextmanager
def _recorded(session: Session) -> Iterator[Act]:
    with session.store.write() as uow:
        act = Act(session, uow)
        yield act
        sealed = act.seal()
        if sealed is not None:
            uow.append(sealed)
            act.look_back()
            act.stored = sealed.entries
    if act.stored and session.marker is not None:
        note = partial(session.marker.note, act.stored)
        session.store.when_kept(note)
