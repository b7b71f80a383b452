"""The study: who it is, whether dosing is on, its schedule, forms, limits and roles.

Everything is read from the version that was activated; the one thing that can be changed here is
the dosing switch, by the PI's signature.
"""

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from msclinic.domain.values import Code
from msclinic.services.infusion.dosing import dosing_permitted, switch_dosing
from msclinic.services.people import account_code
from msclinic.services.session import Session
from msclinic.services.study_versions import StudyVersion, versions
from msclinic.ui.messages import words_of
from msclinic.ui.navigation import Navigator
from msclinic.ui.page import Page
from msclinic.ui.reading import Reading
from msclinic.ui.signing import SignMeaning, SignPanel, SignRequest, SignState
from msclinic.ui.study.matrix import MatrixOrList
from msclinic.ui.study.rows import MATRICES, TABLES
from msclinic.ui.tasks import Kind, Outcome, Tasks
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets import (
    Button,
    Card,
    IconMark,
    PageHead,
    Segmented,
    column,
    keyed,
    label,
    row,
    scrolled,
)
from msclinic.ui.widgets.table import ListTable
from msclinic.wording import current_language, day_text, plural, time_text, tr

__all__ = ["StudyScreen"]

_OVERVIEW = "overview"
_DOSING = "dosing"


class StudyScreen(Page):
    """The active version of the study."""

    def __init__(self, session: Session, go: Navigator, tasks: Tasks) -> None:
        super().__init__(session, go, tasks)
        self.sections = Segmented(
            tr("Sections of the study"), keyed(list(_titles().items())), size=40
        )
        self.switch = Button("", "outlined", size=44)
        self.switch.setObjectName("study/dosing")
        self._state_icon = IconMark("waits", "text2", 20)
        self._state = label("", "body_strong", wrap=True)
        self._why = label("", "secondary", "text2", wrap=True)
        self._head = PageHead(tr("Study"), height=56)
        self._pages = QStackedWidget()
        self.reading = Reading(tasks, self._pages, tr("Reading the study…"))
        self.reading.again.connect(self._read)
        self._built: dict[str, QWidget] = {}
        self._permitted = False
        self._versions: tuple[StudyVersion, ...] = ()
        self._listed: QWidget | None = None
        self._history = Card(margin=24, gap=4)
        self._history.setObjectName("study/versions")
        self._history.body.addWidget(label(tr("Versions that were in force"), "section"))
        self._build()
        self.sign_panel = SignPanel(self)
        self.sign_panel.asked.connect(self._sign)
        self.sections.answered.connect(self._section_chosen)
        self.switch.clicked.connect(self.ask_switch)
        self.open_section(_OVERVIEW)
        self._read()

    def _build(self) -> None:
        self._head.add(self.sections)
        lines = column(gap=0)
        lines.addWidget(self._head)
        lines.addWidget(self.reading, 1)
        self.setLayout(lines)
        self.setFocusProxy(self.sections)

    def refresh(self, changed: frozenset[Kind]) -> None:
        """The switch may have been thrown elsewhere."""
        if Kind.STUDY in changed:
            self._read()

    def release(self) -> None:
        """Forget what is under way."""
        self.reading.drop()

    def showEvent(self, event: QShowEvent) -> None:
        """Digits open the sections at once."""
        super().showEvent(event)
        self.sections.setFocus()

    def open_section(self, key: str) -> None:
        """Show a section, making it when it is first opened."""
        if key not in self._built:
            made = self._overview() if key == _OVERVIEW else self._table(key)
            self._built[key] = made
            self._pages.addWidget(made)
        self._pages.setCurrentWidget(self._built[key])
        self.sections.set_answer(Code(key))

    def _section_chosen(self, answer: Code) -> None:
        self.open_section(answer.value)

    def _table(self, key: str) -> QWidget:
        model = TABLES[key](self.session.study)
        table = ListTable(_titles()[key], model, long=model.long, flows=key in MATRICES)
        table.setObjectName(f"study/{key}")
        shown: QWidget = table
        if key in MATRICES:
            shown = MatrixOrList(_titles()[key], MATRICES[key](self.session.study), table)
        holder = QWidget()
        inner = row(margins=(16, 0, 16, 16))
        inner.addWidget(shown)
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
        lines.addWidget(self._history)
        lines.addStretch(1)
        inner.setLayout(lines)
        return scrolled(inner)

    def _fill_history(self) -> None:
        lines = QWidget()
        inner = column(gap=4)
        for one in self._versions:
            line = row(gap=16)
            name = label(f"{one.label} · {one.version[:12]}", "body", wrap=True)
            name.setFixedWidth(current_theme().px(200))
            line.addWidget(name, 0, Qt.AlignmentFlag.AlignTop)
            line.addWidget(label(self._told(one), "secondary", "text2", wrap=True), 1)
            inner.addLayout(line)
        lines.setLayout(inner)
        if self._listed is not None:
            self._history.body.removeWidget(self._listed)
            self._listed.deleteLater()
        self._listed = lines
        self._history.body.addWidget(lines)

    def _told(self, one: StudyVersion) -> str:
        since = one.since.astimezone(self.session.zone)
        when = f"{day_text(since.date())}, {time_text(since, self.session.zone)}"
        who = ", ".join(account_code(by.account) for by in one.signers)
        told = tr("Since {when}. Signed by {who}.", when=when, who=who)
        if not one.late:
            return told
        late = plural(
            one.late,
            one="{count} entry came in under it later.",
            other="{count} entries came in under it later.",
        )
        return f"{told} {late}"

    def _read(self) -> None:
        session = self.session
        self.reading.ask_promptly(lambda: (_permits(session), versions(session)), self._take)

    def _take(self, found: tuple[bool, tuple[StudyVersion, ...]]) -> None:
        self._permitted, told = found
        if told != self._versions:
            self._versions = told
            self._fill_history()
        self.reading.show_content()
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


def _permits(session: Session) -> bool:
    with session.store.read() as reader:
        return dosing_permitted(session, reader)


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
