"""Leavers: disabled at once, their keys taken away, and the record's key changed.

What this does: the person's ring and every key sealed to them are removed from this home, and a
new data key makes each later copy of the record unreadable with what they may have kept. What it
does not: a copy of the record that they took before stays readable to them.
"""

from typing import Any

from msclinic.domain.errors import KnownFault
from msclinic.services.gateway import recording
from msclinic.services.home import Home, write_whole
from msclinic.services.people.delegation import demand_keeper
from msclinic.services.session import Refused, Session
from msclinic.services.sign_in import unlock_record
from msclinic.services.standing import standings
from msclinic.store import Reader, Store, rekey
from msclinic.vault import new_data_key, wrap

__all__ = ["RECOVERY", "new_epoch", "strike_off"]

RECOVERY = "site/recovery"
"""Where the public key of the recovery key is published, so that new keys can be sealed to it."""


def strike_off(session: Session, account: str) -> None:
    """Disable the account of somebody who left and take their keys away.

    Their id, everything they entered and what they signed stay. Afterwards ``new_epoch`` changes
    the record's key.

    Raises:
        Refused: The role does not look after accounts, their own account, or nobody would be left.
    """
    session.require("people")
    if account == session.account:
        raise Refused(
            "own_rights",
            what="Nobody strikes off themselves.",
            why="Somebody has to look after the accounts.",
            what_to_do="Ask another admin or the PI.",
        )
    with recording(session) as act:
        demand_keeper(session, act.uow, account)
        told = {"type": "code", "value": "left"}
        act.set("account_disabled", f"people/{account}/disabled", told)
    _take_away(session.home, account)


def new_epoch(session: Session) -> None:
    """Encrypt the record with a fresh key, sealed to everybody who may still sign in.

    Nobody else may have joined the session. Cut off at any moment, the record opens with one of
    the two keys that each holder's file then has.

    Args:
        session: Who looks after accounts; its store is closed and opened again.

    Raises:
        Refused: The role does not look after accounts.
        KnownFault: Another program reads the record, the disk is full, or the recovery key's
            public part is not known; the record is as it was.
    """
    session.require("people")
    home = session.home
    with session.store.read() as reader:
        holders = _holders(reader, home)
        disabled = [one.account for one in standings(reader) if one.disabled]
    old, new = unlock_record(home, session.account, session.ring), new_data_key()
    _seal(home, holders, new + old)
    with recording(session) as act:
        path = f"device/{session.place.device}/keys/data"
        told: dict[str, Any] = {"type": "text", "value": " ".join(sorted(holders))}
        act.set("keys_published", path, told)
    session.store.close()
    try:
        rekey(home.database, old, new)
    except BaseException:
        session.store = Store.open(home.database, old)
        _seal(home, holders, old)
        raise
    session.store = Store.open(home.database, new)
    _seal(home, holders, new)
    for account in disabled:
        _take_away(home, account)
    if session.marker is not None:
        session.marker.renew_key(new)


def _take_away(home: Home, account: str) -> None:
    for file in (home.ring(account), home.data_key(account), home.authority_key(account)):
        file.unlink(missing_ok=True)


def _holders(reader: Reader, home: Home) -> dict[str, str]:
    """Public keys of everybody who may hold the record's key, by holder."""
    found = {}
    for one in standings(reader):
        for head in reader.at(None, f"people/{one.account}/keys"):
            if not one.disabled and home.ring(one.account).exists() and head.value is not None:
                found[one.account] = str(head.value["recipient"])
    for head in reader.at(None, RECOVERY):
        found["recovery"] = str((head.value or {}).get("recipient", ""))
    if not found.get("recovery"):
        raise KnownFault(
            "no_recovery_recipient",
            what="The key of the record was not changed.",
            why="The record does not know the recovery key, and would be lost with the passwords.",
            what_to_do="Make a new recovery key first, then try again.",
        )
    return found


def _seal(home: Home, holders: dict[str, str], keys: bytes) -> None:
    for holder, recipient in holders.items():
        write_whole(home.data_key(holder), wrap(keys, [recipient]))
