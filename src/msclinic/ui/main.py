"""Opens the window: fonts and theme first, then the frame; everything else loads when needed."""

import logging
import sys
from argparse import Namespace
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from msclinic.app.clock import SystemClock
from msclinic.app.instance import HomeLock
from msclinic.app.log import start_log
from msclinic.app.settings import load_settings
from msclinic.domain.values import Clock
from msclinic.services.home import Home
from msclinic.ui.style import apply_theme
from msclinic.ui.window import Window
from msclinic.wording import set_language

__all__ = ["make_window", "open_window"]


def open_window(options: Namespace) -> int:
    """Open the window on a home and stay until it is closed; gives the exit code."""
    options.home.mkdir(parents=True, exist_ok=True)
    start_log(options.home)
    with HomeLock(options.home):
        window = make_window(Home(options.home), SystemClock())
        window.show()
        return application().exec()


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


def _qt_says(kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
    # Qt's remarks about the machine belong to the log, not to whoever looks at a terminal.
    level = logging.ERROR if kind is QtMsgType.QtFatalMsg else logging.INFO
    logging.getLogger("msclinic.qt").log(level, "%s", message)


def application() -> QApplication:
    """The one application of this process."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    qInstallMessageHandler(_qt_says)
    QGuiApplication.setApplicationDisplayName("msclinic")
    made = QApplication(["msclinic"])
    made.setApplicationName("msclinic")
    return made
