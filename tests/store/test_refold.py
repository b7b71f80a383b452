"""Read tables kept while entries are appended equal those built anew from the journal."""

import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from tests.journal_strategies import acts_of, journals, shuffled
from tests.journal_writer import DATA_KEY

from msclinic.store import Store
from msclinic.store.schema import READ


def tables(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    with store.read() as reader:
        return {
            table.name: sorted(
                (tuple(row) for row in reader.connection.execute(select(table))), key=repr
            )
            for table in READ.sorted_tables
        }


@given(journals, st.integers(0, 1000))
@settings(max_examples=40, deadline=None)
def test_appending_in_any_order_of_streams_equals_a_rebuild(
    template: Path, plan: list[Any], seed: int
) -> None:
    acts = acts_of(plan)
    with tempfile.TemporaryDirectory() as folder:
        results = []
        for number, order in enumerate((acts, shuffled(acts, seed))):
            path = Path(folder) / f"{number}.db"
            shutil.copyfile(template, path)
            with Store.open(path, DATA_KEY) as store:
                for act in order:
                    with store.write() as uow:
                        uow.append(act)
                appended = tables(store)
                store.rebuild()
                assert tables(store) == appended
                results.append(appended)
        assert results[0] == results[1]


@given(journals)
@settings(max_examples=10, deadline=None)
def test_several_acts_in_one_transaction_equal_a_rebuild(template: Path, plan: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "record.db"
        shutil.copyfile(template, path)
        with Store.open(path, DATA_KEY) as store:
            with store.write() as uow:
                for act in acts_of(plan):
                    uow.append(act)
            appended = tables(store)
            store.rebuild()
            assert tables(store) == appended
