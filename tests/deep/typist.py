"""A nurse at the real window, typing without a pause, until the process is killed.

Whatever the window calls stored is told to a pipe first: one line for each value, before its mark
``saved`` can be painted. One line also says which deadlines the run in front shows.
"""

import json
import os
import random
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget
from tests.clinic import PASSWORDS

from msclinic.app.clock import SystemClock, TurnedClock
from msclinic.domain.values import Answer, Code, to_json
from msclinic.services.home import Home
from msclinic.ui.demo.hands import Hands
from msclinic.ui.editors import ItemEditor
from msclinic.ui.forms.items import ItemsPanel
from msclinic.ui.infusion.screen import RunScreen
from msclinic.ui.main import application, make_window
from msclinic.ui.widgets.fields import TypedField
from msclinic.ui.widgets.surfaces import SavedMark

__all__ = ["NURSE", "RUN_VISIT", "VISIT", "type_for_ever"]

NURSE = "NUR-04"
VISIT, RUN_VISIT = "SCR", "V1"
NUMBERS = {
    "WEIGHT": (50, 110),
    "SYSBP": (100, 150),
    "DIABP": (55, 95),
    "PULSE": (55, 100),
    "RESP": (12, 19),
    "OXYSAT": (96, 100),
}
CHOICES = {
    "VSPOS": ("SITTING", "SUPINE"),
    "VSARM": ("LEFT", "RIGHT"),
    "VSTEMPLOC": ("EAR", "ORAL"),
}
_A_RUN_EVERY = 4

Tell = Callable[[str], None]


class _MarkWatch(QObject):
    """Says when a mark ``saved`` is about to be painted."""

    def __init__(self, tell: Tell, parent: QObject) -> None:
        super().__init__(parent)
        self._tell = tell

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self._tell("painted")
        return super().eventFilter(watched, event)


class Typist:
    """Hands that change one number after another in a form and at a chair."""

    def __init__(self, home: Path, form_of: str, run_of: str, seed: int, out: int) -> None:
        self._out, self._chance = out, random.Random(seed)
        self._form_of, self._run_of = form_of, run_of
        application()
        self._window = make_window(Home(home), SystemClock())
        self._window.resize(1366, 768)
        self._window.show()
        # The hands of the demo turn a clock only where they wait, which these never do.
        self._hands = Hands(self._window, TurnedClock(SystemClock().now()), PASSWORDS)
        self._hands.settle()
        self._hands.sign_in(NURSE)

    def tell(self, line: str) -> None:
        """One line, past every buffer of this process."""
        os.write(self._out, f"{line}\n".encode())

    def type(self, times: int) -> None:
        """Change so many numbers."""
        self.tell("ready")
        for count in range(times):
            if count % _A_RUN_EVERY == _A_RUN_EVERY - 1:
                self._open_round()
                self._tell_timers()
            else:
                self._window.show_form(self._form_of, VISIT, "1", "vital_signs", "1")
                self._hands.settle()
            self._change_one()

    def leave(self) -> None:
        """Close the window as a person does."""
        self._window.close()
        self._hands.settle()
        self.tell("left")

    def _open_round(self) -> None:
        self._window.show_run(self._run_of, RUN_VISIT)
        self._hands.settle()
        page = self._hands.page
        if isinstance(page, RunScreen) and page.view.next_round is not None:
            page.open_round(page.view.next_round.point)
            self._hands.settle()

    def _change_one(self) -> None:
        page = self._hands.page
        self._watch(page)
        able = [one for one in page.findChildren(ItemEditor) if _able(one)]
        if not able:
            return
        editor = self._chance.choice(able)
        oid, now = editor.item.oid, editor.input.answer()
        new: Answer
        if oid in CHOICES:
            new = Code(self._chance.choice([one for one in CHOICES[oid] if Code(one) != now]))
        else:
            new = Decimal(self._chance.randint(*NUMBERS[oid]))
        self._hands.give(editor.input, new)
        if self._window.notice.isVisible():
            self.tell(f"said {self._window.notice.accessibleName()}")
            self._window.notice.clear()

    def _watch(self, page: QWidget) -> None:
        for panel in page.findChildren(ItemsPanel):
            if not panel.property("watched"):
                panel.setProperty("watched", True)
                panel.stored.connect(lambda ref, panel=panel: self._stored(panel, ref))
        for mark in page.findChildren(SavedMark):
            if not mark.property("watched"):
                mark.setProperty("watched", True)
                mark.installEventFilter(_MarkWatch(self.tell, mark))

    def _stored(self, panel: ItemsPanel, ref: tuple[str, str, str]) -> None:
        answer: Answer | None = panel.entry.state(ref).answer
        value = None if answer is None else to_json(answer)["value"]
        row = (panel.entry.participant, panel.entry.path(ref), value)
        self.tell(f"stored {json.dumps(row)}")

    def _tell_timers(self) -> None:
        page = self._hands.page
        if isinstance(page, RunScreen):
            timers = page.view.timers
            shown = {one.code: one.deadline.isoformat() for one in timers if one.deadline}
            self.tell(f"timers {json.dumps(shown)}")


def _able(editor: ItemEditor) -> bool:
    if editor.item.oid in CHOICES:
        return editor.isVisible() and editor.input.isEnabled()
    typed = editor.item.oid in NUMBERS and isinstance(editor.input, TypedField)
    return typed and editor.isVisible() and not editor.input.edit.isReadOnly()


def type_for_ever(home: Path, form_of: str, run_of: str, seed: int, out: int) -> None:
    """Sign in and type until somebody ends the process."""
    Typist(home, form_of, run_of, seed, out).type(10**9)
