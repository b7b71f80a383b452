"""The made-up clinic lives a whole study: its people, its calendar, and a few of them played."""

from datetime import UTC, date, datetime, timedelta

import pytest

from msclinic.app.clock import TurnedClock
from msclinic.services.demo import FOUNDED_BEFORE, DemoClinic, build_demo
from msclinic.services.demo.calendar import deeds
from msclinic.services.demo.roster import ROSTER
from msclinic.services.laboratory import critical_values
from msclinic.services.life import life
from msclinic.services.session import Session
from msclinic.services.sign_in import sign_in
from msclinic.services.verifying import verify_home
from msclinic.services.visits import participant_visits

TODAY = date(2026, 11, 26)
MORNING = datetime(2026, 11, 26, 6, 30, tzinfo=UTC)
FEW = (7, 12, 16, 21)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoClinic:
    """A clinic with the few."""
    people = [one for one in ROSTER if one.number in FEW]
    clock = TurnedClock(MORNING - FOUNDED_BEFORE)
    return build_demo(tmp_path_factory.mktemp("demo") / "home", clock, TODAY, people=people)


def session(demo: DemoClinic, account: str) -> Session:
    word = next(password for name, _, password in demo.accounts if name == account)
    return sign_in(demo.home, account, word, TurnedClock(MORNING + timedelta(minutes=45)))


def test_the_people_are_twenty_and_meet_every_fate() -> None:
    persons = [one for one in ROSTER if not one.earlier]
    assert len(persons) == 20
    assert len({one.number for one in ROSTER}) == len(ROSTER)
    assert {one.fate for one in ROSTER} == {
        "",
        "completed",
        "withdrawn",
        "samples",
        "no_product",
        "stopped",
        "lost",
        "died",
        "transferred",
        "failed",
    }
    assert any(one.missed for one in ROSTER)
    assert {one.doses for one in ROSTER} == {0, 1, 2, 3, 4}


def test_nothing_is_done_that_has_not_happened_by_this_morning() -> None:
    planned = list(deeds(TODAY, ROSTER))
    assert len(planned) > 200
    assert max(deed.when() for deed in planned) < (TODAY, "07:30")
    assert min(deed.day for deed in planned) > TODAY - FOUNDED_BEFORE


def test_a_failed_screening_is_followed_by_another_that_is_linked(demo: DemoClinic) -> None:
    physician = session(demo, "PHY-01")
    first, second = (demo.participants[code] for code in ("PL01-016", "PL01-021"))
    assert life(physician, first).life.state == "rescreened"
    assert life(physician, first).later == second
    assert life(physician, second).earlier == first
    assert life(physician, second).life.state == "randomised"
    physician.close()


def test_whoever_was_dosed_was_found_eligible_and_randomised_before(demo: DemoClinic) -> None:
    physician = session(demo, "PHY-01")
    for code in ("PL01-007", "PL01-012"):
        participant = demo.participants[code]
        randomised = next(one for one in life(physician, participant).acts)
        with physician.store.read() as reader:
            eligible = reader.signatures(participant=participant, meaning="eligibility")
            started = reader.heads(participant=participant, prefix="V1/1/infusion", item="D01")
        assert randomised.kind == "randomisation"
        assert {row.role for row in eligible} == {"PI"}
        assert all(row.typed_at < randomised.signed_at for row in eligible)
        assert randomised.signed_at < started[0].recorded_at
    physician.close()


def test_the_played_visit_and_the_critical_value_wait(demo: DemoClinic) -> None:
    nurse, physician = session(demo, "NUR-04"), session(demo, "PHY-01")
    visits = participant_visits(nurse, demo.participants[demo.played])
    today = next(one for one in visits if one.code == demo.visit)
    assert (today.day, today.status, today.chair) == (TODAY, "booked", 2)
    ((form, result),) = critical_values(physician)
    assert (form.code, result.answer) == (demo.unwell, "118")
    nurse.close()
    physician.close()


def test_the_record_proves_itself(demo: DemoClinic) -> None:
    word = next(password for name, _, password in demo.accounts if name == "MON-01")
    assert verify_home(demo.home, "MON-01", word) == []
