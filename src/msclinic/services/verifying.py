"""Proves a home: chain, signatures, triggers and tables agree, or where they do not.

It reads, repairs nothing and records nothing. Whoever proves needs the right ``verify``, because
a fault's place names forms; where the record cannot tell who holds it, the fault comes first.
"""

from collections.abc import Mapping

from attrs import frozen

from msclinic.domain.errors import KnownFault
from msclinic.record import EntryError, Fault
from msclinic.services.backup.remembered import Remembered, remembered
from msclinic.services.home import Home, HomeFile
from msclinic.services.marker import Marker, Verdict
from msclinic.services.session import active_study, not_allowed
from msclinic.services.sign_in import roles_of, unlock_record, unlock_ring
from msclinic.services.signature_proof import signature_faults
from msclinic.store import Reader, Store, verify
from msclinic.study import StudyMistakes
from msclinic.vault import (
    DamagedSecret,
    DeviceKeys,
    MarkKey,
    fingerprint,
    verify_entry_signature,
)
from msclinic.wording import tr

__all__ = ["Proof", "prove_home", "record_faults", "verify_home"]

_DAMAGE = frozenset({"damaged", "wrong_key", "not_a_database", "disk_fault"})


@frozen
class Proof:
    """What a proof found.

    Attributes:
        faults: What is not as written; empty if all agrees.
        marker: What the marker outside the home says; none where the record or ``home.json``
            could not be read.
        backups: How many backups told how far the record had come.
        backups_missing: How many folders chosen for backups were not there to be asked.
    """

    faults: tuple[Fault, ...]
    marker: Verdict | None
    backups: int = 0
    backups_missing: int = 0

    @property
    def limit(self) -> str | None:
        """What could not be told here and is no fault, as a sentence; none if nothing."""
        if self.marker is Verdict.FIRST:
            return tr(
                "No marker of this clinic lies on this computer: whether an older copy was put "
                "back cannot be told."
            )
        if self.marker is Verdict.COPY:
            return tr("This folder is a copy: whether it is the newest one cannot be told.")
        if self.marker is Verdict.ELSEWHERE:
            return tr(
                "This clinic was last used at another place, or its marker was removed: whether "
                "an older copy was put back cannot be told."
            )
        return None


def verify_home(home: Home, account: str, password: str) -> list[Fault]:
    """Every fault of a home's record; empty if all agrees. See ``prove_home``."""
    return list(prove_home(home, account, password).faults)


def prove_home(home: Home, account: str, password: str) -> Proof:
    """Prove a home's record, as far as the marker on this computer knows it.

    Args:
        home: The data folder.
        account: Whose keys open it; the trust in the journal is pinned in their ring.
        password: Theirs.

    Raises:
        Refused: Account and password do not match, or the role may not verify.
        KnownFault: Another program holds the record, or it is from a newer version; a key file is
            missing.
    """
    faults: list[Fault] = []
    place: HomeFile | None = None
    try:
        place = home.read()
    except KnownFault as fault:
        if fault.code != "damaged_home":
            raise
        faults.append(Fault("damaged_home", "home.json", "The file is damaged or missing."))
    ring = unlock_ring(home, account, password)
    try:
        if place and fingerprint(bytes.fromhex(place.authority)) != ring.site_root:
            faults.append(
                Fault("authority_replaced", "home.json", "The site's certificate is another one.")
            )
        key = unlock_record(home, account, ring)
        home.demand_writable()
        try:
            store = Store.open(home.database, key, as_found=True)
        except KnownFault as fault:
            if fault.code not in _DAMAGE:
                raise
            faults.append(Fault("damaged_file", "clinic.db", "The file is not as written."))
            return Proof(tuple(faults), None)
        with store:
            _demand_right(store, account)
            if place is None:
                faults += record_faults(store, ring.founder_key, {})
                return Proof(tuple(faults), None)
            marker = Marker.of(home, place, key)
            found = remembered(home, place.device, MarkKey(key))
            return _prove(store, marker, found, place, ring.founder_key, faults)
    finally:
        ring.close()


def _key_of(secret: bytes) -> str | None:
    """Id of a device's signing key; none if these are no device's keys."""
    try:
        return DeviceKeys.from_secret(secret).key_id
    except DamagedSecret:
        return None


def record_faults(store: Store, founder: str, known: Mapping[str, tuple[int, str]]) -> list[Fault]:
    """Every fault of an open record.

    Args:
        store: The record.
        founder: Id of the founding device's key, with which its trust begins.
        known: By stream, a place and hash known from elsewhere.
    """
    secrets = {"device": lambda secret: _key_of(secret) == founder}
    faults = verify(store, verify_entry_signature, frozenset({founder}), known, secrets)
    return faults + signature_faults(store)


def _prove(
    store: Store,
    marker: Marker | None,
    found: Remembered,
    place: HomeFile,
    founder: str,
    faults: list[Fault],
) -> Proof:
    known = dict({} if marker is None else marker.heads)
    for stream, head in found.heads.items():
        # Where marker and backups know the same stream, the later place tells more.
        if head[0] > known.get(stream, (0, ""))[0]:
            known[stream] = head
    faults += record_faults(store, founder, known)
    faults += found.faults
    verdict: Verdict | None = Verdict.FIRST
    try:
        with store.read_doubted() as reader:
            verdict = Verdict.FIRST if marker is None else marker.judge(reader)
            faults += _home_faults(reader, place)
    except KnownFault as fault:
        if fault.code not in _DAMAGE:
            raise
        verdict = None  # What cannot be read there was named above.
    if verdict is Verdict.CHANGED:
        sentence = "The marker outside the home is not as this clinic's program wrote it."
        faults.append(Fault("marker_changed", f"device {place.device[:8]}", sentence))
    elif verdict is Verdict.OLDER and not any(fault.code == "cut_off" for fault in faults):
        sentence = "It names a stream that this clinic had left: an older copy was put back."
        faults.append(Fault("old_home_file", "home.json", sentence))
    return Proof(tuple(faults), verdict, found.count, found.missing)


def _demand_right(store: Store, account: str) -> None:
    """Refuse whom the record knows in roles that may not verify.

    A record in which roles or study cannot be found is proved for everybody: what was done to it
    must not silence the proof.
    """
    try:
        with store.read_doubted() as reader:
            roles = roles_of(reader, account)
            study = active_study(reader)
    except (KnownFault, StudyMistakes, ValueError):
        return
    known = [role for role in roles if role in study.roles]
    if known and not any(study.may(role, "verify", "") for role in known):
        raise not_allowed()


def _home_faults(reader: Reader, place: HomeFile) -> list[Fault]:
    """Where ``home.json`` says otherwise than the record."""
    faults = []

    def differs(what: str) -> None:
        sentence = f"Its {what} is not the one that the record knows."
        faults.append(Fault("home_changed", "home.json", sentence))

    if not reader.heads(prefix=f"device/{place.device}/keys"):
        differs("device")
    elif not reader.stream_head(place.stream).seq:
        differs("stream")
    for head in reader.at(None, "site/founding"):
        value = head.value or {}
        if place.site != value.get("code"):
            differs("site")
        if place.city != value.get("city"):
            differs("city")
    # No entry states the site's zone; every entry carries the one in which it was made.
    first = next(reader.entries("signed_in"), None)
    try:
        if first is not None and first.entry.tz != place.zone:
            differs("time zone")
    except EntryError:
        pass  # An entry that cannot be read is a fault of the chain, and named there.
    return faults
