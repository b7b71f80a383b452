"""Every form of the study begun once by somebody who may fill it in, for tests of exports."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

from tests.clinic import COST, ROLES, Clinic

from msclinic.domain.values import Answer, Code, Codes, Missing, PartialDate
from msclinic.forms.definitions import FormDefinition, ItemDefinition, ItemGroupDefinition
from msclinic.forms.session import EntrySession, Ref
from msclinic.services.context import form_context
from msclinic.services.entry import FormEntry
from msclinic.services.gateway import random_key
from msclinic.services.people import open_account
from msclinic.services.session import Session
from msclinic.services.sign_in import join

__all__ = ["STAFF", "fill_every_form"]

LABORATORY = {"LAB-01": "LAB", "LABU-01": "LABU"}
STAFF = {**ROLES, **LABORATORY}
NUMBERS = ("1", "0", "5", "2", "20", "36.5", "60", "100", "150", "1980", "2020")


def fill_every_form(clinic: Clinic, participant: str) -> set[str]:
    """Fill in each form of the schedule that was not begun yet; gives all that are begun.

    Everything asked is answered with the first value that is possible there.
    """
    for account, role in LABORATORY.items():
        secret = f"{account} has the long key"
        admin, witness = clinic.session("ADMIN-01"), clinic.session("PI-01")
        open_account(admin, account, role, secret, witness, COST)
        clinic.sessions[account] = join(admin, account, secret)
    study = clinic.session("PI-01").study
    for visit in sorted(study.visits, key=lambda one: one.order):
        for planned in visit.forms:
            if planned.form not in _begun(clinic, participant):
                _fill(clinic, participant, visit.code, study.form(planned.form))
    return _begun(clinic, participant)


def _begun(clinic: Clinic, participant: str) -> set[str]:
    with clinic.session("PI-01").store.read() as reader:
        paths = [head.path.split("/") for head in reader.heads(participant=participant)]
    return {parts[2] for parts in paths if len(parts) > 3}


def _fill(clinic: Clinic, participant: str, visit: str, form: FormDefinition) -> None:
    """Every role that may answer does; each of its answers is first tried without the record."""
    key = random_key() if form.repeating else "1"
    done: set[str] = set()
    for account, role in STAFF.items():
        session = clinic.session(account)
        if role in done or not session.may(f"enter:{form.oid}"):
            continue
        done.add(role)
        entry = FormEntry(session, participant, visit, form.oid, "1", key)
        if not entry.may_enter:
            continue
        for group in form.item_groups:
            answers = list(_possible(session, entry, group))
            if answers:
                adding = group.oid if group.repeating else None
                # What the gates before a start ask for is tested where the gates are.
                stored = entry.answer_together(answers, adding=adding, starting=True)
                assert stored.accepted, (form.oid, [one.code for one in stored.findings])
        if form.own:
            return


def _possible(
    session: Session, entry: FormEntry, group: ItemGroupDefinition
) -> Iterator[tuple[Ref, Answer]]:
    form = entry.form
    with session.store.read() as reader:
        context = form_context(
            session, reader, entry.participant, entry.visit, names=form.context_names
        )
    known = {
        ref: answer
        for one in form.item_groups
        for key in entry.keys(one.oid)
        for item in one.items
        if (answer := entry.value(item.oid, key)) is not None
        for ref in [(one.oid, key, item.oid)]
    }
    tried = EntrySession(form, context, known, session.now())
    key = "1"
    if group.repeating:
        if entry.keys(group.oid):
            return
        tried.add_repeat(group.oid, key)
    for item in group.items:
        ref = (group.oid, key, item.oid)
        if item.computed or not entry.may_answer(item) or tried.value(ref) is not None:
            continue
        if tried.relevant(ref):
            for answer in _values(item, session.now()):
                if tried.set(ref, answer).accepted:
                    yield ref, answer
                    break


def _values(item: ItemDefinition, now: datetime) -> Iterator[Answer]:
    match item.type:
        case "code":
            yield from map(Code, item.codelist.codes if item.codelist else ())
        case "codes":
            yield from (Codes((code,)) for code in (item.codelist.codes if item.codelist else ()))
        case "integer":
            yield from (int(Decimal(number)) for number in NUMBERS)
        case "decimal":
            yield from map(Decimal, NUMBERS)
        case "text":
            yield from ("08:45", "R-17")
        case "date":
            yield now.date()
        case "partial_date":
            yield PartialDate(now.date().isoformat())
        case "datetime":
            yield now.astimezone(UTC)
    yield from map(Missing, item.missing)
