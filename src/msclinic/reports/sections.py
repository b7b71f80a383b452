"""The sections of a visit summary, each drawn on a sheet from its part of the model.

Every value of the model is printed; what is missing is said in words, never left blank or zero.
"""

from msclinic.reports.day_model import (
    ChecklistItem,
    ChecklistSection,
    Fact,
    Gate,
    Infusion,
    Outcome,
)
from msclinic.reports.layout import CAPTION, LABEL, Cell, Column, Sheet, Style
from msclinic.reports.phrases import GATE_STATES, OUTCOMES, PLACED, Phrases
from msclinic.reports.summary_model import (
    AdverseEvent,
    Banner,
    Deviation,
    Note,
    Signature,
    VisitFacts,
    VisitSummary,
)

__all__ = [
    "draw_adverse_events",
    "draw_checklist",
    "draw_deviations",
    "draw_facts",
    "draw_gates",
    "draw_head",
    "draw_infusion",
    "draw_notes",
    "draw_signatures",
]

_Pairs = list[tuple[str, str | Cell]]
_TONES: dict[str, str] = {"failed": "stop", "not_done": "att", "open": "att", "unknown": "att"}
_EMPTY = Style(colour="text2")


def draw_head(sheet: Sheet, words: Phrases, model: VisitSummary) -> None:
    """Participant, visit, window and what else stands at the top."""
    visit = model.visit
    pairs: _Pairs = [(words.tr("Visit"), Cell(_visit_title(words, visit), weight=600))]
    if visit.day is not None:
        day = words.date(visit.day)
        if visit.study_day is not None:
            day = words.tr("{date}, day {number}", date=day, number=visit.study_day)
        pairs.append((words.tr("Visit date"), day))
    if visit.window is not None:
        pairs.append((words.tr("Window"), _window(words, visit)))
    if visit.target is not None:
        pairs.append((words.tr("Target date"), words.date(visit.target)))
    if visit.days_since_first_infusion is not None:
        pairs.append((words.tr("Since infusion 1"), _days(words, visit.days_since_first_infusion)))
    if visit.days_since_previous_infusion is not None:
        pairs.append(
            (
                words.tr("Since last infusion"),
                _days(words, visit.days_since_previous_infusion),
            )
        )
    pairs.append((words.tr("Allergies"), _allergies(words, model.banner)))
    for gate in model.gates:
        if gate.code == "G1":
            pairs.append((words.tr("Fit to dose (G1)"), _gate_state(words, gate)))
    if visit.left_at is not None or visit.left_how:
        left = [words.time(visit.left_at)] if visit.left_at else []
        left += [visit.left_how] if visit.left_how else []
        pairs.append((words.tr("Left the clinic"), ", ".join(left)))
    number = len(model.deviations)
    pairs.append((words.tr("Deviations"), str(number) if number else words.tr("none")))
    pairs += [(fact.label, fact.value) for fact in model.facts]
    sheet.facts(pairs)


def _visit_title(words: Phrases, visit: VisitFacts) -> str:
    title = f"{visit.title} ({visit.code})" if visit.title else visit.code
    if visit.infusion_number is None:
        return title
    return words.tr("{visit}, infusion {number}", visit=title, number=visit.infusion_number)


def _window(words: Phrases, visit: VisitFacts) -> str:
    assert visit.window is not None
    first, last = (words.date(day) for day in visit.window)
    span = words.tr("{first} to {last}", first=first, last=last)
    return f"{span}: {words.tr(PLACED[visit.placed])}" if visit.placed else span


def _days(words: Phrases, number: int) -> str:
    return words.count(number, one="{count} day", other="{count} days")


def _allergies(words: Phrases, banner: Banner) -> str | Cell:
    if banner.allergies is None:
        return Cell(words.tr("not asked"), colour="att", weight=500)
    if not banner.allergies:
        return words.tr("none known")
    return Cell("; ".join(banner.allergies), weight=600)


def _gate_state(words: Phrases, gate: Gate) -> str | Cell:
    signed = "; ".join(words.signer(signer) for signer in gate.signers)
    state = words.tr(GATE_STATES[gate.state])
    text = f"{state}: {signed}" if signed else state
    return text if gate.state == "signed" else Cell(text, colour="att", weight=500)


def draw_checklist(sheet: Sheet, words: Phrases, sections: tuple[ChecklistSection, ...]) -> None:
    """Outcome of each section: counts, then each item that did not pass, then those that did."""
    if not sections:
        return
    sheet.heading(words.tr("Checklist"))
    for section in sections:
        _draw_section(sheet, words, section)


def _draw_section(sheet: Sheet, words: Phrases, section: ChecklistSection) -> None:
    sheet.ensure(40)
    counts = []
    for outcome, english in OUTCOMES.items():
        number = sum(item.outcome == outcome for item in section.items)
        if number:
            counts.append(f"{words.tr(english)} {number}")
    title = f"{section.code}  {section.title}"
    sheet.gap(2)
    for line in sheet.lines(title, sheet.width * 0.6, Style(weight=600)):
        sheet.write(line, sheet.left, sheet.y, Style(weight=600))
        sheet.y += 12.5
    sheet.write(
        " · ".join(counts) or words.tr("no items"),
        sheet.left + sheet.width,
        sheet.y - 12.5,
        LABEL,
        "end",
    )
    open_items = [i for i in section.items if i.outcome not in ("passed", "not_applicable")]
    if open_items:
        columns = (
            Column("", 30, style=LABEL),
            Column("", 196),
            Column("", 72),
            Column("", sheet.width - 298),
        )
        rows = [_item_row(words, item) for item in open_items]
        sheet.table(columns, rows, head=False, pad=0.8)
    outcomes: tuple[Outcome, ...] = ("passed", "not_applicable")
    for outcome in outcomes:
        texts = [_item_text(words, i) for i in section.items if i.outcome == outcome]
        if texts:
            label = words.tr("Passed") if outcome == "passed" else words.tr("Not applicable")
            sheet.paragraph(f"{label}: {'; '.join(texts)}.", CAPTION)
    sheet.gap(3)


def _item_row(words: Phrases, item: ChecklistItem) -> tuple[str | Cell, ...]:
    outcome = Cell(words.tr(OUTCOMES[item.outcome]), colour=_TONES.get(item.outcome), weight=600)
    return item.code, item.text, outcome, ". ".join(_remarks(words, item))


def _remarks(words: Phrases, item: ChecklistItem) -> list[str]:
    remarks = [text.rstrip(".") for text in (item.answer, item.note) if text]
    if item.override is not None:
        remarks.append(words.tr("Overridden: {signer}", signer=words.signer(item.override)))
    return remarks


def _item_text(words: Phrases, item: ChecklistItem) -> str:
    remarks = ", ".join(_remarks(words, item))
    return f"{item.code} {item.text} ({remarks})" if remarks else f"{item.code} {item.text}"


def draw_gates(sheet: Sheet, words: Phrases, gates: tuple[Gate, ...]) -> None:
    """Who opened which gate, and when."""
    if not gates:
        return
    sheet.heading(words.tr("Gates"))
    columns = (
        Column(words.tr("Gate"), 36, style=Style(weight=600)),
        Column("", 110),
        Column(words.tr("Signed by"), 150),
        Column(words.tr("State"), 100),
    )
    rows = []
    for gate in gates:
        signers = "\n".join(f"{words.person(s)}, {words.time(s.at)}" for s in gate.signers)
        state = words.tr(GATE_STATES[gate.state])
        tone = {"signed": "ok", "void": "stop", "expired": "att", "open": "att"}[gate.state]
        text = f"{state}. {gate.note}" if gate.note else state
        rows.append((gate.code, gate.name, signers, Cell(text, colour=tone, weight=500)))
    sheet.table(sheet.fitted(columns, rows, sheet.width + 6, widest=180), rows)


def draw_infusion(sheet: Sheet, words: Phrases, infusion: Infusion) -> None:
    """Times, volumes, rate steps and interruptions."""
    sheet.heading(words.tr("Infusion"))
    pairs: _Pairs = []
    kit = [infusion.kit] if infusion.kit else []
    if infusion.use_before is not None:
        kit.append(words.tr("use before {time}", time=words.time(infusion.use_before)))
    if kit:
        pairs.append((words.tr("Kit"), ", ".join(kit)))
    pairs.append((words.tr("Start, end"), _times(words, infusion)))
    pairs.append((words.tr("Rate steps"), _rates(words, infusion)))
    pairs.append((words.tr("Interruptions"), _interruptions(words, infusion)))
    pairs.append((words.tr("Volume given"), _volume(words, infusion)))
    if infusion.left is not None:
        pairs.append((words.tr("Volume left"), words.reading(infusion.left, "mL")))
    if infusion.flush is not None or infusion.flush_at is not None:
        flush = [words.reading(infusion.flush, "mL")] if infusion.flush is not None else []
        if infusion.flush_at is not None:
            flush.append(words.time(infusion.flush_at, seconds=True))
        pairs.append((words.tr("Flush"), ", ".join(flush)))
    for label, value in (
        (words.tr("Infusion line"), infusion.line),
        (words.tr("Reaction"), infusion.reaction),
        (words.tr("Completion"), infusion.completion),
    ):
        if value:
            pairs.append((label, value))
    pairs += [(fact.label, fact.value) for fact in infusion.facts]
    sheet.facts(pairs)


def _times(words: Phrases, infusion: Infusion) -> str | Cell:
    if infusion.start is None:
        return Cell(words.tr("not started"), colour="att", weight=500)
    start = words.time(infusion.start, seconds=True)
    if infusion.end is None:
        return words.tr("{start}, not ended", start=start)
    return words.tr(
        "{start} to {end} ({duration})",
        start=start,
        end=words.time(infusion.end, seconds=True),
        duration=words.duration(infusion.start, infusion.end),
    )


def _rates(words: Phrases, infusion: Infusion) -> str:
    lines = []
    for step in infusion.rate_steps:
        rate = f"{words.number(step.rate)} mL/h"
        start = words.time(step.start, seconds=True)
        if step.end is None:
            lines.append(words.tr("{rate} from {start}", rate=rate, start=start))
        else:
            lines.append(
                words.tr(
                    "{rate} from {start}, {duration}",
                    rate=rate,
                    start=start,
                    duration=words.duration(step.start, step.end),
                )
            )
    return "\n".join(lines) or words.tr("none recorded")


def _interruptions(words: Phrases, infusion: Infusion) -> str:
    lines = []
    for pause in infusion.interruptions:
        start = words.time(pause.start, seconds=True)
        parts = [
            words.tr("{start}, not ended", start=start)
            if pause.end is None
            else words.tr(
                "{start} to {end} ({duration})",
                start=start,
                end=words.time(pause.end, seconds=True),
                duration=words.duration(pause.start, pause.end),
            )
        ]
        parts += [pause.reason] if pause.reason else []
        if pause.volume is not None:
            volume = words.reading(pause.volume, "mL")
            parts.append(words.tr("after {volume}", volume=volume))
        lines.append(", ".join(parts))
    return "\n".join(lines) or words.tr("none")


def _volume(words: Phrases, infusion: Infusion) -> str | Cell:
    given = words.reading(infusion.given, "mL")
    if not given:
        return Cell(words.tr("not recorded"), colour="att", weight=500)
    if infusion.prescribed is None:
        return Cell(given, weight=600)
    whole = words.reading(infusion.prescribed, "mL")
    return Cell(words.tr("{given} of {prescribed}", given=given, prescribed=whole), weight=600)


def draw_adverse_events(sheet: Sheet, words: Phrases, events: tuple[AdverseEvent, ...]) -> None:
    """Each event with grade, seriousness, time, outcome and the physician's judgement."""
    sheet.heading(words.tr("Adverse events"))
    if not events:
        sheet.paragraph(words.tr("None recorded."), _EMPTY)
        return
    rest = sheet.width - 20 - 38 - 46 - 96 - 74 + 6
    columns = (
        Column("№", 20, style=LABEL),
        Column(words.tr("Event"), rest * 0.56),
        Column(words.tr("CTCAE grade"), 44),
        Column(words.tr("Serious"), 46),
        Column(words.tr("From, to"), 90),
        Column(words.tr("Outcome"), 74),
        Column(words.tr("Related to product"), rest * 0.44),
    )
    rows: list[tuple[str | Cell, ...]] = []
    for event in events:
        grade = event.grade.reason if not isinstance(event.grade, int) else str(event.grade)
        serious: str | Cell = words.tr("no")
        if event.serious:
            serious = Cell(words.tr("yes"), colour="stop", weight=600)
        about = [event.term]
        if event.action:
            about.append(words.tr("Product: {action}", action=event.action))
        if event.note:
            about.append(event.note)
        judged = event.relatedness or words.tr("not assessed")
        if event.assessed_by:
            judged = f"{judged} ({event.assessed_by})"
        end = event.end or words.tr("goes on")
        times = f"{event.onset or words.tr('onset unknown')}\n{end}"
        rows.append(
            (str(event.number), "\n".join(about), grade, serious, times, event.outcome, judged)
        )
    sheet.table(columns, rows)


def draw_deviations(sheet: Sheet, words: Phrases, deviations: tuple[Deviation, ...]) -> None:
    """What was not done as the protocol says."""
    sheet.heading(words.tr("Protocol deviations"))
    if not deviations:
        sheet.paragraph(words.tr("None recorded."), _EMPTY)
        return
    columns = (
        Column(words.tr("Category"), 84, style=LABEL),
        Column(words.tr("What happened"), 196),
        Column(words.tr("Class"), 60),
        Column(words.tr("Comment, signature"), sheet.width - 340 + 6),
    )
    rows: list[tuple[str | Cell, ...]] = []
    for deviation in deviations:
        comment = [deviation.comment] if deviation.comment else []
        if deviation.signed is not None:
            signed = deviation.signed
            comment.append(f"{words.person(signed)}, {words.time(signed.at)}")
        kind: str | Cell = deviation.classification
        if not deviation.classification:
            kind = Cell(words.tr("not classified"), colour="att", weight=500)
        rows.append((deviation.code, deviation.text, kind, "\n".join(comment)))
    sheet.table(columns, rows)


def draw_facts(sheet: Sheet, title: str, facts: tuple[Fact, ...]) -> None:
    """Lines of label and value under a heading; nothing if there are none."""
    if not facts:
        return
    sheet.heading(title)
    sheet.listing([(fact.label, fact.value) for fact in facts], label=112)


def draw_notes(sheet: Sheet, words: Phrases, notes: tuple[Note, ...]) -> None:
    """Free text, whole."""
    if not notes:
        return
    sheet.heading(words.tr("Notes"))
    for note in notes:
        about = [note.title] if note.title else []
        about += [note.author] if note.author else []
        about += [words.time(note.at)] if note.at else []
        if about:
            sheet.ensure(40)
            sheet.paragraph(" · ".join(about), LABEL)
        sheet.paragraph(note.text)
        sheet.gap(4)


def draw_signatures(sheet: Sheet, words: Phrases, signatures: tuple[Signature, ...]) -> None:
    """Signatures in the record that this document rests on."""
    if not signatures:
        return
    sheet.heading(words.tr("Signed in the record"))
    columns = (
        Column(words.tr("Meaning"), 130),
        Column(words.tr("What is signed"), 150),
        Column(words.tr("Signed by"), 130),
        Column(words.tr("Time"), sheet.width - 410 + 6),
    )
    rows: list[tuple[str | Cell, ...]] = []
    for signature in signatures:
        signer = signature.signer
        when: str | Cell = words.moment(signer.at)
        if not signature.valid:
            void = words.tr("void: signed values changed")
            when = Cell(f"{when}\n{void}", colour="stop", weight=500)
        who = words.person(signer)
        rows.append((signature.meaning, signature.scope, who, when))
    sheet.table(columns, rows)
