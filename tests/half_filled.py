"""Fills in forms of any kind half, with long words and plausible values, for tests of screens."""

from datetime import datetime, timedelta
from decimal import Decimal

from msclinic.domain.errors import UserError
from msclinic.domain.values import Answer, Code, Codes, PartialDate
from msclinic.forms.definitions import ItemDefinition
from msclinic.forms.session import Ref
from msclinic.services.entry import FormEntry
from msclinic.services.session import Session

__all__ = ["half_fill"]

LONG = "Zgłasza nasilone dolegliwości bólowe okolicy lędźwiowo-krzyżowej od około trzech tygodni"


def half_fill(session: Session, participant: str, visit: str, form: str, key: str = "1") -> int:
    """Answer every second item that is asked, one repeat of each group; gives how many.

    Args:
        session: Of a role that may enter the form.
        participant: Random id.
        visit: Code of the visit.
        form: OID of the form.
        key: Key of the form.
    """
    entry = FormEntry(session, participant, visit, form, form_key=key)
    for group in entry.form.item_groups:
        if group.repeating and entry.may_enter:
            entry.add_repeat(group.oid)
    given = 0
    for place, ref in enumerate(entry.refs()):
        item, state = entry.form.item(ref[2]), entry.state(ref)
        # What decides over other items is answered, so that those are seen too.
        if not state.relevant or state.read_only or item.computed:
            continue
        if place % 2 and item.type != "code":
            continue
        given += _give(entry, ref, _answers(item, session.now()))
    return given


def _give(entry: FormEntry, ref: Ref, answers: list[Answer]) -> bool:
    try:
        return any(entry.answer(ref, answer).accepted for answer in answers)
    except UserError:
        return False  # another screen gives this answer, such as the start of an infusion


def _answers(item: ItemDefinition, now: datetime) -> list[Answer]:
    """Values to try, one after another."""
    day = now.date() - timedelta(days=1)
    codes = item.codelist.codes if item.codelist else ()
    by_type: dict[str, list[Answer]] = {
        "code": [Code(codes[0])] if codes else [],
        "codes": [Codes((codes[0],))] if codes else [],
        "integer": [3, 40, 1990],
        "decimal": [Decimal("7"), Decimal("70"), Decimal("0.5")],
        "text": [LONG, "08:45", "K-204817"],
        "date": [day],
        "partial_date": [PartialDate(day.isoformat()[:7])],
        "datetime": [now - timedelta(hours=1)],
    }
    return by_type.get(item.type, [])
