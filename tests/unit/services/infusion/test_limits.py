"""Every limit of an infusion day comes from the study's settings."""

from decimal import Decimal

import pytest
from tests.unit.domain.infusion.a_run import LIMITS, PLAN

from msclinic.services.infusion.limits import planned_rates, run_limits, vitals_plan
from msclinic.shipped import shipped_study
from msclinic.study import load_study


@pytest.fixture(scope="module")
def study():
    return load_study(shipped_study())


def test_the_shipped_settings_are_the_limits_the_rules_were_written_for(study):
    assert run_limits(study) == LIMITS
    assert vitals_plan(study) == PLAN


def test_the_rates_are_as_ordered(study):
    first, second = planned_rates(study)
    assert (first.rate, first.minutes) == (Decimal(50), 15)
    assert (second.rate, second.minutes) == (Decimal(100), None)
