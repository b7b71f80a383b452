"""The visits of a participant on a line of time: window, target day, and what has happened."""

from collections.abc import Sequence
from datetime import date, timedelta

from attrs import frozen
from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy

from msclinic.ui.icons import draw_icon
from msclinic.ui.participants.state import Look
from msclinic.ui.theme import Theme, current_theme
from msclinic.ui.widgets.base import Painted
from msclinic.wording import month_text, tr

__all__ = ["Timeline", "TimelineVisit"]

_HEIGHT = 88
_PAD_DAYS = 14
_CENTER = Qt.AlignmentFlag.AlignCenter


@frozen
class TimelineVisit:
    """One visit on the line.

    Attributes:
        code: Visit code.
        opens: First day of its window, or none.
        closes: Last day of its window, or none.
        target: Day aimed at, or none.
        day: Day it is booked for or happened on, or none.
        look: Its state.
        current: Whether it is the one at hand.
    """

    code: str
    opens: date | None
    closes: date | None
    target: date | None
    day: date | None
    look: Look
    current: bool = False

    @property
    def middle(self) -> date | None:
        """The day its name stands over."""
        return self.day or self.target or self.opens

    @property
    def days(self) -> list[date]:
        """Every day that must be in the picture."""
        return [day for day in (self.opens, self.closes, self.target, self.day) if day is not None]


class Timeline(Painted):
    """Windows as bars, targets as ticks, visits as icons, today as a line."""

    def __init__(self) -> None:
        super().__init__()
        self._visits: tuple[TimelineVisit, ...] = ()
        self._today: date | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Visits on a line of time"))

    def set_visits(self, visits: Sequence[TimelineVisit], today: date) -> None:
        """Show visits.

        Args:
            visits: In the schedule's order; those without any day are left out.
            today: The day at the site.
        """
        self._visits = tuple(visit for visit in visits if visit.middle is not None)
        self._today = today
        spoken = [
            f"{visit.code}: {visit.look.word}, {visit.middle:%Y-%m-%d}" for visit in self._visits
        ]
        self.setAccessibleDescription("; ".join(spoken))
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as there is room for."""
        theme = current_theme()
        return QSize(theme.px(480), theme.px(_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        """Names stand above each other where they would meet."""
        return QSize(320, current_theme().px(_HEIGHT))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw months, windows, visits and today."""
        if not self._visits or self._today is None:
            return
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        days = [day for visit in self._visits for day in visit.days] + [self._today]
        first = min(days) - timedelta(days=_PAD_DAYS)
        last = max(days) + timedelta(days=_PAD_DAYS)
        scale = self.width() / max((last - first).days, 1)

        def x(day: date) -> float:
            return (day - first).days * scale

        self._paint_months(painter, theme, first, last, scale)
        self._paint_today(painter, theme, x(self._today))
        # Windows first: those that overlap must not cover each other's marks.
        for visit in self._visits:
            if visit.opens is not None and visit.closes is not None:
                self._paint_window(painter, theme, visit, x(visit.opens), x(visit.closes))
        busy = -1.0
        for visit in self._visits:
            if visit.middle is not None:
                busy = self._paint_visit(painter, theme, visit, x(visit.middle), busy)
        painter.end()

    def _paint_months(
        self, painter: QPainter, theme: Theme, first: date, last: date, scale: float
    ) -> None:
        line = theme.line("caption")
        painter.setFont(theme.font("caption"))
        painter.setPen(QPen(theme.color("edge"), 1))
        painter.drawLine(0, line + 2, self.width(), line + 2)
        month = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
        busy = 0
        while month <= last:
            at = round((month - first).days * scale)
            text = month_text(month, year=month.month == 1 or busy == 0)
            width = QFontMetrics(painter.font()).horizontalAdvance(text)
            painter.setPen(theme.color("edge"))
            painter.drawLine(at, line - 4, at, line + 2)
            if at + 4 >= busy and at + 4 + width <= self.width():
                painter.setPen(theme.color("text2"))
                painter.drawText(QRect(at + 4, 0, width + 2, line), _CENTER, text)
                busy = at + 4 + width + 8
            month = (month + timedelta(days=32)).replace(day=1)

    def _paint_today(self, painter: QPainter, theme: Theme, at: float) -> None:
        top = theme.line("caption") + 2
        painter.setPen(QPen(theme.color("accent"), 1.5))
        painter.drawLine(round(at), top, round(at), self.height())

    def _bar(self, theme: Theme) -> tuple[int, int]:
        height = theme.px(14)
        return self.height() - height - theme.px(8), height

    def _paint_window(
        self, painter: QPainter, theme: Theme, visit: TimelineVisit, left: float, right: float
    ) -> None:
        top, height = self._bar(theme)
        rect = QRectF(left, top, max(right - left, 4.0), height)
        painter.setPen(QPen(theme.color("accent" if visit.current else "edge"), 1))
        painter.setBrush(theme.color("accentbg" if visit.current else "sunken"))
        painter.drawRoundedRect(rect, 4, 4)

    def _paint_visit(
        self, painter: QPainter, theme: Theme, visit: TimelineVisit, at: float, busy: float
    ) -> float:
        top, height = self._bar(theme)
        tone = "accent" if visit.current else "text"
        painter.setFont(theme.font("label_strong"))
        width = QFontMetrics(painter.font()).horizontalAdvance(visit.code) + 2
        left = min(max(at - width / 2, busy), self.width() - width)
        line = theme.line("label_strong")
        painter.setPen(theme.color(tone))
        name = QRect(round(left), top - line - theme.px(6), width, line)
        painter.drawText(name, _CENTER, visit.code)
        if visit.day is None:
            painter.setPen(QPen(theme.color("text2"), 2))
            painter.drawLine(round(at), top - 3, round(at), top + height + 3)
        else:
            side = theme.px(18)
            x, y = round(at - side / 2), top + (height - side) // 2
            self._ground(painter, theme.color("bg"), x, y, side)
            draw_icon(painter, visit.look.icon, theme.color(visit.look.tone), x, y, side)
        return left + width + 4

    @staticmethod
    def _ground(painter: QPainter, fill: QColor, x: int, y: int, side: int) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawEllipse(x, y, side, side)
