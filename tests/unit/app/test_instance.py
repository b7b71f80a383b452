import pytest

from msclinic.app.instance import HomeLock
from msclinic.domain.errors import KnownFault


def test_a_second_window_on_one_home_is_refused_with_words(tmp_path):
    with HomeLock(tmp_path), pytest.raises(KnownFault) as refused, HomeLock(tmp_path):
        pass
    assert refused.value.code == "home_in_use"
    assert "another window" in str(refused.value)


def test_a_home_is_free_again_when_its_window_closes(tmp_path):
    with HomeLock(tmp_path):
        pass
    with HomeLock(tmp_path):
        pass
