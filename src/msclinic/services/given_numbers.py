"""Whether a randomisation or kit number was given before: to anybody at the site, at any visit.

The answer is yes or no. Whose it is would tell who else was dosed, and nobody masked needs it.
"""

from collections.abc import Iterator
from datetime import datetime

from msclinic.domain.printed_numbers import bare_number
from msclinic.store import LAST, WORD, Head, Reader

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
    wanted, form = bare_number(number), scope.split("/")[2]
    return any(
        bare_number(_text(head)) == wanted
        and (head.participant != participant or not head.path.startswith(f"{scope}/"))
        and (before is None or head.recorded_at < before)
        and _stands(reader, head)
        for head in _said_alike(reader, form, item, wanted)
        if head.value is not None
    )


def _said_alike(reader: Reader, form: str, item: str, wanted: str) -> list[Head]:
    if wanted.isalnum() and wanted.isascii():
        return reader.saying(form, item, _alike(reader, form, item, wanted))
    return reader.heads(form=form, item=item)


def _alike(reader: Reader, form: str, item: str, wanted: str, typed: str = "") -> Iterator[str]:
    """Short texts that may mean a number, among those that begin with some typed signs.

    The index holds numbers as people typed them, so it is walked sign by sign: signs that do not
    count are passed over, and what begins otherwise is left out unread. However many numbers were
    given, as many steps are taken as there are different signs.

    Args:
        reader: The record as it is now.
        form: Form OID.
        item: Item OID.
        wanted: What is left of the number, bare.
        typed: The signs before.
    """
    word = reader.next_word(form, item, typed)
    while word is not None and word.startswith(typed):
        sign = word[len(typed) : len(typed) + 1]
        begun = typed + sign
        if not sign:
            # The whole text, or as much of a long one as the index holds.
            if not wanted or len(word) >= WORD:
                yield word
            word = reader.next_word(form, item, typed + "\0")
            continue
        if not sign.isascii():
            # What such a sign means is decided on the whole number.
            yield word
            word = reader.next_word(form, item, word + "\0")
            continue
        if not sign.isalnum():
            yield from _alike(reader, form, item, wanted, begun)
        elif wanted.startswith(sign.upper()):
            yield from _alike(reader, form, item, wanted[1:], begun)
        word = reader.next_word(form, item, begun + LAST)


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
