"""Between two rounds of a running infusion: what is next, the rate, a pause, the end.

The pump is set by a person; each button only records what was done at the pump.
"""

from collections.abc import Sequence
from decimal import Decimal

from attrs import frozen
from PySide6.QtCore import Signal

from msclinic.domain.values import Answer, Code
from msclinic.forms.definitions import ItemDefinition
from msclinic.ui.editors import EditorSetting, make_input
from msclinic.ui.infusion.step_page import StepPage
from msclinic.ui.widgets import Button, Card, Segmented, column, keyed, label, row
from msclinic.ui.widgets.fields import NumberField
from msclinic.wording import tr

__all__ = ["RunningShown", "RunningStep"]


@frozen
class RunningShown:
    """What stands between two rounds.

    Attributes:
        headline: What is next: ``T30 round at 11:12``.
        detail: In how long, or how late.
        paused: Whether the infusion is paused now.
        rule: What a rule asks for now, so that it does not go on: stop, pause, or nothing.
        ordered_rate: The rate that is due to be set now, or none.
    """

    headline: str
    detail: str
    paused: bool = False
    rule: str = ""
    ordered_rate: Decimal | None = None


class RunningStep(StepPage):
    """What can be done between two rounds.

    Signals:
        rate_given: The rate that the pump was set to.
        pause_given: Reason code, and the pump's volume or None.
        resume_asked: It goes on.
        extra_asked: One more round now.
        end_asked: The last product has entered the vein.
        decision_asked: A physician decides that it goes on without a pause.
    """

    rate_given = Signal(object)
    pause_given = Signal(str, object)
    resume_asked = Signal()
    extra_asked = Signal()
    end_asked = Signal()
    decision_asked = Signal()

    def __init__(
        self,
        rate: ItemDefinition,
        volume: ItemDefinition,
        reasons: Sequence[tuple[str, str]],
        setting: EditorSetting,
    ) -> None:
        """Make the screen.

        Args:
            rate: The item of a rate.
            volume: The item of the volume so far.
            reasons: Codes and words of the reasons for a pause.
            setting: Language and units.
        """
        super().__init__()
        self._shown = RunningShown("", "")
        self._headline = label("", "title", wrap=True)
        self._detail = label("", "body", "text2", wrap=True)
        self.extra = Button(tr("Extra reading"), icon="activity", size=48)
        self.extra.setObjectName("run/extra")
        self.extra.clicked.connect(self.extra_asked)
        self.go_on = Button(tr("Go on with the infusion"), icon="next", size=48)
        self.go_on.setObjectName("run/go_on")
        self.go_on.clicked.connect(self.resume_asked)
        self.end = Button(tr("Infusion has ended…"), icon="flag", size=48)
        self.end.setObjectName("run/end")
        self.end.clicked.connect(self.end_asked)
        self.decide = Button(tr("Physician decides to go on…"), size=48)
        self.decide.setObjectName("run/decide")
        self.decide.clicked.connect(self.decision_asked)
        self.rate = make_input(rate, setting)
        self.rate.setObjectName("run/rate")
        self.rate.answered.connect(self._rate_typed)
        self.rate_set = Button(tr("Pump set to this rate"), "outlined", size=48)
        self.rate_set.setObjectName("run/rate_set")
        self.rate_set.clicked.connect(self.give_rate)
        self._reasons = tuple(reasons)
        self.reason = Segmented(tr("Reason of the pause"), keyed(self._reasons), size=44)
        self.reason.setObjectName("run/reason")
        self.reason.answered.connect(self._reason_chosen)
        self.volume = make_input(volume, setting)
        self.volume.setObjectName("run/pause_volume")
        self.volume.answered.connect(self._volume_typed)
        self.pause = Button(tr("Paused now"), "outlined", size=48)
        self.pause.setObjectName("run/pause")
        self.pause.clicked.connect(self.give_pause)
        self._rate: Decimal | None = None
        self._volume: Decimal | None = None
        self._reason = ""
        self._pause_note = label("", "secondary", "text2", wrap=True)
        self._rate_card, self._pause_card = self._lay_out()

    def _lay_out(self) -> tuple[Card, Card]:
        body = column(gap=8, margins=(16, 8, 16, 8))
        first = Card()
        first.body.addWidget(self._headline)
        first.body.addWidget(self._detail)
        acts = row(gap=8)
        acts.addWidget(self.go_on)
        acts.addWidget(self.extra)
        acts.addWidget(self.end)
        acts.addStretch(1)
        first.body.addLayout(acts)
        line = row(gap=8)
        line.addWidget(self.decide)
        line.addStretch(1)
        first.body.addLayout(line)
        rate = Card()
        rate.body.addWidget(label(tr("Rate on the pump"), "label"))
        line = row(gap=8)
        line.addWidget(self.rate)
        line.addWidget(self.rate_set)
        line.addStretch(1)
        rate.body.addLayout(line)
        pause = Card()
        pause.body.addWidget(label(tr("Pause, for anything but a reaction"), "label"))
        pause.body.addWidget(self.reason)
        line = row(gap=8)
        line.addWidget(self.volume)
        line.addWidget(self.pause)
        line.addStretch(1)
        pause.body.addLayout(line)
        pause.body.addWidget(self._pause_note)
        self._pause_note.setText(
            tr("Volume on the pump so far. For a reaction: stop the pump, call the physician.")
        )
        for card in (first, rate, pause):
            body.addWidget(card)
        body.addStretch(1)
        self.setLayout(body)
        return rate, pause

    def set_shown(self, shown: RunningShown) -> None:
        """Show what is next."""
        self._shown = shown
        self._headline.setText(shown.headline)
        self._detail.setText(shown.detail)
        self._rate_card.setVisible(not shown.paused)
        self._pause_card.setVisible(not shown.paused)
        self.go_on.setVisible(shown.paused and not shown.rule)
        self.decide.setVisible(shown.rule == "pause")

    def next_words(self) -> str:
        """Pause where a rule asks for it, set the ordered rate, or go on after a pause."""
        rule = self._shown.rule
        if self._shown.paused:
            words = {"": tr("Go on with the infusion"), "pause": tr("Measure again")}
            return words.get(rule, "")
        if rule == "pause":
            return tr("Record the pause")
        if self._shown.ordered_rate is not None:
            return tr("Pump set to {rate} mL/h", rate=self._shown.ordered_rate)
        return ""

    def go_next(self) -> bool:
        """Do what is next."""
        paused, rule = self._shown.paused, self._shown.rule
        if paused and not rule:
            self.resume_asked.emit()
            return True
        if rule == "pause":
            if paused:
                self.extra_asked.emit()
            else:
                self.give_pause()
            return True
        if self._shown.ordered_rate is not None:
            self.rate_given.emit(self._shown.ordered_rate)
            return True
        return False

    def focus_rate(self) -> None:
        """Go to the rate."""
        self.rate.setFocus()

    def give_rate(self) -> None:
        """Record the rate that stands in the field."""
        if isinstance(self.rate, NumberField):
            self.rate.commit()
        if self._rate is not None:
            self.rate_given.emit(self._rate)

    def give_pause(self) -> None:
        """Record a pause."""
        if isinstance(self.volume, NumberField):
            self.volume.commit()
        if not self._reason:
            self.reason.setFocus()
            return
        self.pause_given.emit(self._reason, self._volume)

    def _rate_typed(self, answer: Answer) -> None:
        if isinstance(answer, Decimal | int):
            self._rate = Decimal(answer)

    def _volume_typed(self, answer: Answer) -> None:
        if isinstance(answer, Decimal | int):
            self._volume = Decimal(answer)

    def _reason_chosen(self, answer: Answer) -> None:
        if isinstance(answer, Code):
            self._reason = answer.value
            self.reason.set_answer(answer)
