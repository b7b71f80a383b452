"""Another version of the study is put into force by two people; what was before stays as it was.

Every entry keeps the version under which it was made (R-VAL-2; ICH E6(R3) 4.3.4(c), 4.3.5). What
still comes in under a version after another took its place, from a window that was open or from
another device, is kept and can be listed.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import pairwise

from attrs import evolve, frozen

from msclinic.domain.errors import UserError
from msclinic.record import StoredEntry
from msclinic.services.founding import activate_study
from msclinic.services.gateway import together
from msclinic.services.journal_sight import JournalSight, demand_journal
from msclinic.services.session import Refused, Session
from msclinic.services.signing import document_key
from msclinic.services.standing import run_open
from msclinic.store import Reader
from msclinic.store.study_versions import entries_under
from msclinic.study import Study, activated_study

__all__ = ["LateEntry", "Signer", "StudyVersion", "activate", "late_entries", "versions"]

_PATH = "study/active"
_MEANING = "study_activation"
_FOUNDED = "0"
_LAST_STEP = "2"


@frozen
class Signer:
    """Who put a version into force.

    Attributes:
        account: Such as ``PI-01``.
        role: In which role.
        at: When, by the clock of the device.
    """

    account: str
    role: str
    at: datetime


@frozen
class StudyVersion:
    """One version of the study and how it came into force.

    Attributes:
        version: Hash of its content.
        label: The authors' own name of it.
        signers: Who signed, in order.
        entry: Hash of the entry with which it took effect.
        since: When that was.
        until: When another took its place; none while it is in force.
        late: How many entries came in under it after that.
    """

    version: str
    label: str
    signers: tuple[Signer, ...]
    entry: str
    since: datetime
    until: datetime | None = None
    late: int = 0


@frozen
class LateEntry:
    """An entry made under a version that was no longer in force.

    Attributes:
        version: Under which it was made.
        participant: Random id, empty for the site's own.
        path: What it is about.
        actor: By whom, empty where the program wrote it.
        recorded_at: When, by the clock of its device.
    """

    version: str
    participant: str
    path: str
    actor: str
    recorded_at: datetime


def activate(
    admin: Session, investigator: Session, study: Study, passwords: tuple[str, str]
) -> None:
    """Put another version into force: both sign, each with their own password, or nothing happens.

    Args:
        admin: Signs first.
        investigator: Signs second, on the same open record.
        study: Loaded from its folder, so without a mistake.
        passwords: Of both, typed now.

    Raises:
        Refused: One person twice, a role that may not, a wrong password, or an open infusion.
        UserError: It is in force already, or would leave nobody who may change it again.
    """
    if study.version == admin.study.version:
        raise UserError(
            "study_in_force",
            what="This version of the study is in force already.",
            why="Its content is the same to the last letter.",
            what_to_do="Name the folder of another version.",
        )
    for session in (admin, investigator):
        session.require(f"sign:{_MEANING}")
        if not study.may(session.role, "sign", _MEANING):
            raise UserError(
                "nobody_could_change_it",
                what="The version was not put into force.",
                why="Under it the role {role} could not sign a later one.",
                what_to_do="Give the role that right in rights.yaml, then try again.",
                parameters={"role": session.role},
            )
    _demand_two_roles(admin, investigator)
    with admin.store.read() as reader:
        if run_open(reader, admin.now()):
            raise Refused(
                "infusion_open",
                what="The version was not put into force.",
                why="An infusion is open, and limits never change during one.",
                what_to_do="Close the visit first, then try again.",
            )
    for session, password in zip((admin, investigator), passwords, strict=True):
        document_key(session, password)
    with together(admin):
        activate_study(admin, investigator, study)


def versions(session: Session) -> tuple[StudyVersion, ...]:
    """Every version that was ever in force here, the newest first.

    Args:
        session: Who looks; it says nothing of a participant, so everyone may.
    """
    with session.store.read() as reader:
        found = _history(reader)
        replaced = [
            evolve(one, until=after.since, late=sum(1 for _ in late))
            for one, after, late in _late(reader, found)
        ]
    return tuple(reversed([*replaced, *found[-1:]]))


def late_entries(session: Session) -> tuple[LateEntry, ...]:
    """Entries made under a version after another took its place, those that the person may see.

    Raises:
        Refused: The role does not read the journal.
    """
    demand_journal(session)
    rows: list[LateEntry] = []
    with session.store.read() as reader:
        sight = JournalSight(session, reader)
        for one, _, late in _late(reader, _history(reader)):
            for stored in late:
                entry = stored.entry
                participant, path = entry.participant or "", entry.path or ""
                if sight.sees(participant, path):
                    actor = sight.person(entry.actor or "", entry.role or "")
                    rows.append(LateEntry(one.version, participant, path, actor, entry.recorded_at))
    return tuple(rows)


def _history(reader: Reader) -> list[StudyVersion]:
    found: list[StudyVersion] = []
    signers: list[Signer] = []
    for row in reader.trail(None, _PATH):
        entry, value = row.entry, row.value or {}
        step, version = str(value.get("step", "")), str(value.get("version", ""))
        if step == _FOUNDED:
            continue
        signers.append(Signer(entry.actor or "", entry.role or "", entry.recorded_at))
        if step == _LAST_STEP:
            content = reader.study_content(version)
            label = "" if content is None else _label(content)
            found.append(
                StudyVersion(version, label, tuple(signers), row.stored.hash, entry.recorded_at)
            )
            signers = []
    return found


@lru_cache(maxsize=16)
def _label(content: bytes) -> str:
    # Reading a study takes a second and the same bytes always give the same label.
    return activated_study(content).version_label


def _late(
    reader: Reader, found: Sequence[StudyVersion]
) -> Iterator[tuple[StudyVersion, StudyVersion, Iterator[StoredEntry]]]:
    """Each version that was replaced, by which, and what came in under it while it was not."""
    for place, (one, after) in enumerate(pairwise(found)):
        again = [later.entry for later in found[place + 2 :] if later.version == one.version]
        yield one, after, entries_under(reader, one.version, after.entry, *again[:1])


def _demand_two_roles(admin: Session, investigator: Session) -> None:
    if admin.role == investigator.role:
        raise Refused(
            "two_roles_sign",
            what="The version was not put into force.",
            why="The admin and the PI each sign.",
            what_to_do="Ask the other one to sign in.",
        )
