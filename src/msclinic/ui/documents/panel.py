"""Beside a document: who signed it, whether that holds, and what this person can do with it."""

from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLayout

from msclinic.services.documents import SEATS, Document
from msclinic.services.people import account_code
from msclinic.study import Study
from msclinic.ui.widgets import Button, Chip, IconMark, Panel, column, label, row, rule
from msclinic.ui.widgets.base import empty
from msclinic.wording import current_language, date_text, time_text, tr

if TYPE_CHECKING:
    from msclinic.reports.checking import DocumentCheck

__all__ = ["SignaturesPanel"]

_UNBROKEN = "\N{NO-BREAK SPACE}"


class SignaturesPanel(Panel):
    """Signatures, the state of the file, and the acts.

    Signals:
        sign_pressed: The person wants to sign.
        save_pressed: The person wants a copy.
        make_pressed: The person wants the document made, to be signed.
    """

    sign_pressed = Signal()
    save_pressed = Signal()
    make_pressed = Signal()

    def __init__(self) -> None:
        super().__init__("surface", "left")
        self._chip = Chip("", "neutral", "")
        head = row(gap=8)
        head.addWidget(label(tr("Signatures"), "section"))
        head.addStretch(1)
        head.addWidget(self._chip)
        self._people = column(gap=0)
        self._facts = column(gap=8)
        self.sign = Button(tr("Sign"), "primary", icon="pen-line", size=48)
        self.sign.setObjectName("documents#sign")
        self.make = Button(tr("Make it for signing"), "primary", icon="file-text", size=48)
        self.make.setObjectName("documents#make")
        self.save = Button(tr("Save copy…"), icon="download", size=44)
        self.save.setObjectName("documents#save")
        lines = column(gap=8, margins=(16, 16, 16, 16))
        lines.addLayout(head)
        lines.addLayout(self._people)
        lines.addSpacing(8)
        lines.addWidget(label(tr("This file"), "section"))
        lines.addLayout(self._facts)
        lines.addStretch(1)
        lines.addWidget(self.make)
        lines.addWidget(self.sign)
        lines.addWidget(self.save)
        self.setLayout(lines)
        self.sign.clicked.connect(self.sign_pressed)
        self.make.clicked.connect(self.make_pressed)
        self.save.clicked.connect(self.save_pressed)

    def set_draft(self, why_not: str, empty: str) -> None:
        """Show that nothing was made yet.

        Args:
            why_not: Why this person cannot make it; empty where they can.
            empty: Why there is nothing to be made; empty where there is.
        """
        _clear(self._people)
        _clear(self._facts)
        self._chip.set_state(tr("draft"), "neutral", "in_progress")
        self._fact("info", "text2", tr("A draft cannot be signed. Making it fixes what it says."))
        self._fact("hidden", "text2", tr("Holds nothing about the arm"))
        self.sign.hide()
        self.make.show()
        self.make.set_off(empty or why_not)
        self.save.set_off(empty)

    def set_document(
        self, document: Document, study: Study, zone: tzinfo, signer: str, why_not: str
    ) -> None:
        """Show a document that was made.

        Args:
            document: The document.
            study: Where roles have their names.
            zone: The site's time zone.
            signer: This person as people read it.
            why_not: Why they cannot sign now; empty where they can.
        """
        _clear(self._people)
        _clear(self._facts)
        missing = len(SEATS) - len(document.signatures)
        if document.superseded:
            self._chip.set_state(tr("out of date"), "attention", "attention")
        elif missing:
            words = tr("{missing} of {total} missing", missing=missing, total=len(SEATS))
            self._chip.set_state(words, "attention", "waits")
        else:
            self._chip.set_state(tr("complete"), "ok", "ok")
        for seat in SEATS:
            self._seat(document, seat, study, zone)
        if document.superseded:
            changed = tr("The visit was changed after this was made. Make it anew.")
            self._fact("attention", "att", changed)
        else:
            self._fact("ok", "ok", tr("Says what the visit's record says"))
        made = tr(
            "Made {time} by {account}, from journal position {position}",
            time=_moment(document.made_at, zone),
            account=account_code(document.made_by).replace(" ", _UNBROKEN),
            position=document.position,
        )
        self._fact("clock", "text2", made)
        self._fact("hidden", "text2", tr("Holds nothing about the arm"))
        self.make.setVisible(document.superseded)
        self.make.set_off("")
        self.sign.setVisible(not document.superseded and document.next_seat is not None)
        self.sign.set_text(tr("Sign as {who}", who=signer))
        self.sign.set_off(why_not)
        self.save.set_off("")

    def set_check(self, checked: "DocumentCheck") -> None:
        """Show what the check of the file's signatures found."""
        good = checked.verdict in ("valid", "unsigned")
        words = {
            "valid": tr("Every signature in the file holds"),
            "unsigned": tr("No signature in the file yet"),
        }.get(checked.verdict, checked.sentence)
        self._fact("shield-check" if good else "stop", "ok" if good else "stop", words)

    def _seat(self, document: Document, seat: str, study: Study, zone: tzinfo) -> None:
        signed = next((one for one in document.signatures if one.seat == seat), None)
        if signed is None:
            title = {"nurse": tr("Infusion nurse"), "physician": tr("Treating physician")}[seat]
            turn = tr("waiting") if document.next_seat == seat else tr("after the nurse")
            self._person("waits", "att", title, turn)
            return
        role = study.roles[signed.role].title.text(current_language())
        title = f"{account_code(signed.account)}, {role}"
        self._person("ok", "ok", title, _moment(signed.at, zone))

    def _person(self, icon: str, tone: str, title: str, note: str) -> None:
        panel = Panel("surface")
        words = column(gap=0)
        words.addWidget(label(title, "body_strong", wrap=True))
        words.addWidget(label(note, "secondary", "text2", wrap=True))
        line = row(gap=12, margins=(0, 10, 0, 10))
        line.addWidget(IconMark(icon, tone, 20), 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(words, 1)
        whole = column(gap=0)
        whole.addWidget(rule())
        whole.addLayout(line)
        panel.setLayout(whole)
        panel.setAccessibleName(f"{title}, {note}")
        self._people.addWidget(panel)

    def _fact(self, icon: str, tone: str, words: str) -> None:
        panel = Panel("surface")
        line = row(gap=12)
        line.addWidget(IconMark(icon, tone, 20), 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(label(words, "body", wrap=True), 1)
        panel.setLayout(line)
        self._facts.addWidget(panel)


def _moment(at: datetime, zone: tzinfo) -> str:
    return f"{date_text(at.astimezone(zone).date())} {time_text(at, zone, seconds=True)}"


def _clear(lines: QLayout) -> None:
    empty(lines)
