"""SQLCipher tables and the journal's one gateway: the only place for SQLAlchemy."""

from msclinic.store.reader import Head, Position, Reader, SignatureRow, StreamHead, TrailRow
from msclinic.store.store import Store
from msclinic.store.unit_of_work import UnitOfWork
from msclinic.store.verify import verify

__all__ = [
    "Head",
    "Position",
    "Reader",
    "SignatureRow",
    "Store",
    "StreamHead",
    "TrailRow",
    "UnitOfWork",
    "verify",
]
