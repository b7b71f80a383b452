"""The journal entry, its hash, acts, fold and heads: pure, never a database."""

from msclinic.record.act import Computation, Draft, Here, SealedAct, Stamp, canonical, seal_act
from msclinic.record.actions import ACTIONS, ActionKind
from msclinic.record.chain import Fault, blot_path, check_chain
from msclinic.record.conflicts import Conflict, conflicts, known_heads
from msclinic.record.entry import (
    FORMAT,
    ZEROS,
    Act,
    Computed,
    Entry,
    EntryError,
    Payload,
    StoredEntry,
    encode,
    hash_of,
    parse,
    signed_message,
)
from msclinic.record.fold import (
    HeadRow,
    Register,
    SignatureRow,
    Tables,
    eligible,
    fold,
    fold_register,
)
from msclinic.record.keys import KnownKey, Verify, key_id, known_keys

__all__ = [
    "ACTIONS",
    "FORMAT",
    "ZEROS",
    "Act",
    "ActionKind",
    "Computation",
    "Computed",
    "Conflict",
    "Draft",
    "Entry",
    "EntryError",
    "Fault",
    "HeadRow",
    "Here",
    "KnownKey",
    "Payload",
    "Register",
    "SealedAct",
    "SignatureRow",
    "Stamp",
    "StoredEntry",
    "Tables",
    "Verify",
    "blot_path",
    "canonical",
    "check_chain",
    "conflicts",
    "eligible",
    "encode",
    "fold",
    "fold_register",
    "hash_of",
    "key_id",
    "known_heads",
    "known_keys",
    "parse",
    "seal_act",
    "signed_message",
]
