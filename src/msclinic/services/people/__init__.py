"""People of the site: accounts, roles, delegation, training, passwords, certificates, leavers.

Accounts are disabled, never deleted, and ids are never used again.
"""

from msclinic.services.home import account_code
from msclinic.services.people.accounts import (
    Account,
    accounts,
    colleagues,
    disable_account,
    new_ring,
    open_account,
    record_account,
)
from msclinic.services.people.certificates import (
    CERTIFICATE_YEARS,
    certificate_of,
    open_authority,
    record_certificate,
    renew_certificate,
    witness_certificate,
)

__all__ = [
    "CERTIFICATE_YEARS",
    "Account",
    "account_code",
    "accounts",
    "certificate_of",
    "colleagues",
    "disable_account",
    "new_ring",
    "open_account",
    "open_authority",
    "record_account",
    "record_certificate",
    "renew_certificate",
    "witness_certificate",
]
