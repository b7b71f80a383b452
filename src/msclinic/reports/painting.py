"""Marks to PDF bytes: embedded fonts, fixed metadata, the same bytes for the same marks.

The file says "Visit summary" or the like and the language, nothing of the participant.
"""

import io
from collections.abc import Sequence

import pikepdf
from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

from msclinic.reports.fonts import font_name
from msclinic.reports.layout import HEIGHT, WIDTH
from msclinic.reports.primitives import Circle, Line, Polygon, Primitive, Rect, TextMark
from msclinic.reports.tokens import colour

__all__ = ["paint"]


def paint(pages: Sequence[Sequence[Primitive]], *, title: str, author: str, language: str) -> bytes:
    """Draw pages of marks as one PDF.

    Args:
        pages: Marks of each page, bottom one first.
        title: The file's title; it must not name the participant.
        author: The program and its version.
        language: Of the text, ``en`` or ``pl``.

    Returns:
        A PDF without a signature; equal arguments give equal bytes.
    """
    made = io.BytesIO()
    canvas = Canvas(
        made,
        pagesize=(WIDTH, HEIGHT),
        invariant=1,
        initialFontName=font_name(400),
        pageCompression=1,
    )
    for marks in pages:
        for mark in marks:
            _draw(canvas, mark)
        canvas.showPage()
    canvas.save()
    return _finished(made.getvalue(), title, author, language)


def _draw(canvas: Canvas, mark: Primitive) -> None:
    if isinstance(mark, TextMark):
        _draw_text(canvas, mark)
    elif isinstance(mark, Line):
        canvas.setStrokeColor(HexColor(colour(mark.colour)))
        canvas.setLineWidth(mark.width)
        canvas.setDash(list(mark.dash))
        canvas.line(mark.x1, HEIGHT - mark.y1, mark.x2, HEIGHT - mark.y2)
    else:
        _draw_shape(canvas, mark)


def _draw_shape(canvas: Canvas, mark: Rect | Circle | Polygon) -> None:
    if mark.fill:
        canvas.setFillColor(HexColor(colour(mark.fill)))
    if mark.stroke:
        canvas.setStrokeColor(HexColor(colour(mark.stroke)))
        canvas.setLineWidth(mark.line_width)
    filled, stroked = int(bool(mark.fill)), int(bool(mark.stroke))
    if isinstance(mark, Rect):
        canvas.setDash(list(mark.dash))
        bottom = HEIGHT - mark.y - mark.height
        if mark.radius:
            canvas.roundRect(
                mark.x, bottom, mark.width, mark.height, mark.radius, stroke=stroked, fill=filled
            )
        else:
            canvas.rect(mark.x, bottom, mark.width, mark.height, stroke=stroked, fill=filled)
    elif isinstance(mark, Circle):
        canvas.setDash(list(mark.dash))
        canvas.circle(mark.x, HEIGHT - mark.y, mark.radius, stroke=stroked, fill=filled)
    else:
        canvas.setDash([])
        path = canvas.beginPath()
        path.moveTo(mark.points[0][0], HEIGHT - mark.points[0][1])
        for x, y in mark.points[1:]:
            path.lineTo(x, HEIGHT - y)
        path.close()
        canvas.drawPath(path, stroke=stroked, fill=filled)


def _draw_text(canvas: Canvas, mark: TextMark) -> None:
    canvas.setFillColor(HexColor(colour(mark.colour)))
    canvas.setFont(font_name(mark.weight), mark.size)
    y = HEIGHT - mark.y
    if mark.angle:
        canvas.saveState()
        canvas.translate(mark.x, y)
        canvas.rotate(mark.angle)
        canvas.drawCentredString(0, 0, mark.text)
        canvas.restoreState()
    elif mark.anchor == "end":
        canvas.drawRightString(mark.x, y, mark.text)
    elif mark.anchor == "middle":
        canvas.drawCentredString(mark.x, y, mark.text)
    else:
        canvas.drawString(mark.x, y, mark.text)


def _finished(made: bytes, title: str, author: str, language: str) -> bytes:
    """Take out what reportlab adds unasked, and say title and language."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(made)) as pdf:
        for page in pdf.pages:
            if "/Trans" in page.obj:
                del page.obj["/Trans"]
            _drop_helvetica(page.obj)
        pdf.Root.Lang = pikepdf.String(language)
        pdf.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
        for key in list(pdf.docinfo.keys()):
            del pdf.docinfo[key]
        pdf.docinfo["/Title"] = title
        pdf.docinfo["/Author"] = author
        pdf.docinfo["/Producer"] = author
        pdf.remove_unreferenced_resources()
        pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return out.getvalue()


def _drop_helvetica(page: pikepdf.Object) -> None:
    """Forget the one font that reportlab names without embedding it; no text uses it."""
    if "/Resources" not in page or "/Font" not in page.Resources:
        return
    fonts = page.Resources.Font
    for name in list(fonts.keys()):
        if fonts[name].get("/BaseFont") == pikepdf.Name.Helvetica:
            del fonts[name]
