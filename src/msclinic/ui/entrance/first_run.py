"""First run in four steps: site, first two people, study, recovery key."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent, QTextDocument
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from msclinic.app.first_run import STEPS, FirstRun
from msclinic.domain.values import Clock
from msclinic.services.founding import Founding
from msclinic.ui.messages import words_of
from msclinic.ui.tasks import Kind, Outcome, Tasks
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets import (
    Button,
    Card,
    Panel,
    PasswordField,
    Step,
    StepList,
    TextField,
    column,
    label,
    row,
    rule,
    scrolled,
)
from msclinic.ui.widgets.fields import TypedField
from msclinic.wording import current_language, tr

__all__ = ["FirstRunScreen", "print_recovery_sheet"]


class FirstRunScreen(Panel):
    """Founds a clinic.

    Signals:
        founded: The clinic stands and the recovery key was confirmed.
        language_asked: The other language.
    """

    founded = Signal()
    language_asked = Signal()

    def __init__(self, wizard: FirstRun, clock: Clock, tasks: Tasks) -> None:
        super().__init__("bg")
        self._wizard, self._clock, self._tasks = wizard, clock, tasks
        self._step = 0
        self._key = ""
        self._fields: dict[str, TypedField] = {}
        self._steps = StepList(tr("Steps"))
        self._pages = QStackedWidget()
        self._problem = label("", "body_medium", "stop", wrap=True)
        self._problem.setMinimumHeight(current_theme().line("body") * 2)
        self._back = Button(tr("Back"), "plain")
        self._back.setObjectName("first_run/back")
        self._next = Button(tr("Next"), "primary", trailing="next", size=48)
        self._next.setObjectName("first_run/next")
        self._recovery = label("", "value", wrap=True)
        self._recovery.setObjectName("first_run/recovery")
        self._study = label("", "body", "text2", wrap=True)
        self._build()
        self._back.clicked.connect(self._go_back)
        self._next.clicked.connect(self._go_on)
        self._show()

    def _build(self) -> None:
        for page in (self._site_page, self._people_page, self._study_page, self._recovery_page):
            self._pages.addWidget(scrolled(page()))
        other = Button(
            "Polski" if current_language() == "en" else "English", icon="languages", size=36
        )
        other.clicked.connect(self.language_asked)
        left = column(gap=16)
        left.addWidget(label("msclinic", "title"))
        left.addWidget(label(tr("A new clinic on this computer"), "body", "text2", wrap=True))
        left.addWidget(self._steps)
        left.addStretch(1)
        left.addWidget(other)
        side = QWidget()
        side.setLayout(left)
        side.setFixedWidth(current_theme().px(264))
        foot = row(gap=8)
        foot.addWidget(self._problem, 1)
        foot.addWidget(self._back)
        foot.addWidget(self._next)
        card = Card(margin=24, gap=16)
        card.body.addWidget(self._pages, 1)
        card.body.addWidget(rule())
        card.body.addLayout(foot)
        # At larger text the room belongs to the words.
        wide = current_theme().scale <= 125
        across = row(gap=48, margins=(64, 48, 64, 48) if wide else (16, 16, 16, 16))
        across.addWidget(side)
        across.addWidget(card, 1)
        self.setLayout(across)

    def _site_page(self) -> QWidget:
        page, lines = _page(
            tr("Which site is this?"),
            tr("Participants' codes begin with the site code. Times are stored in this time zone."),
        )
        for key, name, field in (
            ("code", tr("Site code, such as PL01"), TextField(tr("Site code"))),
            ("city", tr("City"), TextField(tr("City"))),
            ("zone", tr("Time zone"), TextField(tr("Time zone"))),
        ):
            self._add(lines, key, name, field)
        self._fields["zone"].edit.setText(self._wizard.zone)
        lines.addStretch(1)
        return page

    def _people_page(self) -> QWidget:
        page, lines = _page(
            tr("The first two people"),
            tr(
                "Each types a password of their own, at least 12 characters; a sentence is good. "
                "The admin opens accounts and never enters clinical data. The principal "
                "investigator signs the study in and switches dosing on."
            ),
        )
        for key, name in (
            ("admin_password", tr("Admin (ADMIN 01): password")),
            ("admin_again", tr("Admin: once more")),
            ("investigator_password", tr("Principal investigator (PI 01): password")),
            ("investigator_again", tr("Principal investigator: once more")),
        ):
            field = PasswordField(name)
            field.submitted.connect(self._go_on)
            self._add(lines, key, name, field)
        lines.addStretch(1)
        return page

    def _study_page(self) -> QWidget:
        page, lines = _page(
            tr("The study"),
            tr("It is checked whole; a study with a mistake does not open. Dosing stays off."),
        )
        lines.addWidget(self._study)
        lines.addStretch(1)
        return page

    def _recovery_page(self) -> QWidget:
        page, lines = _page(
            tr("The recovery key"),
            tr(
                "Write it down or print it now and keep it in the safe, away from this computer. "
                "With it the record can be opened when every password is lost. It is shown once "
                "and stored nowhere."
            ),
        )
        lines.addWidget(self._recovery)
        printing = Button(tr("Print…"), icon="printer")
        printing.setObjectName("first_run/print")
        printing.clicked.connect(self._print_key)
        lines.addWidget(printing, 0, Qt.AlignmentFlag.AlignLeft)
        lines.addSpacing(16)
        self._add(
            lines,
            "confirm",
            tr("Type the last group, to show that it was written down"),
            TextField(tr("Last group of the recovery key")),
        )
        lines.addStretch(1)
        return page

    def _add(self, lines: QVBoxLayout, key: str, name: str, field: TypedField) -> None:
        field.setObjectName(f"first_run/{key}")
        self._fields[key] = field
        lines.addWidget(label(name, "label"))
        lines.addWidget(field)

    def _show(self) -> None:
        titles = (tr("Site"), tr("People"), tr("Study"), tr("Recovery key"))
        self._steps.set_steps(
            [
                Step(
                    key,
                    title,
                    "done"
                    if at < self._step
                    else ("in_progress" if at == self._step else "not_begun"),
                )
                for at, (key, title) in enumerate(zip(STEPS, titles, strict=True))
            ],
            STEPS[self._step],
        )
        self._pages.setCurrentIndex(self._step)
        self._back.setVisible(0 < self._step < 3)
        self._problem.setText("")
        if STEPS[self._step] == "study":
            self._show_study()
            self._next.set_text(tr("Set up the clinic"))
        else:
            self._next.set_text(tr("Finish") if self._step == 3 else tr("Next"))
        self._focus_first()

    def showEvent(self, event: QShowEvent) -> None:
        """Put the cursor where typing begins."""
        super().showEvent(event)
        self._focus_first()

    def _focus_first(self) -> None:
        firsts = ("code", "admin_password", "", "confirm")
        if firsts[self._step]:
            self._fields[firsts[self._step]].edit.setFocus()
        else:
            self._next.setFocus()

    def _show_study(self) -> None:
        problem = self._wizard.problem("study")
        if problem:
            self._problem.setText(problem)
            self._study.setText("")
            return
        study = self._wizard.study()
        language = current_language()
        self._study.setText(
            "\n".join(
                (
                    study.label.text(language),
                    study.title.text(language),
                    tr(
                        "{forms} forms, {visits} visits",
                        forms=len(study.forms),
                        visits=len(study.visits),
                    ),
                    tr("Study version {version}", version=study.version[:16]),
                )
            )
        )

    def _go_back(self) -> None:
        self._step -= 1
        self._show()

    def _go_on(self) -> None:
        self._collect()
        step = STEPS[self._step]
        if step == "recovery":
            self._confirm()
            return
        problem = self._wizard.problem(step)
        if problem:
            self._problem.setText(problem)
            return
        if step != "study":
            self._step += 1
            self._show()
            return
        self._next.setEnabled(False)
        self._problem.setText("")
        self._next.set_text(tr("Setting up…"))
        wizard, clock = self._wizard, self._clock
        self._tasks.write(
            lambda: Outcome(wizard.found(clock), {Kind.STUDY}), self._founded, self._failed
        )

    def _collect(self) -> None:
        keys = [key for key in self._fields if key != "confirm"]
        self._wizard = self._wizard.with_changes(
            **{key: self._fields[key].edit.text() for key in keys}
        )

    def _founded(self, founding: Founding) -> None:
        self._key = founding.recovery
        self._recovery.setText(founding.recovery)
        for key, field in self._fields.items():
            if key.endswith(("password", "again")):
                field.edit.clear()
        kept = {"code": self._wizard.code, "city": self._wizard.city}
        self._wizard = FirstRun(self._wizard.home, self._wizard.study_folder, **kept)
        self._next.setEnabled(True)
        self._step = 3
        self._show()

    def _failed(self, error: Exception) -> None:
        title, rest = words_of(error)
        self._next.setEnabled(True)
        self._show()
        self._problem.setText(f"{title} {rest}".strip())

    def _print_key(self) -> None:
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        if QPrintDialog(printer, self).exec():
            print_recovery_sheet(printer, self._wizard.code, self._key)

    def _confirm(self) -> None:
        typed = "".join(self._fields["confirm"].edit.text().split()).upper()
        if typed != self._key.split()[-1].upper():
            self._problem.setText(tr("This is not the last group of the key. Look at it again."))
            return
        self._key = ""
        self._recovery.setText("")
        self.founded.emit()


def print_recovery_sheet(printer: QPrinter, site: str, key: str) -> None:
    """Print the recovery key on one page, with what it is for.

    Args:
        printer: Where to.
        site: Site code.
        key: The key as shown.
    """
    words = (
        tr("Recovery key of the clinic {site}", site=site),
        key,
        tr(
            "Keep this sheet in the safe, away from the computers of the clinic. With it the "
            "record can be opened when every password is lost."
        ),
    )
    sheet = QTextDocument()
    sheet.setDefaultFont(current_theme().font("section"))
    sheet.setPlainText("\n\n".join(words))
    sheet.print_(printer)


def _page(title: str, words: str) -> tuple[QWidget, QVBoxLayout]:
    page = QWidget()
    lines = column(gap=8)
    lines.addWidget(label(title, "title"))
    lines.addWidget(label(words, "body", "text2", wrap=True))
    lines.addSpacing(8)
    page.setLayout(lines)
    return page, lines
