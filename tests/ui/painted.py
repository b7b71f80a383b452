"""What a widget really paints: every piece of text with its place, as a recording device saw it.

For words that are drawn by hand or by a delegate, which no size hint and no label tells about.
"""

from attrs import frozen
from PySide6.QtCore import QPoint, QPointF, QRectF, QSize
from PySide6.QtGui import (
    QFontMetricsF,
    QPaintDevice,
    QPaintEngine,
    QPaintEngineState,
    QPixmap,
    QRegion,
    QTextItem,
    QTransform,
)
from PySide6.QtWidgets import QWidget

__all__ = ["PaintedText", "painted_texts"]


@frozen
class PaintedText:
    """One piece of text as it was drawn.

    Attributes:
        text: The words, as drawn: shortened ones end in an ellipsis.
        place: Where they lie, in coordinates of the widget.
        clip: What of it the painter let through; null where it set no bounds.
    """

    text: str
    place: QRectF
    clip: QRectF


def painted_texts(widget: QWidget) -> list[PaintedText]:
    """Everything that a widget writes on itself, without its children."""
    recorder = _Recorder()
    paper = _Paper(widget.size(), recorder)
    widget.render(paper, QPoint(), QRegion(), QWidget.RenderFlag(0))
    return recorder.texts


class _Recorder(QPaintEngine):
    def __init__(self) -> None:
        super().__init__(QPaintEngine.PaintEngineFeature.AllFeatures)
        self.texts: list[PaintedText] = []
        self._moved = QTransform()
        self._clip = QRectF()

    def begin(self, _device: QPaintDevice) -> bool:
        self.setActive(True)
        return True

    def end(self) -> bool:
        self.setActive(False)
        return True

    def type(self) -> QPaintEngine.Type:
        return QPaintEngine.Type.User

    def updateState(self, state: QPaintEngineState) -> None:
        changed = state.state()
        if changed & QPaintEngine.DirtyFlag.DirtyTransform:
            self._moved = state.transform()
        if changed & (
            QPaintEngine.DirtyFlag.DirtyClipRegion
            | QPaintEngine.DirtyFlag.DirtyClipPath
            | QPaintEngine.DirtyFlag.DirtyClipEnabled
        ):
            bounds = QRectF(state.clipRegion().boundingRect())
            self._clip = self._moved.mapRect(bounds) if state.isClipEnabled() else QRectF()

    def drawTextItem(self, point: QPointF, item: QTextItem) -> None:
        # Only as high as the letters are: the air of a line may well reach out of its widget.
        tight = QFontMetricsF(item.font()).tightBoundingRect(item.text())
        box = QRectF(point.x(), point.y() + tight.top(), item.width(), tight.height())
        self.texts.append(PaintedText(item.text(), self._moved.mapRect(box), self._clip))

    def drawPixmap(self, _to: QRectF, _pixmap: QPixmap, _from: QRectF) -> None:
        """Pictures carry no words."""


def _nothing(_engine: QPaintEngine, *_shape: object) -> None:
    """Shapes carry no words."""


for _name in (
    "drawPath",
    "drawPolygon",
    "drawRects",
    "drawLines",
    "drawEllipse",
    "drawImage",
    "drawTiledPixmap",
    "drawPoints",
):
    setattr(_Recorder, _name, _nothing)


class _Paper(QPaintDevice):
    def __init__(self, size: QSize, recorder: _Recorder) -> None:
        super().__init__()
        self._size, self._recorder = size, recorder

    def paintEngine(self) -> QPaintEngine:
        return self._recorder

    def metric(self, metric: QPaintDevice.PaintDeviceMetric) -> int:
        kinds = QPaintDevice.PaintDeviceMetric
        sizes = {
            kinds.PdmWidth: self._size.width(),
            kinds.PdmHeight: self._size.height(),
            kinds.PdmNumColors: 2**24,
            kinds.PdmDepth: 32,
            kinds.PdmDevicePixelRatio: 1,
            kinds.PdmDevicePixelRatioScaled: 0x10000,
        }
        millimetres = (kinds.PdmWidthMM, kinds.PdmHeightMM)
        return sizes.get(metric, 300 if metric in millimetres else 96)
