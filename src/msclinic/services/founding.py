"""First run: a clinic is founded with its keys, its admin and PI, and its study.

The device's own key signs the first act; its id is pinned in every person's key ring, so that a
record rewritten with other keys is found out. The recovery key is returned once, to be printed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

from attrs import frozen

from msclinic.domain.errors import KnownFault, UserError
from msclinic.domain.values import Clock
from msclinic.services.gateway import random_id, recording
from msclinic.services.home import Home, HomeFile, write_whole
from msclinic.services.people import (
    new_ring,
    record_account,
    record_certificate,
    witness_certificate,
)
from msclinic.services.people.delegation import record_delegation, record_training
from msclinic.services.people.leavers import RECOVERY
from msclinic.services.people.recovery import Drafts, seal_by_device
from msclinic.services.session import Refused, Session
from msclinic.services.sign_in import join, sign_in
from msclinic.store import Store
from msclinic.study import Study, load_study
from msclinic.vault import (
    Cost,
    DeviceKeys,
    OpenRing,
    SiteAuthority,
    fingerprint,
    new_data_key,
    new_recovery_key,
    wrap,
)

__all__ = ["Founding", "SiteDetails", "activate_study", "found_clinic"]


@frozen
class SiteDetails:
    """What the first step of the first run asks.

    Attributes:
        code: Site code such as ``PL01``; participants' codes begin with it.
        city: Shown in the top line.
        zone: IANA name of the time zone.
        admin: Account id of the first admin.
        investigator: Account id of the PI.
    """

    code: str
    city: str
    zone: str = "Europe/Warsaw"
    admin: str = "ADMIN-01"
    investigator: str = "PI-01"


@frozen
class Founding:
    """What a first run leaves.

    Attributes:
        home: The founded home.
        recovery: The recovery key as printed; it is kept nowhere else.
    """

    home: Home
    recovery: str


def found_clinic(
    folder: Path,
    site: SiteDetails,
    admin_password: str,
    investigator_password: str,
    study_folder: Path,
    clock: Clock,
    cost: Cost | None = None,
) -> Founding:
    """Found a clinic in an empty folder; dosing stays switched off.

    Args:
        folder: The data folder; must hold no clinic.
        site: Site, device and first accounts.
        admin_password: Typed by the admin.
        investigator_password: Typed by the PI.
        study_folder: The study to activate.
        clock: Where every time comes from.
        cost: Work of the password hash; the default is the program's.

    Raises:
        UserError: The folder holds a clinic, the study has mistakes, or a password is too weak.
    """
    home = Home(folder)
    if home.exists:
        raise UserError(
            "home_exists",
            what="There is already a clinic in this folder.",
            why="Founding another one would overwrite it.",
            what_to_do="Sign in, or choose an empty folder.",
        )
    study = load_study(study_folder)
    cost = cost or Cost()
    device, authority = DeviceKeys.create(), SiteAuthority.create(site.code, clock.now())
    recovery, data_key = new_recovery_key(), new_data_key()
    rings = {
        account: new_ring(
            home,
            account,
            password,
            site_root=fingerprint(authority.certificate),
            founder_key=device.key_id,
            cost=cost,
        )
        for account, password in (
            (site.admin, admin_password),
            (site.investigator, investigator_password),
        )
    }
    place = HomeFile(
        device=random_id(),
        stream=random_id(),
        site=site.code,
        city=site.city,
        zone=site.zone,
        authority=authority.certificate.hex(),
    )
    _write_keys(home, data_key, authority, recovery.recipient, rings, site.admin)
    try:
        store = Store.create(home.database, data_key)
        with store.write() as uow:
            uow.put_secret("device", device.to_secret())
            uow.put_study(study.version, study.content)
            now = clock.now()
            first = _first_act(place, device, study)
            certificates = {}
            for (account, (_, ring)), role in zip(rings.items(), ("ADMIN", "PI"), strict=True):
                record_account(first, ring, role)
                certificates[account] = record_certificate(first, authority, ring, role, now)
                # Nobody could delegate before there was anybody: the founding names the two.
                today = now.astimezone(ZoneInfo(site.zone)).date()
                record_delegation(first, account, role, today)
                record_training(first, account, role, today)
            recipient = {"type": "recovery", "recipient": recovery.recipient}
            first.set("keys_published", RECOVERY, recipient)
            seal_by_device(uow, first, place, device, study.version, now)
        store.close()
    except KnownFault:
        home.database.unlink(missing_ok=True)
        raise
    home.write(place)
    with _both(home, site, (admin_password, investigator_password), clock) as (admin, pi):
        _witness_each_other(admin, pi, certificates)
        activate_study(admin, pi, study)
    return Founding(home, recovery.text)


def activate_study(admin: Session, investigator: Session, study: Study) -> None:
    """Make a study the active one; it counts only with both people's entries.

    Raises:
        Refused: One person twice, or a role that may not.
    """
    if admin.account == investigator.account:
        raise Refused(
            "same_person",
            what="Two people activate a study.",
            why="The admin and the PI each sign.",
            what_to_do="Ask the other one to sign in.",
        )
    for session in (admin, investigator):
        session.require("sign:study_activation")
    with recording(admin) as act:
        act.uow.put_study(study.version, study.content)
        value = {"type": "study", "version": study.version, "step": "1"}
        act.set("study_activated", "study/active", value)
    with recording(investigator) as act:
        value = {"type": "study", "version": study.version, "step": "2"}
        act.set("study_activated", "study/active", value)
    for session in (admin, investigator):
        session.reload_study()


@contextmanager
def _both(
    home: Home, site: SiteDetails, passwords: tuple[str, str], clock: Clock
) -> Iterator[tuple[Session, Session]]:
    admin = sign_in(home, site.admin, passwords[0], clock)
    try:
        yield admin, join(admin, site.investigator, passwords[1])
    finally:
        admin.close()


def _witness_each_other(
    admin: Session, investigator: Session, certificates: dict[str, bytes]
) -> None:
    for witness, holder in ((investigator, admin), (admin, investigator)):
        witness_certificate(witness, holder.account, certificates[holder.account])


def _write_keys(
    home: Home,
    data_key: bytes,
    authority: SiteAuthority,
    recovery: str,
    rings: dict[str, tuple[bytes, OpenRing]],
    admin: str,
) -> None:
    for account, (content, ring) in rings.items():
        write_whole(home.data_key(account), wrap(data_key, [ring.recipient]))
        write_whole(home.ring(account), content)
    write_whole(home.data_key("recovery"), wrap(data_key, [recovery]))
    secret = authority.to_secret()
    write_whole(home.authority_key(admin), wrap(secret, [rings[admin][1].recipient]))
    write_whole(home.authority_key("recovery"), wrap(secret, [recovery]))


def _first_act(place: HomeFile, device: DeviceKeys, study: Study) -> Drafts:
    collected = Drafts()
    collected.set("device_joined", f"device/{place.device}/name", {"type": "text", "value": "1"})
    collected.set(
        "keys_published",
        f"device/{place.device}/keys",
        {
            "type": "keys",
            "key": device.key_id,
            "public": device.entry_public.hex(),
            "recipient": device.recipient,
        },
    )
    collected.set(
        "stream_started",
        f"device/{place.device}/stream/{place.stream}",
        {"type": "text", "value": place.stream},
    )
    site = {"type": "site", "code": place.site, "city": place.city, "authority": place.authority}
    collected.set("site_founded", "site/founding", site)
    collected.set(
        "study_activated",
        "study/active",
        {"type": "study", "version": study.version, "step": "0"},
    )
    return collected
