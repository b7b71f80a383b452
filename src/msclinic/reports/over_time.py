"""The document "Participant over time": the picture of the screen on paper, and every value.

It is never signed, so each page says that it is a draft. Equal models give equal bytes.
"""

from collections.abc import Sequence

from msclinic.reports.layout import CAPTION, Cell, Column, Sheet, Style
from msclinic.reports.over_time_chart import event_blocks, legend_block, panel_blocks
from msclinic.reports.over_time_events import event_words
from msclinic.reports.over_time_frame import Block, Frame, axis_block
from msclinic.reports.over_time_model import OverTime, TimePoint
from msclinic.reports.over_time_words import point_state, series_name
from msclinic.reports.page_frame import draft_marks, draw_title, footer, running_head
from msclinic.reports.painting import paint
from msclinic.reports.phrases import Phrases
from msclinic.reports.primitives import Primitive
from msclinic.reports.summary import BuiltDocument

__all__ = ["build_over_time"]

_LETTERS = 7.5
_NAME = Style(weight=600)
_ALARMS = frozenset({"low", "high", "critical_low", "critical_high", "critical_possible"})


def build_over_time(model: OverTime, language: str) -> BuiltDocument:
    """Draw the document.

    Args:
        model: What it says, as far as the reader may see it.
        language: ``en`` or ``pl``.

    Raises:
        MissingGlyphs: A word of ours has a letter that the fonts lack.
    """
    words = Phrases(language, model.zone)
    sheet = Sheet()
    title = words.tr("Participant over time")
    draw_title(sheet, words, title, model.banner, model.study)
    frame = Frame(model, sheet.width, _LETTERS, language)
    blocks = [block for panel in model.panels for block in panel_blocks(frame, panel)]
    if model.events is not None:
        blocks += event_blocks(frame, model.events)
    unprinted = sum(block.unprinted for block in blocks)
    legend = legend_block(frame, model.panels, model.events or (), unprinted)
    _picture(sheet, axis_block(frame), blocks)
    sheet.ensure(legend.height)
    _put(sheet, legend)
    _values(sheet, words, model)
    _events(sheet, words, model)
    if sheet.replaced:
        sheet.gap(6)
        sheet.paragraph(
            words.tr("[U+…] stands for a character that this document's fonts cannot print."),
            CAPTION,
        )
    _frame_pages(sheet, words, model, title)
    software = f"msclinic {model.provenance.software}"
    pdf = paint(sheet.pages, title="Participant over time", author=software, language=language)
    return BuiltDocument(pdf, (), len(sheet.pages))


def _picture(sheet: Sheet, axis: Block, blocks: Sequence[Block]) -> None:
    """Strips under axis and title, which every page repeats; no title is alone at a foot."""
    _put(sheet, axis)
    title: Block | None = None
    for number, block in enumerate(blocks):
        needed = block.height
        if block.heading and number + 1 < len(blocks):
            needed += blocks[number + 1].height
        if needed > sheet.room:
            sheet.new_page()
            _put(sheet, axis)
            if title is not None and not block.heading:
                _put(sheet, title)
        title = block if block.heading else title
        _put(sheet, block)


def _put(sheet: Sheet, block: Block) -> None:
    sheet.place(block.marks, sheet.left, sheet.y)
    sheet.y += block.height


def _values(sheet: Sheet, words: Phrases, model: OverTime) -> None:
    """Every value of every series with its day, its visit and what must be known of it."""
    day, visit, value = 66.0, 44.0, 110.0
    rest = sheet.width - day - visit - value
    for panel in model.panels:
        if panel.series:
            sheet.heading(panel.title, keep=60.0)
        for series in panel.series:
            columns = (
                Column(words.tr("Day"), day),
                Column(words.tr("Visit"), visit),
                Column(words.tr("Value"), value),
                Column(words.tr("Note"), rest),
            )
            sheet.ensure(_NAME.leading + 40.0)
            sheet.gap(4)
            sheet.paragraph(series_name(series), _NAME)
            judged = [text for text in (series.reference, series.worsening) if text]
            if judged:
                sheet.paragraph(" · ".join(judged), CAPTION)
            sheet.table(columns, [_row(words, point) for point in series.points])
            for text in series.undated:
                sheet.paragraph(words.tr("Without a day: {values}.", values=text), CAPTION)


def _row(words: Phrases, point: TimePoint) -> tuple[str | Cell, ...]:
    alarm = point.flag in _ALARMS
    text = Cell(point.text, colour="stop" if alarm else None, weight=600 if alarm else 500)
    state = point_state(point, words.language)
    note = Cell(state, colour="att", weight=600) if point.worsened else state
    return words.date(point.day), point.visit, text, note


def _events(sheet: Sheet, words: Phrases, model: OverTime) -> None:
    if not model.events:
        return
    columns = (
        Column(words.tr("No."), 28.0),
        Column(words.tr("Event"), 190.0),
        Column(words.tr("Grade, dates"), sheet.width - 218.0),
    )
    sheet.heading(words.tr("Adverse events"))
    rows = []
    for event in model.events:
        said = event_words(event, words.language)
        if event.serious:
            said = f"{words.tr('serious')} · {said}"
        rows.append((str(event.number), event.term, said))
    sheet.table(columns, rows)


def _frame_pages(sheet: Sheet, words: Phrases, model: OverTime, title: str) -> None:
    total = len(sheet.pages)
    detail = words.tr("{start} to {end}", start=words.date(model.start), end=words.date(model.end))
    last = words.tr("Contains only what the role of the person who made it may see.")
    for index, page in enumerate(sheet.pages):
        marks: list[Primitive] = draft_marks(words, first=index == 0)
        if index:
            marks += running_head(title, detail, model.banner.participant)
        number = words.tr(
            "{participant} · page {number} of {total}",
            participant=model.banner.participant,
            number=index + 1,
            total=total,
        )
        page[:0] = [*marks, *footer(words, model.provenance, last, number)]
