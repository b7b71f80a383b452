"""What is known about one infusion run: frozen facts that every rule is a function of.

Built by services from the record. No rule reads a clock or a file: `now` and all limits are here.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal

from attrs import field, frozen

from msclinic.domain.infusion.volume import Interruption, PlannedStep, RateStep
from msclinic.domain.news2 import News2Limits
from msclinic.domain.values import Answer, Code
from msclinic.domain.vitals import VitalsPlan, VitalsReading

__all__ = [
    "CheckerAnswers",
    "GateSignature",
    "LateEntry",
    "LineCheck",
    "Product",
    "RunFacts",
    "RunLimits",
]


@frozen(kw_only=True)
class RunLimits:
    """Numbers the rules compare with; the study folder sets every one of them.

    Attributes:
        fit_minutes: Age at which the fit-to-dose signature (G1) expires.
        check_minutes: Age at which the bedside check (G3) expires.
        spare_minutes: Time the use-before must leave beyond the planned end (C04).
        release_delay: Minutes from prepared-at to the release, the same in both arms.
        minimum_interval: Fewest days between two infusions.
        label_percent: Label volume may differ from the prescription by this.
        volume_soft: Given + left may differ from the label by this without a warning, mL.
        volume_hard: The same as a limit for closing, mL.
        pump_difference: Expected and pump volume may differ by this, mL.
        pause_minutes: Longest pause in total.
        observation_first: Observation after infusion 1, minutes.
        observation_later: Observation after a later infusion, minutes.
        observation_reaction: Observation after any reaction, minutes.
        observation_anaphylaxis: Observation from the resolution of an anaphylaxis, minutes.
        baseline_minutes: The baseline may be this old at the start.
        late_entry_hours: Entry this long after the event is a deviation.
        systolic_low: Hold below.
        systolic_high: Hold above.
        diastolic_high: Hold above.
        pulse_low: Hold below.
        pulse_high: Hold above.
        resp_high: Hold above.
        temperature_high: Hold from here on.
        oxysat_low: Hold below.
        systolic_change: Change from baseline that asks for a pause, mmHg.
        discharge_systolic_percent: Systolic at discharge within this of baseline.
        discharge_news2_rise: Highest rise of NEWS2 over baseline at discharge.
        vip_stop: Site score that asks for a stop.
        prior_grade: An earlier reaction from this grade on forbids the dose.
        news2: Totals that ask for a recheck, a pause or a stop.
    """

    fit_minutes: int
    check_minutes: int
    spare_minutes: int
    release_delay: int
    minimum_interval: int
    label_percent: Decimal
    volume_soft: Decimal
    volume_hard: Decimal
    pump_difference: Decimal
    pause_minutes: int
    observation_first: int
    observation_later: int
    observation_reaction: int
    observation_anaphylaxis: int
    baseline_minutes: int
    late_entry_hours: int
    systolic_low: Decimal
    systolic_high: Decimal
    diastolic_high: Decimal
    pulse_low: Decimal
    pulse_high: Decimal
    resp_high: Decimal
    temperature_high: Decimal
    oxysat_low: Decimal
    systolic_change: Decimal
    discharge_systolic_percent: Decimal
    discharge_news2_rise: int
    vip_stop: int
    prior_grade: int
    news2: News2Limits


@frozen
class GateSignature:
    """A signature at a gate.

    Attributes:
        gate: G1 to G7.
        role: Role the signer acted in; a second person signs in the same role.
        account: Who signed.
        signed_at: When.
        void: A signed item underneath was changed since.
        clock_set_back: The clock went back since, so that its age is not known.
    """

    gate: str
    role: str
    account: str
    signed_at: datetime
    void: bool = False
    clock_set_back: bool = False


@frozen
class Product:
    """All that masked staff learn of the preparation.

    Attributes:
        kit: Kit number.
        volume: Volume on the label, mL.
        prepared_at: Prepared at.
        use_before: Use before.
        released: Whether the preparers released it.
    """

    kit: str | None = None
    volume: Decimal | None = None
    prepared_at: datetime | None = None
    use_before: datetime | None = None
    released: bool = False


@frozen
class CheckerAnswers:
    """What one person answered at the bedside, the other's answers hidden.

    Attributes:
        account: Who answered.
        answers: Answers by item id.
    """

    account: str
    answers: Mapping[str, Answer]


@frozen
class LineCheck:
    """One look at the line and the site.

    Attributes:
        at: When.
        vip: Visual infusion phlebitis score, 0 to 5.
        volume: Volume on the pump, mL.
        extravasation: Fluid outside the vein.
    """

    at: datetime
    vip: int | None = None
    volume: Decimal | None = None
    extravasation: bool = False


@frozen
class LateEntry:
    """An answer that tells when something happened; whether it was late is a rule's to say.

    Attributes:
        item: Item id.
        event_time: When it happened.
        typed_at: When it was typed.
    """

    item: str
    event_time: datetime
    typed_at: datetime


@frozen(kw_only=True)
class RunFacts:
    """One infusion run at one moment.

    Attributes:
        now: The moment.
        participant_code: Code of the open record.
        assigned_kit: Kit assigned for this participant and visit.
        infusion_number: 1 to 4.
        visit_day: Local calendar day of the dose; before the start, today.
        zone: Local time zone of the clinic.
        sex: M, F or None.
        in_window: Whether the day lies in the visit window; None if not known.
        days_from_previous: Days since the previous infusion; None before the first.
        arrived_at: When the participant arrived.
        requested_at: When the product was asked for.
        dosing_permitted: The study's dosing switch.
        stop_reasons: Stop rules on record that forbid a dose (S02, S07, S12 ..).
        life_bars: What in the participant's way through the study forbids a dose, as codes.
        answers: Answers of items that do not repeat, by item id.
        overrides: Items with a physician's override.
        baseline: Baseline vital signs: the newest complete set before the dose, whatever its
            point; the newest begun where none is complete.
        later_readings: Readings before the dose that are newer than the baseline, complete or
            not, without those whose every hold a physician let pass.
        held_at: When a value over a hold limit was last typed in a reading before the dose.
        unfinished: Readings begun and not fully answered, in order of time.
        unassessed_grade: Worst grade from 3 on of this participant's adverse events whose
            causality no physician has assessed; None without one.
        vitals: Readings by point code.
        vitals_not_done: Points recorded as not done.
        vitals_plan: The schedule of readings.
        product: The released product.
        first_check: The nurse's bedside check.
        second_check: The second checker's.
        further_checkers: Accounts with a bedside check beyond the two that count.
        prescribed_volume: Prescription, mL.
        planned_rates: Rates ordered.
        rate_steps: Rates set on the pump.
        interruptions: Pauses.
        line_checks: Looks at the line.
        signatures: Gate signatures, void ones too.
        reaction_seen: Something of this visit tells of a reaction, graded or not.
        reaction_grade: Worst grade of a reaction today; None without one, or while not graded.
        reaction_resolved: Whether it is over.
        anaphylaxis: Whether a reaction today was an anaphylaxis.
        reaction_over_at: When the last anaphylaxis was recorded as over.
        deferred: Deferred before the start.
        cancelled: Cancelled before the start.
        open_items: Required items the forms still wait for.
        passed_over: Gates that the forms' own rules keep shut though the infusion has begun
            without them.
        deviations_classified: Whether every deviation has been classified.
        late_entries: Answers that tell when something happened.
        escort_required: Whether a participant needs an escort home.
        limits: Numbers to compare with.
    """

    now: datetime
    participant_code: str
    assigned_kit: str | None
    infusion_number: int
    visit_day: date
    zone: tzinfo = UTC
    sex: str | None = None
    in_window: bool | None = None
    days_from_previous: int | None = None
    arrived_at: datetime | None = None
    requested_at: datetime | None = None
    dosing_permitted: bool = False
    stop_reasons: frozenset[str] = frozenset()
    life_bars: tuple[str, ...] = ()
    answers: Mapping[str, Answer] = field(factory=dict)
    overrides: frozenset[str] = frozenset()
    baseline: VitalsReading | None = None
    later_readings: tuple[VitalsReading, ...] = ()
    held_at: datetime | None = None
    unfinished: tuple[VitalsReading, ...] = ()
    unassessed_grade: int | None = None
    vitals: Mapping[str, VitalsReading] = field(factory=dict)
    vitals_not_done: frozenset[str] = frozenset()
    vitals_plan: VitalsPlan
    product: Product | None = None
    first_check: CheckerAnswers | None = None
    second_check: CheckerAnswers | None = None
    further_checkers: tuple[str, ...] = ()
    prescribed_volume: Decimal
    planned_rates: tuple[PlannedStep, ...]
    rate_steps: tuple[RateStep, ...] = ()
    interruptions: tuple[Interruption, ...] = ()
    line_checks: tuple[LineCheck, ...] = ()
    signatures: tuple[GateSignature, ...] = ()
    reaction_seen: bool = False
    reaction_grade: int | None = None
    reaction_resolved: bool = True
    anaphylaxis: bool = False
    reaction_over_at: datetime | None = None
    deferred: bool = False
    cancelled: bool = False
    open_items: tuple[str, ...] = ()
    passed_over: frozenset[str] = frozenset()
    deviations_classified: bool = False
    late_entries: tuple[LateEntry, ...] = ()
    escort_required: bool = False
    limits: RunLimits

    @property
    def started_at(self) -> datetime | None:
        """Start of the infusion (D01)."""
        return self.moment("D01")

    @property
    def ended_at(self) -> datetime | None:
        """End of the infusion (D07)."""
        return self.moment("D07")

    @property
    def reaction(self) -> bool:
        """Whether there was a reaction today."""
        return self.reaction_seen or self.reaction_grade is not None

    @property
    def observation(self) -> timedelta:
        """How long the participant is watched after the end.

        Rule and source: infusion day, item E02 (study default; anaphylaxis: Resuscitation Council
        UK 2021). After infusion 1 and after later ones as set; after any reaction, also one that
        nobody has graded, the longer of the plain options; after an anaphylaxis six hours from its
        resolution, and as long as it is not recorded as over, six hours from now. The twelve hours
        after more than two doses of adrenaline are the physician's, who alone signs then: the
        record does not count doses.
        """
        minutes = self.limits.observation_later
        if self.infusion_number == 1:
            minutes = self.limits.observation_first
        if self.reaction:
            minutes = max(minutes, self.limits.observation_reaction)
        plain = timedelta(minutes=minutes)
        if not self.anaphylaxis or self.ended_at is None:
            return plain
        over = max(self.reaction_over_at or self.now, self.ended_at)
        long = timedelta(minutes=self.limits.observation_anaphylaxis)
        return max(plain, over + long - self.ended_at)

    @property
    def earliest_start(self) -> datetime | None:
        """The moment before which the infusion cannot have begun; None where none is recorded.

        Rule (infusion day, sections 2 and 10, study default): the participant is here, and G1 to
        G4 are signed.
        """
        needed = ("G1", "G2", "G3", "G4")
        signed = (e.signed_at for e in self.signatures if e.gate in needed and not e.void)
        return max((at for at in (self.arrived_at, *signed) if at is not None), default=None)

    def first_signed(self, gate: str) -> datetime | None:
        """Return when a gate was signed first, void signatures included."""
        return min(
            (entry.signed_at for entry in self.signatures if entry.gate == gate), default=None
        )

    def moment(self, item: str) -> datetime | None:
        """Return the answer of an item as a time, if it is one."""
        answer = self.answers.get(item)
        return answer if isinstance(answer, datetime) else None

    def number(self, item: str) -> Decimal | None:
        """Return the answer of an item as a number, if it is one."""
        answer = self.answers.get(item)
        if isinstance(answer, Decimal):
            return answer
        return Decimal(answer) if isinstance(answer, int) else None

    def code(self, item: str) -> str | None:
        """Return the answer of an item as a code, if it is one."""
        answer = self.answers.get(item)
        return answer.value if isinstance(answer, Code) else None
