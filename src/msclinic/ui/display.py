"""How this computer shows the program: language, colours, size of text. No clinical data."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from msclinic.app.settings import SCALES, THEMES, Settings
from msclinic.domain.values import Code
from msclinic.services.integrity import check_program, version_line
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets import (
    Card,
    PageHead,
    Panel,
    Segmented,
    column,
    keyed,
    label,
    row,
    scrolled,
)
from msclinic.wording import LANGUAGES, tr

__all__ = ["DisplayScreen"]

_LANGUAGE_NAMES = {"en": "English", "pl": "Polski"}


class DisplayScreen(Panel):
    """Three choices that hold at once.

    Signals:
        chosen: ``Settings`` with one choice changed.
    """

    chosen = Signal(object)

    def __init__(self, settings: Settings) -> None:
        super().__init__("bg")
        self._settings = settings
        themes = {"light": tr("Light"), "dark": tr("Dark"), "contrast": tr("High contrast")}
        self._rows: dict[str, Segmented] = {}
        card = Card(margin=24, gap=8)
        for key, name, choices in (
            ("language", tr("Language"), [(one, _LANGUAGE_NAMES[one]) for one in LANGUAGES]),
            ("theme", tr("Colours"), [(one, themes[one]) for one in THEMES]),
            ("scale", tr("Size of text"), [(str(one), f"{one} %") for one in SCALES]),
        ):
            chooser = Segmented(name, keyed(choices))
            chooser.setObjectName(f"display/{key}")
            chooser.set_answer(Code(str(getattr(settings, key))))
            chooser.answered.connect(self._answered)
            self._rows[key] = chooser
            card.body.addWidget(label(name, "label"))
            line = row()
            line.addWidget(chooser)
            line.addStretch(1)
            card.body.addLayout(line)
            card.body.addSpacing(8)
        note = tr("These choices belong to this computer and hold at once.")
        card.body.addWidget(label(note, "secondary", "text2", wrap=True))
        card.body.addSpacing(8)
        card.body.addWidget(label(tr("Program"), "label"))
        self.version = label(version_line(check_program()), "secondary", "text2", wrap=True)
        card.body.addWidget(self.version)
        card.setMaximumWidth(current_theme().px(640))
        lines = column(gap=0)
        lines.addWidget(PageHead(tr("Display")))
        inner = QWidget()
        across = row(margins=(16, 0, 16, 16))
        across.addWidget(card, 1)
        across.addStretch(0)
        down = column()
        down.addLayout(across)
        down.addStretch(1)
        inner.setLayout(down)
        lines.addWidget(scrolled(inner), 1)
        self.setLayout(lines)
        self.setFocusProxy(self._rows["language"])

    def showEvent(self, event: QShowEvent) -> None:
        """Arrows choose at once."""
        super().showEvent(event)
        self._rows["language"].setFocus()

    def _answered(self, answer: object) -> None:
        chooser = self.sender()
        key = next(key for key, one in self._rows.items() if one is chooser)
        if isinstance(answer, Code):
            value = int(answer.value) if key == "scale" else answer.value
            self.chosen.emit(self._settings.with_changes(**{key: value}))
