"""One participant over time, read from one position of the journal, as far as the role may see it.

Closed to the masked raters: earlier scores would lead the hand, and events and infusions must stay
unknown to them (study default ``edss_prior_visible``). Each form passes the rights of its own, so
results that could reveal the arm are not there for a masked role, nor the panel they stand in.
"""

import calendar
from collections.abc import Mapping
from datetime import date, datetime

from attrs import evolve, field, frozen

from msclinic.domain.values import Answer, Code, Missing, PartialDate
from msclinic.forms.definitions import FormDefinition, ItemDefinition
from msclinic.reports.over_time_model import (
    EventBar,
    InfusionMark,
    OverTime,
    Series,
    Span,
    TimePanel,
    TimePoint,
    VisitMark,
)
from msclinic.reports.summary_model import Banner, EdssTrend
from msclinic.services.context import form_context, form_numbers, latest_answer
from msclinic.services.edss_history import edss_history
from msclinic.services.over_time_points import Drawn, Person, points_of, unit_of
from msclinic.services.over_time_worsening import TIMED_MEANS, flagged
from msclinic.services.participants import identity, masked_rater
from msclinic.services.session import Refused, Session
from msclinic.services.summary import banner_facts, provenance_of, study_facts
from msclinic.services.visit_reading import FormReading, Words
from msclinic.services.visits import infusion_dates, participant_visits, visit_day
from msclinic.store import Head, Reader, SignatureRow
from msclinic.wording import decimal_text, tr

__all__ = ["demand_over_time", "over_time", "sees_over_time"]

_EVENTS = "adverse_event"
_EXAM, _STEP = "edss", "EDSS"
_GONE = "entered_in_error"


@frozen
class _Signed:
    """Signatures of one participant by meaning and scope."""

    valid: frozenset[tuple[str, str]]
    void: frozenset[tuple[str, str]]


@frozen
class _Gathered:
    """Points of one item while forms are read, by what parts them."""

    form: FormDefinition
    item: ItemDefinition
    points: dict[tuple[str, ...], list[Drawn]] = field(factory=dict)


def sees_over_time(session: Session) -> bool:
    """Whether the role may see anything of a participant over time."""
    return not masked_rater(session) and bool(_forms(session) or _reads(session, _EVENTS))


def demand_over_time(session: Session) -> None:
    """Go on only for a role that may see something of it.

    Raises:
        Refused: A masked rater, or a role that reads none of the forms drawn.
    """
    if not sees_over_time(session):
        raise Refused(
            "no_over_time",
            what="Your role does not see participants over time.",
            why="It shows results of many visits, and your role sees its own forms only.",
            what_to_do="Ask a colleague with that right, such as the coordinator.",
        )


def over_time(session: Session, participant: str, language: str = "en") -> OverTime:
    """Everything of a participant that is drawn over time.

    Args:
        session: Who looks; what their role may not read is not in it.
        participant: Random id.
        language: Of the words.

    Raises:
        Refused: The role may not see it.
        UserError: There is no such participant.
    """
    demand_over_time(session)
    code = identity(session, participant).code
    visits = tuple(
        VisitMark(one.code, one.day, session.study.visit(one.code).kind == "scheduled")
        for one in participant_visits(session, participant)
        if one.day is not None and one.status in ("open", "closed")
    )
    trend = edss_history(session, participant)
    with session.store.read() as reader:
        heads = reader.heads(participant=participant)
        panels = _panels(session, reader, participant, language, heads, trend)
        events = None
        if _reads(session, _EVENTS):
            events = _events(session, reader, participant, language, heads)
        given: Mapping[int, date] = {}
        if session.may("read:infusion"):
            given = infusion_dates(session, reader, participant)
        banner = Banner(participant=code)
        if session.may("read:demography"):
            banner = banner_facts(session, reader, participant, language)
        today = session.now().astimezone(session.zone).date()
        days = [mark.day for mark in visits] + [*given.values(), today]
        days += [p.day for panel in panels for one in panel.series for p in one.points]
        return OverTime(
            study=study_facts(session, language),
            banner=banner,
            provenance=provenance_of(session, reader, language),
            zone=session.zone,
            start=min(days),
            end=max(days),
            today=today,
            visits=tuple(sorted(visits, key=_visit_day)),
            infusions=tuple(InfusionMark(number, day) for number, day in sorted(given.items())),
            panels=panels,
            events=events,
        )


def _reads(session: Session, form: str) -> bool:
    known = form in session.study.forms
    return known and (session.may(f"read:{form}") or session.may(f"enter:{form}"))


def _forms(session: Session) -> list[FormDefinition]:
    """Forms with something to draw that the role may read."""
    return [
        form
        for form in session.study.forms.values()
        if not form.own
        and _reads(session, form.oid)
        and any(item.trend for group in form.item_groups for item in group.items)
    ]


def _readings(
    session: Session,
    reader: Reader,
    participant: str,
    form: FormDefinition,
    heads: list[Head],
) -> list[FormReading]:
    """Every form of a kind that counts; one entered in error does not."""
    below: dict[str, list[Head]] = {}
    for head in heads:
        parts = head.path.split("/")
        if len(parts) >= 4 and parts[2] == form.oid:
            below.setdefault("/".join(parts[:4]), []).append(head)
    found = []
    for prefix, own in below.items():
        if any(h.path == prefix and (h.value or {}).get("value") == _GONE for h in own):
            continue
        visit, visit_key = prefix.split("/")[:2]
        context = form_context(
            session,
            reader,
            participant,
            visit,
            visit_key,
            names=form.context_names,
            prefix=prefix,
        )
        found.append(FormReading(form, prefix, own, context, session.now()))
    return sorted(found, key=_begun)


def _panels(
    session: Session,
    reader: Reader,
    participant: str,
    language: str,
    heads: list[Head],
    trend: EdssTrend,
) -> tuple[TimePanel, ...]:
    words = Words(session, language)
    signed = _signatures(reader.signatures(participant=participant))
    person = _person(reader, participant)
    gathered: list[_Gathered] = []
    for form in _forms(session):
        by_item = {
            item.oid: _Gathered(form, item)
            for group in form.item_groups
            for item in group.items
            if item.trend is not None
        }
        for reading in _readings(session, reader, participant, form, heads):
            visit, key = reading.prefix.split("/")[:2]
            happened = visit_day(reader, participant, visit, key)
            for drawn in points_of(reading, words, person, happened):
                marked = evolve(drawn, point=_marked(drawn.point, reading, signed))
                by_item[drawn.item.oid].points.setdefault(drawn.parts, []).append(marked)
        gathered += by_item.values()
    panels = []
    for code, title in session.study.panels.items():
        mine = [one for one in gathered if one.item.trend and one.item.trend.panel == code]
        if not mine:
            continue
        series = [made for one in mine for made in _series(one, words, trend)]
        blank = [_title(one, language)[0] for one in mine if not one.points]
        said = dict.fromkeys(blank)
        panels.append(TimePanel(code, title.text(language), tuple(series), tuple(said)))
    return tuple(panels)


def _signatures(rows: list[SignatureRow]) -> _Signed:
    def named(status: str) -> frozenset[tuple[str, str]]:
        return frozenset((row.meaning, row.scope) for row in rows if row.status == status)

    return _Signed(named("valid"), named("void"))


def _marked(point: TimePoint, reading: FormReading, signed: _Signed) -> TimePoint:
    wanted = {(meaning, reading.prefix) for meaning in reading.definition.signatures}
    lacking = wanted - signed.valid
    void = bool(lacking & signed.void)
    return evolve(point, void=void, unsigned=bool(lacking) and not void)


def _person(reader: Reader, participant: str) -> Person:
    sex = latest_answer(reader, participant, "demography", "SEX")
    born = latest_answer(reader, participant, "demography", "BRTHYY")
    return Person(
        sex.value if isinstance(sex, Code) else None, born if isinstance(born, int) else None
    )


def _title(one: _Gathered, language: str) -> tuple[str, str]:
    label = one.item.label.text(language)
    if one.item.cdisc.get("variable") == "LBORRES" or one.form.reveals_arm:
        return label, ""
    return one.form.title.text(language), label


def _series(one: _Gathered, words: Words, trend: EdssTrend) -> list[Series]:
    """The series of an item; a gap that names no part stands in each of them."""
    shown = one.item.trend
    assert shown is not None
    nameless = one.points.get((), [])
    parted = {parts: found for parts, found in one.points.items() if parts}
    if not parted and nameless:
        parted = {(): []}
    title, detail = _title(one, words.language)
    step = one.form.oid == _EXAM and one.item.oid == _STEP
    timed = (one.form.oid, one.item.oid) in TIMED_MEANS
    made = []
    for parts, found in parted.items():
        every = [*found, *nameless]
        drawn = Series(
            key="/".join((one.form.oid, one.item.oid, *parts)),
            title=title,
            detail=" · ".join(text for text in (detail, *parts) if text),
            unit=words.unit(unit_of(one.item)),
            worse=shown.worse,
            scale=shown.scale,
            points=tuple(sorted((d.point for d in every if d.dated), key=_point_day)),
            threshold=trend.threshold if step else None,
            threshold_words=_threshold_words(trend, words.language) if step else "",
            undated=tuple(f"{d.point.visit}: {d.point.text}" for d in every if not d.dated),
        )
        made.append(flagged(drawn, words.session.study, words.language) if timed else drawn)
    return made


def _threshold_words(trend: EdssTrend, language: str) -> str:
    if trend.threshold is None or trend.rise is None:
        return ""
    return tr(
        "{step} = baseline + {rise}: counts as worsening if it stays {weeks} weeks",
        language,
        step=decimal_text(trend.threshold, language),
        rise=decimal_text(trend.rise, language),
        weeks=trend.weeks,
    )


# Adverse events


def _events(
    session: Session, reader: Reader, participant: str, language: str, heads: list[Head]
) -> tuple[EventBar, ...]:
    form = session.study.form(_EVENTS)
    numbers = form_numbers(reader, participant, _EVENTS)
    words = Words(session, language)
    readings = _readings(session, reader, participant, form, heads)
    return tuple(
        _event(reading, numbers.get(reading.prefix, place), words)
        for place, reading in enumerate(readings, start=1)
    )


def _event(form: FormReading, number: int, words: Words) -> EventBar:
    language = words.language

    def said(item: str) -> str:
        return words.answer(form.definition.item(item), form.value(item))

    asked = ("AETERM", "AESTDAT", "AESTTIM", "AEONGO", "AEENDAT", "AETOXGR", "AESER")
    ongoing, end = form.value("AEONGO"), _span(form.value("AEENDAT"), words)
    notes = []
    if any(len(form.heads(form.ref(item))) > 1 for item in asked):
        notes.append(tr("two values on record", language))
    if ongoing == Code("N") and end is None:
        notes.append(tr("end unknown", language))
    elif not isinstance(ongoing, Code):
        notes.append(tr("not known whether it goes on", language))
    return EventBar(
        number=number,
        term=said("AETERM") or tr("not recorded", language),
        start=_span(form.value("AESTTIM"), words) or _span(form.value("AESTDAT"), words),
        end=end if ongoing == Code("N") else None,
        ongoing=ongoing == Code("Y"),
        grade=said("AETOXGR"),
        serious=form.value("AESER") == Code("Y"),
        note=", ".join(notes),
    )


def _span(answer: Answer | None, words: Words) -> Span | None:
    """The days that a date may mean; a partial date is never completed."""
    if answer is None or isinstance(answer, Missing):
        return None
    if isinstance(answer, datetime):
        day = answer.astimezone(words.session.zone).date()
        return Span(day, day, words.partial(day.isoformat()))
    if not isinstance(answer, PartialDate):
        return None
    parts = [int(part) for part in answer.text.split("-")]
    year, month = parts[0], parts[1] if len(parts) > 1 else 0
    text = words.partial(answer.text)
    if len(parts) == 3:
        day = date(*parts)
        return Span(day, day, text)
    if month:
        return Span(
            date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]), text
        )
    return Span(date(year, 1, 1), date(year, 12, 31), text)


def _begun(form: FormReading) -> tuple[datetime, str]:
    return form.begun_at, form.prefix


def _point_day(point: TimePoint) -> date:
    return point.day


def _visit_day(mark: VisitMark) -> date:
    return mark.day
