"""``python -m tests.deep.entering HOME ACCOUNT``: the real window, and somebody who wants in.

It prints one JSON object: whether they are in, and every longer sentence on the screen. With
``--at TIME`` the computer's clock stands there; with ``--stay`` it ends when its input does.
"""

import argparse
import json
import sys
from argparse import Namespace
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from tests.clinic import PASSWORDS

from msclinic.app.clock import SystemClock, TurnedClock
from msclinic.app.instance import HomeLock
from msclinic.app.paths import state_folder
from msclinic.domain.errors import UserError
from msclinic.services.home import Home
from msclinic.ui.demo.hands import Hands
from msclinic.ui.fault_window import FaultWindow
from msclinic.ui.main import application, make_window, open_window
from msclinic.ui.window import Window

_LOOK_EVERY = 100
_A_SENTENCE = 25


def _said(widget: QWidget) -> str:
    labels = (one.text() for one in widget.findChildren(QLabel) if one.isVisible())
    return " ".join(text for text in labels if len(text) > _A_SENTENCE)


def _enter(window: Window, account: str) -> dict[str, object]:
    hands = Hands(window, TurnedClock(SystemClock().now()), PASSWORDS)
    hands.settle()
    before = _said(window)
    if hands.find(f"sign_in/account/{account}") is None:
        hands.click("sign_in/more")
    hands.click(f"sign_in/account/{account}")
    hands.type_secret("sign_in/password", account)
    hands.until(lambda: window.session is not None or _said(window) != before, "no answer")
    hands.settle()
    return {"in": window.session is not None, "said": _said(window)}


def _watch(account: str, *, stay: bool) -> Callable[[], None]:
    def look() -> None:
        tops = [one for one in QApplication.topLevelWidgets() if one.isVisible()]
        for one in tops:
            if isinstance(one, FaultWindow):
                timer.stop()
                print(json.dumps({"in": False, "said": _said(one)}), flush=True)
                one.close()
            elif isinstance(one, Window):
                timer.stop()
                print(json.dumps(_enter(one, account)), flush=True)
                if stay:
                    sys.stdin.read()
                one.close()
                QApplication.quit()

    timer = QTimer()
    timer.timeout.connect(look)
    timer.start(_LOOK_EVERY)
    return timer.stop


def main() -> int:
    """Open the window; the exit code is the program's, 2 where it could not be opened."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("account")
    parser.add_argument("--at", type=datetime.fromisoformat)
    parser.add_argument("--stay", action="store_true")
    options = parser.parse_args()
    application()
    stop = _watch(options.account, stay=options.stay)
    try:
        if options.at is None:
            return open_window(Namespace(home=options.home))
        with HomeLock(options.home):
            window = make_window(Home(options.home, state_folder()), TurnedClock(options.at))
            window.show()
            return application().exec()
    except UserError:
        return 2
    finally:
        stop()


if __name__ == "__main__":
    sys.exit(main())
