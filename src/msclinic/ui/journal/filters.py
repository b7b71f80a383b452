"""What of the journal is wanted: participant, visit, form, item, person, act, time.

An emptied field narrows nothing; everything it offers is what the person may know of.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from attrs import evolve
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from msclinic.domain.values import Answer, Code
from msclinic.record import ACTIONS
from msclinic.services.home import account_code
from msclinic.services.journal_model import ACT_GROUPS, PROGRAM, SITE, Criteria, Offered
from msclinic.services.journal_words import act_word, group_word
from msclinic.services.session import Session
from msclinic.ui.widgets import Button, Choice, CodeCombo, DateField, FlowLayout, column, label
from msclinic.wording import current_language, tr

__all__ = ["JournalFilters"]

_GROUP = "group:"


class _ClearedCombo(CodeCombo):
    """A field that may be emptied: nothing of it is in the record."""

    def commit(self) -> bool:
        """Answer with what stands in the field, or with nothing."""
        if not self.edit.text().strip() and self.answer() is not None:
            self.set_answer(None)
            self.answered.emit(None)
            return True
        return super().commit()


class _ClearedDate(DateField):
    """A day that may be emptied."""

    def commit(self) -> bool:
        """Answer with what stands in the field, or with nothing."""
        if not self.edit.text().strip() and self.answer() is not None:
            self.set_answer(None)
            self.answered.emit(None)
            return True
        return super().commit()


class JournalFilters(QWidget):
    """The fields at the left of the journal.

    Signals:
        changed: The ``Criteria`` wanted now.
    """

    changed = Signal(object)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._criteria = Criteria()
        self.participant = self._combo(tr("Participant"), "participant")
        self.visit = self._combo(tr("Visit"), "visit")
        self.form = self._combo(tr("Form"), "form")
        self.item = self._combo(tr("Item"), "item")
        self.person = self._combo(tr("Person"), "person")
        self.act = self._combo(tr("Act"), "act")
        self.since = self._day(tr("From"), "from")
        self.until = self._day(tr("To"), "to")
        self.late = Button(tr("Stored late"), "outlined", icon="clock", size=40)
        self.late.setObjectName("journal/late")
        self.late.setCheckable(True)
        self.late.toggled.connect(self._late_toggled)
        self.clear = Button(tr("Clear"), "plain", icon="x", size=40)
        self.clear.setObjectName("journal/clear")
        self.clear.clicked.connect(self.reset)
        self._problem = label("", "secondary", "att", wrap=True)
        self._problem.hide()
        self._build()
        language = current_language()
        self.visit.set_choices(
            [Choice(one.code, one.title.text(language)) for one in session.study.visits]
        )
        self.act.set_choices(_acts())

    def _combo(self, name: str, key: str) -> _ClearedCombo:
        made = _ClearedCombo(name, size=40)
        made.setObjectName(f"journal/{key}")
        made.setMinimumWidth(0)
        made.answered.connect(self._answered)
        made.problem.connect(self._say)
        return made

    def _day(self, name: str, key: str) -> _ClearedDate:
        made = _ClearedDate(name, self._session.now, self._session.zone, size=40)
        made.setObjectName(f"journal/{key}")
        made.answered.connect(self._answered)
        made.problem.connect(self._say)
        return made

    def _build(self) -> None:
        lines = column(gap=2, margins=(12, 8, 12, 12))
        for field in (
            self.participant,
            self.visit,
            self.form,
            self.item,
            self.person,
            self.act,
            self.since,
            self.until,
        ):
            lines.addWidget(label(field.accessibleName(), "caption_strong", "text2"))
            lines.addWidget(field)
            lines.addSpacing(4)
        lines.addWidget(self._problem)
        across = FlowLayout(4)
        across.addWidget(self.late)
        across.addWidget(self.clear)
        lines.addLayout(across)
        lines.addStretch(1)
        self.setLayout(lines)
        self.setFocusProxy(self.participant)

    def offer(self, offered: Offered) -> None:
        """Offer what there is to choose."""
        study, language = self._session.study, current_language()
        site = Choice(SITE, tr("The site itself"))
        people = [Choice(one, account_code(one)) for one in offered.people]
        self.participant.set_choices(
            [*(Choice(who, code) for who, code in offered.participants), site]
        )
        self.person.set_choices([*people, Choice(PROGRAM, tr("Computed by the program"))])
        self.form.set_choices(
            _distinct([(one, study.form(one).title.text(language)) for one in offered.forms])
        )

    def show_criteria(self, criteria: Criteria) -> None:
        """Show other criteria in the fields, without saying so."""
        self._criteria = criteria
        zone = self._session.zone
        self._offer_items(criteria.form)
        for field, code in (
            (self.participant, criteria.participant),
            (self.visit, criteria.visit),
            (self.form, criteria.form),
            (self.item, criteria.item),
            (self.person, criteria.person),
            (self.act, _act_code(criteria.acts)),
        ):
            field.set_answer(Code(code) if code else None)
            field.set_unstored()
        ends = criteria.until - timedelta(days=1) if criteria.until else None
        for day, moment in ((self.since, criteria.since), (self.until, ends)):
            day.set_answer(moment.astimezone(zone).date() if moment else None)
            day.set_unstored()
        self.late.blockSignals(True)
        self.late.setChecked(criteria.late)
        self.late.set_kind("chosen" if criteria.late else "outlined")
        self.late.blockSignals(False)

    def reset(self) -> None:
        """Ask for everything."""
        self._say("")
        self._take(Criteria())

    def _late_toggled(self, wanted: bool) -> None:
        self._take(evolve(self._criteria, late=wanted, after=None))

    def _answered(self, answer: Answer | None) -> None:
        field = self.sender()
        code = answer.value if isinstance(answer, Code) else ""
        day = answer if isinstance(answer, date) else None
        old = evolve(self._criteria, after=None)
        if field is self.participant:
            self._take(evolve(old, participant=code))
        elif field is self.visit:
            self._take(evolve(old, visit=code))
        elif field is self.form:
            self._take(evolve(old, form=code, item=""))
        elif field is self.item:
            self._take(evolve(old, item=code))
        elif field is self.person:
            self._take(evolve(old, person=code))
        elif field is self.act:
            group = code.removeprefix(_GROUP)
            acts = ACT_GROUPS[group] if code.startswith(_GROUP) else (code,) if code else ()
            self._take(evolve(old, acts=acts))
        elif field is self.since:
            self._take(evolve(old, since=self._midnight(day)))
        elif field is self.until:
            after = day + timedelta(days=1) if day else None
            self._take(evolve(old, until=self._midnight(after)))

    def _midnight(self, day: date | None) -> datetime | None:
        return datetime.combine(day, time(), self._session.zone) if day else None

    def _take(self, criteria: Criteria) -> None:
        self.show_criteria(criteria)
        self.changed.emit(criteria)

    def _offer_items(self, form: str) -> None:
        study, language = self._session.study, current_language()
        known = study.forms.get(form)
        items = [i for group in known.item_groups for i in group.items] if known else []
        self.item.set_choices(_distinct([(one.oid, one.label.text(language)) for one in items]))
        self.item.setEnabled(bool(items))

    def _say(self, sentence: str) -> None:
        self._problem.setText(sentence)
        self._problem.setVisible(bool(sentence))
        self._problem.setAlignment(Qt.AlignmentFlag.AlignLeft)


def _distinct(choices: Sequence[tuple[str, str]]) -> list[Choice]:
    """Choices whose labels differ: of those that are called the same, the code tells them apart."""
    labels = [text for _, text in choices]
    return [
        Choice(code, text if labels.count(text) == 1 else f"{text} ({code})")
        for code, text in choices
    ]


def _acts() -> list[Choice]:
    groups = [(f"{_GROUP}{one}", group_word(one)) for one in ACT_GROUPS]
    return _distinct([*groups, *((one, act_word(one)) for one in ACTIONS)])


def _act_code(acts: tuple[str, ...]) -> str:
    for group, listed in ACT_GROUPS.items():
        if acts == listed:
            return f"{_GROUP}{group}"
    return acts[0] if len(acts) == 1 else ""
