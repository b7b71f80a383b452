"""The visit summary: one participant, one visit, as an unsigned PDF with places for signatures.

Equal models give equal bytes. It reads the model only, and says nothing of an arm.
"""

from attrs import frozen

from msclinic.reports.fonts import printable, text_width
from msclinic.reports.layout import CAPTION, HEIGHT, LABEL, MARGIN, WIDTH, Sheet, Style
from msclinic.reports.measures import draw_examination, draw_vitals
from msclinic.reports.painting import paint
from msclinic.reports.phrases import Phrases
from msclinic.reports.primitives import Line, Primitive, Rect, TextMark
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

_TITLE = Style(size=17, leading=22, weight=600)
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
    _title(sheet, words, model)
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


def _title(sheet: Sheet, words: Phrases, model: VisitSummary) -> None:
    right = sheet.left + sheet.width
    banner, study = model.banner, model.study
    sheet.write(words.tr("Visit summary"), sheet.left, sheet.y, _TITLE)
    sheet.write(banner.participant, right, sheet.y, _TITLE, "end")
    sheet.y += _TITLE.leading
    about = [study.registry, study.title]
    site = f"{study.site}, {study.place}" if study.place else study.site
    about.append(words.tr("site {site}", site=site) if site else "")
    if study.configuration:
        about.append(words.tr("study configuration {label}", label=study.configuration))
    person = [
        words.tr("b. {year}", year=banner.year_of_birth) if banner.year_of_birth else "",
        banner.sex,
        banner.course,
    ]
    who = " · ".join(text for text in person if text)
    wide = text_width(printable(who)[0], LABEL.size)
    sheet.write(who, right, sheet.y, LABEL, "end")
    for line in sheet.lines(
        " · ".join(text for text in about if text), sheet.width - wide - 20, LABEL
    ):
        sheet.write(line, sheet.left, sheet.y, LABEL)
        sheet.y += LABEL.leading
    sheet.y += 3
    sheet.add(Line(sheet.left, sheet.y, right, sheet.y, width=1.4))
    sheet.y += 9


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
    for index, page in enumerate(sheet.pages):
        frame: list[Primitive] = []
        if model.draft:
            frame += _draft_marks(words, first=index == 0)
        if index:
            frame += _running_head(words, model)
        frame += _footer(words, model, index + 1, total)
        page[:0] = frame


def _draft_marks(words: Phrases, *, first: bool) -> list[Primitive]:
    text = words.tr("DRAFT")
    y = MARGIN - 22 if first else MARGIN - 24
    note = words.tr("DRAFT: not for signature")
    size = min(110.0, 600 / text_width(text, 1, 600))
    width = text_width(note, 8.5, 600) + 16
    left = (WIDTH - width) / 2
    return [
        TextMark(WIDTH / 2, HEIGHT / 2 + 40, text, size, "sunken", 600, "middle", 55.0),
        Rect(left, y, width, 16, fill="attbg", stroke="att", line_width=0.7, radius=8),
        TextMark(WIDTH / 2, y + 11, note, 8.5, "att", 600, "middle"),
    ]


def _running_head(words: Phrases, model: VisitSummary) -> list[Primitive]:
    right = WIDTH - MARGIN
    visit = printable(f"{model.visit.title} ({model.visit.code})")[0]
    left_text = words.tr("Visit summary")
    participant = printable(model.banner.participant)[0]
    return [
        TextMark(MARGIN, MARGIN + 9, left_text, 9, "text", 600),
        TextMark(MARGIN + text_width(left_text, 9, 600) + 8, MARGIN + 9, visit, 9, "text2"),
        TextMark(right, MARGIN + 9, participant, 9, "text", 600, "end"),
        Line(MARGIN, MARGIN + 15, right, MARGIN + 15, width=0.8),
    ]


def _footer(words: Phrases, model: VisitSummary, number: int, total: int) -> list[Primitive]:
    source = model.provenance
    top = HEIGHT - MARGIN - 32
    lines = (
        words.tr(
            "Made {time} from journal position {position} · {head}",
            time=words.moment(source.made_at),
            position=source.journal_position,
            head=_grouped(source.journal_head),
        ),
        words.tr(
            "Study version {version} · {software} · {tongue}",
            version=_grouped(source.study_version),
            software=f"msclinic {source.software}",
            tongue=words.tr("in English"),
        ),
        words.tr("Contains no information on the arm. NEWS2 © Royal College of Physicians 2017."),
    )
    marks: list[Primitive] = [Line(MARGIN, top, WIDTH - MARGIN, top, colour="edge", width=0.7)]
    for index, text in enumerate(lines):
        marks.append(TextMark(MARGIN, top + 11 + index * 10, printable(text)[0], 7.5, "text2"))
    page = words.tr(
        "{participant} · {visit} · page {number} of {total}",
        participant=model.banner.participant,
        visit=model.visit.code,
        number=number,
        total=total,
    )
    marks.append(TextMark(WIDTH - MARGIN, top + 11, printable(page)[0], 8.5, "text2", 600, "end"))
    return marks


def _grouped(digest: str) -> str:
    """The first 16 digits of a hash in fours, so that people can compare them."""
    head = digest[:16]
    return " ".join(head[i : i + 4] for i in range(0, len(head), 4))
