"""The signing PIN at the chair: six digits in gloves, after one signature with the password."""

from datetime import timedelta

import pytest
from tests.clinic import PASSWORDS
from tests.infusion_day import check_bedside
from tests.ui.run_bench import day, go, keys, show, sign, template

from msclinic.services.signing_pin import set_signing_pin

__all__ = ["day", "show", "template"]

DIGITS = "417309"


def components(page, gate: str) -> list[tuple[str, tuple[str, ...]]]:
    with page.session.store.read() as reader:
        rows = reader.signatures(participant=page.participant, meaning=gate)
        return [
            (row.actor, tuple((reader.at(page.participant, row.path)[0].value or {})["components"]))
            for row in rows
        ]


@pytest.fixture
def at_bedside(day, show):
    """Both nurses have checked; the first has a PIN."""
    day.to("AT_BEDSIDE")
    for account in ("NUR-04", "NUR-06"):
        check_bedside(day.clinic, account, day.participant, "V1")
    set_signing_pin(day.clinic.session("NUR-04"), PASSWORDS["NUR-04"], DIGITS)
    return show()


@pytest.fixture
def before_start(day, show):
    """G3 is signed with passwords, the pump is named; only G4 is left."""
    day.to("VERIFIED")
    set_signing_pin(day.clinic.session("NUR-04"), PASSWORDS["NUR-04"], DIGITS)
    pump = day.entry("infusion")
    pump.answer(pump.ref("D03_PUMP"), "P-12")
    later = day.clinic.clock.now().date() + timedelta(days=90)
    pump.answer(pump.ref("D03_CALIBRATION"), later)
    return show()


@pytest.mark.requirement("R-SIG-4")
def test_the_first_signature_takes_the_password_though_there_is_a_pin(qtbot, at_bedside):
    page = at_bedside
    sign(qtbot, page, "NUR-04")
    assert components(page, "G3") == [("NUR-04", ("account", "password"))]
    assert page.session.ring.pin.stands


@pytest.mark.requirement("R-SIG-4")
def test_g4_is_signed_with_six_digits(qtbot, before_start):
    page = before_start
    go(qtbot, page)
    assert page.doing.signing._card.pin
    keys(qtbot, page, DIGITS, "\r")
    assert not page.doing.signing.isVisible()
    assert components(page, "G4") == [("NUR-04", ("session", "pin"))]


@pytest.mark.requirement("R-SIG-4")
def test_after_three_wrong_pins_the_panel_asks_for_the_password(qtbot, before_start):
    page = before_start
    go(qtbot, page)
    for _ in range(3):
        assert page.doing.signing._card.pin
        keys(qtbot, page, "902174", "\r")
    assert not page.doing.signing._card.pin
    keys(qtbot, page, PASSWORDS["NUR-04"], "\r")
    assert not page.doing.signing.isVisible()
    assert components(page, "G4") == [("NUR-04", ("account", "password"))]
