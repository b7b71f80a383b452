"""Who a banner shows: what a role may know of a participant, and what stays unsaid."""

import pytest

from msclinic.services.participants import identity


@pytest.mark.parametrize("account", ["PREP-01", "ADMIN-01"])
def test_where_demography_is_hidden_only_the_code_is_told(clinic, account):
    participant = clinic.enrol(7)
    one = identity(clinic.session(account), participant)
    assert (one.code, one.shown) == ("PL01-007", False)
    assert (one.birth_year, one.sex, one.course, one.allergies) == (None, None, None, "")


@pytest.mark.parametrize("account", ["CRC-01", "NUR-04", "PHY-01", "RAT-02"])
def test_who_may_read_demography_is_told_of_it(clinic, account):
    assert identity(clinic.session(account), clinic.enrol(7)).shown
