"""Proves a home: chain, signatures, triggers and tables agree, or where they do not.

Needs only a person's password; it reads, repairs nothing and records nothing.
"""

from msclinic.domain.errors import KnownFault
from msclinic.record import Fault
from msclinic.services.home import Home
from msclinic.services.sign_in import refused_keys, unlock_ring
from msclinic.store import Store, verify
from msclinic.vault import VaultError, fingerprint, verify_entry_signature

__all__ = ["verify_home"]

_DAMAGE = frozenset({"damaged", "wrong_key", "not_a_database", "disk_fault"})


def verify_home(home: Home, account: str, password: str) -> list[Fault]:
    """Every fault of a home's record; empty if all agrees.

    Args:
        home: The data folder.
        account: Whose keys open it; the trust in the journal is pinned in their ring.
        password: Theirs.

    Raises:
        Refused: Account and password do not match.
        KnownFault: Another program holds the record, or it is from a newer version.
    """
    place = home.read()
    ring = unlock_ring(home, account, password)
    try:
        faults = []
        if fingerprint(bytes.fromhex(place.authority)) != ring.site_root:
            faults.append(
                Fault("authority_replaced", "home.json", "The site's certificate is another one.")
            )
        try:
            key = ring.unwrap(home.data_key(account).read_bytes())
        except VaultError as error:
            raise refused_keys(error) from error
        try:
            store = Store.open(home.database, key, read_only=True)
        except KnownFault as fault:
            if fault.code not in _DAMAGE:
                raise
            return [*faults, Fault("damaged_file", "clinic.db", "The file is not as written.")]
        with store:
            return faults + verify(store, verify_entry_signature, frozenset({ring.founder_key}))
    finally:
        ring.close()
