"""What stands around a form's sections: their list with the form's name and standing, and the line
that says why nothing can be answered."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from msclinic.services.entry import FormEntry
from msclinic.services.participants import masked_rater
from msclinic.services.people import account_code
from msclinic.services.visits import COMMON_VISIT
from msclinic.ui.forms.standing import Standing
from msclinic.ui.forms.words import moment_words
from msclinic.ui.participants.banner import visit_title
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets.base import IconMark, Panel, column, label, row, rule
from msclinic.ui.widgets.buttons import Button
from msclinic.ui.widgets.chips import Chip
from msclinic.ui.widgets.progress import StepList
from msclinic.ui.widgets.surfaces import scrolled
from msclinic.wording import current_language, tr

__all__ = ["FormSide", "read_only_line"]

_WIDE = 248


class FormSide(Panel):
    """The sections at the left; folded, their names stand beneath the icons.

    Attributes:
        steps: The list of the sections.
        chip: The state of the form; where the side is folded its place is elsewhere.
        signed: Shows what was signed; its place is that of the chip.
    """

    def __init__(self, entry: FormEntry, title: str, *, folded: bool) -> None:
        super().__init__("surface", "right")
        self.steps = StepList(tr("Sections"))
        self.steps.set_folded(folded)
        self.chip = Chip("", "neutral", "waits")
        self.who = label("", "secondary", "text2", wrap=True)
        self.signed = Button(tr("What was signed"), size=36)
        self.signed.setObjectName(f"{entry.prefix}#signed")
        self.signed.hide()
        self._entry = entry
        self.setFixedWidth(self.width_of(folded=folded))
        lines = column(gap=0, margins=(0, 0, 1, 0))
        if not folded:
            words = column(gap=0, margins=(16, 14, 16, 4))
            words.addWidget(label(title, "section", wrap=True))
            words.addWidget(label(_version(entry), "secondary", "text2", wrap=True))
            lines.addLayout(words)
        lines.addWidget(scrolled(self.steps), 1)
        if not folded:
            below = column(gap=6, margins=(16, 0, 16, 12))
            below.addWidget(rule())
            below.addSpacing(4)
            below.addWidget(self.chip)
            below.addWidget(self.who)
            below.addWidget(self.signed, 0, Qt.AlignmentFlag.AlignLeft)
            lines.addLayout(below)
        self.setLayout(lines)

    @staticmethod
    def width_of(*, folded: bool) -> int:
        """Its width in pixels."""
        return StepList.folded_width() if folded else current_theme().px(_WIDE)

    def set_standing(self, standing: Standing) -> None:
        """Show how the form stands."""
        text, tone, icon = standing.chip()
        self.chip.set_state(text, tone, icon)
        self.who.setText("\n".join(standing.lines(self._entry.session)))
        self.signed.setVisible(bool(standing.signatures))


def read_only_line(entry: FormEntry) -> QWidget:
    """Says that the form can only be read, and who fills it in."""
    study, language = entry.session.study, current_language()
    roles = [
        role.short.text(language)
        for code, role in study.roles.items()
        if study.may(code, "enter", entry.form.oid)
    ]
    strip = Panel("sunken", "bottom")
    line = row(gap=8, margins=(24, 6, 16, 6))
    line.addWidget(IconMark("lock-keyhole", "text2", 20))
    words = tr("You may only read this form.")
    if entry.lock is not None:
        words, roles = _lock_words(entry), []
    # Masked raters are not told who else works with a participant.
    if roles and not masked_rater(entry.session):
        words += " " + tr("It is filled in by: {roles}.", roles=", ".join(roles))
    line.addWidget(label(words, "body", "text2", wrap=True), 1)
    strip.setLayout(line)
    return strip


def _lock_words(entry: FormEntry) -> str:
    """That the form is closed, by whom and since when; a masked rater is told only that it is."""
    if entry.lock is None or masked_rater(entry.session):
        return tr("This form is locked; nothing in it changes any more.")
    scope, head = entry.lock
    what = tr("The visit is locked") if scope.count("/") == 1 else tr("This form is locked")
    what = tr("The study is locked") if scope == "study" else what
    who, at = account_code(head.actor or ""), moment_words(head.recorded_at, entry.session.zone)
    sentence = tr("{what}: {who}, {time}.", what=what, who=who, time=at)
    return f"{sentence} {tr('Only the principal investigator unlocks it.')}"


def _version(entry: FormEntry) -> str:
    study = entry.session.study
    note = study.visit(entry.visit).title.text(current_language())
    if entry.visit != COMMON_VISIT:
        note = visit_title(entry.session, entry.visit)
    return f"{note} · {tr('version {version}', version=study.version_label)}"
