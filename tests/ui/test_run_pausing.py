# ruff: noqa: F811
from decimal import Decimal

import pytest
from tests.clinic import PASSWORDS
from tests.infusion_day import play_round
from tests.ui.clipping import clipping_faults
from tests.ui.run_bench import (
    MINUTE,
    VISIT,
    click,
    day,  # noqa: F401
    go,
    keys,
    seen,
    settle,
    show,  # noqa: F401
    template,  # noqa: F401
)

from msclinic.domain.values import Code
from msclinic.wording import set_language


@pytest.fixture
def low(day):
    """The systolic pressure has fallen by 32 mmHg at T15."""
    day.to("RUNNING")
    day.clinic.clock.turn(15 * MINUTE)
    play_round(day.clinic, day.participant, VISIT, "T15", Decimal("12.5"), {"SYSBP": 92})
    return day


def choose(page, name, code):
    """Press a choice of a row of segments that is shown."""
    group = next(one for one in page.findChildren(object, name) if one.isVisible())
    group.choose(code)
    settle(page)


def test_a_rule_that_asks_for_a_pause_leaves_the_pause_as_the_next_act(qtbot, low, show):
    page = show()
    assert page.act.words == "Record the pause"
    assert "Pump set to 100" not in seen(page)
    go(qtbot, page)
    assert low.state() == "RUNNING"
    choose(page, "run/reason", "OTHER")
    go(qtbot, page)
    assert low.state() == "PAUSED"
    assert page.act.words == "Measure again"
    assert not page.step.go_on.isVisible()
    low.clinic.clock.turn(5 * MINUTE)
    play_round(low.clinic, low.participant, VISIT, "EXTRA")
    page.reread()
    settle(page)
    assert page.act.words == "Go on with the infusion"
    go(qtbot, page)
    assert low.state() == "RUNNING"
    assert page.act.words == "Pump set to 100 mL/h"
    assert not page.went.said


def test_measuring_again_in_a_pause_opens_a_round(qtbot, low, show):
    page = show()
    choose(page, "run/reason", "OTHER")
    go(qtbot, page)
    go(qtbot, page)
    assert page.stage() == "round"


def test_a_physician_decides_at_the_nurses_device_and_is_let_go(qtbot, low, show):
    page = show()
    click(page, "run/decide")
    panel = page.findChild(object, "join/password").parentWidget()
    panel.who.answered.emit(Code("PHY-01"))
    keys(qtbot, page, PASSWORDS["PHY-01"], "\r")
    assert page.actor.account == "PHY-01"
    click(page, "run/decide")
    keys(qtbot, page, "always low, seen at the chair", "\r")
    assert not page.went.said
    assert page.actor.account == "NUR-04"
    assert page.view.findings == ()
    assert page.act.words == "Pump set to 100 mL/h"


@pytest.mark.parametrize("language", ["en", "pl"])
def test_the_pause_asked_for_is_not_cut(low, show, language):
    set_language(language)
    page = show()
    assert clipping_faults(page.shell, (1366, 768)) == []
    choose(page, "run/reason", "OTHER")
    click(page, "run/pause")
    assert clipping_faults(page.shell, (1366, 768)) == []
    page.doing.decide()
    assert clipping_faults(page.shell, (1366, 768)) == []
