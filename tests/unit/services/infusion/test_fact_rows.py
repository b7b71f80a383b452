"""What the record's rows tell of a run: which answers were typed long after they happened."""

from datetime import timedelta

import pytest
from tests.infusion_day import fill

from msclinic.domain.values import Code
from msclinic.services.entry import FormEntry
from msclinic.services.infusion.view import run_view


@pytest.mark.parametrize(("minutes", "late"), [(24 * 60, []), (24 * 60 + 1, ["E03_TIME"])])
def test_a_time_typed_more_than_a_day_after_it_happened_is_a_deviation(run_at, minutes, late):
    clinic, participant = run_at("OBSERVING")
    nurse = clinic.session("NUR-04")
    out = nurse.now()
    clinic.clock.turn(timedelta(minutes=minutes))
    after = FormEntry(nurse, participant, "V1", "after_infusion")
    fill(after, {"E05_OUTCOME": Code("HOME"), "E03": Code("Y"), "E03_TIME": out})
    found = run_view(nurse, participant, "V1").deviations
    assert [one.item for one in found if one.code == "LATE_ENTRY"] == late
