"""One entry of the journal in full, the way to its field, and the way to take personal data out."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from msclinic.services.blotting import blottable, may_blot
from msclinic.services.journal_model import JournalLine
from msclinic.services.journal_words import (
    old_words,
    value_words,
    what_words,
    where_words,
    who_words,
)
from msclinic.services.session import Session
from msclinic.ui.forms.trail import notes_of
from msclinic.ui.forms.words import moment_words
from msclinic.ui.widgets import Button, Panel, column, label, row, rule, scrolled
from msclinic.ui.widgets.base import empty
from msclinic.wording import current_language, tr

__all__ = ["EntryDetail"]


class EntryDetail(Panel):
    """The chosen entry.

    Signals:
        closed: It is no longer wanted.
        went: The way to the field was asked for.
        removal_asked: The person has found personal data in it.
    """

    closed = Signal()
    went = Signal()
    removal_asked = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__("surface", "left")
        self._session = session
        self.line: JournalLine | None = None
        self._title = label("", "section", wrap=True)
        close = Button("", "quiet", icon="x", size=36)
        close.setAccessibleName(tr("Close"))
        close.clicked.connect(self.closed)
        head = row(gap=8, margins=(16, 8, 8, 4))
        head.addWidget(self._title, 1)
        head.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self._facts = column(gap=10, margins=(16, 4, 16, 12))
        content = QWidget()
        content.setLayout(self._facts)
        self.go = Button(tr("Go to the field"), "primary", trailing="next", size=44)
        self.go.setObjectName("journal/go")
        self.go.clicked.connect(self.went)
        self.remove = Button(tr("Remove personal data…"), "outlined", icon="eye-off", size=44)
        self.remove.setObjectName("journal/remove")
        self.remove.clicked.connect(self.removal_asked)
        foot = column(gap=8, margins=(16, 8, 16, 12))
        foot.addWidget(self.go)
        foot.addWidget(self.remove)
        lines = column(gap=0)
        lines.addLayout(head)
        lines.addWidget(scrolled(content), 1)
        lines.addWidget(rule())
        lines.addLayout(foot)
        self.setLayout(lines)

    def show_line(self, line: JournalLine) -> None:
        """Say everything of an entry."""
        self.line = line
        session, language = self._session, current_language()
        self._title.setText(what_words(session, line, language))
        empty(self._facts)
        for name, words in self._told(line):
            if words:
                self._facts.addWidget(_Fact(name, words))
        self._facts.addStretch(1)
        self.go.setVisible(bool(line.row.entry.participant))
        self.go.set_text(tr("Go to the field") if line.spot.item else tr("Go there"))
        self.remove.setVisible(may_blot(session) and bool(blottable(line.row)))

    def _told(self, line: JournalLine) -> list[tuple[str, str]]:
        session, language, entry = self._session, current_language(), line.row.entry
        zone = session.zone
        role = session.study.roles.get(line.role)
        who = who_words(session, line)
        if role is not None and line.account:
            who = f"{who} · {role.title.text(language)}"
        answered = entry.action in ("answered", "computed")
        return [
            (tr("Participant"), line.code),
            (tr("Where"), where_words(session, line, language)),
            (tr("Who"), who),
            (tr("Before"), ", ".join(old_words(session, line, language)) if answered else ""),
            (tr("New"), value_words(session, line, language) if answered else ""),
            (tr("Remarks"), "\n".join(notes_of(session, line))),
            (tr("Happened"), moment_words(entry.event_time, zone) if entry.event_time else ""),
            (tr("Typed"), moment_words(entry.typed_at, zone, seconds=True)),
            (tr("Stored"), moment_words(entry.recorded_at, zone, seconds=True)),
            (tr("Stands"), self._standing(line)),
            (tr("Study version"), (entry.study_version or "")[:12]),
            (tr("Program"), entry.app_version),
            (tr("Entry"), line.row.stored.hash[:16]),
        ]

    @staticmethod
    def _standing(line: JournalLine) -> str:
        if line.row.waiting:
            return tr("waits for entries of another device")
        if line.row.current:
            return tr("current")
        return tr("replaced, or an event")


class _Fact(QWidget):
    def __init__(self, name: str, words: str) -> None:
        super().__init__()
        lines = column(gap=0)
        lines.addWidget(label(name, "caption_strong", "text2"))
        said = label(words, "body", wrap=True)
        said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        lines.addWidget(said)
        self.setLayout(lines)
