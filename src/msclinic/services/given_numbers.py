"""Whether a randomisation or kit number was given before: to anybody at the site, at any visit.

The answer is yes or no. Whose it is would tell who else was dosed, and nobody masked needs it.
"""

from datetime import datetime

from msclinic.domain.printed_numbers import bare_number
from msclinic.store import Head, Reader

__all__ = ["KIT", "KIT_NUMBER", "given_elsewhere", "kit_taken"]

KIT = "kit_assignment"
KIT_NUMBER = "KIT_NUMBER"
_START = "D01"
_IN_ERROR = "entered_in_error"


def given_elsewhere(
    reader: Reader,
    participant: str,
    scope: str,
    item: str,
    number: str,
    before: datetime | None = None,
) -> bool:
    """Tell whether another form of the same kind that stands says the same number.

    Args:
        reader: The record as it is now.
        participant: Whose form asks.
        scope: Path of that form, such as ``V2/1/kit_assignment/1``.
        item: The item of the number.
        number: As typed.
        before: Only what was recorded before this moment counts.
    """
    wanted = bare_number(number)
    return any(
        bare_number(_text(head)) == wanted
        and (head.participant != participant or not head.path.startswith(f"{scope}/"))
        and (before is None or head.recorded_at < before)
        and _stands(reader, head)
        for head in reader.heads(form=scope.split("/")[2], item=item)
        if head.value is not None
    )


def kit_taken(reader: Reader, participant: str, visit: str, visit_key: str = "1") -> bool:
    """Tell whether the kit assigned at a visit is assigned anywhere else too.

    Until the infusion begins both assignments are held: nobody knows yet which one is wrong.
    After that only an earlier one counts, so that a slip at another chair says nothing of a dose
    already given.

    Source: infusion day, stop S01 (study default): the product of another participant is never
    given.

    Args:
        reader: The record as it is now.
        participant: Random id.
        visit: An infusion visit.
        visit_key: Key of that visit.
    """
    scope = f"{visit}/{visit_key}/{KIT}/1"
    start = f"{visit}/{visit_key}/infusion/1"
    begun = reader.heads(participant=participant, prefix=start, item=_START)
    return any(
        given_elsewhere(
            reader,
            participant,
            scope,
            KIT_NUMBER,
            _text(own),
            before=own.recorded_at if begun else None,
        )
        for own in reader.heads(participant=participant, prefix=scope, item=KIT_NUMBER)
        if _text(own)
    )


def _text(head: Head) -> str:
    value = head.value or {}
    return str(value.get("value", "")) if value.get("type") == "text" else ""


def _stands(reader: Reader, head: Head) -> bool:
    form = "/".join(head.path.split("/")[:4])
    return all(
        (state.value or {}).get("value") != _IN_ERROR for state in reader.at(head.participant, form)
    )
