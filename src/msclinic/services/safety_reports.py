"""Reports that the sponsor must have within a day: serious events, medication errors, pregnancies.

Regulation (EU) 536/2014, article 41(2) and annex III 2.1: all three go the same way.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from attrs import frozen

from msclinic.domain.values import Answer, from_json
from msclinic.services.context import form_numbers
from msclinic.services.session import Session
from msclinic.store import Reader

__all__ = ["DueReport", "due_reports"]

_REPORTS = {
    "serious_adverse_event": ("AEAWARE", "AE_REPORTED"),
    "medication_error": ("ME_AWARE", "ME_REPORTED"),
    "pregnancy": ("PREG_AWARE", "PREG_REPORTED"),
}
_EVENT = "adverse_event"
_SAE = "serious_adverse_event"
_ITEM = 7
_IN_ERROR = "entered_in_error"


@frozen
class DueReport:
    """A report that the sponsor has not had yet.

    Attributes:
        participant: Random id.
        form: Form that has to be completed and sent, or the event that has no report yet.
        scope: Its path.
        due: When the sponsor must have it.
    """

    participant: str
    form: str
    scope: str
    due: datetime


def due_reports(session: Session) -> tuple[DueReport, ...]:
    """Every report not sent yet, the most urgent first, and serious events without a report.

    Nothing is told to a role that may not read the form.

    Args:
        session: Who asks.
    """
    hours = timedelta(hours=int(session.study.setting("sae_report")))
    found = []
    with session.store.read() as reader:
        for form, (aware, sent) in _REPORTS.items():
            if not session.may(f"read:{form}"):
                continue
            for (participant, scope), answers in _forms(reader, form).items():
                known = answers.get(aware)
                if isinstance(known, datetime) and not isinstance(answers.get(sent), datetime):
                    found.append(DueReport(participant, form, scope, known + hours))
        if session.may(f"read:{_EVENT}"):
            found.extend(_unreported(reader, hours))
    return tuple(sorted(found, key=lambda one: (one.due, one.participant, one.scope)))


def _unreported(reader: Reader, hours: timedelta) -> list[DueReport]:
    found = []
    serious: dict[str, dict[str, datetime]] = {}
    for head in reader.saying(_EVENT, "AESER", ["Y"]):
        scope = "/".join(head.path.split("/")[:4])
        serious.setdefault(head.participant or "", {})[scope] = head.recorded_at
    for participant, told in serious.items():
        reported = {one.get("AESPID") for one in _forms(reader, _SAE, participant).values()}
        numbers = form_numbers(reader, participant, _EVENT)
        for (_, scope), answers in _forms(reader, _EVENT, participant).items():
            if scope not in told or numbers.get(scope) in reported:
                continue
            # Whoever calls an event serious knows of it: without another time the clock runs from
            # then.
            known = answers.get("AEAWARE")
            if not isinstance(known, datetime):
                known = told[scope]
            found.append(DueReport(participant, _EVENT, scope, known + hours))
    return found


def _forms(
    reader: Reader, form: str, participant: str | None = None
) -> Mapping[tuple[str, str], Mapping[str, Answer]]:
    found: dict[tuple[str, str], dict[str, Answer]] = {}
    in_error = set()
    for head in reader.heads(participant=participant, form=form):
        parts = head.path.split("/")
        place = (head.participant or "", "/".join(parts[:4]))
        if len(parts) == _ITEM and head.value is not None:
            found.setdefault(place, {})[parts[6]] = from_json(head.value)
        elif head.path == place[1] and (head.value or {}).get("value") == _IN_ERROR:
            in_error.add(place)
    return {place: answers for place, answers in found.items() if place not in in_error}
