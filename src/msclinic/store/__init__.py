"""SQLCipher tables and the journal's one gateway: the only place for SQLAlchemy."""

from msclinic.record import WHOLE
from msclinic.store.reader import (
    LAST,
    Head,
    Name,
    Position,
    Reader,
    SignatureRow,
    StreamHead,
    TrailRow,
)
from msclinic.store.rekey import opens, rekey
from msclinic.store.rows import WORD
from msclinic.store.store import Store
from msclinic.store.unit_of_work import UnitOfWork
from msclinic.store.verify import verify

__all__ = [
    "LAST",
    "WHOLE",
    "WORD",
    "Head",
    "Name",
    "Position",
    "Reader",
    "SignatureRow",
    "Store",
    "StreamHead",
    "TrailRow",
    "UnitOfWork",
    "opens",
    "rekey",
    "verify",
]
