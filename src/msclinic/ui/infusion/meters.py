"""Painted figures of a run: the clock, the volume bar and the rates of the pump.

They draw what they are given; none of them counts or judges anything.
"""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from attrs import frozen
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy

from msclinic.ui.theme import current_theme
from msclinic.ui.widgets.base import Painted, paint_frame
from msclinic.wording import decimal_text, tr

__all__ = ["Clock", "RateLine", "Rates", "VolumeBar", "VolumeShown", "minutes_text"]


@frozen
class VolumeShown:
    """The volume bar.

    Attributes:
        total: Volume to give, mL.
        expected: What should have run in, mL.
        pump: What the pump showed last, or none.
        pump_at: When, as a clock time.
        difference: Pump less expected at that moment, mL.
        differs: Whether that is more than the study allows.
    """

    total: Decimal
    expected: Decimal
    pump: Decimal | None = None
    pump_at: str = ""
    difference: Decimal | None = None
    differs: bool = False


@frozen
class RateLine:
    """One rate of the pump.

    Attributes:
        rate: mL/h as text.
        since: Clock time it was set.
    """

    rate: str
    since: str


def minutes_text(span: timedelta) -> str:
    """A span that carries its unit, so that no one takes it for a clock time."""
    minutes = max(0, span // timedelta(minutes=1))
    if minutes < 60:
        return tr("{count} min", count=minutes)
    return tr("{hours} h {minutes} min", hours=minutes // 60, minutes=minutes % 60)


class Clock(Painted):
    """Minutes and seconds with their units, on figures of equal width."""

    def __init__(self) -> None:
        super().__init__()
        self._seconds: int | None = None
        self._tone = "text"
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_time(self, seconds: int | None, tone: str) -> None:
        """Show a time; None shows nothing."""
        self._seconds, self._tone = seconds, tone
        self.setVisible(seconds is not None)
        self.setAccessibleName(" ".join(text for text, _ in self._parts()))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Figures and units in one line."""
        theme = current_theme()
        width = sum(
            QFontMetrics(theme.font(kind)).horizontalAdvance(text) + 4
            for text, kind in self._parts()
        )
        return QSize(width, theme.line("clock"))

    def minimumSizeHint(self) -> QSize:
        """It is never cut."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw figures and units on one base line."""
        theme = current_theme()
        painter = QPainter(self)
        painter.setPen(theme.color(self._tone))
        base = QFontMetrics(theme.font("clock")).ascent()
        x = 0
        for text, kind in self._parts():
            font = theme.font(kind)
            painter.setFont(font)
            painter.drawText(x, base, text)
            x += QFontMetrics(font).horizontalAdvance(text) + 4
        painter.end()

    def _parts(self) -> list[tuple[str, str]]:
        if self._seconds is None:
            return []
        hours, rest = divmod(max(0, self._seconds), 3600)
        minutes, seconds = divmod(rest, 60)
        if hours:
            return [
                (str(hours), "clock"),
                (tr("h"), "section"),
                (str(minutes), "clock"),
                (tr("min"), "section"),
            ]
        return [
            (str(minutes), "clock"),
            (tr("min"), "section"),
            (f"{seconds:02}", "clock"),
            (tr("s"), "section"),
        ]


class VolumeBar(Painted):
    """Expected volume as a filled bar, the pump's volume as a mark below it."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: VolumeShown | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_shown(self, shown: VolumeShown) -> None:
        """Show other volumes."""
        self._shown = shown
        self.update()

    def sizeHint(self) -> QSize:
        """A bar, its mark and a line of words."""
        theme = current_theme()
        return QSize(theme.px(240), theme.px(16) + 10 + theme.line("secondary"))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw ground, bar, mark and what the pump showed."""
        shown = self._shown
        if shown is None:
            return
        theme = current_theme()
        painter = QPainter(self)
        height = theme.px(14)
        whole = QRect(0, 0, self.width(), height)
        paint_frame(painter, whole, fill=theme.color("sunken"), edge=theme.color("line"), radius=3)
        width = self._x(shown.expected, shown.total)
        if width > 3:
            paint_frame(
                painter,
                QRect(0, 0, width, height),
                fill=theme.color("accent"),
                edge=None,
                radius=3,
            )
        if shown.pump is not None:
            self._paint_pump(painter, shown, height)
        painter.end()

    def _paint_pump(self, painter: QPainter, shown: VolumeShown, height: int) -> None:
        theme = current_theme()
        x = self._x(shown.pump or Decimal(0), shown.total)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("text"))
        corners = (QPoint(x - 5, height + 9), QPoint(x + 5, height + 9), QPoint(x, height + 1))
        painter.drawPolygon(corners)
        volume = decimal_text(shown.pump or Decimal(0))
        words = tr("Pump {volume} at {time}", volume=volume, time=shown.pump_at)
        font = theme.font("label")
        painter.setFont(font)
        painter.setPen(theme.color("text"))
        wide = QFontMetrics(font).horizontalAdvance(words) + 2
        left = max(0, min(x - wide // 2, self.width() - wide))
        box = QRect(left, height + 10, wide, theme.line("secondary"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)

    def _x(self, volume: Decimal, total: Decimal) -> int:
        if total <= 0:
            return 0
        share = min(max(volume / total, Decimal(0)), Decimal(1))
        return int(share * self.width())


class Rates(Painted):
    """The rates so far, the present one read first."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: tuple[RateLine, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_lines(self, lines: Sequence[RateLine]) -> None:
        """Show the rates in the order they were set."""
        self._lines = tuple(lines)
        spoken = ", ".join(
            tr("{rate} mL/h since {time}", rate=line.rate, time=line.since) for line in lines
        )
        self.setAccessibleName(spoken)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Room for the present rate."""
        theme = current_theme()
        return QSize(self._needed(), theme.px(44))

    def minimumSizeHint(self) -> QSize:
        """The present rate is never cut."""
        return self.sizeHint()

    def _needed(self) -> int:
        if not self._lines:
            return 0
        theme = current_theme()
        last = self._lines[-1]
        rate = QFontMetrics(theme.font("section")).horizontalAdvance(self._rate(last))
        since = QFontMetrics(theme.font("secondary")).horizontalAdvance(self._since(last))
        return rate + since + 36

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the rate before in a sunken corner and the present one beside it."""
        if not self._lines:
            return
        theme = current_theme()
        painter = QPainter(self)
        paint_frame(
            painter,
            self.rect(),
            fill=theme.color("surface"),
            edge=theme.color("line"),
            radius=6,
        )
        left = 12
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        if len(self._lines) > 1:
            before = self._rate(self._lines[-2])
            font = theme.font("secondary")
            wide = QFontMetrics(font).horizontalAdvance(before) + 24
            if wide + self._needed() <= self.width():
                corner = QRect(1, 1, wide, self.height() - 2)
                paint_frame(painter, corner, fill=theme.color("sunken"), edge=None, radius=5)
                painter.setFont(font)
                painter.setPen(theme.color("text2"))
                painter.drawText(corner, Qt.AlignmentFlag.AlignCenter, before)
                left = wide + 12
        last = self._lines[-1]
        painter.setFont(theme.font("section"))
        painter.setPen(theme.color("text"))
        wide = QFontMetrics(theme.font("section")).horizontalAdvance(self._rate(last))
        painter.drawText(QRect(left, 0, wide + 2, self.height()), flags, self._rate(last))
        painter.setFont(theme.font("secondary"))
        painter.setPen(theme.color("text2"))
        rest = QRect(left + wide + 10, 0, self.width() - left - wide - 10, self.height())
        painter.drawText(rest, flags, self._since(last))
        painter.end()

    @staticmethod
    def _rate(line: RateLine) -> str:
        return tr("{rate} mL/h", rate=line.rate)

    @staticmethod
    def _since(line: RateLine) -> str:
        return tr("since {time}", time=line.since)
