"""The recovery key: a way in when passwords of those who look after accounts are lost.

It opens the record's key and the site authority, so it can do what an admin can; whoever uses it is
named by nobody but the paper. Each use is an act of the device, stands among the incidents, and the
new certificate counts only once a second person has witnessed it.
"""

import secrets
from datetime import datetime
from typing import Any

from attrs import evolve

from msclinic import __version__
from msclinic.domain.errors import KnownFault
from msclinic.domain.values import Clock
from msclinic.record import Draft, Stamp, seal_act
from msclinic.services.attempts import counted, forget
from msclinic.services.gateway import random_key, recording
from msclinic.services.home import Home, HomeFile, write_whole
from msclinic.services.marker import Marker
from msclinic.services.people.accounts import demand_password, keys_value
from msclinic.services.people.certificates import (
    issues_certificates,
    open_authority,
    record_certificate,
)
from msclinic.services.people.leavers import RECOVERY
from msclinic.services.people.passwords import place_keys, refuse_reused
from msclinic.services.session import Refused, Session, active_study
from msclinic.services.sign_in import begin_stream, refused_keys, started_value, unlock_record
from msclinic.services.standing import standing_of
from msclinic.services.upgrading import open_record
from msclinic.store import UnitOfWork, opens
from msclinic.vault import (
    DATA_KEY_BYTES,
    Cost,
    DeviceKeys,
    SiteAuthority,
    VaultError,
    create_ring,
    fingerprint,
    new_recovery_key,
    recovery_recipient,
    unwrap_with_recovery,
    wrap,
)

__all__ = ["Drafts", "recover", "renew_recovery", "seal_by_device"]

_PRINTED = "recovery"


class Drafts:
    """Changes of an act that the device signs because nobody else can."""

    def __init__(self) -> None:
        self.drafts: list[Draft] = []

    def set(self, action: str, path: str, value: dict[str, Any]) -> None:
        """Add one change; what it replaces is looked up when it is sealed."""
        self.drafts.append(
            Draft(
                action=action,
                participant=None,
                path=path,
                value=value,
                reason=None,
                event_time=None,
                supersedes=(),
                prompted_by=None,
                source=None,
                computed=None,
            )
        )


def recover(
    home: Home, recovery: str, account: str, password: str, clock: Clock, cost: Cost | None = None
) -> None:
    """Give an account that looks after accounts new keys, by the printed recovery key.

    Args:
        home: The data folder; no window has it open.
        recovery: As typed from paper; a wrong one is counted like a wrong password.
        account: An account that holds the right ``people`` and is not disabled.
        password: The new one, typed by its holder.
        clock: Where the time comes from.
        cost: Work of the password hash; the default is the program's.

    Raises:
        Refused: The recovery key is not this clinic's, the next try comes too soon, or the account
            does not look after accounts.
        UserError: The password does not do.
        KnownFault: A file is missing or the record cannot be opened.
    """
    place = home.read()
    demand_password(password)
    with counted(home, account, clock.now()):
        keys = _unwrapped(home, "data", recovery)
    new, old = keys[:DATA_KEY_BYTES], keys[DATA_KEY_BYTES:]
    data_key = new if not old or opens(home.database, new) else old
    secret = _unwrapped(home, "authority", recovery)
    authority = SiteAuthority.from_secret(secret)
    with open_record(home, data_key, clock.now()) as store:
        with store.read() as reader:
            standing, study = standing_of(reader, account), active_study(reader)
            device = DeviceKeys.from_secret(reader.secret("device") or b"")
        if standing.disabled or not any(study.may(role, "people") for role in standing.roles):
            raise Refused(
                "not_a_keeper",
                what="The recovery key was not used.",
                why="This account does not look after accounts, or it is disabled.",
                what_to_do="Choose an admin or the PI; they can then replace other passwords.",
            )
        refuse_reused(home, account, password)
        content, ring = create_ring(
            account,
            password,
            standing.ring_number + 1,
            site_root=fingerprint(authority.certificate),
            founder_key=device.key_id,
            cost=cost or Cost(),
        )
        marker = Marker.of(home, place, data_key)
        begun, here = (None, place) if marker is None else begin_stream(store, marker, place)
        act = Drafts()
        if begun is not None:
            path = f"device/{here.device}/stream/{here.stream}"
            act.set("stream_started", path, started_value(begun, here))
        act.set("keys_published", f"people/{account}/keys", keys_value(ring))
        record_certificate(act, authority, ring, " ".join(standing.roles), clock.now())
        told = {"type": "incident", "kind": "recovery_used", "value": account}
        act.set("incident_recorded", f"site/incident/{random_key()}", told)
        keeps = any(issues_certificates(study, role) for role in standing.roles)
        with store.write() as uow:
            seal_by_device(uow, act, here, device, study.version, clock.now())
            place_keys(home, ring, content, keys, secret if keeps else None)
        if begun is not None:
            home.write(here)
        if marker is not None:
            before = None if begun is None else (begun.seq, begun.head)
            marker.settle(store, here.stream, before)
    forget(home, account)
    ring.close()


def renew_recovery(admin: Session) -> str:
    """Make a new recovery key; the printed one opens nothing any more. Gives the text to print.

    Raises:
        Refused: Not an admin with the site authority's key.
    """
    admin.require("people")
    authority = open_authority(admin)
    data_key = unlock_record(admin.home, admin.account, admin.ring)
    key = new_recovery_key()
    with recording(admin) as act:
        act.set("keys_published", RECOVERY, {"type": "recovery", "recipient": key.recipient})
        write_whole(admin.home.data_key(_PRINTED), wrap(data_key, [key.recipient]))
        secret = authority.to_secret()
        write_whole(admin.home.authority_key(_PRINTED), wrap(secret, [key.recipient]))
    return key.text


def seal_by_device(
    uow: UnitOfWork,
    act: Drafts,
    place: HomeFile,
    device: DeviceKeys,
    study_version: str,
    now: datetime,
) -> None:
    """Append an act that the device signs; it replaces what stands at its paths.

    Args:
        uow: The open unit of work.
        act: What it says.
        place: The device and its stream.
        device: Its keys.
        study_version: Of the study in force.
        now: The clock.
    """

    drafts = tuple(
        evolve(
            draft,
            supersedes=tuple(one for head in uow.at(None, draft.path or "") for one in head.known),
        )
        for draft in act.drafts
    )
    seq, head, number = uow.stream_head(place.stream)
    stamp = Stamp(
        stream=place.stream,
        seq=seq + 1,
        prev=head,
        act_number=number + 1,
        typed_at=now,
        recorded_at=now,
        utc_offset=0,
        tz="UTC" if seq == 0 else place.zone,
        actor=None,
        role=None,
        study_version=study_version,
        app_version=__version__,
        key=device.key_id,
    )
    salts = tuple(secrets.token_bytes(16) for _ in range(2 * len(drafts)))
    uow.append(seal_act(drafts, stamp, salts, device.sign_entry))


def _unwrapped(home: Home, what: str, recovery: str) -> bytes:
    file = home.data_key(_PRINTED) if what == "data" else home.authority_key(_PRINTED)
    try:
        recovery_recipient(recovery)
        return unwrap_with_recovery(recovery, file.read_bytes())
    except VaultError as error:
        if error.code == "secret_damaged":
            raise refused_keys(error) from error
        raise Refused(
            "wrong_recovery_key",
            what="This is not the recovery key of this clinic.",
            why=error.sentence if error.code == "recovery_mistyped" else "",
            what_to_do="Type it from the printed sheet, group by group.",
        ) from error
    except OSError as error:
        raise KnownFault(
            "key_file_missing",
            what="The key that the recovery key opens is missing.",
            why="The file {file} in the clinic's folder cannot be read.",
            what_to_do="Put it back from the last backup.",
            parameters={"file": f"{file.parent.name}/{file.name}"},
        ) from error
