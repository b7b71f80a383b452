"""Hands of a person at the window: keys, clicks and waiting; nothing is called behind a screen.

What a hand cannot find or press is an error: the demo must not go on as if it had been done.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from zoneinfo import ZoneInfo

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QScrollArea, QWidget

from msclinic.app.clock import TurnedClock
from msclinic.domain.errors import UserError
from msclinic.domain.values import Answer, Code, Codes
from msclinic.ui.editors import ItemEditor
from msclinic.ui.neuro.rows import ExamRow
from msclinic.ui.page import Page
from msclinic.ui.sign_card import SignCard
from msclinic.ui.widgets.choices import ChoiceGroup
from msclinic.ui.widgets.fields import TypedField
from msclinic.ui.widgets.progress import StepList
from msclinic.ui.widgets.reasons import ReasonBar
from msclinic.ui.widgets.segmented import Segmented
from msclinic.ui.widgets.stopwatch import StopwatchField
from msclinic.ui.window import Window

__all__ = ["CannotPlay", "Hands"]


_MOST_ITEMS = 120
_BEFORE_IDLE = 8.0
_MISTYPED = "capital letters were on"
# Of a late answer: written on paper first.
_REASON = "2"


class CannotPlay(UserError):
    """A screen does not let a person do what the demo shows."""

    def __init__(self, what: str) -> None:
        super().__init__(
            "cannot_play",
            what="The demo stopped: {what}.",
            why="A screen did not let the day go on.",
            what_to_do="What was made until then lies in the demo's folder.",
            parameters={"what": what},
        )


class Hands:
    """One person after another at one window.

    Attributes:
        window: The program's window.
        clock: Its clock; time passes only when a hand waits.
    """

    def __init__(self, window: Window, clock: TurnedClock, passwords: Mapping[str, str]) -> None:
        self.window, self.clock, self._passwords = window, clock, passwords
        self._pins: dict[str, str] = {}

    @property
    def zone(self) -> ZoneInfo:
        """The site's time zone."""
        return ZoneInfo(self.window.home.read().zone)

    @property
    def page(self) -> Page:
        """The screen in front.

        Raises:
            CannotPlay: Nobody is signed in.
        """
        page = self.window.page(self.window.current_page())
        if not isinstance(page, Page):
            raise CannotPlay("no screen is in front")
        return page

    def settle(self) -> None:
        """Let work under way end and everything be drawn."""
        for _ in range(4):
            self.window.tasks.wait()
            QApplication.processEvents()
        # Without a running event loop nobody else deletes what screens have let go of.
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def wait(self, minutes: float) -> None:
        """Let time pass; the clock of the window goes on as well."""
        while minutes > 0:
            step = min(minutes, _BEFORE_IDLE)
            minutes -= step
            self.clock.turn(timedelta(minutes=step))
            # Somebody who waits at the window touches it, so that it does not lock.
            QTest.keyClick(self.window, Qt.Key.Key_Shift)
            self.window.tick()
        self.settle()

    def sign_in(self, account: str) -> None:
        """Sign in at the entrance, by name and password."""
        if self.find(f"sign_in/account/{account}") is None:
            self.click("sign_in/more")
        self.click(f"sign_in/account/{account}")
        self.type_secret("sign_in/password", account)
        self.until(lambda: self.window.session is not None, f"{account} is not let in")

    def mistype(self, account: str) -> None:
        """Try to sign in with a password that is not the account's."""
        if self.find(f"sign_in/account/{account}") is None:
            self.click("sign_in/more")
        self.click(f"sign_in/account/{account}")
        self.write("sign_in/password", _MISTYPED)
        self.until(lambda: self.ready("sign_in/enter"), "the wrong password is not refused")

    def sign_out(self) -> None:
        """Lock the window, as whoever leaves does."""
        self.window.lock()
        self.settle()

    def find(self, name: str) -> QWidget | None:
        """A widget that is shown, by its object name."""
        for widget in self.window.findChildren(QWidget, name):
            if widget.isVisible():
                return widget
        return None

    def wanted(self, name: str) -> QWidget:
        """A widget that must be there.

        Raises:
            CannotPlay: It is not.
        """
        found = self.find(name)
        if found is None:
            raise CannotPlay(f"{name} is not on the screen")
        return found

    def like(self, start: str, end: str) -> QWidget:
        """The first widget shown whose object name begins and ends so.

        Raises:
            CannotPlay: There is none.
        """
        return self._all_like(start, end)[0]

    def last(self, start: str, end: str) -> QWidget:
        """The last widget shown whose object name begins and ends so.

        Raises:
            CannotPlay: There is none.
        """
        return self._all_like(start, end)[-1]

    def _all_like(self, start: str, end: str) -> list[QWidget]:
        found = [
            widget
            for widget in self.window.findChildren(QWidget)
            if widget.isVisible()
            and widget.objectName().startswith(start)
            and widget.objectName().endswith(end)
        ]
        if not found:
            raise CannotPlay(f"nothing named {start}…{end} is on the screen")
        return found

    def ready(self, name: str) -> bool:
        """Whether a button is there and can be pressed."""
        button = self.find(name)
        return button is not None and button.isEnabled()

    def reveal(self, widget: QWidget) -> None:
        """Scroll until a widget is in view."""
        above = widget.parentWidget()
        while above is not None and not isinstance(above, QScrollArea):
            above = above.parentWidget()
        if isinstance(above, QScrollArea):
            above.ensureWidgetVisible(widget)
        self.settle()

    def open_row(self, name: str, place: int) -> None:
        """Go down to a row of a table by the arrow key and open it by Enter."""
        table = self.wanted(name)
        table.setFocus()
        QTest.keyClick(table, Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
        for _ in range(place):
            QTest.keyClick(table, Qt.Key.Key_Down)
        QTest.keyClick(table, Qt.Key.Key_Return)
        self.settle()

    def write(self, name: str, words: str) -> None:
        """Type words into a field and press Enter."""
        field = self.wanted(name)
        edit = field.edit if isinstance(field, TypedField) else field
        edit.setFocus()
        QTest.keyClicks(edit, words)
        QTest.keyClick(edit, Qt.Key.Key_Return)
        self.settle()

    def go_away(self, minutes: float) -> None:
        """Let time pass while nobody touches the window."""
        self.clock.turn(timedelta(minutes=minutes))
        self.window.tick()
        self.settle()

    def come_back(self) -> None:
        """Touch the window: what hides it goes."""
        QTest.keyClick(self.window, Qt.Key.Key_Space)
        self.settle()

    def click(self, name: str) -> None:
        """Press a button with the mouse."""
        self.press(self.wanted(name))

    def press(self, widget: QWidget, at: QPoint | None = None) -> None:
        """Press a widget with the mouse."""
        QTest.mouseClick(
            widget,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
            at or QRect(QPoint(), widget.size()).center(),
        )
        self.settle()

    def next(self) -> None:
        """Press the filled button at the foot of the screen.

        Raises:
            CannotPlay: There is none.
        """
        self.click("foot/next")

    def find_words(self, words: str) -> None:
        """Open the finder in the top line and type.

        Raises:
            CannotPlay: It does not open.
        """
        self.press(self.window.top.search)
        field = self.wanted("palette/field")
        if isinstance(field, TypedField):
            QTest.keyClicks(field.edit, words)
        self.settle()

    def leave_finder(self) -> None:
        """Close the finder with Escape."""
        field = self.wanted("palette/field")
        if isinstance(field, TypedField):
            QTest.keyClick(field.edit, Qt.Key.Key_Escape)
        self.settle()

    def open_step(self, key: str) -> None:
        """Press a step in the list at the left.

        Raises:
            CannotPlay: There is none of this key.
        """
        for steps in self.page.findChildren(StepList):
            for button in steps.findChildren(QAbstractButton):
                step = getattr(button, "step", None)
                if step is not None and step.key == key and button.isVisible():
                    self.press(button)
                    return
        raise CannotPlay(f"there is no step {key}")

    def open_segment(self, code: str) -> None:
        """Press a segment of a row of segments on the screen.

        Raises:
            CannotPlay: None offers it.
        """
        for group in self.page.findChildren(Segmented):
            if group.isVisible() and code in (cell.choice.code for cell in group.cells):
                self.press(_cell(group, code))
                return
        raise CannotPlay(f"there is no segment {code}")

    def measurable(self, item: str) -> bool:
        """Whether seconds are asked for here and not measured yet."""
        field = self._stopwatch(item)
        return field is not None and field.answer() is None

    def measure(self, item: str, seconds: float) -> None:
        """Measure seconds with the stopwatch of a field, Space to start and to stop.

        Raises:
            CannotPlay: There is no such field, or it has no stopwatch.
        """
        field = self._stopwatch(item)
        if field is None:
            raise CannotPlay(f"{item} cannot be measured")
        field.edit.setFocus()
        QTest.keyClick(field.edit, Qt.Key.Key_Space)
        QTest.qWait(round(seconds * 1000))
        QTest.keyClick(field.edit, Qt.Key.Key_Space)
        self.settle()

    def _stopwatch(self, item: str) -> StopwatchField | None:
        for editor in self.page.findChildren(ItemEditor):
            if editor.item.oid == item and isinstance(editor.input, StopwatchField):
                return editor.input if editor.isVisible() else None
        return None

    def type_secret(self, name: str, account: str) -> None:
        """Type an account's password into a field and press Enter."""
        self.write(name, self._passwords[account])

    def set_pin(self, account: str, pin: str) -> None:
        """Type a signing PIN twice, where the password has been typed, and remember it."""
        self.write("people/own_pin/pin", pin)
        self.write("people/own_pin/again", pin)
        self._pins[account] = pin

    @property
    def asks_pin(self) -> bool:
        """Whether the signature's panel in front takes the signing PIN."""
        return any(card.pin and card.isVisible() for card in self.window.findChildren(SignCard))

    def sign(self, account: str) -> None:
        """Type the password a second time into the signature's panel, or the PIN it asks for."""
        if self.asks_pin:
            self.write("sign#password", self._pins[account])
        else:
            self.type_secret("sign#password", account)
        self.until(lambda: self.find("sign#password") is None, f"{account} cannot sign")

    def until(self, done: Callable[[], bool], otherwise: str, tries: int = 60) -> None:
        """Wait for something that the program does by itself.

        Raises:
            CannotPlay: It does not happen.
        """
        for _ in range(tries):
            self.settle()
            if done():
                return
            QTest.qWait(25)
        raise CannotPlay(otherwise)

    def answer_all(self, answers: Mapping[str, Answer]) -> int:
        """Answer every blank item on the screen that has an answer, then say why where asked.

        Returns:
            How many answers and reasons were given.
        """
        last = ""
        for given in range(_MOST_ITEMS):
            editor = self._blank(answers)
            if editor is None:
                return given + self._give_reasons()
            if editor.item.oid == last:
                raise CannotPlay(f"{last} does not take its answer")
            last = editor.item.oid
            self.answer(editor, answers[last])
        raise CannotPlay("the screen asks without an end")

    def answer(self, editor: ItemEditor | ExamRow, answer: Answer) -> None:
        """Give one answer by keys or mouse."""
        self.give(editor.input, answer)

    def give(self, field: QWidget, answer: Answer) -> None:
        """Type into a field, or press a choice."""
        if isinstance(field, ChoiceGroup):
            codes = answer.values if isinstance(answer, Codes) else (_code(answer),)
            for code in codes:
                self.press(_cell(field, code))
            return
        if isinstance(field, TypedField):
            field.edit.setFocus()
            field.edit.selectAll()
            QTest.keyClicks(field.edit, _text(field, answer))
            QTest.keyClick(field.edit, Qt.Key.Key_Return)
            self.settle()
            return
        raise CannotPlay(f"{field.objectName()} takes no answer")

    def _give_reasons(self) -> int:
        """Press the digit of a reason wherever one is asked for; gives how many."""
        for given in range(_MOST_ITEMS):
            shown = self.page.findChildren(ReasonBar)
            bar = next((one for one in shown if one.isVisible() and one.isEnabled()), None)
            if bar is None:
                return given
            QTest.keyClicks(bar, _REASON)
            self.settle()
        raise CannotPlay("the screen asks for reasons without an end")

    def _blank(self, answers: Mapping[str, Answer]) -> ItemEditor | ExamRow | None:
        for editor in self.page.findChildren(QWidget):
            if (
                isinstance(editor, ItemEditor | ExamRow)
                and editor.isVisible()
                and editor.item.oid in answers
                and editor.input.answer() is None
                and editor.input.isVisible()
                and _writable(editor.input)
            ):
                return editor
        return None


def _writable(field: QWidget) -> bool:
    if isinstance(field, TypedField):
        return not field.edit.isReadOnly()
    return field.isEnabled() and field.focusPolicy() != Qt.FocusPolicy.NoFocus


def _cell(group: ChoiceGroup, code: str) -> QAbstractButton:
    for cell in group.findChildren(QAbstractButton):
        choice = getattr(cell, "choice", None)
        if choice is not None and choice.code == code:
            return cell
    raise CannotPlay(f"{group.objectName()} does not offer {code}")


def _text(field: TypedField, answer: Answer) -> str:
    return field.written(answer) if isinstance(answer, Code) else field.typed(answer)


def _code(answer: Answer) -> str:
    return answer.value if isinstance(answer, Code) else str(answer)
