# ruff: noqa: F811
import pytest
from tests.clinic import COST
from tests.infusion_day import check_bedside
from tests.ui.clipping import clipping_faults
from tests.ui.run_bench import (
    MINUTE,
    VISIT,
    click,
    day,  # noqa: F401
    keys,
    seen,
    settle,
    show,  # noqa: F401
    template,  # noqa: F401
)

from msclinic.services.gateway import random_key, recording
from msclinic.services.people import open_account
from msclinic.services.sign_in import join
from msclinic.wording import set_language

LONG = "a third nurse has a long key too"


@pytest.fixture
def third(day):
    """Two nurses have checked; a third one is at the site."""
    day.to("AT_BEDSIDE")
    admin, pi = day.clinic.session("ADMIN-01"), day.clinic.session("PI-01")
    open_account(admin, "NUR-05", "NUR", LONG, pi, COST)
    day.clinic.sessions["NUR-05"] = join(pi, "NUR-05", LONG)
    for account in ("NUR-04", "NUR-06"):
        check_bedside(day.clinic, account, day.participant, VISIT)
        day.clinic.clock.turn(MINUTE)
    return day


def slip_in(day):
    """A third check as another device would bring it."""
    with recording(day.clinic.session("NUR-05")) as act:
        act.set(
            "form_opened",
            f"{VISIT}/1/bedside_check/{random_key()}",
            {"type": "code", "value": "in_progress"},
            participant=day.participant,
        )


def test_a_third_check_is_named_and_the_pair_begins_again_with_a_reason(qtbot, third, show):
    slip_in(third)
    page = show()
    assert "Also checked by: NUR 05." in seen(page.frame.gate)
    click(page, "gate/restart_check")
    keys(qtbot, page, "a third check came from another device", "\r")
    assert not page.went.said
    assert (page.view.checks, page.view.further_checks) == ((), ())
    assert page.act.words == "Begin my check"


def test_a_nurse_outside_the_pair_can_begin_it_again(qtbot, third, show):
    page = show("NUR-05")
    assert page.act.why_not == "two nurses have checked"
    click(page, "gate/restart_check")
    click(page, "override/give")
    assert len(page.view.checks) == 2
    keys(qtbot, page, "NUR 06 has gone home", "\r")
    assert page.view.checks == ()


def test_the_pair_itself_is_offered_no_new_beginning_while_all_is_well(third, show):
    page = show()
    assert "Begin the check again" not in seen(page)


@pytest.mark.parametrize("language", ["en", "pl"])
def test_beginning_again_is_not_cut(third, show, language):
    slip_in(third)
    set_language(language)
    page = show()
    assert clipping_faults(page.shell, (1366, 768)) == []
    click(page, "gate/restart_check")
    settle(page)
    assert clipping_faults(page.shell, (1366, 768)) == []
