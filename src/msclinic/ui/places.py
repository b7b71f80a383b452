"""Which screen stands at which place, and which places a role has.

Screens are imported when they are first shown, so that the sign-in appears at once. What a role
may not use is not in the rail, and asking for it by another way is refused.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from PySide6.QtWidgets import QWidget

from msclinic.app.settings import Settings
from msclinic.ui.entrance.chair_timers import ChairTimer
from msclinic.ui.navigation import Navigator
from msclinic.ui.shell import RailEntry
from msclinic.ui.tasks import Operation, Tasks
from msclinic.wording import current_language, time_text, tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from msclinic.forms.session import Ref
    from msclinic.services.entry import FormEntry
    from msclinic.services.infusion.today import ChairDue
    from msclinic.services.infusion.view import RunView
    from msclinic.services.neuro import ExamEntry
    from msclinic.services.session import Session
    from msclinic.ui.display import DisplayScreen
    from msclinic.ui.palette import Command

__all__ = [
    "backup_screen",
    "chair_timer",
    "chairs_due",
    "display_screen",
    "documents_screen",
    "exam_screen",
    "first_place",
    "first_screen",
    "form_screen",
    "journal_screen",
    "other_roles",
    "over_time_screen",
    "participant_screen",
    "participants_screen",
    "password_screen",
    "people_screen",
    "rail_entries",
    "read_exam",
    "read_form",
    "read_run",
    "review_screen",
    "run_screen",
    "study_screen",
    "waiting_screen",
    "worklist_screen",
]

# Roles that work on a day's visits; others that read begin with the list of participants.
_DAY_ROLES = frozenset({"NUR", "PHY", "PI", "CRC", "PREP"})


def first_place(session: Session) -> str:
    """Rail key of the screen that a role begins with."""
    if _masked(session) or session.role in _DAY_ROLES:
        return "today"
    return "participants" if _sees_participants(session) else "people"


def rail_entries(session: Session) -> list[RailEntry]:
    """The places of a role, in the rail's order."""
    entries = []
    if _masked(session):
        entries.append(RailEntry("today", tr("My exams"), "clipboard-check"))
    elif first_place(session) == "today":
        entries.append(RailEntry("today", tr("Today"), "sun"))
    if _sees_participants(session):
        entries.append(RailEntry("participants", tr("Participants"), "users"))
        entries.append(RailEntry("worklist", tr("Worklist"), "list-checks"))
    if session.may("lock_data") or session.may("verify_source"):
        entries.append(RailEntry("review", tr("Data review"), "shield-check"))
    if session.may("journal") and not _masked(session):
        entries.append(RailEntry("journal", tr("Journal"), "history"))
    if not _masked(session):
        entries.append(RailEntry("study", tr("Study"), "book-open"))
    if _sees_people(session):
        entries.append(RailEntry("people", tr("People"), "user-cog"))
    if session.may("backup"):
        entries.append(RailEntry("backup", tr("Backups"), "hard-drive"))
    entries.append(RailEntry("display", tr("Display"), "settings"))
    return entries


def first_screen(session: Session, go: Navigator, tasks: Tasks) -> QWidget:
    """What a role sees after signing in."""
    if _masked(session):
        from msclinic.ui.neuro.my_exams import MyExamsScreen

        return MyExamsScreen(session, go, tasks)
    if first_place(session) == "today":
        from msclinic.ui.today.screen import TodayScreen

        return TodayScreen(session, go, tasks)
    if _sees_participants(session):
        return participants_screen(session, go, tasks)
    return people_screen(session, go, tasks)


def people_screen(session: Session, go: Navigator, tasks: Tasks) -> QWidget:
    """The accounts of the site: looked after by some, read by the sponsor's monitors.

    Raises:
        Refused: The role does neither.
    """
    from msclinic.ui.people.screen import PeopleScreen

    if not _sees_people(session):
        session.require("people")
    return PeopleScreen(session, go, tasks)


def password_screen(session: Session, go: Navigator, tasks: Tasks) -> QWidget:
    """The person's own password."""
    from msclinic.ui.people.password_screen import PasswordScreen

    return PasswordScreen(session, go, tasks)


def other_roles(session: Session) -> list[Command]:
    """The other roles in which this person may act, as commands."""
    from msclinic.services.standing import lapse, record_day, standing_of
    from msclinic.ui.palette import Command

    with session.store.read() as reader:
        standing = standing_of(reader, session.account)
        now = record_day(reader, session.place.stream, session.now())
    day = now.astimezone(session.zone).date()
    roles = session.study.roles
    return [
        Command(f"role/{role}", tr("Act as: {role}", role=_title(session, role)), "user")
        for role in standing.roles
        if role != session.role and role in roles and not lapse(standing, role, day)
    ]


def backup_screen(session: Session, go: Navigator, tasks: Tasks) -> QWidget:
    """How backups stand.

    Raises:
        Refused: The role does not look after backups.
    """
    from msclinic.ui.backup.screen import BackupScreen

    session.require("backup")
    return BackupScreen(session, go, tasks)


def worklist_screen(session: Session, go: Navigator, tasks: Tasks) -> QWidget:
    """What waits at the site.

    Raises:
        Refused: The role sees no participants.
    """
    from msclinic.ui.worklist.screen import WorklistScreen

    _demand_participants(session)
    return WorklistScreen(session, go, tasks)


def journal_screen(session: Session, go: Navigator, tasks: Tasks) -> QWidget:
    """Everything that was done.

    Raises:
        Refused: The role does not read the journal.
    """
    from msclinic.services.journal_sight import demand_journal
    from msclinic.ui.journal.screen import JournalScreen

    demand_journal(session)
    return JournalScreen(session, go, tasks)


def review_screen(session: Session, go: Navigator, tasks: Tasks) -> QWidget:
    """Every form with data: comparison with the source, locks.

    Raises:
        Refused: The role neither compares nor locks.
    """
    from msclinic.services.data_review import demand_review
    from msclinic.ui.data_review.screen import DataReviewScreen

    demand_review(session)
    return DataReviewScreen(session, go, tasks)


def study_screen(session: Session, go: Navigator, tasks: Tasks) -> QWidget:
    """What the study asks, allows and limits; the same for everyone but raters.

    Raises:
        Refused: The role sees its own forms only.
    """
    from msclinic.ui.study.screen import StudyScreen

    if _masked(session):
        _demand_participants(session)
    return StudyScreen(session, go, tasks)


def participants_screen(session: Session, go: Navigator, tasks: Tasks) -> QWidget:
    """The list of participants.

    Raises:
        Refused: The role sees no participants.
    """
    from msclinic.ui.participants.list_screen import ParticipantsScreen

    _demand_participants(session)
    return ParticipantsScreen(session, go, tasks)


def participant_screen(session: Session, go: Navigator, tasks: Tasks, participant: str) -> QWidget:
    """One participant's page.

    Raises:
        Refused: The role sees no participants.
    """
    from msclinic.ui.participants.screen import ParticipantScreen

    _demand_participants(session)
    return ParticipantScreen(session, go, tasks, participant)


def over_time_screen(session: Session, go: Navigator, tasks: Tasks, participant: str) -> QWidget:
    """One participant over time.

    Raises:
        Refused: The role sees nothing of it.
    """
    from msclinic.services.over_time import demand_over_time
    from msclinic.ui.participants.over_time import OverTimeScreen

    demand_over_time(session)
    return OverTimeScreen(session, go, tasks, participant)


def form_screen(
    session: Session,
    go: Navigator,
    tasks: Tasks,
    participant: str,
    visit: str,
    visit_key: str,
    form: str,
    form_key: str,
    item: Ref | None = None,
    entry: FormEntry | None = None,
) -> QWidget:
    """One form; what the role may do with it is the form's own rule."""
    from msclinic.ui.forms.screen import FormScreen

    place = (participant, visit, visit_key, form, form_key)
    return FormScreen(session, go, tasks, *place, item, entry)


def read_form(
    session: Session, participant: str, visit: str, visit_key: str, form: str, form_key: str
) -> FormEntry:
    """What ``form_screen`` needs of the record; for a thread beside the window."""
    from msclinic.services.entry import FormEntry

    return FormEntry(session, participant, visit, form, visit_key, form_key)


def run_screen(
    session: Session,
    go: Navigator,
    tasks: Tasks,
    participant: str,
    visit: str,
    view: RunView | None = None,
) -> QWidget:
    """The infusion run of a visit.

    Raises:
        Refused: The role sees no participants.
    """
    from msclinic.ui.infusion.screen import RunScreen

    _demand_participants(session)
    return RunScreen(session, go, tasks, participant, visit, view)


def read_run(session: Session, participant: str, visit: str) -> RunView:
    """What ``run_screen`` needs of the record; for a thread beside the window.

    Raises:
        Refused: The role sees no participants.
    """
    from msclinic.services.infusion.view import run_view

    _demand_participants(session)
    return run_view(session, participant, visit)


def exam_screen(
    session: Session,
    go: Navigator,
    tasks: Tasks,
    participant: str,
    visit: str,
    visit_key: str,
    exam: ExamEntry | None = None,
) -> QWidget:
    """The exam of a visit."""
    from msclinic.ui.neuro.screen import ExamScreen

    return ExamScreen(session, go, tasks, participant, visit, visit_key, exam)


def read_exam(session: Session, participant: str, visit: str, visit_key: str) -> ExamEntry:
    """What ``exam_screen`` needs of the record; for a thread beside the window."""
    from msclinic.services.neuro import ExamEntry

    return ExamEntry(session, participant, visit, visit_key)


def waiting_screen(
    session: Session, go: Navigator, tasks: Tasks, under_way: Operation, again: Callable[[], None]
) -> QWidget:
    """What stands in front while a screen is still being read."""
    from msclinic.ui.waiting import WaitingScreen

    return WaitingScreen(session, go, tasks, under_way, again)


def documents_screen(
    session: Session, go: Navigator, tasks: Tasks, participant: str, visit: str
) -> QWidget:
    """The documents of a visit."""
    from msclinic.ui.documents.screen import DocumentsScreen

    _demand_participants(session)
    return DocumentsScreen(session, go, tasks, participant, visit)


def display_screen(
    _session: Session, _go: Navigator, _tasks: Tasks, settings: Settings
) -> DisplayScreen:
    """Language, light or dark, size of text; its ``chosen`` carries other settings."""
    from msclinic.ui.display import DisplayScreen

    return DisplayScreen(settings)


def chairs_due(session: Session) -> list[ChairDue]:
    """When each running chair needs somebody next, in chair order."""
    from msclinic.services.infusion.today import next_due

    return list(next_due(session))


def chair_timer(due: ChairDue, now: datetime, zone: ZoneInfo) -> ChairTimer:
    """What may be shown of a chair, counted from a moment, in the site's clock time."""
    return ChairTimer(due.chair, time_text(due.at, zone), (due.at - now) // timedelta(minutes=1))


def _title(session: Session, role: str) -> str:
    return session.study.roles[role].title.text(current_language())


def _sees_people(session: Session) -> bool:
    """Whether the place People is theirs: keepers of accounts, and the sponsor's readers."""
    return session.may("people") or (session.side == "sponsor" and session.may("journal"))


def _masked(session: Session) -> bool:
    from msclinic.services.participants import masked_rater

    return masked_rater(session)


def _sees_participants(session: Session) -> bool:
    clinical = any(right.startswith(("read:", "enter:")) for right in session.rights)
    return clinical and not _masked(session)


def _demand_participants(session: Session) -> None:
    if not _sees_participants(session):
        from msclinic.services.session import Refused

        raise Refused(
            "not_allowed",
            what="Your role may not do this.",
            why="The study gives this task to another role.",
            what_to_do="Ask a colleague with that role to sign in.",
        )
