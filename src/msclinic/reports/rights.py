"""The document "Rights and delegation": roles held, the delegation log, the rights matrix.

It says nothing of a participant and is never signed: each line of the log is an entry that whoever
delegated has signed in the journal. Equal models give equal bytes.
"""

from datetime import date, datetime, tzinfo

from attrs import frozen

from msclinic.reports.fonts import text_width
from msclinic.reports.layout import CAPTION, Cell, Column, Sheet, Style
from msclinic.reports.page_frame import draw_title, footer, running_head
from msclinic.reports.painting import paint
from msclinic.reports.phrases import Phrases
from msclinic.reports.primitives import Line, Primitive, TextMark
from msclinic.reports.summary import BuiltDocument
from msclinic.reports.summary_model import Banner, Provenance, StudyFacts

__all__ = [
    "DelegationRow",
    "HoldingRow",
    "MatrixRow",
    "RightsDocument",
    "RightsRole",
    "build_rights",
]

_NAME_WIDTH = 168.0
_SMALL = Style(size=8.0, leading=11.0)
_MARK = Style(size=8.0, leading=11.0, weight=600)
_HEAD = Style(size=7.5, leading=10.0, colour="text2", weight=600)
_TOP = 62.0


@frozen
class RightsRole:
    """A column of the matrix.

    Attributes:
        code: Role code.
        title: Short title.
        sponsor: Whether it is of the sponsor.
        masked: Whether its holders must not learn the arm.
    """

    code: str
    title: str
    sponsor: bool
    masked: bool


@frozen
class MatrixRow:
    """A row of the matrix.

    Attributes:
        name: What may be done.
        marks: One for each role; empty for no right.
        heading: Whether it opens a section.
    """

    name: str
    marks: tuple[str, ...] = ()
    heading: bool = False


@frozen
class HoldingRow:
    """A role that an account held.

    Attributes:
        account: Id.
        role: Title of the role.
        since: When it was granted.
        by: Who granted it, or none at the founding.
        state: A word on delegation or disabling, or empty.
    """

    account: str
    role: str
    since: datetime
    by: str | None
    state: str


@frozen
class DelegationRow:
    """A line of the delegation log.

    Attributes:
        account: Id.
        task: Title of the role.
        start: First day.
        end: Last day, or none.
        by: Who delegated, or none at the founding.
        at: When it was written.
        trained: Day of the training, or none.
        counts: Whether the line holds now.
    """

    account: str
    task: str
    start: date
    end: date | None
    by: str | None
    at: datetime
    trained: date | None
    counts: bool


@frozen
class RightsDocument:
    """What the document says.

    Attributes:
        study: The study and the site.
        provenance: From which position of the journal it comes.
        zone: Time zone of the site.
        moment: For which moment rights and roles are listed.
        roles: Columns of the matrix.
        matrix: Its rows.
        holdings: Who held which role at that moment.
        log: The delegation log as it is now, changes included.
    """

    study: StudyFacts
    provenance: Provenance
    zone: tzinfo
    moment: datetime
    roles: tuple[RightsRole, ...]
    matrix: tuple[MatrixRow, ...]
    holdings: tuple[HoldingRow, ...]
    log: tuple[DelegationRow, ...]


def build_rights(model: RightsDocument, language: str) -> BuiltDocument:
    """Draw the document.

    Args:
        model: What it says.
        language: ``en`` or ``pl``.

    Raises:
        MissingGlyphs: A word of ours has a letter that the fonts lack.
    """
    words = Phrases(language, model.zone)
    sheet = Sheet()
    title = words.tr("Rights and delegation")
    draw_title(sheet, words, title, Banner(participant=""), model.study)
    sheet.paragraph(words.tr("As of {time}.", time=words.moment(model.moment)), CAPTION)
    _holdings(sheet, words, model)
    _log(sheet, words, model)
    sheet.new_page()
    _matrix(sheet, words, model)
    _frame_pages(sheet, words, model, title)
    software = f"msclinic {model.provenance.software}"
    pdf = paint(sheet.pages, title="Rights and delegation", author=software, language=language)
    return BuiltDocument(pdf, (), len(sheet.pages))


def _holdings(sheet: Sheet, words: Phrases, model: RightsDocument) -> None:
    sheet.heading(words.tr("Accounts and roles"))
    columns = (
        Column(words.tr("Account"), 76.0),
        Column(words.tr("Role"), 150.0),
        Column(words.tr("Since"), 118.0),
        Column(words.tr("Granted by"), 76.0),
        Column(words.tr("Note"), sheet.width - 420.0),
    )
    rows = [
        (
            Cell(one.account, weight=600),
            one.role,
            words.moment(one.since),
            _by(words, one.by),
            Cell(one.state, colour="att") if one.state else "",
        )
        for one in model.holdings
    ]
    sheet.table(columns, rows)


def _log(sheet: Sheet, words: Phrases, model: RightsDocument) -> None:
    sheet.heading(words.tr("Delegation log"))
    columns = (
        Column(words.tr("Account"), 70.0),
        Column(words.tr("Task"), 128.0),
        Column(words.tr("From"), 62.0),
        Column(words.tr("To"), 62.0),
        Column(words.tr("Trained"), 62.0),
        Column(words.tr("Delegated by"), 70.0),
        Column(words.tr("Written"), sheet.width - 454.0),
    )
    rows = []
    for one in model.log:
        tone = None if one.counts else "text2"
        cells = (
            one.account,
            one.task,
            words.date(one.start),
            words.date(one.end) if one.end is not None else words.tr("no end"),
            words.date(one.trained) if one.trained is not None else "–",
            _by(words, one.by),
            words.date(one.at.astimezone(model.zone).date()),
        )
        rows.append(tuple(Cell(text, colour=tone) for text in cells))
    sheet.table(columns, rows)
    if any(not one.counts for one in model.log):
        sheet.gap(3)
        sheet.paragraph(words.tr("Grey lines were replaced by a later one."), CAPTION)


def _matrix(sheet: Sheet, words: Phrases, model: RightsDocument) -> None:
    sheet.heading(words.tr("Rights matrix"), keep=120.0)
    width = (sheet.width - _NAME_WIDTH) / max(len(model.roles), 1)
    _matrix_head(sheet, model, width)
    for number, row in enumerate(model.matrix):
        lines = sheet.lines(row.name, _NAME_WIDTH - 6, _MARK if row.heading else _SMALL)
        height = len(lines) * _SMALL.leading + 4
        following = 30.0 if row.heading and number + 1 < len(model.matrix) else 0.0
        if height + following > sheet.room:
            sheet.new_page()
            _matrix_head(sheet, model, width)
        top = sheet.y + 2
        style = _MARK if row.heading else _SMALL
        for place, line in enumerate(lines):
            sheet.write(line, sheet.left, top + place * style.leading, style)
        for place, mark in enumerate(row.marks):
            at = sheet.left + _NAME_WIDTH + (place + 0.5) * width
            if mark:
                sheet.write(mark, at, top, _MARK, "middle")
        sheet.y += height
        right = sheet.left + sheet.width
        sheet.add(Line(sheet.left, sheet.y, right, sheet.y, colour="line", width=0.5))
    sheet.gap(6)
    sheet.paragraph(words.tr("Underlined roles are of the sponsor; u: not masked."), CAPTION)


def _matrix_head(sheet: Sheet, model: RightsDocument, width: float) -> None:
    """Titles of the roles, turned upright: there are more of them than would fit side by side."""
    base = sheet.y + _TOP - 4
    for place, role in enumerate(model.roles):
        at = sheet.left + _NAME_WIDTH + (place + 0.5) * width + 3
        text = role.title if role.masked else f"{role.title} (u)"
        size = min(_HEAD.size, (_TOP - 10) / max(text_width(text, 1, 600), 0.1))
        length = text_width(text, size, 600)
        sheet.add(TextMark(at, base - length / 2, text, size, "text2", 600, "middle", 90.0))
        if role.sponsor:
            sheet.add(Line(at + 2.5, base, at + 2.5, base - length, colour="text2", width=0.6))
    sheet.y += _TOP
    right = sheet.left + sheet.width
    sheet.add(Line(sheet.left, sheet.y, right, sheet.y, colour="edge", width=0.7))


def _by(words: Phrases, account: str | None) -> str:
    return account or words.tr("founding")


def _frame_pages(sheet: Sheet, words: Phrases, model: RightsDocument, title: str) -> None:
    total = len(sheet.pages)
    last = words.tr("Holds nothing of a participant.")
    for index, page in enumerate(sheet.pages):
        marks: list[Primitive] = []
        if index:
            marks += running_head(title, words.moment(model.moment), model.study.site)
        number = words.tr("page {number} of {total}", number=index + 1, total=total)
        page[:0] = [*marks, *footer(words, model.provenance, last, number)]
