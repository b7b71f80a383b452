"""Key rings, wrapping and identities: the only place for ciphers."""

from msclinic.vault.authority import SiteAuthority, fingerprint, issued_by
from msclinic.vault.detached import holder_of, sign_detached, verify_detached
from msclinic.vault.device import DeviceKeys
from msclinic.vault.errors import (
    BadRecoveryKey,
    CertificateRefused,
    DamagedRing,
    DamagedSecret,
    NotForThisKey,
    OldRing,
    PasswordRefused,
    PinRefused,
    RefusedCost,
    RingClosed,
    RingOfAnother,
    UnknownRingFormat,
    VaultError,
    WrongPassword,
)
from msclinic.vault.marks import MarkKey
from msclinic.vault.passwords import Cost, check_password
from msclinic.vault.pins import PIN_LENGTHS, PIN_TRIES, PinVerifier, refused_pin
from msclinic.vault.recovery import (
    RecoveryKey,
    new_recovery_key,
    recovery_recipient,
    unwrap_with_recovery,
)
from msclinic.vault.ring_file import RingFacts
from msclinic.vault.rings import (
    DocumentKey,
    OpenRing,
    change_password,
    create_ring,
    open_document_key,
    open_ring,
    read_ring,
    set_pin,
)
from msclinic.vault.signatures import key_id_of, verify_entry_signature
from msclinic.vault.wrapping import DATA_KEY_BYTES, new_data_key, wrap

__all__ = [
    "DATA_KEY_BYTES",
    "PIN_LENGTHS",
    "PIN_TRIES",
    "BadRecoveryKey",
    "CertificateRefused",
    "Cost",
    "DamagedRing",
    "DamagedSecret",
    "DeviceKeys",
    "DocumentKey",
    "MarkKey",
    "NotForThisKey",
    "OldRing",
    "OpenRing",
    "PasswordRefused",
    "PinRefused",
    "PinVerifier",
    "RecoveryKey",
    "RefusedCost",
    "RingClosed",
    "RingFacts",
    "RingOfAnother",
    "SiteAuthority",
    "UnknownRingFormat",
    "VaultError",
    "WrongPassword",
    "change_password",
    "check_password",
    "create_ring",
    "fingerprint",
    "holder_of",
    "issued_by",
    "key_id_of",
    "new_data_key",
    "new_recovery_key",
    "open_document_key",
    "open_ring",
    "read_ring",
    "recovery_recipient",
    "refused_pin",
    "set_pin",
    "sign_detached",
    "unwrap_with_recovery",
    "verify_detached",
    "verify_entry_signature",
    "wrap",
]
