"""A whole infusion day through the services, and what the gates refuse on the way."""

from msclinic.domain.infusion.run import run_state
from msclinic.services.infusion.facts import run_facts
from tests.infusion_day import play_day


def state(clinic, participant, visit="V1"):
    session = clinic.session("NUR-04")
    with session.store.read() as reader:
        return run_state(run_facts(session, reader, participant, visit)).name


def test_a_whole_day_ends_signed(clinic):
    participant = clinic.enrol(7)
    play_day(clinic, participant, "V1")
    assert state(clinic, participant) == "SIGNED"
