"""A scenario as it will be played: every name looked up, every answer typed, every time known.

Each part remembers its line, so that what does not hold is named by file and line.
"""

from datetime import date, datetime

from attrs import frozen

from msclinic.domain.values import Answer

__all__ = [
    "Act",
    "Answers",
    "Complete",
    "Enrol",
    "Expected",
    "FormPlace",
    "Given",
    "ItemPlace",
    "Keep",
    "LifeStep",
    "NewRepeat",
    "Override",
    "Said",
    "Scenario",
    "Sign",
    "Step",
    "Undo",
    "VisitAct",
    "WantedFindings",
    "WantedLife",
    "WantedValue",
    "WantedWindow",
]


@frozen
class Said:
    """A word of the file and the line it stands in."""

    text: str
    line: int


@frozen
class ItemPlace:
    """An item of the open form.

    Attributes:
        item: OID.
        group: OID of its group.
        number: Which repeat of the group, from 1; none where the group does not repeat.
        line: Where the file names it.
    """

    item: str
    group: str
    number: int | None
    line: int

    def __str__(self) -> str:
        return self.item if self.number is None else f"{self.item}.{self.number}"


@frozen
class FormPlace:
    """Which form is open.

    Attributes:
        visit_key: The file's name for a repeated visit; ``1`` otherwise.
        form_key: The file's name for one of several forms; ``1`` otherwise.
    """

    visit: str
    visit_key: str
    form: str
    form_key: str


@frozen
class Given:
    """One answer to one item."""

    place: ItemPlace
    answer: Answer


@frozen
class NewRepeat:
    """One more repeat of a group, and its answers."""

    group: str
    answers: tuple[Given, ...]


@frozen
class Answers:
    """Answers in the order of the file."""

    given: tuple[Given | NewRepeat, ...]


@frozen
class Complete:
    """The form is declared filled in."""


@frozen
class Keep:
    """A finding is kept with a reason."""

    place: ItemPlace
    finding: str
    reason: str


@frozen
class Override:
    """A physician lets a failed item pass for its gate."""

    place: ItemPlace
    reason: str


@frozen
class Sign:
    """The open form is signed."""

    meaning: str


@frozen
class LifeStep:
    """An act of a participant's way through the study: its small form, filled in and signed.

    Attributes:
        participant: The file's name of whom it is about.
        act: OID of its form.
        form_key: What the file's reader calls that form.
        answers: Of the whole form.
        name: The new record's name, for re-screening; empty otherwise.
        number: The new record's number.
    """

    participant: str
    act: str
    form_key: str
    answers: tuple[Given, ...]
    name: str = ""
    number: int = 0


@frozen
class Undo:
    """The open act is taken back by its signer."""

    reason: str


@frozen
class Enrol:
    """A participant is enrolled under a number."""

    name: str
    number: int


@frozen
class VisitAct:
    """A visit is booked or opened.

    Attributes:
        key: The file's name for a repeated visit; ``1`` otherwise.
    """

    opens: bool
    visit: str
    key: str
    day: date


Act = Answers | Complete | Keep | Override | Sign | Enrol | VisitAct | LifeStep | Undo


@frozen
class WantedValue:
    """The answer an item should have; none for no answer."""

    place: ItemPlace
    answer: Answer | None


@frozen
class WantedFindings:
    """The codes of all open findings that an item should have."""

    place: ItemPlace
    codes: tuple[str, ...]


@frozen
class WantedWindow:
    """The days a visit should have; what the file leaves out is not looked at."""

    visit: Said
    target: date | None
    opens: date | None
    closes: date | None


@frozen
class WantedLife:
    """Where a participant should stand; none where the file says nothing of it."""

    state: str
    withdrawn_from: tuple[str, ...] | None
    product_stopped: bool | None
    line: int


@frozen
class Expected:
    """What should be true after a step.

    Attributes:
        line: Where the expectations begin.
        clean: The line that says there are no open findings, if there is one.
        required_open: Every required item without an answer; none where not looked at.
        status: planned, in_progress, completed or amended.
        signed: Meanings of the valid signatures on the form; none where not looked at.
    """

    line: int
    shown: tuple[ItemPlace, ...] = ()
    hidden: tuple[ItemPlace, ...] = ()
    values: tuple[WantedValue, ...] = ()
    findings: tuple[WantedFindings, ...] = ()
    clean: int | None = None
    required_open: tuple[tuple[ItemPlace, ...], int] | None = None
    windows: tuple[WantedWindow, ...] = ()
    status: Said | None = None
    signed: tuple[tuple[str, ...], int] | None = None
    life: WantedLife | None = None


@frozen
class Step:
    """One step: when, who, on whom, what, and what should follow.

    Attributes:
        at: Where the clock stands.
        account: The file's name of who acts.
        participant: The file's name of the participant.
        place: The form that is open, or none.
        opens: The step itself opens that form.
        refused: The code with which the program should refuse the step.
        impossible: The code of the finding that should refuse its one answer.
    """

    line: int
    at: datetime
    account: str
    participant: str
    place: FormPlace | None
    opens: bool
    act: Act | None
    expected: Expected | None
    refused: Said | None
    impossible: Said | None


@frozen
class Scenario:
    """One file.

    Attributes:
        file: Path inside the study folder.
        title: What it shows, in the author's words.
        start: Where the clock begins.
        accounts: Role by name.
        participants: Number by name, enrolled before the first step.
    """

    file: str
    title: str
    start: datetime
    accounts: dict[str, str]
    participants: dict[str, int]
    steps: tuple[Step, ...]
