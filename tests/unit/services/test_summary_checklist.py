"""The checklist and the gates of a summary: what a checker may not see, and the run's own gates."""

from decimal import Decimal

import pytest
from tests.infusion_day import check_bedside, fill, play_day

from msclinic.domain.infusion.gates import GATES
from msclinic.domain.values import Code
from msclinic.services.entry import FormEntry
from msclinic.services.infusion.actions import open_bedside_check
from msclinic.services.infusion.view import run_view
from msclinic.services.summary import visit_summary

AS_SUMMARISED = {"passed": "signed", "void": "void", "expired": "expired"}
SEEN = "97.3 mL"


@pytest.fixture
def day(clinic):
    participant = clinic.enrol(7)
    play_day(clinic, participant, "V1", "AT_BEDSIDE")
    return clinic, participant


def summary(clinic, participant, account, language="en"):
    return visit_summary(clinic.session(account), participant, "V1", language=language)


def bedside(model):
    return [section for section in model.checklist if section.code == "C"]


def test_the_second_checker_reads_nothing_of_a_check_under_way(day):
    clinic, participant = day
    first = open_bedside_check(clinic.session("NUR-04"), participant, "V1")
    fill(first, {"C06_LABEL": Decimal("97.3"), "C01": "K-777777", "C08": Code("N")})
    model = summary(clinic, participant, "NUR-06")
    (section,) = bedside(model)
    assert [item.text for item in section.items] == ["not shown: check under way"]
    assert SEEN not in repr(model)
    assert "K-777777" not in repr(model)
    (polish,) = bedside(summary(clinic, participant, "NUR-06", "pl"))
    assert [item.text for item in polish.items] == ["nie pokazano: trwa kontrola"]


def test_the_own_check_and_that_of_both_once_finished_are_shown(day):
    clinic, participant = day
    changed = {"C06_LABEL": Decimal("97.3")}
    check_bedside(clinic, "NUR-04", participant, "V1", changed)
    assert SEEN in repr(bedside(summary(clinic, participant, "NUR-04")))
    assert SEEN not in repr(summary(clinic, participant, "NUR-06"))
    check_bedside(clinic, "NUR-06", participant, "V1")
    assert SEEN in repr(bedside(summary(clinic, participant, "NUR-06")))


def test_the_coordinator_makes_no_check_and_reads_it(day):
    clinic, participant = day
    first = open_bedside_check(clinic.session("NUR-04"), participant, "V1")
    fill(first, {"C06_LABEL": Decimal("97.3")})
    assert SEEN in repr(bedside(summary(clinic, participant, "CRC-01")))


@pytest.mark.parametrize("state", ["FIT", "VERIFIED", "SIGNED"])
def test_the_gates_of_the_summary_stand_as_those_of_the_run(clinic, state):
    participant = clinic.enrol(7)
    play_day(clinic, participant, "V1", state)
    physician = clinic.session("PHY-01")
    consent = FormEntry(physician, participant, "V1", "consent")
    for withdrawn in (False, True):
        if withdrawn:
            answer = Code("WITHDRAWN")
            consent.answer(consent.ref("CONSENT_STATUS"), answer, reason={"code": "1", "text": ""})
        run = run_view(physician, participant, "V1").gates
        shown = {gate.code: gate.state for gate in summary(clinic, participant, "PHY-01").gates}
        assert shown == {name: AS_SUMMARISED.get(run[name].status, "open") for name in GATES}
