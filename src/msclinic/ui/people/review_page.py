"""The delegation log and the review of accounts, as lists."""

from collections.abc import Sequence

from msclinic.services.people import account_code
from msclinic.services.people.delegation import LogLine, delegation_log
from msclinic.services.people.review import (
    Change,
    Review,
    extend_sign_ins,
    review_people,
    review_state,
)
from msclinic.services.session import Session
from msclinic.ui.people.act_form import Asked
from msclinic.ui.people.list_page import ListPage
from msclinic.ui.people.model import role_title
from msclinic.ui.study.rows import TextModel
from msclinic.ui.tasks import Tasks
from msclinic.ui.widgets import TextField
from msclinic.wording import date_text, tr

__all__ = ["LogPage", "ReviewPage"]


class LogPage(ListPage):
    """The delegation log as it was written, line by line."""

    def __init__(self, session: Session, tasks: Tasks) -> None:
        super().__init__(session, tasks, tr("Delegation log"), tr("Nothing is delegated yet."))
        self.say(tr("Every line as it was written. A change is a further line."))
        self.read()

    def read(self) -> None:
        """Read the log."""
        session = self.session
        self.reading.ask_promptly(lambda: delegation_log(session), self._take)

    def _take(self, log: Sequence[LogLine]) -> None:
        study = self.session.study
        rows = [
            (
                account_code(line.account),
                role_title(study, line.task),
                date_text(line.start),
                date_text(line.end) if line.end is not None else tr("no end"),
                date_text(line.trained) if line.trained is not None else "–",
                account_code(line.by) if line.by is not None else tr("founding"),
                "" if line.counts else tr("replaced"),
            )
            for line in log
        ]
        columns = (
            tr("Account"),
            tr("Task"),
            tr("From"),
            tr("To"),
            tr("Trained"),
            tr("Delegated by"),
            tr("Note"),
        )
        self.show_rows(TextModel(columns, rows, (6,)))


class ReviewPage(ListPage):
    """When accounts were reviewed last, what changed since, and the mark of the next review."""

    def __init__(self, session: Session, tasks: Tasks) -> None:
        nothing = tr("Nothing has changed since the last review.")
        super().__init__(session, tasks, tr("Changes since the last review"), nothing)
        if session.may("people"):
            self.add_button("review", tr("Accounts reviewed…"), "list-checks", self.review)
        if session.may("delegate"):
            self.add_button("extend", tr("Extend sign-ins…"), "calendar-clock", self.extend)
        self.read()

    def read(self) -> None:
        """Read how the review stands."""
        session = self.session
        self.reading.ask_promptly(lambda: review_state(session), self._take)

    def _take(self, state: Review) -> None:
        zone = self.session.zone
        due = date_text(state.due.astimezone(zone).date())
        ends = date_text(state.sign_ins_end.astimezone(zone).date())
        if state.last is None or state.by is None:
            told = tr("Not reviewed yet.")
        else:
            told = tr(
                "Reviewed {time} by {account}.",
                time=self.moment(state.last),
                account=account_code(state.by),
            )
        due_words = tr("The next review is due on {day}.", day=due)
        limit = tr("Without one, sign-ins at this computer end on {day}.", day=ends)
        self.say(f"{told} {due_words} {limit}")
        rows = [self._row(one) for one in reversed(state.changes)]
        columns = (tr("When"), tr("What"), tr("Account"), tr("Task"), tr("Who"))
        self.show_rows(TextModel(columns, rows, (1,)))

    def review(self) -> None:
        """Ask for the mark of a review."""
        note = TextField(tr("What was found, without names"), chars=60)
        self.ask(
            Asked(
                "review",
                tr("The accounts were reviewed"),
                tr(
                    "You have looked at every account, role and delegation, and at the changes "
                    "below. Sign-ins at this computer are confirmed with it."
                ),
                tr("Reviewed"),
                (("note", tr("What was found, without names; may stay empty"), note),),
                lambda _answers: "",
            ),
            lambda answers: review_people(self.session, answers.texts["note"]),
        )

    def extend(self) -> None:
        """Ask for the reason of an extension."""
        why = TextField(tr("Reason"), chars=60)
        self.ask(
            Asked(
                "extend",
                tr("Extend the sign-ins at this computer"),
                tr("For when the accounts cannot be reviewed now. The reason is recorded."),
                tr("Extend"),
                (("reason", tr("Reason"), why),),
                lambda answers: "" if answers.texts["reason"] else tr("Type the reason."),
            ),
            lambda answers: extend_sign_ins(self.session, answers.texts["reason"]),
        )

    def _row(self, one: Change) -> tuple[str, ...]:
        words = {
            "account_opened": tr("account opened"),
            "role_granted": tr("role granted"),
            "role_ended": tr("role ended"),
            "delegation_recorded": tr("delegation recorded"),
            "training_recorded": tr("training recorded"),
            "certificate_issued": tr("certificate issued"),
            "account_disabled": tr("account disabled"),
            "sign_in_extended": tr("sign-ins extended"),
        }
        by = account_code(one.by) if one.by is not None else tr("this computer")
        task = role_title(self.session.study, one.task) if one.task else ""
        return self.moment(one.at), words[one.action], account_code(one.account), task, by
