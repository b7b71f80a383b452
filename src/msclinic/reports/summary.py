"""The visit summary: one participant, one visit, as an unsigned PDF with places for signatures.

Equal models give equal bytes. It reads the model only, and says nothing of an arm.
"""

from attrs import frozen

from msclinic.reports.layout import CAPTION, HEIGHT, Sheet, Style
from msclinic.reports.measures import draw_examination, draw_vitals
from msclinic.reports.page_frame import draft_marks, draw_title, footer, running_head
from msclinic.reports.painting import paint
from msclinic.reports.phrases import Phrases
from msclinic.reports.primitives import Primitive
from msclinic.reports.sections import (
    draw_adverse_events,
    draw_checklist,
    draw_deviations,
    draw_facts,
    draw_gates,
    draw_head,
    draw_infusion,
    draw_notes,
    draw_signatures,
)
from msclinic.reports.summary_model import VisitSummary

__all__ = ["BuiltDocument", "FieldPlace", "build_summary"]

_BOX_HEIGHT = 76.0
_BOX_HEAD = 18.0
_BOX_PAD = 6.0


@frozen
class FieldPlace:
    """Where a signature goes.

    Attributes:
        name: ``nurse`` or ``physician``.
        page: Page index, from 0.
        box: Left, bottom, right, top in points from the bottom left corner of the page.
    """

    name: str
    page: int
    box: tuple[float, float, float, float]


@frozen
class BuiltDocument:
    """A finished, unsigned document.

    Attributes:
        pdf: The file.
        fields: Places for signatures, in the order of signing; none on a draft.
        pages: How many pages it has.
    """

    pdf: bytes
    fields: tuple[FieldPlace, ...]
    pages: int


def build_summary(model: VisitSummary, language: str | None = None) -> BuiltDocument:
    """Draw a visit summary.

    Args:
        model: What it says.
        language: Of the program's own words; the model's language if left out.

    Returns:
        The PDF and the places of its two signatures.

    Raises:
        MissingGlyphs: A word of ours has a letter that the fonts lack.
    """
    language = language or model.provenance.language
    words = Phrases(language, model.zone, model.visit.day)
    sheet = Sheet()
    draw_title(sheet, words, words.tr("Visit summary"), model.banner, model.study)
    draw_head(sheet, words, model)
    if model.infusion is not None:
        draw_infusion(sheet, words, model.infusion)
    draw_vitals(sheet, words, model)
    draw_examination(sheet, words, model.edss, model.trend)
    draw_adverse_events(sheet, words, model.adverse_events)
    draw_deviations(sheet, words, model.deviations)
    draw_facts(sheet, words.tr("Since the last visit"), model.since_last_visit)
    draw_facts(sheet, words.tr("Still to follow"), model.to_follow)
    draw_notes(sheet, words, model.notes)
    draw_checklist(sheet, words, model.checklist)
    draw_gates(sheet, words, model.gates)
    draw_signatures(sheet, words, model.signatures)
    if sheet.replaced:
        sheet.gap(6)
        sheet.paragraph(
            words.tr("[U+…] stands for a character that this document's fonts cannot print."),
            CAPTION,
        )
    fields = _signature_boxes(sheet, words, model)
    _frame_pages(sheet, words, model)
    software = f"msclinic {model.provenance.software}"
    pdf = paint(sheet.pages, title="Visit summary", author=software, language=language)
    return BuiltDocument(pdf, fields, len(sheet.pages))


def _signature_boxes(sheet: Sheet, words: Phrases, model: VisitSummary) -> tuple[FieldPlace, ...]:
    """Two boxes of fixed size, side by side and never parted."""
    sheet.heading(words.tr("Signatures of this document"), keep=_BOX_HEIGHT + 6)
    sheet.gap(3)
    gap = 12.0
    width = (sheet.width - gap) / 2
    places: list[FieldPlace] = []
    for index, (name, title) in enumerate(
        (("nurse", words.tr("Infusion nurse")), ("physician", words.tr("Treating physician")))
    ):
        x = sheet.left + index * (width + gap)
        sheet.frame(x, sheet.y, width, _BOX_HEIGHT)
        sheet.write(
            title, x + _BOX_PAD + 2, sheet.y + 4, Style(size=8.5, weight=600, colour="text2")
        )
        if model.draft:
            sheet.write(
                words.tr("Draft: cannot be signed"),
                x + _BOX_PAD + 2,
                sheet.y + 4 + 14,
                Style(size=8.5, weight=500, colour="att"),
            )
            continue
        top = HEIGHT - sheet.y - _BOX_HEAD
        bottom = HEIGHT - sheet.y - _BOX_HEIGHT + 3
        box = (x + _BOX_PAD, bottom, x + width - _BOX_PAD, top)
        places.append(FieldPlace(name, len(sheet.pages) - 1, box))
    sheet.y += _BOX_HEIGHT
    return tuple(places)


def _frame_pages(sheet: Sheet, words: Phrases, model: VisitSummary) -> None:
    """Running head, footer with the page's number, and the mark of a draft."""
    total = len(sheet.pages)
    detail = f"{model.visit.title} ({model.visit.code})"
    last = words.tr("Contains no information on the arm. NEWS2 © Royal College of Physicians 2017.")
    for index, page in enumerate(sheet.pages):
        frame: list[Primitive] = []
        if model.draft:
            frame += draft_marks(words, first=index == 0)
        if index:
            title = words.tr("Visit summary")
            frame += running_head(title, detail, model.banner.participant)
        number = words.tr(
            "{participant} · {visit} · page {number} of {total}",
            participant=model.banner.participant,
            visit=model.visit.code,
            number=index + 1,
            total=total,
        )
        frame += footer(words, model.provenance, last, number)
        page[:0] = frame
