"""Opening the window: what cannot be opened is said, and Qt's remarks are logged by origin."""

from argparse import Namespace
from pathlib import Path

import pytest
from PySide6.QtCore import QLoggingCategory, QTimer, qCWarning, qInstallMessageHandler, qWarning
from PySide6.QtWidgets import QApplication
from tests.clinic import Clinic

from msclinic.app.log import start_log
from msclinic.cli.main import Windows, main
from msclinic.cli.options import Exit
from msclinic.ui.fault_window import FaultWindow
from msclinic.ui.main import _qt_says, open_window


def test_a_remark_of_qt_is_logged_without_its_text(tmp_path: Path) -> None:
    log = start_log(tmp_path)
    before = qInstallMessageHandler(_qt_says)
    try:
        qWarning("PL01-007 Kowalska")
        qCWarning(QLoggingCategory("qt.text.input"), "PL01-008 Nowak")
    finally:
        qInstallMessageHandler(before)
    for handler in log.handlers:
        handler.flush()
    first, second = (tmp_path / "log" / "msclinic.log").read_text("utf-8").splitlines()
    assert "msclinic.qt default at " in first
    assert "msclinic.qt qt.text.input at " in second
    assert "PL01" not in first + second
    start_log(tmp_path / "elsewhere")


@pytest.mark.parametrize("content", ["[]", '{"format": 1}', None])
def test_a_clinic_whose_home_file_is_damaged_is_told_on_the_terminal_too(
    clinic: Clinic, capsys: pytest.CaptureFixture[str], content: str | None
) -> None:
    def close() -> None:
        for one in QApplication.topLevelWidgets():
            if isinstance(one, FaultWindow):
                one.close()

    def demo(options: Namespace) -> int:
        raise AssertionError(options)

    file = clinic.home.folder / "home.json"
    file.unlink()
    if content is not None:
        file.write_text(content, "utf-8")
    windows = Windows(open=open_window, demo=demo)
    QTimer.singleShot(200, close)
    assert main(["--home", str(clinic.home.folder)], windows) == Exit.BAD_INPUT
    said = capsys.readouterr().err
    assert "home.json is damaged" in said
    assert said.count("\n") == 1
