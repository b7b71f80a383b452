"""The record's own triggers taken away and put back, as somebody with the data key could."""

import sqlcipher3.dbapi2 as driver

from msclinic.store.schema import TRIGGERS

__all__ = ["with_triggers", "without_triggers"]


def without_triggers(connection: driver.Connection) -> None:
    """Drop all of them."""
    for name in TRIGGERS:
        connection.execute(f"DROP TRIGGER {name}")


def with_triggers(connection: driver.Connection) -> None:
    """Put all of them back."""
    for statement in TRIGGERS.values():
        connection.execute(statement)
