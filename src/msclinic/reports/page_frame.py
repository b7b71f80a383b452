"""What every page of a document has around its content: title, running head, footer, draft mark."""

from msclinic.reports.fonts import printable, text_width
from msclinic.reports.layout import HEIGHT, LABEL, MARGIN, WIDTH, Sheet, Style
from msclinic.reports.phrases import Phrases
from msclinic.reports.primitives import Line, Primitive, Rect, TextMark
from msclinic.reports.summary_model import Banner, Provenance, StudyFacts

__all__ = ["draft_marks", "draw_title", "footer", "running_head"]

_TITLE = Style(size=17, leading=22, weight=600)


def draw_title(sheet: Sheet, words: Phrases, title: str, banner: Banner, study: StudyFacts) -> None:
    """The head of the first page: what it is, about whom, of which study and site."""
    right = sheet.left + sheet.width
    sheet.write(title, sheet.left, sheet.y, _TITLE)
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


def draft_marks(words: Phrases, *, first: bool) -> list[Primitive]:
    """The mark of a draft, over the whole page and at its head."""
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


def running_head(title: str, detail: str, participant: str) -> list[Primitive]:
    """The head of every page but the first."""
    right = WIDTH - MARGIN
    after = MARGIN + text_width(title, 9, 600) + 8
    return [
        TextMark(MARGIN, MARGIN + 9, title, 9, "text", 600),
        TextMark(after, MARGIN + 9, printable(detail)[0], 9, "text2"),
        TextMark(right, MARGIN + 9, printable(participant)[0], 9, "text", 600, "end"),
        Line(MARGIN, MARGIN + 15, right, MARGIN + 15, width=0.8),
    ]


def footer(words: Phrases, source: Provenance, last: str, page: str) -> list[Primitive]:
    """From which record and study version a page comes, what it holds, and its number.

    Args:
        words: The document's words.
        source: Where it comes from.
        last: The last line, such as what it does not hold.
        page: Participant and number of the page.
    """
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
        last,
    )
    marks: list[Primitive] = [Line(MARGIN, top, WIDTH - MARGIN, top, colour="edge", width=0.7)]
    for index, text in enumerate(lines):
        marks.append(TextMark(MARGIN, top + 11 + index * 10, printable(text)[0], 7.5, "text2"))
    marks.append(TextMark(WIDTH - MARGIN, top + 11, printable(page)[0], 8.5, "text2", 600, "end"))
    return marks


def _grouped(digest: str) -> str:
    """The first 16 digits of a hash in fours, so that people can compare them."""
    head = digest[:16]
    return " ".join(head[i : i + 4] for i in range(0, len(head), 4))
