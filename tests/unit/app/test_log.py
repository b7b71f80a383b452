import pytest

from msclinic.app.log import start_log


@pytest.mark.requirement("R-SEC-6")
def test_an_exceptions_text_never_reaches_the_log(tmp_path):
    log = start_log(tmp_path)
    try:
        raise ValueError("PL01-007 temperature 38.2")
    except ValueError:
        log.exception("a form could not be drawn")
    for handler in log.handlers:
        handler.flush()
    text = (tmp_path / "log" / "msclinic.log").read_text("utf-8")
    assert "a form could not be drawn" in text
    assert "ValueError at test_log.py" in text
    assert "PL01-007" not in text
    start_log(tmp_path / "elsewhere")


def test_a_folder_that_cannot_hold_a_log_leaves_the_program_without_one(tmp_path):
    blocker = tmp_path / "file"
    blocker.write_text("", "utf-8")
    start_log(blocker).info("nothing happens")


def test_a_full_log_is_turned_over_and_three_older_ones_are_kept(tmp_path):
    log = start_log(tmp_path)
    line = "x" * 400_000
    for number in range(14):
        log.info("%d %s", number, line)
    sizes = {path.name: path.stat().st_size for path in (tmp_path / "log").iterdir()}
    assert set(sizes) == {"msclinic.log", "msclinic.log.1", "msclinic.log.2", "msclinic.log.3"}
    assert max(sizes.values()) < 1_500_000
    newest = (tmp_path / "log" / "msclinic.log").read_text("utf-8")
    before = (tmp_path / "log" / "msclinic.log.1").read_text("utf-8")
    assert [f" {number} x" in newest for number in (11, 12, 13)] == [False, True, True]
    assert [f" {number} x" in before for number in (8, 9, 10, 11)] == [False, True, True, True]
    start_log(tmp_path / "elsewhere")


def test_a_program_that_has_nothing_to_say_leaves_no_log(tmp_path):
    start_log(tmp_path)
    assert list(tmp_path.iterdir()) == []
    start_log(tmp_path / "elsewhere")
