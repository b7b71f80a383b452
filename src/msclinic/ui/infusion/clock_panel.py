"""The right side of a running infusion: the clock, the volume, the rates and the vital signs.

It shows what it is given and computes nothing.
"""

from collections.abc import Sequence
from decimal import Decimal

from attrs import evolve, frozen
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from msclinic.reports.chart import VitalsChart, vitals_chart
from msclinic.reports.primitives import Primitive
from msclinic.ui.chart_view import ChartView
from msclinic.ui.infusion.meters import Clock, RateLine, Rates, VolumeBar, VolumeShown
from msclinic.ui.widgets import Button, Chip, Panel, column, label, row, rule
from msclinic.wording import decimal_text, tr

__all__ = ["ClockPanel", "RunClock"]

_LETTERS = 12.0


@frozen
class RunClock:
    """What the clock says.

    Attributes:
        title: What is counted: ``Running for``.
        seconds: How long, in whole seconds; None shows no clock.
        note: Beneath it: ``Started 10:42:00 · no interruption``.
        end_title: What comes next: ``Planned end``.
        end: When, as a clock time; empty for none.
        left: How long until then, worded.
        tone: Tone of the figures: ``text``, ``att`` or ``stop``.
    """

    title: str
    seconds: int | None
    note: str = ""
    end_title: str = ""
    end: str = ""
    left: str = ""
    tone: str = "text"


class ClockPanel(Panel):
    """Clock, volume, rates and vital signs of one run.

    Signals:
        rate_asked: The person wants to change the rate.
    """

    rate_asked = Signal()

    def __init__(self) -> None:
        super().__init__("surface", "left")
        self._title = label("", "label")
        self._clock = Clock()
        self._note = label("", "secondary", "text2", wrap=True)
        self._end_title = label("", "label")
        self._end = label("", "timer")
        self._left_title = label(tr("Left"), "label")
        self._left = label("", "title", "text2")
        self._volume = _VolumePart()
        self._rates = Rates()
        self._change = Button(tr("Change"), "plain", size=44)
        self._change.setAccessibleName(tr("Change the rate"))
        self._change.clicked.connect(self.rate_asked)
        self._rate_row = QWidget()
        rates = row(gap=4)
        rates.addWidget(self._rates, 1)
        rates.addWidget(self._change)
        self._rate_row.setLayout(rates)
        self._chart = ChartView(tr("Vital signs of this run"), width=340, height=250)
        self._vitals_note = label("", "caption", "text2")
        self._ends = QWidget()
        self._lay_out()

    def _lay_out(self) -> None:
        body = column(gap=6, margins=(16, 8, 16, 8))
        body.addWidget(self._title)
        line = row(gap=12)
        line.addWidget(self._clock)
        line.addStretch(1)
        ends = row(gap=16)
        for title, value in ((self._end_title, self._end), (self._left_title, self._left)):
            pair = column(gap=0)
            pair.addWidget(title, 0, Qt.AlignmentFlag.AlignRight)
            pair.addWidget(value, 0, Qt.AlignmentFlag.AlignRight)
            ends.addLayout(pair)
        self._ends.setLayout(ends)
        line.addWidget(self._ends)
        body.addLayout(line)
        body.addWidget(self._note)
        body.addWidget(rule())
        body.addWidget(self._volume)
        body.addWidget(self._rate_row)
        body.addWidget(rule())
        head = row(gap=8)
        head.addWidget(label(tr("Vital signs"), "label"))
        head.addStretch(1)
        head.addWidget(self._vitals_note)
        body.addLayout(head)
        body.addWidget(self._chart, 1)
        self.setLayout(body)

    def set_clock(self, clock: RunClock) -> None:
        """Show how long it has run; figures change without moving."""
        self._title.setText(clock.title)
        self._clock.set_time(clock.seconds, clock.tone)
        self._note.setText(clock.note)
        self._note.setVisible(bool(clock.note))
        self._end_title.setText(clock.end_title)
        self._end.setText(clock.end)
        self._left.setText(clock.left)
        self._ends.setVisible(bool(clock.end))

    def set_volume(self, shown: VolumeShown | None) -> None:
        """Show expected and pumped volume; none while nothing has run."""
        self._volume.setVisible(shown is not None)
        if shown is not None:
            self._volume.set_shown(shown)

    def set_rates(self, lines: Sequence[RateLine], *, changeable: bool) -> None:
        """Show the rates; only while it runs can they be changed."""
        self._rates.set_lines(lines)
        self._change.setVisible(changeable)
        self._rate_row.setVisible(bool(lines))

    def set_vitals(self, chart: VitalsChart, note: str) -> None:
        """Draw the vital signs with their due points."""

        def build(width: float, height: float) -> Sequence[Primitive]:
            return vitals_chart(evolve(chart, size=_LETTERS), (width, height))

        self._vitals_note.setText(note)
        self._chart.set_builder(build, note or tr("Vital signs of this run"))


class _VolumePart(QWidget):
    """Heading, chip, bar and the figures of the volume."""

    def __init__(self) -> None:
        super().__init__()
        self._title = label("", "label")
        self._chip = Chip("", "neutral", "info")
        self._expected = label("", "secondary")
        self._rest = label("", "secondary", "text2")
        self._bar = VolumeBar()
        body = column(gap=4)
        head = row(gap=8)
        head.addWidget(self._title)
        head.addStretch(1)
        head.addWidget(self._chip)
        body.addLayout(head)
        line = row(gap=8)
        line.addWidget(self._expected)
        line.addStretch(1)
        line.addWidget(self._rest)
        body.addLayout(line)
        body.addWidget(self._bar)
        self.setLayout(body)

    def set_shown(self, shown: VolumeShown) -> None:
        """Show other volumes."""
        self._title.setText(tr("Volume, of {total} mL", total=decimal_text(shown.total)))
        self._expected.setText(tr("Expected {volume}", volume=decimal_text(_tenth(shown.expected))))
        rest = max(shown.total - shown.expected, Decimal(0))
        self._rest.setText(tr("{volume} left", volume=decimal_text(_tenth(rest))))
        self._chip.setVisible(shown.difference is not None)
        if shown.difference is not None:
            off = decimal_text(_tenth(shown.difference))
            if shown.differs:
                words = tr("Pump differs, {volume} mL", volume=off)
                self._chip.set_state(words, "attention", "attention")
            else:
                self._chip.set_state(tr("Pump agrees, {volume} mL", volume=off), "ok", "ok")
        self._bar.set_shown(shown)
        self.setAccessibleName(f"{self._title.text()}: {self._expected.text()}")


def _tenth(volume: Decimal) -> Decimal:
    return volume.quantize(Decimal("0.1"))
