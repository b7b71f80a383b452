"""The measured part of a visit summary: vital signs with their chart, EDSS with its trend.

It draws what was measured and what a rule computed elsewhere; it scores nothing.
"""

from collections.abc import Sequence
from decimal import Decimal

from attrs import evolve

from msclinic.reports.chart import VitalsChart, news2_tone, vitals_chart
from msclinic.reports.day_model import Absent, Reading, VitalLimits, VitalsRow
from msclinic.reports.edss_chart import edss_trend
from msclinic.reports.layout import BODY, CAPTION, LABEL, Cell, Column, Sheet, Style
from msclinic.reports.phrases import DUE_STATES, Phrases
from msclinic.reports.summary_model import Edss, EdssTrend, VisitSummary

__all__ = ["draw_examination", "draw_vitals", "threshold_words"]

_BESIDE = 12
_STEP = Style(size=21, leading=27, weight=600)
_EMPTY = Style(colour="text2")
_Row = tuple[str | Cell, ...]


def draw_vitals(sheet: Sheet, words: Phrases, model: VisitSummary) -> None:
    """Chart and table: side by side where both are short, otherwise one below the other."""
    rows = model.vitals
    if not rows:
        sheet.heading(words.tr("Vital signs"))
        sheet.paragraph(words.tr("None recorded."), _EMPTY)
        _due_notes(sheet, words, model)
        return
    chart = VitalsChart(rows, model.due_points, model.limits, model.zone, words.language, size=8.0)
    plain = all(_plain(row) for row in rows)
    same_day = all(row.at.astimezone(model.zone).date() == model.visit.day for row in rows)
    beside = plain and same_day and len(rows) <= _BESIDE
    if beside:
        _draw_beside(sheet, words, model, chart)
    else:
        sheet.heading(words.tr("Vital signs"), keep=230)
        sheet.place(vitals_chart(chart, (sheet.width, 196.0)), sheet.left, sheet.y + 2)
        sheet.y += 208
        cells = [_wide_row(words, row, model.limits) for row in rows]
        columns = sheet.fitted(_wide_columns(words), cells, sheet.width + 6, widest=62)
        sheet.table(columns, cells)
    sheet.gap(2)
    if not beside:
        sheet.paragraph(_note(words, model, plain), CAPTION)
    _due_notes(sheet, words, model)


def _note(words: Phrases, model: VisitSummary, plain: bool) -> str:
    texts = (
        words.tr("On air and alert at every point.") if plain else "",
        words.tr("BP mmHg, pulse and respiration /min, SpO₂ %, temperature °C."),
        "" if plain else words.tr("O₂ in L/min, 0 is air."),
        words.tr("Shaded: usual systolic BP, SpO₂ and temperature.") if model.limits else "",
        model.vitals_note,
    )
    return " ".join(text for text in texts if text)


def _draw_beside(sheet: Sheet, words: Phrases, model: VisitSummary, chart: VitalsChart) -> None:
    rows = model.vitals
    gap = 16.0
    width = sheet.width * 0.46 - gap
    cells = [_narrow_row(words, row, model.limits) for row in rows]
    columns = sheet.fitted(_narrow_columns(words), cells, sheet.width - width - gap + 6, 60)
    # What the last column would take is shared out, so that figures stand evenly.
    spare = max(columns[-1].width - 44.0, 0.0) / (len(columns) - 1)
    columns = (
        *(evolve(column, width=column.width + spare) for column in columns[:-1]),
        evolve(columns[-1], width=min(columns[-1].width, 44.0)),
    )
    table = sheet.table_height(columns, cells)
    note = _note(words, model, plain=True)
    right = sheet.left + width + gap
    lines = sheet.lines(note, sheet.width - width - gap, CAPTION)
    height = max(table + 4 + len(lines) * CAPTION.leading, 190.0)
    sheet.heading(words.tr("Vital signs"), keep=height)
    top = sheet.y
    sheet.place(vitals_chart(chart, (width, max(min(height, 230.0), 190.0))), sheet.left, top)
    sheet.table(columns, cells, x=right)
    sheet.gap(4)
    sheet.paragraph(note, CAPTION, right, sheet.width - width - gap)
    sheet.y = max(sheet.y, top + height)


def _plain(row: VitalsRow) -> bool:
    readings = (
        row.systolic,
        row.diastolic,
        row.pulse,
        row.respiration,
        row.spo2,
        row.temperature,
    )
    measured = all(isinstance(value, Decimal) for value in readings)
    return measured and row.oxygen == Decimal(0) and row.consciousness == "A" and not row.note


def _narrow_columns(words: Phrases) -> tuple[Column, ...]:
    return (
        Column(words.tr("Point"), 34),
        Column(words.tr("Time"), 30),
        Column(words.tr("BP"), 40, "end"),
        Column(words.tr("Pulse"), 26, "end"),
        Column(words.tr("Resp"), 26, "end"),
        Column("SpO₂", 26, "end"),
        Column(words.tr("Temp"), 26, "end"),
        Column("NEWS2", 38, "end"),
    )


def _narrow_row(words: Phrases, row: VitalsRow, limits: VitalLimits | None) -> _Row:
    return (row.label, words.time(row.at), *_measured(words, row, limits), _news2(row))


def _wide_columns(words: Phrases) -> tuple[Column, ...]:
    titles = (
        (words.tr("BP"), 50),
        (words.tr("Pulse"), 36),
        (words.tr("Resp"), 36),
        ("SpO₂", 36),
        (words.tr("Temp"), 36),
        ("O₂", 28),
        ("ACVPU", 40),
        ("NEWS2", 44),
    )
    return (
        Column(words.tr("Point"), 40),
        Column(words.tr("Time"), 34),
        *(Column(title, width, "end") for title, width in titles),
        Column("", 8),
        Column(words.tr("Remark"), 80),
    )


def _wide_row(words: Phrases, row: VitalsRow, limits: VitalLimits | None) -> _Row:
    alert = row.consciousness
    awake: str | Cell
    if isinstance(alert, Absent):
        awake = Cell("–", colour="text2")
    else:
        awake = Cell(alert, colour=None if alert == "A" else "stop")
    oxygen = _reading(words, row.oxygen, row.oxygen != Decimal(0))
    return (
        row.label,
        words.time(row.at),
        *_measured(words, row, limits),
        oxygen,
        awake,
        _news2(row),
        "",
        _remark(words, row),
    )


def _remark(words: Phrases, row: VitalsRow) -> str:
    """Why values are missing, named once for each reason, then the note."""
    named: dict[str, list[str]] = {}
    values: tuple[tuple[str, object], ...] = (
        (words.tr("BP"), row.systolic),
        (words.tr("BP"), row.diastolic),
        (words.tr("Pulse"), row.pulse),
        (words.tr("Resp"), row.respiration),
        ("SpO₂", row.spo2),
        (words.tr("Temp"), row.temperature),
        ("O₂", row.oxygen),
        ("ACVPU", row.consciousness),
    )
    for name, value in values:
        if isinstance(value, Absent):
            names = named.setdefault(value.reason, [])
            if name not in names:
                names.append(name)
    remarks = [f"{', '.join(names)}: {reason}" for reason, names in named.items()]
    return "\n".join([*remarks, *([row.note] if row.note else [])])


def _measured(words: Phrases, row: VitalsRow, limits: VitalLimits | None) -> Sequence[str | Cell]:
    def odd(value: Reading, usual: tuple[Decimal, Decimal] | None) -> bool:
        return (
            isinstance(value, Decimal) and usual is not None and not usual[0] <= value <= usual[1]
        )

    pressure_odd = limits is not None and (
        odd(row.systolic, limits.systolic) or odd(row.diastolic, limits.diastolic)
    )
    pressure = f"{_figure(words, row.systolic)}/{_figure(words, row.diastolic)}"
    if isinstance(row.systolic, Absent) and isinstance(row.diastolic, Absent):
        pressure = "–"
    saturation = (limits.spo2, Decimal(100)) if limits is not None else None
    return (
        Cell(pressure, colour="stop" if pressure_odd else None),
        _reading(words, row.pulse, odd(row.pulse, limits.pulse if limits else None)),
        _reading(
            words, row.respiration, odd(row.respiration, limits.respiration if limits else None)
        ),
        _reading(words, row.spo2, odd(row.spo2, saturation)),
        _reading(
            words, row.temperature, odd(row.temperature, limits.temperature if limits else None)
        ),
    )


def _figure(words: Phrases, value: Reading) -> str:
    return words.number(value) if isinstance(value, Decimal) else "–"


def _reading(words: Phrases, value: Reading, odd: bool) -> Cell:
    if isinstance(value, Absent):
        return Cell("–", colour="text2")
    return Cell(words.number(value), colour="stop" if odd else None, weight=600 if odd else None)


def _news2(row: VitalsRow) -> Cell:
    tone = news2_tone(row.news2, row.any_three)
    text = "?" if row.news2 is None else str(row.news2)
    return Cell(text, colour="text" if tone == "ok" else tone, weight=600)


def _due_notes(sheet: Sheet, words: Phrases, model: VisitSummary) -> None:
    """Due points that were not simply done, in words."""
    told = [point for point in model.due_points if point.state != "done" or point.note]
    texts = []
    for point in told:
        state = words.tr(DUE_STATES[point.state])
        text = f"{point.label} ({words.time(point.due)}): {state}"
        texts.append(f"{text}, {point.note.rstrip('.')}" if point.note else text)
    if texts:
        sheet.gap(2)
        sheet.paragraph(f"{words.tr('Due points')}: {'; '.join(texts)}.", CAPTION)


def threshold_words(words: Phrases, trend: EdssTrend) -> str:
    """What the dashed line of the trend means; empty if there is none."""
    if trend.threshold is None:
        return ""
    threshold = words.number(trend.threshold)
    if trend.rise is None or trend.weeks is None:
        return words.tr("Dashed: {threshold}, worsening by the study's rule.", threshold=threshold)
    return words.tr(
        "Dashed: {threshold}, a rise of {rise} over baseline; worsening if confirmed after at"
        " least {weeks} weeks.",
        threshold=threshold,
        rise=words.number(trend.rise),
        weeks=trend.weeks,
    )


def draw_examination(
    sheet: Sheet, words: Phrases, edss: Edss | None, trend: EdssTrend | None
) -> None:
    """The rater's step beside the computed one, the systems, and the trend."""
    if edss is None and (trend is None or not trend.points):
        return
    gap = 16.0
    left_width, middle_width = 138.0, 196.0
    right_width = sheet.width - left_width - middle_width - 2 * gap
    columns = (
        Column(words.tr("System"), 102),
        Column(words.tr("grade"), 46, "end", Style(weight=600)),
        Column(words.tr("counts"), 54, "end", LABEL),
    )
    grades = (
        []
        if edss is None
        else [
            (
                g.system,
                Cell(str(g.grade), weight=600)
                if isinstance(g.grade, int)
                else Cell(g.grade.reason, colour="att", weight=400),
                g.counts,
            )
            for g in edss.grades
        ]
    )
    words_left = [] if edss is None else _step_lines(sheet, words, edss, left_width)
    tall = sum(style.leading for _text, style in words_left)
    shown = trend if trend is not None and trend.points else None
    explained = threshold_words(words, shown) if shown is not None else ""
    explained_lines = sheet.lines(explained, right_width, CAPTION) if explained else ()
    height = max(
        sheet.table_height(columns, grades) if grades else 0.0,
        tall,
        136.0 + len(explained_lines) * CAPTION.leading if shown is not None else 0.0,
    )
    sheet.heading(words.tr("Neurological examination"), keep=height)
    top = sheet.y
    y = top
    for text, style in words_left:
        sheet.write(text, sheet.left, y, style)
        y += style.leading
    if grades:
        sheet.table(columns, grades, x=sheet.left + left_width + gap)
    if shown is not None:
        sheet.y = top
        x = sheet.left + left_width + middle_width + 2 * gap
        sheet.write(words.tr("EDSS over the visits"), x, sheet.y, CAPTION)
        sheet.y += 14
        marks = edss_trend(shown, (right_width, 116.0), words.language)
        sheet.place(marks, x, sheet.y)
        sheet.y += 120
        if explained:
            sheet.paragraph(explained, CAPTION, x, right_width)
    sheet.y = top + height
    _examination_notes(sheet, words, edss)
    if shown is not None:
        steps = [
            f"{point.visit} {words.date(point.day)}: {words.number(point.step)}"
            for point in shown.points
        ]
        sheet.paragraph(f"EDSS: {'; '.join(steps)}.", CAPTION)


def _step_lines(sheet: Sheet, words: Phrases, edss: Edss, width: float) -> list[tuple[str, Style]]:
    signed = words.tr("EDSS, decided by the rater")
    if edss.rated_by:
        signed = words.tr("EDSS, rated by {account}", account=edss.rated_by)
    if edss.rated_at is not None:
        at = words.time(edss.rated_at)
        signed = words.tr("EDSS, signed by {account}, {time}", account=edss.rated_by, time=at)
    texts: list[tuple[str, Style]] = [(signed, LABEL)]
    if isinstance(edss.step, Decimal):
        texts.append((words.number(edss.step), _STEP))
    else:
        texts.append((edss.step.reason, Style(weight=600, colour="att")))
    if edss.baseline is not None:
        baseline = words.number(edss.baseline)
        texts.append((words.tr("Baseline {step}", step=baseline), LABEL))
    if edss.computed is not None:
        computed = words.number(edss.computed)
        differs = edss.computed != edss.step
        style = Style(colour="att", weight=600) if differs else BODY
        texts.append((words.tr("Computed {step}", step=computed), style))
    if edss.explanation and len(edss.explanation) <= 200:
        texts.append((edss.explanation, BODY))
    return [(line, style) for text, style in texts for line in sheet.lines(text, width, style)]


def _examination_notes(sheet: Sheet, words: Phrases, edss: Edss | None) -> None:
    if edss is None:
        return
    if len(edss.explanation) > 200:
        sheet.paragraph(edss.explanation)
    if edss.difference:
        sheet.gap(2)
        reason = words.tr("Why the rater's step differs: {reason}", reason=edss.difference)
        sheet.paragraph(reason)
    noted = [f"{grade.system}: {grade.note}" for grade in edss.grades if grade.note]
    texts = [*noted, *([edss.coding] if edss.coding else [])]
    if texts:
        sheet.gap(2)
        sheet.paragraph(" · ".join(texts), CAPTION)
