"""A day at the real window, offscreen, in a process of its own; tells what a bystander could see.

``python -m tests.e2e.at_the_window HOME PARTICIPANT NOW WORD`` goes to every kind of screen, locks,
lets a screen and a worker crash with WORD in their errors, and says titles and clipboard as JSON.
"""

import json
import sys
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from tests.clinic import PASSWORDS

from msclinic.app.clock import TurnedClock
from msclinic.app.log import start_log
from msclinic.app.paths import state_folder
from msclinic.services.home import Home
from msclinic.ui.demo.hands import Hands
from msclinic.ui.main import application, make_window
from msclinic.ui.tasks import Tasks


def main() -> None:
    """Go through the day."""
    folder, participant, now, word = sys.argv[1:]
    application()
    start_log(Path(folder))
    clock = TurnedClock(datetime.fromisoformat(now))
    window = make_window(Home(Path(folder), state_folder()), clock)
    window.resize(1366, 768)
    window.show()
    hands = Hands(window, clock, PASSWORDS)
    titles: list[str] = []

    def seen() -> None:
        hands.settle()
        titles.extend(one.windowTitle() for one in QApplication.topLevelWidgets())

    def crash() -> None:
        raise ValueError(f"{participant} {word}")

    days = {
        "NUR-04": (
            window.show_today,
            lambda: window.show_participant(participant),
            lambda: window.show_form(participant, "SCR", "1", "vital_signs", "1"),
            lambda: window.show_run(participant, "V1"),
            lambda: window.show_documents(participant, "V1"),
            lambda: window.show_over_time(participant),
            lambda: QTimer.singleShot(0, hands.page, crash),
            lambda: Tasks(window).read(crash, lambda _: None, window.say),
        ),
        "RAT-02": (lambda: window.show_exam(participant, "V1", "1"),),
        "PI-01": (window.show_journal, window.show_worklist, window.show_people),
    }
    clipboard = QApplication.clipboard()
    copied, left = "", []
    for account, screens in days.items():
        hands.sign_in(account)
        for show in screens:
            show()
            seen()
        clipboard.setText(word)
        copied = clipboard.text()
        window.lock()
        seen()
        left.append(clipboard.text())
    window.close()
    hands.settle()
    sys.stdout.write(json.dumps({"titles": titles, "copied": copied, "left": left}) + "\n")


if __name__ == "__main__":
    main()
