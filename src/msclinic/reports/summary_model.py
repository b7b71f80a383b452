"""What a visit summary says: plain values that the services fill from one journal position.

Words that come from the study (items, choices, roles) are already in the document's language.
Nothing here reads the record, computes a score or knows an arm, a lot or a name.
"""

from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Literal

from attrs import frozen

from msclinic.reports.day_model import (
    Absent,
    ChecklistSection,
    DuePoint,
    Fact,
    Gate,
    Infusion,
    Reading,
    Signer,
    VitalLimits,
    VitalsRow,
)

__all__ = [
    "AdverseEvent",
    "Banner",
    "Deviation",
    "Edss",
    "EdssTrend",
    "FsGrade",
    "Note",
    "Provenance",
    "Signature",
    "StudyFacts",
    "TrendPoint",
    "VisitFacts",
    "VisitSummary",
]


@frozen
class StudyFacts:
    """The study and the site.

    Attributes:
        registry: Public registry id, such as ``NCT07146087``.
        title: Short title, or empty.
        site: Site code, such as ``PL01``.
        place: Town of the site, or empty.
        configuration: The study's own version label, such as ``1.4``.
    """

    registry: str
    title: str = ""
    site: str = ""
    place: str = ""
    configuration: str = ""


@frozen
class Banner:
    """What stands at the head of every page about the participant: the code, never a name.

    Attributes:
        participant: Participant code.
        year_of_birth: Year only.
        sex: Word or letter in the document's language.
        course: Course of the disease, such as SPMS.
        allergies: Each as one text; empty if asked and none; None if not asked.
    """

    participant: str
    year_of_birth: int | None = None
    sex: str = ""
    course: str = ""
    allergies: tuple[str, ...] | None = None


@frozen
class VisitFacts:
    """The visit and where it lies in the plan.

    Attributes:
        code: Visit code, such as ``V2``.
        title: Visit title in the document's language.
        day: Calendar date at the site.
        study_day: Counted from infusion 1; there is no day 0.
        infusion_number: 1 to 4 where the visit has an infusion.
        target: Planned date.
        window: First and last date allowed.
        placed: Where the date lies against the window.
        days_since_first_infusion: Whole days.
        days_since_previous_infusion: Whole days.
        left_at: When the participant left.
        left_how: Way of leaving in the document's language, such as "home, with escort".
    """

    code: str
    title: str
    day: date | None = None
    study_day: int | None = None
    infusion_number: int | None = None
    target: date | None = None
    window: tuple[date, date] | None = None
    placed: Literal["inside", "early", "late"] | None = None
    days_since_first_infusion: int | None = None
    days_since_previous_infusion: int | None = None
    left_at: datetime | None = None
    left_how: str = ""


@frozen
class FsGrade:
    """The grade of one functional system, or the ambulation score.

    Attributes:
        system: Its name in the document's language.
        grade: As the rater entered it.
        counts: What the step is reckoned from: the converted grade, or words such as "sets 4.5".
        note: Such as "X: weakness interferes", or a finding that is not due to MS.
    """

    system: str
    grade: int | Absent
    counts: str = ""
    note: str = ""


@frozen
class Edss:
    """The examination by the rater.

    Attributes:
        step: The rater's step.
        computed: The step that the definitions give.
        explanation: One sentence on how the computed step comes about.
        difference: The rater's reason where the two differ, or empty.
        grades: Functional systems in order, then the ambulation score.
        baseline: The step at baseline.
        rated_by: The rater's account.
        rated_at: When the examination was signed, or None.
        coding: Version of the definitions.
    """

    step: Reading
    computed: Decimal | None = None
    explanation: str = ""
    difference: str = ""
    grades: tuple[FsGrade, ...] = ()
    baseline: Decimal | None = None
    rated_by: str = ""
    rated_at: datetime | None = None
    coding: str = ""


@frozen
class TrendPoint:
    """The step at one visit.

    Attributes:
        visit: Visit code.
        day: Date of the examination.
        step: The rater's step.
    """

    visit: str
    day: date
    step: Decimal


@frozen
class EdssTrend:
    """Steps over the visits.

    Attributes:
        points: In order of time.
        threshold: The step from which the study speaks of worsening, or None.
        rise: How far that is above the baseline.
        weeks: After how many weeks it must be confirmed.
    """

    points: tuple[TrendPoint, ...] = ()
    threshold: Decimal | None = None
    rise: Decimal | None = None
    weeks: int | None = None


@frozen
class AdverseEvent:
    """One adverse event.

    Attributes:
        number: As people count it.
        term: As reported.
        grade: CTCAE grade.
        serious: Whether it is serious.
        onset: Date or partial date as people read it.
        end: The same, or empty if it goes on.
        outcome: In the document's language.
        relatedness: The physician's judgement.
        assessed_by: Account of the physician, or empty.
        action: What was done with the product.
        note: A comment, or empty.
    """

    number: int
    term: str
    grade: int | Absent
    serious: bool
    onset: str = ""
    end: str = ""
    outcome: str = ""
    relatedness: str = ""
    assessed_by: str = ""
    action: str = ""
    note: str = ""


@frozen
class Deviation:
    """A deviation from the protocol.

    Attributes:
        code: Its category code.
        text: What happened.
        classification: Minor or important, in the document's language, or empty if open.
        comment: The physician's comment.
        signed: Who classified it.
    """

    code: str
    text: str
    classification: str = ""
    comment: str = ""
    signed: Signer | None = None


@frozen
class Signature:
    """A signature in the record that lies beneath this document.

    Attributes:
        meaning: In the document's language.
        scope: What is signed, in the document's language.
        signer: Who and when.
        valid: False once something beneath it changed.
    """

    meaning: str
    scope: str
    signer: Signer
    valid: bool = True


@frozen
class Note:
    """Free text by a person.

    Attributes:
        title: What it is about.
        text: Of any length.
        author: Account, or empty.
        at: When it was written, or None.
    """

    title: str
    text: str
    author: str = ""
    at: datetime | None = None


@frozen
class Provenance:
    """Where the document comes from.

    Attributes:
        made_at: When it was made.
        journal_position: Number of entries in the journal.
        journal_head: Hash that the journal ended with.
        study_version: Hash of the study's content.
        software: Version of this program.
        language: Language of the study's words in the model, ``en`` or ``pl``.
    """

    made_at: datetime
    journal_position: int
    journal_head: str
    study_version: str
    software: str
    language: str = "en"


@frozen
class VisitSummary:
    """One participant, one visit.

    Attributes:
        study: The study and the site.
        banner: Who the participant is, by code.
        visit: The visit and its window.
        provenance: Where the values come from.
        zone: Time zone of the site; every time is printed in it.
        draft: True marks every page as a draft, which has no fields for signatures.
        facts: More lines for the head.
        checklist: Sections in order.
        gates: In order.
        infusion: None where the visit has none.
        due_points: Of the vital signs.
        vitals: Sets in order of time.
        vitals_note: One line under the table, such as the method of temperature.
        limits: Usual ranges for chart and table.
        edss: None where the visit has no examination.
        trend: Of the steps up to this visit.
        adverse_events: Since the last visit.
        deviations: Of this visit.
        since_last_visit: Medicines, relapses and the like.
        to_follow: Calls and the next visit.
        notes: Free text.
        signatures: Beneath this document, in order of time.
    """

    study: StudyFacts
    banner: Banner
    visit: VisitFacts
    provenance: Provenance
    zone: tzinfo
    draft: bool = False
    facts: tuple[Fact, ...] = ()
    checklist: tuple[ChecklistSection, ...] = ()
    gates: tuple[Gate, ...] = ()
    infusion: Infusion | None = None
    due_points: tuple[DuePoint, ...] = ()
    vitals: tuple[VitalsRow, ...] = ()
    vitals_note: str = ""
    limits: VitalLimits | None = None
    edss: Edss | None = None
    trend: EdssTrend | None = None
    adverse_events: tuple[AdverseEvent, ...] = ()
    deviations: tuple[Deviation, ...] = ()
    since_last_visit: tuple[Fact, ...] = ()
    to_follow: tuple[Fact, ...] = ()
    notes: tuple[Note, ...] = ()
    signatures: tuple[Signature, ...] = ()
