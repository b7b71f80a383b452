"""Fields for days and moments, typed in quick digits; ``N`` is now, ``T`` is today.

A partial date is never completed. A moment is shown in the site's zone and answered in UTC; the
clock and the zone come in from outside.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, tzinfo

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent

from msclinic.domain.values import Answer, PartialDate
from msclinic.ui.typed import read_date, read_datetime, read_partial_date
from msclinic.ui.widgets.buttons import Button
from msclinic.ui.widgets.fields import TypedField
from msclinic.wording import date_text, month_text, time_text, tr

__all__ = ["DateField", "DateTimeField", "PartialDateField", "partial_date_text"]

Now = Callable[[], datetime]


def partial_date_text(value: PartialDate) -> str:
    """A partial date as people read it: ``2024``, ``May 2024``, ``17 May 2024``."""
    if len(value.text) == 4:
        return value.text
    if len(value.text) == 7:
        return month_text(date.fromisoformat(f"{value.text}-01"))
    return date_text(date.fromisoformat(value.text))


class _ClockField(TypedField):
    """A field that knows the present."""

    def __init__(self, name: str, now: Now, zone: tzinfo, *, size: int, chars: int):
        super().__init__(name, size=size, chars=chars)
        self._now, self._zone = now, zone

    def today(self) -> date:
        """The day at the site."""
        return self._now().astimezone(self._zone).date()

    def present(self) -> Answer:
        """The present as an answer of this field."""
        return self.today()

    def answer_now(self) -> None:
        """Answer with the present, as if it had been typed."""
        self.edit.setText(self.typed(self.present()))
        self.commit()

    def _key(self, event: QKeyEvent) -> bool:
        plain = event.modifiers() in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.ShiftModifier,
        )
        now_keys = (Qt.Key.Key_N, Qt.Key.Key_T)
        if plain and event.key() in now_keys and not self._read_only and not self._in_zone():
            self.answer_now()
            return True
        return super()._key(event)

    def _in_zone(self) -> bool:
        """Whether the letters behind a time are being typed, as in ``0230 CET``."""
        before = self.edit.text()[: self.edit.cursorPosition()]
        return not self.edit.hasSelectedText() and bool(re.search(r"\d\s*[A-Za-z]+$", before))


class DateField(_ClockField):
    """A whole date, typed like ``22112026``.

    Signals:
        answered: A ``date``.
    """

    def __init__(self, name: str, now: Now, zone: tzinfo, *, size: int = 40):
        """Make an empty field.

        Args:
            name: Accessible name: the item's label.
            now: Tells the present, aware.
            zone: Time zone of the site.
            size: Height at 100 %.
        """
        super().__init__(name, now, zone, size=size, chars=12)
        self.set_placeholder(tr("ddmmyyyy"))

    def read(self, text: str) -> Answer:
        """The date."""
        return read_date(text, self.today())

    def written(self, answer: Answer) -> str:
        """The date in words."""
        return date_text(answer) if isinstance(answer, date) else str(answer)

    def typed(self, answer: Answer) -> str:
        """The date in digits."""
        return answer.strftime("%d.%m.%Y") if isinstance(answer, date) else str(answer)


class PartialDateField(_ClockField):
    """As much of a date as is known, typed like ``2024``, ``052024`` or ``17052024``.

    Signals:
        answered: A ``PartialDate``.
    """

    def __init__(self, name: str, now: Now, zone: tzinfo, *, size: int = 40):
        """Make an empty field; arguments as of ``DateField``."""
        super().__init__(name, now, zone, size=size, chars=22)
        self.set_placeholder(tr("yyyy, mmyyyy or ddmmyyyy"))

    def read(self, text: str) -> Answer:
        """The part that was typed."""
        return read_partial_date(text, self.today())

    def written(self, answer: Answer) -> str:
        """The part in words."""
        return partial_date_text(answer) if isinstance(answer, PartialDate) else str(answer)

    def typed(self, answer: Answer) -> str:
        """The part in digits."""
        if not isinstance(answer, PartialDate):
            return str(answer)
        return ".".join(reversed(answer.text.split("-")))

    def present(self) -> Answer:
        """Today, which is known whole."""
        return PartialDate(self.today().isoformat())


class DateTimeField(_ClockField):
    """A day and time of the site, typed like ``221120261042``; ``1042`` alone is today.

    Signals:
        answered: A ``datetime`` in UTC.
    """

    def __init__(
        self, name: str, now: Now, zone: tzinfo, *, size: int = 40, now_button: bool = True
    ):
        """Make an empty field.

        Args:
            name: Accessible name: the item's label.
            now: Tells the present, aware.
            zone: Time zone of the site.
            size: Height at 100 %.
            now_button: Whether a button inside it answers with the present.
        """
        super().__init__(name, now, zone, size=size, chars=19)
        self.set_placeholder(tr("ddmmyyyyhhmm"))
        self._button: Button | None = None
        if now_button:
            self._button = Button(tr("Now"), "plain", size=36)
            self._button.setParent(self)
            self._button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            self._button.clicked.connect(self.answer_now)
            self._button.setAccessibleName(tr("{label}: now", label=name))
            self._button.set_keys("N")

    def read(self, text: str) -> Answer:
        """The moment in UTC."""
        return read_datetime(text, self._now(), self._zone)

    def written(self, answer: Answer) -> str:
        """Day and time at the site, in words."""
        if not isinstance(answer, datetime):
            return str(answer)
        here = answer.astimezone(self._zone)
        return (
            f"{date_text(here.date())} {time_text(answer, self._zone, seconds=bool(here.second))}"
        )

    def typed(self, answer: Answer) -> str:
        """Day and time at the site, in digits."""
        if not isinstance(answer, datetime):
            return str(answer)
        here = answer.astimezone(self._zone)
        clock = time_text(answer, self._zone, seconds=bool(here.second))
        return f"{here:%d.%m.%Y} {clock}"

    def present(self) -> Answer:
        """The present, to the second."""
        return self._now().replace(microsecond=0)

    def set_read_only(self, read_only: bool) -> None:
        """Show without a frame, without letting type, without the button."""
        if self._button is not None:
            self._button.setVisible(not read_only)
        super().set_read_only(read_only)

    def extra_room(self) -> int:
        """Room of the button while the field is empty."""
        if self._button is None or self._read_only or self._stored:
            return 0
        return self._button.sizeHint().width() + 4

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the button again."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        super()._place()
        button = getattr(self, "_button", None)
        if button is None:
            return
        size = button.sizeHint()
        button.setVisible(not self._stored and not self._read_only)
        button.setGeometry(
            self.width() - size.width() - 4,
            (self.height() - size.height()) // 2,
            size.width(),
            size.height(),
        )
