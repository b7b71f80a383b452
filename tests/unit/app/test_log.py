from msclinic.app.log import start_log


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
