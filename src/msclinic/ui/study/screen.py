"""The study: who it is, whether dosing is on, its schedule, forms, limits and roles.

Everything is read from the version that was activated; the one thing that can be changed here is
the dosing switch, by the PI's signature.
"""

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHeaderView, QStackedWidget, QWidget

from msclinic.services.infusion.dosing import dosing_permitted, switch_dosing
from msclinic.services.people import account_code
from msclinic.services.session import Session
from msclinic.ui.messages import words_of
from msclinic.ui.navigation import Navigator
from msclinic.ui.page import Page
from msclinic.ui.signing import SignMeaning, SignPanel, SignRequest, SignState
from msclinic.ui.study.rows import TABLES
from msclinic.ui.tasks import Kind, Outcome, Tasks
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets import (
    Button,
    Card,
    IconMark,
    PageHead,
    Panel,
    Step,
    StepList,
    column,
    label,
    row,
    scrolled,
)
from msclinic.ui.widgets.table import ListTable
from msclinic.wording import current_language, tr

__all__ = ["StudyScreen"]

_LEFT = 248
_OVERVIEW = "overview"
_DOSING = "dosing"


class StudyScreen(Page):
    """The active version of the study."""

    def __init__(self, session: Session, go: Navigator, tasks: Tasks) -> None:
        super().__init__(session, go, tasks)
        self.sections = StepList(tr("Sections of the study"))
        self.switch = Button("", "outlined", size=44)
        self.switch.setObjectName("study/dosing")
        self._state_icon = IconMark("waits", "text2", 20)
        self._state = label("", "body_strong", wrap=True)
        self._why = label("", "secondary", "text2", wrap=True)
        self._head = PageHead("", height=56)
        self._pages = QStackedWidget()
        self._built: dict[str, QWidget] = {}
        self._permitted = False
        self._current = _OVERVIEW
        self._build()
        self.sign_panel = SignPanel(self)
        self.sign_panel.asked.connect(self._sign)
        self.sections.opened.connect(self.open_section)
        self.switch.clicked.connect(self.ask_switch)
        self.open_section(_OVERVIEW)
        self._read()

    def _build(self) -> None:
        left = Panel("surface", "right")
        lines = column(margins=(8, 8, 8, 8))
        lines.addWidget(self.sections)
        lines.addStretch(1)
        left.setLayout(lines)
        area = scrolled(left)
        area.setFixedWidth(current_theme().px(_LEFT))
        right = column(gap=0)
        right.addWidget(self._head)
        right.addWidget(self._pages, 1)
        whole = row(gap=0)
        whole.addWidget(area)
        whole.addLayout(right, 1)
        self.setLayout(whole)
        self.setFocusProxy(self.sections)

    def refresh(self, changed: frozenset[Kind]) -> None:
        """The switch may have been thrown elsewhere."""
        if Kind.STUDY in changed:
            self._read()

    def showEvent(self, event: QShowEvent) -> None:
        """Arrows walk the sections at once."""
        super().showEvent(event)
        self.sections.focus_current()

    def open_section(self, key: str) -> None:
        """Show a section, making it when it is first opened."""
        if key not in self._built:
            made = self._overview() if key == _OVERVIEW else self._table(key)
            self._built[key] = made
            self._pages.addWidget(made)
        self._current = key
        self._pages.setCurrentWidget(self._built[key])
        self._head.set_title(_titles()[key])
        steps = [Step(one, title) for one, title in _titles().items()]
        self.sections.set_steps(steps, key)

    def _table(self, key: str) -> QWidget:
        model = TABLES[key](self.session.study)
        table = ListTable(_titles()[key], model)
        table.setObjectName(f"study/{key}")
        for place in model.long:
            table.horizontalHeader().setSectionResizeMode(place, QHeaderView.ResizeMode.Stretch)
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        holder = QWidget()
        inner = row(margins=(16, 0, 16, 16))
        inner.addWidget(table)
        holder.setLayout(inner)
        return holder

    def _overview(self) -> QWidget:
        study, language = self.session.study, current_language()
        about = Card(margin=24, gap=4)
        about.body.addWidget(label(study.title.text(language), "section", wrap=True))
        facts = (
            (tr("Registry"), study.registry.get("nct", "")),
            (tr("Sponsor's number"), study.registry.get("sponsor", "")),
            (tr("EU CT number"), study.registry.get("eu_ct", "") or tr("not given yet")),
            (tr("Status in the registry"), _registry_status(study.registry.get("status", ""))),
            (tr("Version of the study"), f"{study.version_label} · {study.version[:12]}"),
        )
        for name, value in facts:
            line = row(gap=16)
            key = label(name, "secondary", "text2", wrap=True)
            key.setFixedWidth(current_theme().px(200))
            line.addWidget(key, 0, Qt.AlignmentFlag.AlignTop)
            line.addWidget(label(value, "body", wrap=True), 1)
            about.body.addLayout(line)
        dosing = Card(margin=24, gap=8)
        dosing.body.addWidget(label(tr("New infusions"), "section"))
        line = row(gap=8)
        line.addWidget(self._state_icon)
        line.addWidget(self._state, 1)
        line.addWidget(self.switch)
        dosing.body.addLayout(line)
        dosing.body.addWidget(self._why)
        inner = QWidget()
        lines = column(gap=16, margins=(16, 0, 16, 16))
        lines.addWidget(about)
        lines.addWidget(dosing)
        lines.addStretch(1)
        inner.setLayout(lines)
        return scrolled(inner)

    def _read(self) -> None:
        with self.session.store.read() as reader:
            self._permitted = dosing_permitted(self.session, reader)
        may = self.session.may("sign:dosing")
        if self._permitted:
            self._state_icon.set_icon("ok", "ok")
            self._state.setText(tr("New infusions are permitted."))
        else:
            self._state_icon.set_icon("stop", "stop")
            self._state.setText(tr("New infusions are not permitted."))
        self.switch.set_text(tr("Switch off…") if self._permitted else tr("Switch on…"))
        self.switch.setVisible(may)
        keeps = tr("Visits, forms, adverse events and a running infusion go on either way.")
        who = "" if may else tr("The principal investigator switches it, with a signature.")
        self._why.setText(f"{keeps} {who}".strip())

    def ask_switch(self) -> None:
        """Ask the PI for the signature."""
        meaning = self.session.study.meanings[_DOSING]
        who = account_code(self.session.account)
        role = self.session.study.roles[self.session.role].title.text(current_language())
        now = tr("New infusions are permitted.") if self._permitted else ""
        self.sign_panel.ask(
            SignRequest(
                title=tr("Stop new infusions") if self._permitted else tr("Permit new infusions"),
                subtitle=f"{who}, {role}",
                signer=who,
                meanings=(SignMeaning(_DOSING, meaning.title.text(current_language())),),
                heading=self.session.study.label.text(current_language()),
                lines=(tr("Holds for the whole site, from the moment of signing."),),
                states=(
                    SignState(now or tr("New infusions are not permitted."), "attention", "att"),
                ),
            )
        )

    def _sign(self, _meaning: str, password: str) -> None:
        session, on = self.session, not self._permitted
        self.sign_panel.busy()

        def work() -> Outcome[None]:
            switch_dosing(session, on, password)
            return Outcome(None, {Kind.STUDY, Kind.RUNS})

        self.tasks.write(work, self._switched, self._refused)

    def _switched(self, _nothing: object) -> None:
        self.sign_panel.done()
        self._read()

    def _refused(self, error: Exception) -> None:
        self.sign_panel.refuse(*words_of(error))


def _titles() -> dict[str, str]:
    return {
        _OVERVIEW: tr("Overview"),
        "schedule": tr("Schedule"),
        "forms": tr("Forms"),
        "limits": tr("Limits"),
        "roles": tr("Roles"),
    }


def _registry_status(status: str) -> str:
    """The registry's own word, with its meaning beside it where that is another word."""
    words = {
        "not yet recruiting": tr("not yet recruiting"),
        "recruiting": tr("recruiting"),
        "active, not recruiting": tr("active, not recruiting"),
        "suspended": tr("suspended"),
        "terminated": tr("terminated"),
        "completed": tr("completed"),
        "withdrawn": tr("withdrawn"),
    }.get(status.casefold(), status)
    same = words.casefold() == status.casefold()
    return status if same else tr("{status} ({words})", status=status, words=words)
