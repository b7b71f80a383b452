"""The end of the infusion: volumes and how it ended, recorded together as one act.

The time is when the button is pressed; the flush comes afterwards and is not the end.
"""

from decimal import Decimal

from attrs import frozen
from PySide6.QtCore import Signal

from msclinic.domain.values import Answer, Code
from msclinic.forms.definitions import FormDefinition
from msclinic.ui.editors import EditorSetting, Input, make_input
from msclinic.ui.infusion.step_page import StepPage, open_words, short_words
from msclinic.ui.widgets import Card, column, label, row
from msclinic.ui.widgets.fields import TypedField
from msclinic.wording import plural, tr

__all__ = ["EndGiven", "EndStep"]

_ITEMS = ("D08_GIVEN", "D08_LEFT", "D10", "D10_REASON")


@frozen
class EndGiven:
    """What was said of the end.

    Attributes:
        given: Volume given, mL.
        left: Volume left, mL.
        completed: Whether it was completed as planned.
        reason: Stop reason where it was not.
    """

    given: Decimal
    left: Decimal
    completed: bool
    reason: str | None


class EndStep(StepPage):
    """Asks for the end of the infusion.

    Signals:
        end_given: The ``EndGiven``; sent once all is answered and the button was pressed.
    """

    end_given = Signal(object)

    def __init__(self, form: FormDefinition, setting: EditorSetting) -> None:
        super().__init__()
        self._answers: dict[str, Answer] = {}
        self._labels: dict[str, str] = {}
        self.inputs: dict[str, Input] = {}
        body = column(gap=8, margins=(16, 8, 16, 8))
        card = Card()
        card.body.addWidget(
            label(tr("When the last product has entered the vein"), "section", wrap=True)
        )
        volumes = row(gap=16)
        for oid in _ITEMS:
            item = form.item(oid)
            text = item.label.text(setting.language)
            made = make_input(item, setting)
            made.setObjectName(f"end/{oid}")
            made.setProperty("item", oid)
            made.answered.connect(self._answered)
            self.inputs[oid], self._labels[oid] = made, text
            place = column(gap=0)
            caption = label(text, "label", wrap=True)
            place.addWidget(caption)
            place.addWidget(made)
            if oid.startswith("D08"):
                volumes.addLayout(place, 1)
                if oid == "D08_LEFT":
                    card.body.addLayout(volumes)
            else:
                card.body.addLayout(place)
            if oid == "D10_REASON":
                self._reason_caption = caption
        body.addWidget(card)
        body.addStretch(1)
        self.setLayout(body)
        self._show_reason()

    def left(self) -> int:
        """Answers left."""
        return len(self._open())

    def left_words(self) -> tuple[str, str]:
        """Which answers are left."""
        names = [self._labels[oid] for oid in self._open()]
        if not names:
            return tr("Ready."), tr("The time of the end is when you press the button.")
        return plural(len(names), one="{count} left:", other="{count} left:"), open_words(names)

    def next_words(self) -> str:
        """The next answer, then the end itself."""
        still = self._open()
        if still:
            return tr("Next: {item}", item=short_words(self._labels[still[0]]))
        return tr("Infusion has ended now")

    def go_next(self) -> bool:
        """Go to the next answer, or record the end."""
        self.settle()
        still = self._open()
        if still:
            self.inputs[still[0]].setFocus()
            return True
        given, left = self._answers["D08_GIVEN"], self._answers["D08_LEFT"]
        reason = self._answers.get("D10_REASON")
        if isinstance(given, Decimal | int) and isinstance(left, Decimal | int):
            self.end_given.emit(
                EndGiven(
                    Decimal(given),
                    Decimal(left),
                    self._answers["D10"] == Code("Y"),
                    reason.value if isinstance(reason, Code) else None,
                )
            )
        return True

    def begin(self) -> bool:
        """Go to the first answer."""
        self.inputs["D08_GIVEN"].setFocus()
        return True

    def settle(self) -> None:
        """Take what is still being typed."""
        for made in self.inputs.values():
            if isinstance(made, TypedField):
                made.commit()

    def _open(self) -> list[str]:
        asked = [oid for oid in _ITEMS if oid != "D10_REASON" or self._stopped()]
        return [oid for oid in asked if oid not in self._answers]

    def _stopped(self) -> bool:
        return self._answers.get("D10") == Code("N")

    def _answered(self, answer: Answer) -> None:
        made = self.sender()
        oid = str(made.property("item")) if made is not None else ""
        if oid not in self.inputs:
            return
        self._answers[oid] = answer
        self.inputs[oid].set_answer(answer)
        self._show_reason()
        self.moved.emit()

    def _show_reason(self) -> None:
        self._reason_caption.setVisible(self._stopped())
        self.inputs["D10_REASON"].setVisible(self._stopped())
