"""Opens the window: fonts and theme first, then the frame; everything else loads when needed."""

import logging
import sys
from argparse import Namespace
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from msclinic.app.clock import SystemClock
from msclinic.app.instance import HomeLock
from msclinic.app.log import start_log
from msclinic.app.paths import state_folder
from msclinic.app.settings import load_settings
from msclinic.domain.errors import UserError
from msclinic.domain.values import Clock
from msclinic.services.home import Home, read_only_home
from msclinic.ui.fault_window import tell_fault
from msclinic.ui.style import STYLED, apply_theme
from msclinic.ui.window import Window
from msclinic.wording import set_language

__all__ = ["make_window", "open_window"]


def open_window(options: Namespace) -> int:
    """Open the window on a home and stay until it is closed; gives the exit code."""
    home = Home(options.home, state_folder())
    try:
        _make(home.folder)
        start_log(home.folder)
        return _opened(home)
    except UserError as fault:
        # Whoever started it by an icon sees no terminal.
        _tell(options.home, fault)
        raise


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise read_only_home() from error


def _opened(home: Home) -> int:
    if home.exists:
        home.demand_whole()  # What cannot be opened is said before there is half a window.
    with HomeLock(home.folder):
        window = make_window(home, SystemClock())
        window.show()
        return application().exec()


def _tell(folder: Path, fault: UserError) -> None:
    settings = load_settings(folder)
    set_language(settings.language)
    apply_theme(application(), settings.theme, settings.scale)
    tell_fault(fault)


def make_window(home: Home, clock: Clock) -> Window:
    """The window of a home with the device's language, theme and size of text."""
    settings = load_settings(home.folder)
    set_language(settings.language)
    apply_theme(application(), settings.theme, settings.scale)
    window = Window(home, clock, settings)

    def unexpected(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
        elif isinstance(error, Exception):
            window.say(error)
        else:
            logging.getLogger("msclinic").critical("the program ends", exc_info=error)

    sys.excepthook = unexpected
    return window


def _qt_says(kind: QtMsgType, context: QMessageLogContext, _message: str) -> None:
    # A remark of Qt may quote what a field holds: the log takes only where it came from.
    level = logging.ERROR if kind is QtMsgType.QtFatalMsg else logging.INFO
    place = f"{Path(context.file).name}:{context.line}" if context.file else "an unnamed place"
    logging.getLogger("msclinic.qt").log(level, "%s at %s", context.category, place)


def application() -> QApplication:
    """The one application of this process."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    qInstallMessageHandler(_qt_says)
    QGuiApplication.setApplicationDisplayName("msclinic")
    # Fusion is asked for here, where no object of its class has to be made: every one brings some
    # twenty enumerations with it.
    made = QApplication(["msclinic", "-style", "fusion"])
    made.setProperty(STYLED, True)
    made.setApplicationName("msclinic")
    return made
