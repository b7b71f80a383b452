"""What a visit summary says: plain values that the services fill from one journal position.

Words that come from the study (items, choices, roles) are already in the document's language.
Nothing here reads the record, computes a score or knows an arm, a lot or a name.
"""

from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Literal

from attrs import field, frozen

__all__ = [
    "Absent",
    "AdverseEvent",
    "Banner",
    "ChecklistItem",
    "ChecklistSection",
    "Deviation",
    "DuePoint",
    "Edss",
    "EdssTrend",
    "Fact",
    "FsGrade",
    "Gate",
    "Infusion",
    "Interruption",
    "Note",
    "Outcome",
    "Provenance",
    "RateStep",
    "Reading",
    "Signature",
    "Signer",
    "StudyFacts",
    "TrendPoint",
    "VisitFacts",
    "VisitSummary",
    "VitalLimits",
    "VitalsRow",
]


@frozen
class Absent:
    """A value that is not there, and why; never zero.

    Attributes:
        reason: The coded reason in the document's language, such as "not done".
    """

    reason: str


Reading = Decimal | Absent
Outcome = Literal["passed", "failed", "not_done", "not_applicable", "unknown", "open"]


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
class Signer:
    """A person who signed, and when.

    Attributes:
        account: The person's short name in the study, such as ``NUR 04``; empty where only the
            role may be read.
        role: Role title in the document's language.
        at: Time of the signature.
    """

    account: str
    role: str
    at: datetime


@frozen
class ChecklistItem:
    """One item of the checklist with its outcome.

    Attributes:
        code: Such as ``A18``.
        text: Item label in the document's language.
        outcome: What became of it.
        answer: The answer as people read it, with its unit, or empty.
        note: Reason or comment, or empty.
        override: The physician who let the visit go on in spite of it.
    """

    code: str
    text: str
    outcome: Outcome
    answer: str = ""
    note: str = ""
    override: Signer | None = None


@frozen
class ChecklistSection:
    """A section of the checklist.

    Attributes:
        code: Such as ``A``.
        title: In the document's language.
        items: In the order of the checklist.
    """

    code: str
    title: str
    items: tuple[ChecklistItem, ...] = ()


@frozen
class Gate:
    """A gate of the infusion day.

    Attributes:
        code: Such as ``G1``.
        name: Its plain name in the document's language.
        state: ``signed``, ``void`` (something beneath changed), ``expired`` (signed too long before
            it was needed) or ``open``.
        signers: Who signed it, in order.
        note: Override or reason, or empty.
    """

    code: str
    name: str
    state: Literal["signed", "void", "expired", "open"]
    signers: tuple[Signer, ...] = ()
    note: str = ""


@frozen
class RateStep:
    """A stretch of the infusion at one rate.

    Attributes:
        rate: mL/h.
        start: When it was set.
        end: When it ended, or None if it still runs.
    """

    rate: Decimal
    start: datetime
    end: datetime | None = None


@frozen
class Interruption:
    """A pause of the infusion.

    Attributes:
        start: When the pump stopped.
        end: When it ran again, or None.
        reason: In the document's language.
        volume: Volume given so far, mL.
    """

    start: datetime
    end: datetime | None
    reason: str
    volume: Reading | None = None


@frozen
class Infusion:
    """The infusion as it was given.

    Attributes:
        kit: Kit number.
        use_before: From the masked label.
        start: First product enters the vein.
        end: Last product enters the vein.
        prescribed: mL.
        given: mL, from the pump.
        left: mL left over.
        rate_steps: In order.
        interruptions: In order.
        flush: Flush volume, mL.
        flush_at: When it was given.
        line: Site, side, gauge and site scores as one text.
        reaction: What was reported, or that nothing was.
        completion: Completed as planned, or why not.
        facts: Anything more that the study asks for.
    """

    kit: str = ""
    use_before: datetime | None = None
    start: datetime | None = None
    end: datetime | None = None
    prescribed: Reading | None = None
    given: Reading | None = None
    left: Reading | None = None
    rate_steps: tuple[RateStep, ...] = ()
    interruptions: tuple[Interruption, ...] = ()
    flush: Reading | None = None
    flush_at: datetime | None = None
    line: str = ""
    reaction: str = ""
    completion: str = ""
    facts: "tuple[Fact, ...]" = ()


@frozen
class DuePoint:
    """A time at which vital signs were due.

    Attributes:
        label: Such as ``T15`` or ``+30``.
        due: The planned time.
        state: ``done``, ``missed``, ``covered`` (by another point), ``now`` or ``to_come``.
        note: Why missed, or what covers it.
    """

    label: str
    due: datetime
    state: Literal["done", "missed", "covered", "now", "to_come"]
    note: str = ""


@frozen
class VitalsRow:
    """One set of vital signs.

    Attributes:
        label: The due point it belongs to, or what made it.
        at: When it was measured.
        systolic: mmHg.
        diastolic: mmHg.
        pulse: /min.
        respiration: /min.
        spo2: %.
        temperature: °C.
        oxygen: L/min; 0 is air.
        consciousness: One letter of ACVPU, or why there is none.
        news2: The total; None is incomplete and shown as ``?``.
        any_three: Whether a single measure scores 3.
        note: A comment or a kept finding, or empty.
    """

    label: str
    at: datetime
    systolic: Reading
    diastolic: Reading
    pulse: Reading
    respiration: Reading
    spo2: Reading
    temperature: Reading
    oxygen: Reading = field(default=Decimal(0))
    consciousness: str | Absent = "A"
    news2: int | None = None
    any_three: bool = False
    note: str = ""


@frozen
class VitalLimits:
    """The usual range of each measure, from the study's settings: (lowest, highest).

    Attributes:
        systolic: mmHg.
        diastolic: mmHg.
        pulse: /min.
        respiration: /min.
        spo2: Lowest usual %, no highest.
        temperature: °C.
    """

    systolic: tuple[Decimal, Decimal]
    diastolic: tuple[Decimal, Decimal]
    pulse: tuple[Decimal, Decimal]
    respiration: tuple[Decimal, Decimal]
    spo2: Decimal
    temperature: tuple[Decimal, Decimal]


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
class Fact:
    """A line of label and value.

    Attributes:
        label: In the document's language.
        value: As people read it.
    """

    label: str
    value: str


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
