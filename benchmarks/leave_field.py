"""Leaving a field of a form, against the same durable commit by hand.

Both sides write to the same disk: an SQLCipher file in WAL mode with ``synchronous=FULL``. The
floor holds, for one answer: SHA-256 and one Ed25519 signature over the bytes of the very entry
that the program made, one INSERT of these bytes into an equal journal table with its indexes and
triggers, and one commit. It holds no payload, no read tables, no rules of the form, no editor. A
second comparison without a goal adds the rows of payload and read tables that the design asks for.
"""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as driver
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QVBoxLayout, QWidget
from sqlalchemy import Table, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from benchmarks.clinics import founded, ready_application, treated_today
from benchmarks.measure import Result, cost_of, least, run
from msclinic.services.entry import FormEntry
from msclinic.store import Store
from msclinic.store.schema import KEPT, READ, TRIGGERS, current, head, journal, payload
from msclinic.ui.forms.items import ItemsPanel
from msclinic.ui.widgets.fields import NumberField

__all__ = ["measure"]

_BEYOND = (
    "The entry, its value and its places in the read tables change three times as many encrypted "
    "pages as the one row of the floor, and all of them are on the disk before the tick shows: "
    "what the commit alone takes is more than the whole floor. The other half is Python: the "
    "rules of the form asked again at the present time, the locks, the answer read once more "
    "within the transaction, the entry read back from its own bytes and against its stream, its "
    "register folded, the stored answer read back, the marker, and the row of the screen drawn "
    "with its findings. None of it was given up for the goal."
)
_VALUES = {
    "SYSBP": "124",
    "DIABP": "78",
    "PULSE": "71",
    "RESP": "14",
    "TEMP": "36.6",
    "OXYSAT": "98",
}
_DIALECT = sqlite.dialect(paramstyle="named")
_Rows = Mapping[Table, Mapping[str, Any]]


def measure(quick: bool) -> list[Result]:
    """Leave one field after the other, each followed by the same entry written by hand."""
    application = ready_application()
    with founded() as (folder, clinic):
        participant = treated_today(clinic, 1, 1)
        session = clinic.session("NUR-04")
        entry = FormEntry(session, participant, "V1", "vital_signs")
        readings = [entry.add_repeat("reading") for _ in range(1 if quick else 6)]
        window = QWidget()
        panel = ItemsPanel(entry, ["reading"])
        QVBoxLayout(window).addWidget(panel)
        window.show()
        application.processEvents()
        bare, whole = _ByHand(folder / "bare.db"), _ByHand(folder / "whole.db")
        floor, full, ours = [], [], []
        for key in readings:
            for item, value in _VALUES.items():
                ref = ("reading", key, item)
                field = panel.editors[ref].input
                if not isinstance(field, NumberField):
                    raise TypeError(f"{item} has another editor")
                # Time passes between two answers, and the rules of the form look at the clock.
                clinic.clock.turn(timedelta(seconds=5))
                QTest.keyClicks(field.edit, value)
                ours.append(cost_of(field.commit))
                application.processEvents()
                rows = _rows(session.store, entry.heads(ref)[0].entry)
                floor.append(cost_of(partial(bare.write, {journal: rows[journal]})))
                full.append(cost_of(partial(whole.write, rows)))
        window.hide()
        bare.close()
        whole.close()
    return [
        Result(
            "leaving a field",
            "SHA-256, Ed25519 and one durable INSERT of the same entry",
            least(floor),
            least(ours),
            1.3,
            _BEYOND,
        ),
        Result(
            "leaving a field, against all its rows",
            "the same with its rows of payload and read tables",
            least(full),
            least(ours),
        ),
    ]


class _ByHand:
    """The commit without the program: driver, one transaction, nothing read."""

    def __init__(self, path: Path) -> None:
        self._key = Ed25519PrivateKey.generate()
        self._driver: Any = driver.connect(str(path), isolation_level=None)
        self._driver.execute(f"PRAGMA key=\"x'{secrets.token_hex(32)}'\"")
        for pragma in (
            "temp_store=MEMORY",
            "journal_mode=WAL",
            "synchronous=FULL",
            "recursive_triggers=ON",
            "secure_delete=ON",
        ):
            self._driver.execute(f"PRAGMA {pragma}")
        for metadata in (KEPT, READ):
            for table in metadata.sorted_tables:
                self._driver.execute(str(CreateTable(table).compile(dialect=_DIALECT)))
                for index in table.indexes:
                    self._driver.execute(str(CreateIndex(index).compile(dialect=_DIALECT)))
        for trigger in TRIGGERS.values():
            self._driver.execute(trigger)

    def write(self, rows: _Rows) -> None:
        """Hash, sign and store; on the disk when it returns."""
        data = rows[journal]["bytes"]
        one = hashlib.sha256(data).hexdigest()
        signature = self._key.sign(data)
        self._driver.execute("BEGIN IMMEDIATE")
        for table, row in rows.items():
            values = dict(row)
            if table is journal:
                values |= {"hash": one, "signature": signature}
            names = ", ".join(values)
            marks = ", ".join(f":{name}" for name in values)
            self._driver.execute(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", values)
        self._driver.execute("COMMIT")

    def close(self) -> None:
        """Let the file go."""
        self._driver.close()


def _rows(store: Store, entry: str) -> _Rows:
    found: dict[Table, Mapping[str, Any]] = {}
    with store.read() as reader:
        for table, column in (
            (journal, journal.c.hash),
            (payload, payload.c.entry),
            (head, head.c.entry),
            (current, current.c.entry),
        ):
            row = reader.connection.execute(select(table).where(column == entry)).mappings().one()
            found[table] = {name: value for name, value in row.items() if name != "position"}
    return found


if __name__ == "__main__":
    run(measure)
