"""At start the end of the journal is checked against the last proof, the whole once a day."""

import json
from datetime import timedelta

import pytest
from attrs import evolve

from msclinic.services.backup.proving import prove_here
from msclinic.services.integrity_chain import (
    broken_record,
    check_end,
    check_whole,
    proved_so_far,
)

pytestmark = pytest.mark.requirement("R-VAL-4", "R-AUD-2")


def nothing() -> None: ...


@pytest.fixture
def session(clinic, tmp_path):
    clinic.home = evolve(clinic.home, state=tmp_path / "state")
    return clinic.session("NUR-04")


def tampered(session, statement: str) -> None:
    """Change the journal with its guards taken down, as somebody with the key can."""
    with session.store.write() as uow:
        run = uow.connection.exec_driver_sql
        guards = run("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").all()
        for name, _ in guards:
            run(f"DROP TRIGGER {name}")
        run(statement)
        for _, sql in guards:
            run(sql)


def test_the_first_proof_is_of_the_whole_and_is_remembered(session):
    assert proved_so_far(session) is None
    assert check_end(session) == ()
    assert check_whole(session, nothing, prove_here) == ()
    proved = proved_so_far(session)
    assert proved is not None
    with session.store.read() as reader:
        assert proved.heads == reader.position().streams


def test_the_whole_is_proved_again_only_after_a_day(session, clinic):
    asked = []

    def prove(what, heard):
        asked.append(what)
        return prove_here(what, heard)

    for hours in (0, 1, 18, 2):
        clinic.clock.turn(timedelta(hours=hours))
        assert check_whole(session, nothing, prove) == ()
    assert len(asked) == 2


def test_honest_entries_after_the_last_proof_have_no_fault(session, clinic):
    check_whole(session, nothing, prove_here)
    clinic.enrol(7)
    assert check_end(session) == ()


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE journal SET signature = zeroblob(64) WHERE position = (SELECT max(position)"
         " FROM journal)", "wrong_signature"),
        ("UPDATE journal SET bytes = CAST(replace(CAST(bytes AS TEXT), 'PHY-01', 'PHY-02') AS BLOB)"
         " WHERE position = (SELECT max(position) FROM journal)", "wrong_hash"),
        ("DELETE FROM journal WHERE position = (SELECT max(position) - 3 FROM journal)",
         "wrong_prev"),
    ],
)  # fmt: skip
def test_what_was_done_to_entries_since_the_last_proof_is_named(session, clinic, statement, code):
    check_whole(session, nothing, prove_here)
    clinic.enrol(7)
    tampered(session, statement)
    found = {fault.code for fault in check_end(session)}
    assert found == {code}


def test_a_record_that_lost_what_was_proved_is_named(session, clinic):
    clinic.enrol(7)
    check_whole(session, nothing, prove_here)
    tampered(
        session,
        "DELETE FROM journal WHERE position > (SELECT max(position) - 3 FROM journal)",
    )
    faults = check_end(session)
    assert [fault.code for fault in faults] == ["cut_off"]
    assert "Faults found: 1; the first: cut_off" in str(broken_record(faults))


def test_a_changed_note_is_not_believed(session):
    check_whole(session, nothing, prove_here)
    state = session.home.state
    file = state / f"{session.place.device}.proved.json"
    content = json.loads(file.read_text())
    (one,) = content["homes"].values()
    one["heads"] = {}
    file.write_text(json.dumps(content))
    assert proved_so_far(session) is None


def test_faults_of_the_whole_are_given_and_nothing_is_remembered(session, clinic):
    clinic.enrol(7)
    with session.store.write() as uow:
        uow.connection.exec_driver_sql("UPDATE head SET word = 'x' WHERE item = 'SEX'")
    faults = check_whole(session, nothing, prove_here)
    assert [fault.code for fault in faults] == ["row_changed"]
    assert proved_so_far(session) is None


def test_a_home_without_a_place_for_state_remembers_nothing(clinic):
    session = clinic.session("NUR-04")
    assert check_whole(session, nothing, prove_here) == ()
    assert proved_so_far(session) is None
