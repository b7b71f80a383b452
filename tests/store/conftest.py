"""A real encrypted record with its study per test, and a writer that seals acts with fixed keys."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.journal_writer import DATA_KEY, STUDY, STUDY_VERSION

from msclinic.store import Store


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "record.db"
    with Store.create(path, DATA_KEY) as made, made.write() as uow:
        uow.put_study(STUDY_VERSION, STUDY)
    return path


@pytest.fixture
def database(template: Path, tmp_path: Path) -> Path:
    path = tmp_path / "record.db"
    shutil.copyfile(template, path)
    return path


@pytest.fixture
def store(database: Path) -> Iterator[Store]:
    with Store.open(database, DATA_KEY, wait_seconds=0.2) as opened:
        yield opened
