"""Conflicts: registers with more than one head, which only a person settles.

Nothing here ever chooses between two heads.
"""

from collections.abc import Iterable
from itertools import groupby

from attrs import frozen

from msclinic.record.fold import HeadRow

__all__ = ["Conflict", "conflicts", "known_heads"]


@frozen
class Conflict:
    """Changes of one register that did not know of each other.

    Attributes:
        participant: Random id, none for the site's registers.
        path: The register.
        heads: Hashes of its heads, sorted.
    """

    participant: str | None
    path: str
    heads: tuple[str, ...]


def conflicts(rows: Iterable[HeadRow]) -> tuple[Conflict, ...]:
    """Every conflict among the heads, sorted by participant and path."""
    ordered = sorted(rows, key=lambda row: (row.participant or "", row.path, row.entry))
    found = []
    for (participant, path), group in groupby(ordered, lambda row: (row.participant, row.path)):
        heads = tuple(row.entry for row in group)
        if len(heads) > 1:
            found.append(Conflict(participant, path, heads))
    return tuple(found)


def known_heads(rows: Iterable[HeadRow]) -> tuple[str, ...]:
    """What the next entry of the register must supersede: every head, with its twins."""
    return tuple(sorted({one for row in rows for one in (row.entry, *row.twins)}))
