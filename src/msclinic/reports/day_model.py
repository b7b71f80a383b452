"""What happened on the day of a visit, as plain values: checklist, gates, infusion, vital signs.

Words that come from the study (items, choices, roles) are already in the document's language.
Nothing here reads the record, computes a score or knows an arm, a lot or a name.
"""

from datetime import datetime
from decimal import Decimal
from typing import Literal

from attrs import field, frozen

__all__ = [
    "Absent",
    "ChecklistItem",
    "ChecklistSection",
    "DuePoint",
    "Fact",
    "Gate",
    "Infusion",
    "Interruption",
    "Outcome",
    "RateStep",
    "Reading",
    "Signer",
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
class Fact:
    """A line of label and value.

    Attributes:
        label: In the document's language.
        value: As people read it.
    """

    label: str
    value: str


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
    facts: tuple[Fact, ...] = ()


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
