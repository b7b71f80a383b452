"""Security incidents: the list, a new one in words, the list as a file, a new recovery key."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QFileDialog

from msclinic.services.people import account_code
from msclinic.services.people.incidents import (
    Incident,
    export_incidents,
    incidents,
    record_incident,
)
from msclinic.services.people.recovery import renew_recovery
from msclinic.services.session import Session
from msclinic.ui.people.act_form import Asked
from msclinic.ui.people.key_card import KeyCard
from msclinic.ui.people.list_page import ListPage
from msclinic.ui.study.rows import TextModel
from msclinic.ui.tasks import Tasks
from msclinic.ui.widgets import TextField
from msclinic.ui.widgets.base import let_go
from msclinic.wording import tr

__all__ = ["IncidentsPage"]


class IncidentsPage(ListPage):
    """Security incidents, a new one in words, and the list as a file."""

    def __init__(self, session: Session, tasks: Tasks) -> None:
        super().__init__(
            session, tasks, tr("Security incidents"), tr("No security incident is recorded.")
        )
        self._keys: list[str] = []
        if session.side == "site":
            self.add_button("incident", tr("Record an incident…"), "plus", self.record)
        self.add_button("incidents_file", tr("Save the list…"), "download", self._ask_file)
        if session.home.authority_key(session.account).exists():
            self.add_button("renew_key", tr("New recovery key…"), "shield-check", self.renew_key)
        self.say(
            tr(
                "Failed sign-ins, clocks, copies and what people wrote down. A breach of personal "
                "data is reported within 72 hours of noticing it."
            )
        )
        self.read()

    def read(self) -> None:
        """Read the list."""
        session = self.session
        self.reading.ask_promptly(lambda: incidents(session), self._take)

    def _take(self, found: Sequence[Incident]) -> None:
        rows = [self._row(one) for one in found]
        columns = (tr("When"), tr("What"), tr("Account"), tr("What was written"), tr("Report by"))
        self.show_rows(TextModel(columns, rows, (3,)))

    def record(self) -> None:
        """Ask what happened."""
        words = TextField(tr("What happened, without names"), chars=60)
        self.ask(
            Asked(
                "incident",
                tr("A security incident"),
                tr(
                    "Such as a lost computer or a password that somebody saw. No names, nothing "
                    "of a participant."
                ),
                tr("Record it"),
                (("words", tr("What happened, without names"), words),),
                lambda answers: "" if answers.texts["words"] else tr("Type what happened."),
            ),
            lambda answers: record_incident(
                self.session, answers.texts["words"], self.session.now()
            ),
        )

    def renew_key(self) -> None:
        """Ask whether the printed recovery key is to be replaced, and show the new one once."""
        self.ask(
            Asked(
                "renew_key",
                tr("A new recovery key"),
                tr(
                    "The printed one opens nothing any more. The new one is shown once, to be "
                    "printed or written down, and stored nowhere."
                ),
                tr("Make the key"),
                (),
                lambda _answers: "",
            ),
            lambda _answers: self._keys.append(renew_recovery(self.session)),
        )

    def _done(self, nothing: object) -> None:
        super()._done(nothing)
        if self._keys:
            card = KeyCard(self.session.place.site, self._keys.pop())
            card.kept.connect(self._key_kept)
            self._holder.addWidget(card)
            card.setFocus()

    def _key_kept(self) -> None:
        card = self.sender()
        if isinstance(card, KeyCard):
            self._holder.removeWidget(card)
            let_go(card)
        self.focus_first()

    def release(self) -> None:
        """Drop a key that is still shown."""
        super().release()
        self._keys.clear()
        for card in self.findChildren(KeyCard):
            card.forget()

    def _ask_file(self) -> None:
        chosen, _kind = QFileDialog.getSaveFileName(
            self, tr("Save the list…"), "security-incidents.csv", "CSV (*.csv);;JSON (*.json)"
        )
        if chosen:
            self.save(Path(chosen))

    def save(self, path: Path) -> None:
        """Write the list."""
        session = self.session
        self.tasks.read(lambda: export_incidents(session, path), self._saved, self._refused)

    def _saved(self, _nothing: object) -> None:
        self.told(tr("A copy was saved."))

    def _row(self, one: Incident) -> tuple[str, ...]:
        words = {
            "sign_in_failed": tr("wrong password"),
            "account_locked": tr("locked after wrong passwords"),
            "clock_jumped": tr("clock changed"),
            "recovery_used": tr("recovery key used"),
            "account_left": tr("struck off"),
            "lapse": tr("worked in an open infusion after a lapse"),
            "reported": tr("reported"),
            "older_copy": tr("an older copy was put back"),
            "copied": tr("a copy of the clinic was used"),
            "from_elsewhere": tr("used at another place before"),
            "marker_changed": tr("the marker was changed"),
            "program_changed": tr("program files were changed"),
            "record_faults": tr("the record is not as it was written"),
        }
        unknown = tr("unknown account") if one.kind in ("sign_in_failed", "account_locked") else ""
        return (
            self.moment(one.at),
            words.get(one.kind, one.kind),
            account_code(one.account) or unknown,
            one.words,
            tr("by {time}", time=self.moment(one.report_by)) if one.report_by is not None else "",
        )
