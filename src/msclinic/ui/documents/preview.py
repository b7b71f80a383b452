"""The pages of a real PDF as pictures, drawn off the window's thread by pdfium.

It shows bytes that it was given and keeps no file.
"""

from collections.abc import Sequence
from threading import Lock

import pypdfium2 as pdfium  # type: ignore[import-untyped]
from attrs import frozen
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QWidget

from msclinic.ui.tasks import Operation, Tasks
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets import column, label
from msclinic.ui.widgets.base import Painted
from msclinic.wording import tr

__all__ = ["ZOOMS", "PdfPreview", "RenderedPages", "render_pages"]

ZOOMS = ("fit", "100", "150")
"""Fit the width, or percent of the paper's size at 96 dots an inch."""

_POINTS_AN_INCH, _DOTS_AN_INCH = 72, 96
_GAP, _EDGE = 16, 1

# pdfium is not safe in two threads at once.
_ONE_AT_A_TIME = Lock()


@frozen
class RenderedPages:
    """A document as pictures.

    Attributes:
        images: One a page, at the screen's own resolution.
        ratio: Screen pixels to a layout pixel.
    """

    images: tuple[QImage, ...]
    ratio: float


def render_pages(pdf: bytes, zoom: str, width: int, ratio: float) -> RenderedPages:
    """Draw every page.

    Args:
        pdf: The file.
        zoom: One of ``ZOOMS``.
        width: Room for a page in layout pixels, for ``fit``.
        ratio: Screen pixels to a layout pixel.
    """
    images = []
    with _ONE_AT_A_TIME:
        document = pdfium.PdfDocument(pdf)
        try:
            # Signatures are form fields: without this their faces stay blank.
            document.init_forms()
            for number in range(len(document)):
                page = document[number]
                if zoom == "fit":
                    scale = max(width, 200) / page.get_width()
                else:
                    scale = _DOTS_AN_INCH / _POINTS_AN_INCH * int(zoom) / 100
                images.append(_image(page.render(scale=scale * ratio, prefer_bgrx=True)))
        finally:
            document.close()
    return RenderedPages(tuple(images), ratio)


def _image(bitmap: pdfium.PdfBitmap) -> QImage:
    picture = QImage(
        bytes(bitmap.buffer),
        bitmap.width,
        bitmap.height,
        bitmap.stride,
        QImage.Format.Format_RGB32,
    )
    # The picture does not own the bytes it was made over.
    return picture.copy()


class PdfPreview(QScrollArea):
    """The pages of one document below each other.

    Signals:
        shown: How many pages there are, once they are drawn.
        failed: What was raised while they were drawn.
    """

    shown = Signal(int)
    failed = Signal(object)

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self._tasks = tasks
        self._pdf = b""
        self._zoom = ZOOMS[0]
        self._drawn_at = 0
        self._under_way: Operation | None = None
        self.setWidgetResizable(True)
        # A bar that comes and goes would change the width that a page has to fit.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setAccessibleName(tr("Pages of the document"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.set_words("")

    def spoken_role(self) -> QAccessible.Role:
        """Pages to look at."""
        return QAccessible.Role.Document

    def spoken_value(self) -> str:
        """What stands on them is in the PDF, not here."""
        return ""

    @property
    def zoom(self) -> str:
        """The zoom in force."""
        return self._zoom

    def set_pdf(self, pdf: bytes) -> None:
        """Show another document; empty bytes show nothing."""
        self._pdf = pdf
        self._draw()

    def set_zoom(self, zoom: str) -> None:
        """Draw at another zoom, one of ``ZOOMS``."""
        self._zoom = zoom
        self._draw()

    def set_words(self, words: str) -> None:
        """Show a sentence in place of the pages."""
        self._put([label(words, "body", "text2", wrap=True)] if words else [])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A page that fits the width follows it."""
        super().resizeEvent(event)
        if self._zoom == "fit" and self._pdf and abs(self._room() - self._drawn_at) > _GAP:
            self._draw()

    def release(self) -> None:
        """Drop the document and its pictures."""
        self._pdf = b""
        if self._under_way is not None:
            self._under_way.abandon()
            self._under_way = None
        self.set_words("")

    def _room(self) -> int:
        return max(0, self.viewport().width() - 2 * _GAP - 2 * _EDGE)

    def _draw(self) -> None:
        if self._under_way is not None:
            self._under_way.abandon()
            self._under_way = None
        if not self._pdf:
            self.set_words("")
            return
        pdf, zoom, width = self._pdf, self._zoom, self._room()
        ratio = self.devicePixelRatioF()
        self._drawn_at = width
        self._under_way = self._tasks.read(
            lambda: render_pages(pdf, zoom, width, ratio), self._drawn, self.failed.emit
        )

    def _drawn(self, pages: RenderedPages) -> None:
        self._under_way = None
        at = self.verticalScrollBar().value()
        self._put(
            [
                _Page(image, pages.ratio, number, len(pages.images))
                for number, image in enumerate(pages.images, start=1)
            ]
        )
        self.verticalScrollBar().setValue(at)
        self.shown.emit(len(pages.images))

    def _put(self, widgets: Sequence[QWidget]) -> None:
        holder = QWidget()
        holder.setProperty("page", True)
        lines = column(gap=_GAP, margins=(_GAP, _GAP, _GAP, _GAP))
        for widget in widgets:
            lines.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        lines.addStretch(1)
        holder.setLayout(lines)
        self.setWidget(holder)


class _Page(Painted):
    def __init__(self, image: QImage, ratio: float, number: int, total: int) -> None:
        super().__init__()
        self._image, self._ratio = image, ratio
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Page {number} of {total}", number=number, total=total))

    def sizeHint(self) -> QSize:
        """The page with its edge."""
        width, height = self._image.width(), self._image.height()
        return QSize(
            round(width / self._ratio) + 2 * _EDGE, round(height / self._ratio) + 2 * _EDGE
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the paper as it is, in every theme."""
        painter = QPainter(self)
        painter.drawImage(self.rect().adjusted(1, 1, -1, -1), self._image)
        painter.setPen(current_theme().color("edge"))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()
