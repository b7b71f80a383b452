"""The real program killed at fifty moments while a nurse types; thousands in ``make deep``."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from tests.deep.kills import Ground, Killed, look, prepare
from tests.deep.trace import read_calls

linux = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills are played by fork")
WEIGHT = "SCR/1/vital_signs/1/conditions/1/WEIGHT"
RUN_WEIGHT = "V1/1/fit_to_dose/1/measures/1/A18"


@linux
@pytest.mark.requirement("R-BKP-3", "R-DAT-1", "R-AUD-10")
def test_nothing_that_was_shown_as_stored_is_lost_by_fifty_kills():
    command = [sys.executable, "-m", "tests.deep.kills", "--kills", "50", "--seed", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = json.loads(done.stdout)
    assert found["wrong"] == []
    assert found["kills"] == 50
    assert found["shown"] > 50
    assert found["timers"] > 10


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    return prepare(tmp_path_factory.mktemp("ground"))


def looked(ground: Ground, *lines: str) -> list[str]:
    found = Killed()
    look(ground, list(lines), found, 1)
    return found.wrong


@linux
def test_a_value_that_was_shown_and_is_not_there_is_found(ground):
    row = json.dumps((ground.form_of, WEIGHT, "71.5"))
    assert looked(ground) == []
    assert looked(ground, f"stored {row}") == [f"kill 1: {WEIGHT}: shown ['71.5'], kept []"]


@linux
def test_an_equal_value_of_an_earlier_life_proves_nothing(ground):
    lines = [f"stored {json.dumps((ground.run_of, RUN_WEIGHT, '71.5'))}"]
    found = Killed()
    look(ground, lines, found, 1)
    assert found.wrong == []
    look(ground, lines, found, 2, datetime.now(UTC))
    assert found.wrong == [f"kill 2: {RUN_WEIGHT}: shown ['71.5'], kept []"]


@linux
def test_a_deadline_that_moved_is_found(ground):
    told = {"TM3": "2026-01-01T00:00:00+00:00"}
    (wrong,) = looked(ground, f"timers {json.dumps(told)}")
    assert wrong.startswith("kill 1: timer TM3: shown 2026-01-01")


WRITTEN = '7 pwrite64(6</h/clinic.db-wal>, "x", 24, 4096) = 24'
SYNCED = "7 fsync(6</h/clinic.db-wal>) = 0"
PAINTED = r'7 write(1</p>, "painted\n", 8) = 8'
STORED = r'7 write(1</p>, "stored [\"a\", \"b\", \"c\"]\n", 20) = 20'


@pytest.mark.parametrize(
    ("lines", "wrong"),
    [
        ([WRITTEN, SYNCED, STORED], 0),
        ([WRITTEN, STORED], 1),
        ([WRITTEN, SYNCED, STORED, STORED], 1),
        ([WRITTEN, SYNCED, WRITTEN, STORED], 1),
        ([WRITTEN, PAINTED, SYNCED, STORED], 1),
        ([WRITTEN, SYNCED, STORED, PAINTED], 0),
        ([WRITTEN, SYNCED.replace("= 0", "= -1 EIO (Input/output error)"), STORED], 1),
        ([WRITTEN, SYNCED.replace(") = 0", " <unfinished ...>"), STORED], 1),
        (
            [
                WRITTEN,
                SYNCED.replace(") = 0", " <unfinished ...>"),
                "7 <... fsync resumed>) = 0",
                STORED,
            ],
            0,
        ),
    ],
)
def test_a_trace_tells_whether_the_disk_had_answered(lines, wrong):
    calls = read_calls(lines)
    assert len(calls.wrong) == wrong
    assert calls.stored == sum(line == STORED for line in lines)
