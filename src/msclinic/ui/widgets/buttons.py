"""Buttons: one primary act to a screen, outlined ones, links, and STOP.

A button that cannot be pressed says why in its second line; none of them asks anything of a store.
"""

from attrs import frozen
from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy

from msclinic.ui.icons import draw_icon
from msclinic.ui.theme import Theme, current_theme
from msclinic.ui.widgets.base import is_enter, paint_frame

__all__ = ["BUTTON_KINDS", "Button", "paint_key"]


@frozen
class _Look:
    fill: str | None
    edge: str | None
    ink: str
    width: int = 1


# How a kind of button is drawn; colours are tokens.
BUTTON_KINDS = {
    "primary": _Look("accent", None, "accenttext"),
    "outlined": _Look("surface", "edge", "text"),
    "chosen": _Look("accentbg", "accent", "accent", 2),
    "accent_outlined": _Look("surface", "accent", "accent"),
    "plain": _Look(None, None, "accent"),
    "quiet": _Look(None, None, "text2"),
    "stop": _Look("stopsolid", None, "stopsolidtext"),
    "stop_outlined": _Look("surface", "stopsolid", "stop", 2),
    "stop_pressed": _Look("stopbg", "stopsolid", "stop", 2),
    "emergency": _Look("surface", "stop", "stop"),
}
# Kinds without a frame: a link, and a word in the top line.
_BARE = ("plain", "quiet")
_KEY = 20


def paint_key(painter: QPainter, rect: QRect, key: str, ink: QColor, *, boxed: bool) -> None:
    """Draw the digit or letter that presses something."""
    theme = current_theme()
    if boxed:
        paint_frame(painter, rect, fill=theme.color("bg"), edge=theme.color("line"), radius=4)
    painter.setFont(theme.font("caption"))
    painter.setPen(ink)
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, key)


class Button(QPushButton):
    """A button of the house.

    Signals:
        clicked: Pressed, by mouse, touch or key.
    """

    def __init__(
        self,
        text: str,
        kind: str = "outlined",
        *,
        icon: str = "",
        trailing: str = "",
        key: str = "",
        detail: str = "",
        size: int = 44,
    ):
        """Make a button.

        Args:
            text: Its word; names the act.
            kind: One of ``BUTTON_KINDS``.
            icon: Name of the icon before the word.
            trailing: Name of the icon after it, such as ``next`` where Enter presses it.
            key: Digit or letter printed in a box before the word.
            detail: A quiet second line.
            size: Height at 100 %: 36, 40, 44, 48 or 56.
        """
        super().__init__(text)
        self._kind, self._icon, self._trailing = kind, icon, trailing
        self._key, self._detail, self._size = key, detail, size
        self._stacked = False
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._name_it()

    @property
    def kind(self) -> str:
        """How it is drawn now."""
        return self._kind

    def set_text(self, text: str) -> None:
        """Give it another word."""
        self.setText(text)
        self._name_it()
        self.updateGeometry()

    def set_keys(self, keys: str, what: str = "") -> None:
        """Say which keys press it wherever the focus is; for one that takes no focus itself.

        Args:
            keys: Such as ``Ctrl D``.
            what: What it does, where its word does not say so.
        """
        self.setProperty("keys", keys)
        self.setToolTip(f"{what} · {keys}" if what else keys)

    def set_detail(self, detail: str) -> None:
        """Give it another second line; empty for none."""
        self._detail = detail
        self._name_it()
        self.updateGeometry()
        self.update()

    def set_kind(self, kind: str) -> None:
        """Draw it as another kind."""
        self._kind = kind
        self.update()

    def set_icon(self, icon: str) -> None:
        """Put another icon before its word."""
        self._icon = icon
        self.update()

    def set_stacked(self, stacked: bool) -> None:
        """Put the icon over the word, where there is no room beside it."""
        self._stacked = stacked
        self.updateGeometry()
        self.update()

    def set_off(self, why: str) -> None:
        """Make it unpressable and say why; an empty reason makes it pressable again."""
        self.setEnabled(not why)
        self.set_detail(why)

    def set_pressed_at(self, time: str) -> None:
        """Show a tick and the time of the last press; it stays pressable."""
        self._icon = "stored"
        if self._kind in ("stop", "stop_outlined"):
            self._kind = "stop_pressed"
        self.set_detail(time)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses it as Space does; with Ctrl it is the screen's."""
        if is_enter(event):
            self.click()
            return
        super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Measure again when the look has changed."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Its words with their icons, at the height of its kind."""
        theme = current_theme()
        if self._stacked:
            metrics = QFontMetrics(theme.font("caption_strong"))
            words = max(self.text(), self._detail, key=metrics.horizontalAdvance)
            width = max(metrics.horizontalAdvance(words) + 16, theme.px(56))
            return QSize(width, theme.px(self._size))
        padding = 8 if self._kind in _BARE or self._key else (12 if self._size <= 40 else 16)
        return QSize(self._content_width(theme) + 2 * padding, theme.px(self._size))

    def minimumSizeHint(self) -> QSize:
        """It is never cut."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the button."""
        theme = current_theme()
        look = BUTTON_KINDS[self._kind]
        painter = QPainter(self)
        ink = theme.color(look.ink)
        fill = theme.color(look.fill) if look.fill else None
        edge = theme.color(look.edge) if look.edge else None
        if not self.isEnabled():
            ink, fill, edge = theme.color("text2"), theme.color("sunken"), theme.color("edge")
            if self._kind in _BARE:
                fill = edge = None
        elif self.isDown() or (self.underMouse() and self._kind not in _BARE):
            fill = self._shaded(fill or theme.color("surface"), ink, 18 if self.isDown() else 8)
        paint_frame(
            painter,
            self.rect(),
            fill=fill,
            edge=edge,
            radius=8,
            width=look.width if self.isEnabled() else 1,
            dashed=not self.isEnabled(),
        )
        if self.hasFocus():
            self._paint_focus(painter, theme, ink)
        if self._stacked:
            self._paint_stacked(painter, theme, ink)
        else:
            self._paint_content(painter, theme, ink)
        painter.end()

    def _paint_focus(self, painter: QPainter, theme: Theme, ink: QColor) -> None:
        solid = self._kind in ("primary", "stop")
        inset = 3 if solid else 0
        rect = self.rect().adjusted(inset, inset, -inset, -inset)
        color = ink if solid else theme.color("accent")
        paint_frame(painter, rect, fill=None, edge=color, radius=8 - inset, width=2)

    def _paint_stacked(self, painter: QPainter, theme: Theme, ink: QColor) -> None:
        side, line = theme.px(16), theme.line("caption")
        top = (self.height() - side - line - 2) // 2
        painter.setFont(theme.font("caption_strong"))
        painter.setPen(ink)
        if self._detail:
            first = QRect(0, (self.height() - 2 * line) // 2, self.width(), line)
            painter.drawText(first, Qt.AlignmentFlag.AlignCenter, self.text())
            second = first.translated(0, line)
            painter.drawText(second, Qt.AlignmentFlag.AlignCenter, self._detail)
            return
        if self._icon:
            draw_icon(painter, self._icon, ink, (self.width() - side) // 2, top, side)
        words = QRect(0, top + side + 2, self.width(), line)
        painter.drawText(words, Qt.AlignmentFlag.AlignCenter, self.text())

    def _paint_content(self, painter: QPainter, theme: Theme, ink: QColor) -> None:
        x = (self.width() - self._content_width(theme)) // 2
        middle = self.height() // 2
        side = self._icon_side(theme)
        if self._key:
            key = theme.px(_KEY)
            box = QRect(x, middle - key // 2, key, key)
            paint_key(painter, box, self._key, theme.color("text2"), boxed=True)
            x += key + 6
        two_lines = bool(self._detail)
        if self._icon and not two_lines:
            draw_icon(painter, self._icon, ink, x, middle - side // 2, side)
            x += side + 8
        painter.setPen(ink)
        width = self._text_width(theme)
        if two_lines:
            self._paint_two_lines(painter, theme, ink, x, width)
        else:
            painter.setFont(theme.font(self._type()))
            painter.drawText(QRect(x, 0, width, self.height()), _LEFT, self.text())
        x += width
        if self._trailing:
            draw_icon(painter, self._trailing, ink, x + 8, middle - side // 2, side)

    def _paint_two_lines(
        self, painter: QPainter, theme: Theme, ink: QColor, x: int, width: int
    ) -> None:
        top = theme.line("label_strong")
        y = (self.height() - top - theme.line("caption")) // 2
        painter.setFont(theme.font("label_strong"))
        words = QFontMetrics(painter.font()).horizontalAdvance(self.text())
        side = theme.px(16)
        start = x + (width - words - (side + 4 if self._icon else 0)) // 2
        if self._icon:
            draw_icon(painter, self._icon, ink, start, y + (top - side) // 2, side)
            start += side + 4
        painter.drawText(QRect(start, y, words + 2, top), _LEFT, self.text())
        painter.setFont(theme.font("caption"))
        box = QRect(x, y + top, width, theme.line("caption"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._detail)

    def _content_width(self, theme: Theme) -> int:
        width = self._text_width(theme)
        side = self._icon_side(theme)
        if self._key:
            width += theme.px(_KEY) + 6
        if self._icon and not self._detail:
            width += side + 8
        if self._trailing:
            width += side + 8
        return width

    def _text_width(self, theme: Theme) -> int:
        width = theme.words("label_strong" if self._detail else self._type(), self.text()) + 2
        if self._detail:
            if self._icon:
                width += theme.px(16) + 4
            width = max(width, theme.words("caption", self._detail) + 2)
        return width

    def _type(self) -> str:
        if self._kind == "quiet":
            return "secondary"
        if self._kind.startswith("stop") and self._size >= 48:
            return "section"
        return "label_strong" if self._size <= 40 or self._key else "body_strong"

    def _icon_side(self, theme: Theme) -> int:
        return theme.px(16 if self._size <= 36 else 20)

    def _name_it(self) -> None:
        self.setAccessibleName(f"{self.text()}, {self._detail}" if self._detail else self.text())

    @staticmethod
    def _shaded(ground: QColor, ink: QColor, percent: int) -> QColor:
        def mixed(under: int, over: int) -> int:
            return (under * (100 - percent) + over * percent) // 100

        return QColor(
            mixed(ground.red(), ink.red()),
            mixed(ground.green(), ink.green()),
            mixed(ground.blue(), ink.blue()),
        )


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
