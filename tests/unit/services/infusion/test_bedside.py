"""Whose bedside checks count: the first two persons, until the pair begins again."""

from datetime import timedelta

import pytest
from tests.clinic import COST, PASSWORDS
from tests.infusion_day import check_bedside

from msclinic.domain.errors import UserError
from msclinic.services.gateway import random_key, recording
from msclinic.services.infusion.actions import (
    GateShut,
    open_bedside_check,
    restart_bedside_check,
    sign_gate,
)
from msclinic.services.infusion.view import run_view
from msclinic.services.people import open_account
from msclinic.services.session import Refused
from msclinic.services.sign_in import join

LONG = "a third nurse has a long key too"


@pytest.fixture
def at_bedside(run_at):
    """A clinic with a third nurse, whose run has come to the bedside."""
    clinic, participant = run_at("AT_BEDSIDE")
    admin, pi = clinic.session("ADMIN-01"), clinic.session("PI-01")
    open_account(admin, "NUR-05", "NUR", LONG, pi, COST)
    clinic.sessions["NUR-05"] = join(pi, "NUR-05", LONG)
    return clinic, participant


def sign(clinic, participant, account):
    password = PASSWORDS.get(account, LONG)
    return sign_gate(clinic.session(account), participant, "V1", "G3", password).status


def checkers(clinic, participant):
    view = run_view(clinic.session("NUR-04"), participant, "V1")
    return (
        [check.account for check in view.checks],
        [check.account for check in view.further_checks],
    )


def slip_in(clinic, participant, account):
    """A third check as another program would bring it."""
    with recording(clinic.session(account)) as act:
        act.set(
            "form_opened",
            f"V1/1/bedside_check/{random_key()}",
            {"type": "code", "value": "in_progress"},
            participant=participant,
        )


def test_a_third_person_is_refused_by_name_and_nothing_is_put_aside(at_bedside):
    clinic, participant = at_bedside
    check_bedside(clinic, "NUR-04", participant, "V1")
    open_bedside_check(clinic.session("NUR-06"), participant, "V1")
    with pytest.raises(Refused) as third:
        open_bedside_check(clinic.session("NUR-05"), participant, "V1")
    assert third.value.code == "two_checkers"
    assert third.value.parameters == {"first": "NUR-04", "second": "NUR-06"}
    assert checkers(clinic, participant) == (["NUR-04", "NUR-06"], [])


def test_the_pair_begun_again_takes_new_persons_and_keeps_every_old_answer(at_bedside):
    clinic, participant = at_bedside
    for account in ("NUR-04", "NUR-06"):
        check_bedside(clinic, account, participant, "V1")
    assert sign(clinic, participant, "NUR-04") == "open"
    old = open_bedside_check(clinic.session("NUR-06"), participant, "V1")
    for why, account in ((" ", "NUR-05"), ("shift ended", "PHY-01")):
        with pytest.raises(UserError):
            restart_bedside_check(clinic.session(account), participant, "V1", why)
    restart_bedside_check(clinic.session("NUR-05"), participant, "V1", "shift ended")
    assert checkers(clinic, participant) == ([], [])
    view = run_view(clinic.session("NUR-05"), participant, "V1").gates["G3"]
    assert (view.status, view.signed) == ("shut", ())
    clinic.clock.turn(timedelta(minutes=1))
    for account in ("NUR-05", "NUR-04"):
        check_bedside(clinic, account, participant, "V1")
        clinic.clock.turn(timedelta(minutes=1))
    assert checkers(clinic, participant) == (["NUR-05", "NUR-04"], [])
    with clinic.session("NUR-05").store.read() as reader:
        trail = reader.trail(participant, old.path(old.ref("C01")))
    assert [row.value["value"] for row in trail] == ["K-204817"]
    sign(clinic, participant, "NUR-05")
    assert sign(clinic, participant, "NUR-04") == "passed"


def test_a_third_check_on_record_is_shown_and_keeps_the_gate_shut(at_bedside):
    clinic, participant = at_bedside
    for account in ("NUR-04", "NUR-06"):
        check_bedside(clinic, account, participant, "V1")
        clinic.clock.turn(timedelta(minutes=1))
    slip_in(clinic, participant, "NUR-05")
    assert checkers(clinic, participant) == (["NUR-04", "NUR-06"], ["NUR-05"])
    with pytest.raises(GateShut) as shut:
        sign(clinic, participant, "NUR-04")
    assert shut.value.codes == ("THIRD_CHECK",)


def test_two_who_have_signed_stay_the_pair(at_bedside):
    clinic, participant = at_bedside
    slip_in(clinic, participant, "NUR-05")
    restart_bedside_check(clinic.session("NUR-05"), participant, "V1", "begun by mistake")
    clinic.clock.turn(timedelta(minutes=1))
    for account in ("NUR-04", "NUR-06"):
        check_bedside(clinic, account, participant, "V1")
    sign(clinic, participant, "NUR-04")
    assert sign(clinic, participant, "NUR-06") == "passed"
    with pytest.raises(Refused) as third:
        open_bedside_check(clinic.session("NUR-05"), participant, "V1")
    assert third.value.code == "two_checks"
    slip_in(clinic, participant, "NUR-05")
    assert checkers(clinic, participant) == (["NUR-04", "NUR-06"], ["NUR-05"])


def test_the_pair_that_checks_again_after_half_an_hour_keeps_its_places(run_at):
    clinic, participant = run_at("VERIFIED")
    clinic.clock.turn(timedelta(minutes=31))
    check_bedside(clinic, "NUR-06", participant, "V1")
    assert checkers(clinic, participant) == (["NUR-04", "NUR-06"], [])


def test_nothing_is_checked_again_after_the_start(run_at):
    clinic, participant = run_at("RUNNING")
    with pytest.raises(UserError) as refused:
        restart_bedside_check(clinic.session("NUR-04"), participant, "V1", "late doubt")
    assert refused.value.code == "no_restart"
