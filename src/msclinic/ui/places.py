"""Which screen stands at which place, and which places a role has.

Screens are imported when they are first shown, so that the sign-in appears at once. What a role
may not use is not in the rail, and asking for it by another way is refused.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from attrs import frozen
from PySide6.QtWidgets import QWidget

from msclinic.app.settings import Settings
from msclinic.ui.navigation import Navigator
from msclinic.ui.shell import RailEntry
from msclinic.ui.tasks import Tasks
from msclinic.wording import time_text, tr

if TYPE_CHECKING:
    from msclinic.forms.session import Ref
    from msclinic.services.session import Session
    from msclinic.ui.display import DisplayScreen

__all__ = [
    "ChairDue",
    "ChairWait",
    "chairs_due",
    "display_screen",
    "documents_screen",
    "exam_screen",
    "first_place",
    "first_screen",
    "form_screen",
    "over_time_screen",
    "participant_screen",
    "participants_screen",
    "people_screen",
    "rail_entries",
    "run_screen",
    "study_screen",
    "worklist_screen",
]

# Roles that work on a day's visits; others that read begin with the list of participants.
_DAY_ROLES = frozenset({"NUR", "PHY", "PI", "CRC", "PREP"})


@frozen
class ChairWait:
    """When a chair needs somebody, as the lock screen says it.

    Attributes:
        chair: 1 to 4.
        at: Clock time of the site: ``11:20``.
        minutes: Whole minutes until then; negative when it is late.
    """

    chair: int
    at: str
    minutes: int


@frozen
class ChairDue:
    """When a chair needs somebody next; nothing of who sits there or what for.

    Attributes:
        chair: 1 to 4.
        due: The moment, aware.
    """

    chair: int
    due: datetime

    def at_time(self, now: datetime, zone: ZoneInfo) -> ChairWait:
        """The same counted from a moment, in the site's clock time."""
        minutes = (self.due - now) // timedelta(minutes=1)
        return ChairWait(self.chair, time_text(self.due, zone), minutes)


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
    if not _masked(session):
        entries.append(RailEntry("study", tr("Study"), "book-open"))
    if session.may("people"):
        entries.append(RailEntry("people", tr("People"), "user-cog"))
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
    """The accounts of the site.

    Raises:
        Refused: The role does not look after accounts.
    """
    from msclinic.ui.people.screen import PeopleScreen

    session.require("people")
    return PeopleScreen(session, go, tasks)


def worklist_screen(session: Session, go: Navigator, tasks: Tasks) -> QWidget:
    """What waits at the site.

    Raises:
        Refused: The role sees no participants.
    """
    from msclinic.ui.worklist.screen import WorklistScreen

    _demand_participants(session)
    return WorklistScreen(session, go, tasks)


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
) -> QWidget:
    """One form; what the role may do with it is the form's own rule."""
    from msclinic.ui.forms.screen import FormScreen

    return FormScreen(session, go, tasks, participant, visit, visit_key, form, form_key, item)


def run_screen(
    session: Session, go: Navigator, tasks: Tasks, participant: str, visit: str
) -> QWidget:
    """The infusion run of a visit.

    Raises:
        Refused: The role sees no participants.
    """
    from msclinic.ui.infusion.screen import RunScreen

    _demand_participants(session)
    return RunScreen(session, go, tasks, participant, visit)


def exam_screen(
    session: Session, go: Navigator, tasks: Tasks, participant: str, visit: str, visit_key: str
) -> QWidget:
    """The exam of a visit."""
    from msclinic.ui.neuro.screen import ExamScreen

    return ExamScreen(session, go, tasks, participant, visit, visit_key)


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

    return [ChairDue(due.chair, due.at) for due in next_due(session)]


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
