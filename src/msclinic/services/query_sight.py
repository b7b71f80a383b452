"""Which queries one person may see, and what they may say to each.

Whoever could open the form now sees its queries, and nobody else (R-BLD-6).
"""

from msclinic.domain.errors import UserError
from msclinic.domain.queries import Speaker, may_say
from msclinic.services.entry_guards import demand_open, fits_role
from msclinic.services.query_record import QueryRow
from msclinic.services.session import Session

__all__ = ["ANSWERING", "ASKING", "QuerySight", "no_such_query", "opened_form"]

ASKING = "query"
ANSWERING = "answer_queries"


class QuerySight:
    """Which queries one person may see, and what they may say; asks for each form once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._seen: dict[tuple[str, str], tuple[bool, str | None]] = {}

    def sees(self, participant: str, prefix: str) -> bool:
        """Whether the person could open the form now."""
        return self._look(participant, prefix)[0]

    def may(self, row: QueryRow) -> frozenset[str]:
        """What the person may say to a query now."""
        session = self._session
        seen, owner = self._look(row.participant, row.form_prefix)
        form = session.study.forms.get(row.form_prefix.split("/")[2]) if seen else None
        if form is None:
            return frozenset()
        answers = (
            session.may(ANSWERING)
            and session.may(f"enter:{form.oid}")
            and fits_role(session, form)
            and owner in (None, session.account)
        )
        speaker = Speaker(session.side, session.may(ASKING), answers)
        return may_say(row.status, row.side, speaker)

    def _look(self, participant: str, prefix: str) -> tuple[bool, str | None]:
        place = (participant, prefix)
        if place not in self._seen:
            try:
                self._seen[place] = (True, opened_form(self._session, participant, prefix))
            except UserError:
                self._seen[place] = (False, None)
        return self._seen[place]


def opened_form(session: Session, participant: str, prefix: str) -> str | None:
    """Go on only if this person may open the form now; gives who alone may answer it, or none.

    Raises:
        Refused: They may not.
        UserError: There is no such form.
    """
    visit, visit_key, form, form_key = prefix.split("/")
    return demand_open(session, participant, visit, visit_key, form, form_key)


def no_such_query() -> UserError:
    """What a person reads who asks for a query that they may not see, or that there is not."""
    return UserError(
        "no_such_query",
        what="Nothing was sent.",
        why="There is no such query.",
        what_to_do="Look at the form again.",
    )
