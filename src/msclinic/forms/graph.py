"""Which item depends on which: the order of computing and who must look again after a change.

Made once when a form is loaded. A circle among relevance and calculations is an author's mistake.
"""

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

from attrs import frozen

from msclinic.forms.definitions import FormDefinition, ItemDefinition, ItemGroupDefinition
from msclinic.forms.expressions import Expression

__all__ = ["Dependencies", "dependencies", "order_items"]


@frozen
class Dependencies:
    """The dependency graph of a form, by item OID.

    Attributes:
        followers: Items whose relevance or calculation refers to the item.
        watchers: Items whose ``required`` or checks refer to the item.
        across: Pairs (item, follower or watcher) where every repeat is concerned.
    """

    followers: Mapping[str, tuple[str, ...]]
    watchers: Mapping[str, tuple[str, ...]]
    across: frozenset[tuple[str, str]]


def _shaping(group: ItemGroupDefinition, item: ItemDefinition) -> Iterable[Expression]:
    return (e for e in (group.relevant, item.relevant, item.calculation) if e is not None)


def _watching(item: ItemDefinition) -> Iterable[Expression]:
    if isinstance(item.required, Expression):
        yield item.required
    for check in item.checks:
        yield check.assertion


def order_items(
    needs: Mapping[str, Iterable[str]],
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Order items so that what an item needs stands before it.

    Args:
        needs: By item OID, the OIDs its relevance and calculation refer to.

    Returns:
        The order and the circle found; one of them is empty.
    """
    known = set(needs)
    sorter = TopologicalSorter({oid: sorted(known & set(n)) for oid, n in needs.items()})
    try:
        return tuple(sorter.static_order()), ()
    except CycleError as error:
        return (), tuple(error.args[1])


def dependencies(form: FormDefinition) -> Dependencies:
    """Read the graph off a loaded form."""
    followers: dict[str, list[str]] = {}
    watchers: dict[str, list[str]] = {}
    across: set[tuple[str, str]] = set()

    def note(into: dict[str, list[str]], item: str, expressions: Iterable[Expression]) -> None:
        for expression in expressions:
            for name in expression.names:
                if item not in into.setdefault(name, []):
                    into[name].append(item)
            across.update((name, item) for name in expression.repeats)

    for group in form.item_groups:
        for item in group.items:
            note(followers, item.oid, _shaping(group, item))
            note(watchers, item.oid, _watching(item))
    return Dependencies(
        {name: tuple(items) for name, items in followers.items()},
        {name: tuple(items) for name, items in watchers.items()},
        frozenset(across),
    )
