"""The visit summary's content, filled from one position of the journal.

Closed to the masked raters; who prepared the product is named by role alone to masked staff. It
reads and records nothing, and no sentence tells of an arm.
"""

from datetime import date, datetime
from typing import Literal

from msclinic import __version__
from msclinic.domain.values import Code, Codes, from_json
from msclinic.domain.visits import VisitWindow, study_day, visit_window, window_status
from msclinic.reports.day_model import Fact
from msclinic.reports.summary_model import (
    Banner,
    Note,
    Provenance,
    StudyFacts,
    VisitFacts,
    VisitSummary,
)
from msclinic.services.infusion.gates import read_run
from msclinic.services.participants import identity, masked_rater
from msclinic.services.people import account_code
from msclinic.services.session import Refused, Session
from msclinic.services.summary_checklist import checklist, gates, signatures
from msclinic.services.summary_clinical import adverse_events, edss, edss_trend
from msclinic.services.summary_deviations import run_deviations
from msclinic.services.summary_infusion import due_points, infusion, limits, vitals, vitals_note
from msclinic.services.visit_reading import VisitReading, Words
from msclinic.services.visits import anchor_of, infusion_dates, plan_of, visit_day
from msclinic.store import Reader
from msclinic.wording import tr

__all__ = ["banner_facts", "demand_documents", "provenance_of", "study_facts", "visit_summary"]

_LOGGED = "LOG"


def demand_documents(session: Session) -> None:
    """Go on only for a role that may read whole visits.

    Raises:
        Refused: A masked rater, or a role without the right to documents or to all forms.
    """
    if masked_rater(session) or not (session.may("documents") or "read:*" in session.rights):
        raise Refused(
            "no_documents",
            what="Your role has no documents of visits.",
            why="They tell of the whole visit, and your role sees only its own forms.",
            what_to_do="Ask a colleague with that right, such as the coordinator.",
        )


def visit_summary(
    session: Session,
    participant: str,
    visit: str,
    visit_key: str = "1",
    *,
    language: str = "en",
    draft: bool = True,
    reader: Reader | None = None,
) -> VisitSummary:
    """Everything the summary of a visit says.

    Args:
        session: Who asks; what their role may not read is not in it.
        participant: Random id.
        visit: Visit code.
        visit_key: Key of a repeated visit.
        language: Of the document.
        draft: Whether it is marked as a draft.
        reader: The snapshot to read; one of its own if left out.

    Raises:
        Refused: The role may not read documents.
        UserError: There is no such participant.
    """
    demand_documents(session)
    if reader is None:
        with session.store.read() as snapshot:
            return _filled(session, snapshot, participant, visit, visit_key, language, draft)
    return _filled(session, reader, participant, visit, visit_key, language, draft)


def _filled(
    session: Session,
    reader: Reader,
    participant: str,
    visit: str,
    visit_key: str,
    language: str,
    draft: bool,
) -> VisitSummary:
    planned = session.study.visit(visit)
    day = visit_day(reader, participant, visit, visit_key)
    words = Words(session, language, day)
    record = VisitReading(session, reader, participant, visit, visit_key, words)
    log = VisitReading(session, reader, participant, _LOGGED, "1", words)
    run = read_run(session, reader, participant, visit, visit_key) if planned.infusion else None
    facts = run.facts if run is not None else None
    return VisitSummary(
        study=study_facts(session, language),
        banner=banner_facts(session, reader, participant, language),
        visit=_visit(session, reader, record, day),
        provenance=provenance_of(session, reader, language),
        zone=session.zone,
        draft=draft,
        checklist=checklist(record),
        gates=() if run is None else gates(record, run),
        infusion=None if facts is None else infusion(record, facts),
        due_points=() if facts is None else due_points(record, facts),
        vitals=vitals(record),
        vitals_note=vitals_note(record),
        limits=limits(session.study),
        edss=edss(record),
        trend=edss_trend(record),
        adverse_events=adverse_events(log),
        deviations=() if facts is None else run_deviations(record),
        to_follow=_to_follow(record),
        notes=_notes(record),
        signatures=signatures(record),
    )


def study_facts(session: Session, language: str) -> StudyFacts:
    """The study and the site, for the head of a document."""
    study = session.study
    return StudyFacts(
        registry=study.registry.get("nct", study.oid),
        title=study.label.text(language),
        site=session.place.site,
        place=session.place.city,
        configuration=study.version_label,
    )


def banner_facts(session: Session, reader: Reader, participant: str, language: str) -> Banner:
    """The participant by code, for the head of a document."""
    who = identity(session, participant)
    form = session.study.forms.get("demography")
    said: dict[str, str] = {}
    answers = {
        head.path.rsplit("/", 1)[1]: from_json(head.value)
        for head in reader.heads(participant=participant, form="demography")
        if head.value is not None and head.path.count("/") == 6
    }
    words = Words(session, language)
    if form is not None:
        said = {oid: words.answer(form.item(oid), answer) for oid, answer in answers.items()}
    allergies: tuple[str, ...] | None = None
    if who.allergies_known:
        parts = [said.get("ALLERGY_TEXT", "")]
        if not parts[0] and answers.get("ALLERGY") == Code("KNOWN"):
            parts[0] = tr("known allergy, substance not stated", language)
        contact = answers.get("CONTACT_ALLERGY")
        if isinstance(contact, Codes) and contact.values != ("NONE",):
            parts.append(said["CONTACT_ALLERGY"])
        parts.append(said.get("CONTACT_ALLERGY_OTHER", ""))
        if answers.get("ALLERGY") == Code("NONE"):
            parts[0] = ""
        allergies = tuple(part for part in parts if part)
    course = answers.get("COURSE")
    return Banner(
        participant=who.code,
        year_of_birth=int(who.birth_year) if who.birth_year else None,
        sex=said.get("SEX", ""),
        course=course.value if isinstance(course, Code) else "",
        allergies=allergies,
    )


def _visit(session: Session, reader: Reader, record: VisitReading, day: date | None) -> VisitFacts:
    planned = session.study.visit(record.visit)
    anchor = anchor_of(session, reader, record.participant)
    given = infusion_dates(session, reader, record.participant)
    # A call counts from its dose, which the visit itself does not name.
    window: VisitWindow | None = None
    if planned.kind != "call":
        window = visit_window(plan_of(session, record.visit), anchor)
    earlier = [at for number, at in given.items() if number < (planned.infusion or 99)]
    after = record.form("after_infusion")
    left = after.value("E05_TIME") if after is not None else None
    return VisitFacts(
        code=record.visit,
        title=planned.title.text(record.words.language),
        day=day,
        study_day=study_day(day, anchor) if day and anchor else None,
        infusion_number=planned.infusion,
        target=window.target if window is not None else None,
        window=(window.opens, window.closes) if window is not None else None,
        placed=_placed(window, day),
        days_since_first_infusion=_days(day, given.get(1)) if planned.infusion != 1 else None,
        days_since_previous_infusion=_days(day, max(earlier, default=None)),
        left_at=left if isinstance(left, datetime) else None,
        left_how=record.said(after, "E05_OUTCOME"),
    )


def _placed(
    window: VisitWindow | None, day: date | None
) -> Literal["inside", "early", "late"] | None:
    if window is None or day is None:
        return None
    places: dict[str, Literal["inside", "early", "late"]] = {"early": "early", "late": "late"}
    return places.get(window_status(window, day), "inside")


def _days(day: date | None, since: date | None) -> int | None:
    return (day - since).days if day is not None and since is not None else None


def provenance_of(session: Session, reader: Reader, language: str) -> Provenance:
    """From which position of the journal a document comes."""
    position = reader.position()
    return Provenance(
        made_at=session.now(),
        journal_position=position.entries,
        journal_head=position.head,
        study_version=session.study.version,
        software=__version__,
        language=language,
    )


def _to_follow(record: VisitReading) -> tuple[Fact, ...]:
    form = record.form("after_infusion")
    if form is None:
        return ()
    found = []
    for item in ("E07_CALL1", "E07_CALL7", "E07_NEXT_VISIT"):
        said = record.said(form, item)
        if said:
            label = form.definition.item(item).label.text(record.words.language)
            found.append(Fact(label, said))
    return tuple(found)


def _notes(record: VisitReading) -> tuple[Note, ...]:
    form = record.form("after_infusion")
    if form is None:
        return ()
    text = form.value("E10")
    if not isinstance(text, str) or not text.strip():
        return ()
    head = form.heads(form.ref("E10"))[0]
    title = form.definition.item("E10").label.text(record.words.language)
    return (Note(title, text, account_code(head.actor or ""), head.event_time or head.recorded_at),)
