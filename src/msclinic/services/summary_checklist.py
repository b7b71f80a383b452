"""What became of the checklist and the gates of a visit, as the summary prints it.

Items and their texts are the study's. An answer is never judged here by anything but the checks
of its form; an override is shown with who decided and why.
"""

from typing import Literal

from msclinic.domain.infusion.gates import GATES
from msclinic.domain.infusion.items import BEDSIDE_CHECK
from msclinic.domain.values import Answer, Code, Missing
from msclinic.forms.definitions import ItemDefinition, ItemGroupDefinition
from msclinic.forms.session import Ref
from msclinic.reports.day_model import ChecklistItem, ChecklistSection, Gate, Outcome, Signer
from msclinic.reports.summary_model import Signature
from msclinic.services.infusion.gates import Run, gate_of
from msclinic.services.infusion.own_check import check_hidden
from msclinic.services.people import account_code
from msclinic.services.session import Session
from msclinic.services.visit_reading import FormReading, VisitReading, shown_account
from msclinic.store import WHOLE, Head, SignatureRow
from msclinic.wording import tr

__all__ = ["CHECKLIST_FORMS", "checklist", "gates", "signatures", "signer_of"]

CHECKLIST_FORMS = ("fit_to_dose", "bedside_check", "infusion", "after_infusion")
"""The forms that are the checklist of an infusion day, in its order."""

_NOTE = "E10"
_STATES: dict[str, Literal["signed", "void", "expired"]] = {
    "passed": "signed",
    "void": "void",
    "expired": "expired",
}
_OUTCOMES: dict[str, Outcome] = {"NA": "not_applicable", "UNKNOWN": "unknown"}


def checklist(record: VisitReading) -> tuple[ChecklistSection, ...]:
    """A section for each item group that was begun; repeats belong to the infusion's own part."""
    sections = []
    for oid in CHECKLIST_FORMS:
        forms = record.forms(oid)
        for form in forms:
            if oid == BEDSIDE_CHECK and _hidden(record, form):
                sections.append(_not_shown(record, form))
                continue
            for group in form.definition.item_groups:
                if group.repeating:
                    continue
                items = _items(record, form, group)
                if items:
                    title = group.title.text(record.words.language)
                    if form.definition.repeating:
                        title = f"{title}, {account_code(form.actor[0])}"
                    sections.append(ChecklistSection(group.items[0].oid[:1], title, items))
    return tuple(sections)


def _hidden(record: VisitReading, check: FormReading) -> bool:
    place = (record.participant, record.visit, record.visit_key)
    return check_hidden(record.session, record.reader, *place, check.key)


def _not_shown(record: VisitReading, check: FormReading) -> ChecklistSection:
    language = record.words.language
    title = f"{check.definition.title.text(language)}, {account_code(check.actor[0])}"
    code = check.definition.item_groups[0].items[0].oid[:1]
    word = tr("not shown: check under way", language)
    return ChecklistSection(code, title, (ChecklistItem(code, word, "open"),))


def _items(
    record: VisitReading, form: FormReading, group: ItemGroupDefinition
) -> tuple[ChecklistItem, ...]:
    # The summary of the day stands whole among the notes.
    asked = [item for item in group.items if item.oid != _NOTE]
    found = (_item(record, form, (group.oid, "1", item.oid), item) for item in asked)
    return tuple(item for item in found if item is not None)


def _item(
    record: VisitReading, form: FormReading, ref: Ref, item: ItemDefinition
) -> ChecklistItem | None:
    language = record.words.language
    answer = form.value(item.oid)
    text = item.label.text(language)
    # The checklist's number; several items can answer one line of it.
    lead = item.oid.partition("_")[0]
    if not form.relevant(ref):
        # Only a question of its own is not applicable; one that hangs on another was not asked.
        if "_" in item.oid and lead in _oids(form):
            return None
        return ChecklistItem(lead, text, "not_applicable")
    if answer is None:
        if item.computed or not form.required(ref):
            return None
        return ChecklistItem(lead, text, "open")
    override = form.override(ref)
    failed = _failed(form, ref, item, answer)
    outcome: Outcome = "failed" if failed else "passed"
    said = record.words.answer(item, answer)
    if isinstance(answer, Missing):
        outcome = _OUTCOMES.get(answer.reason, "not_done")
        said = answer.detail if outcome != "not_done" or answer.reason == "NOT_DONE" else said
    notes = _notes(form, ref, language)
    if any(head.conflict for head in form.heads(ref)):
        notes.append(tr("two answers, not settled", language))
    if any(head.stale for head in form.heads(ref)):
        notes.append(tr("computed from values changed since", language))
    if override is not None:
        notes.append(_reason(override))
    return ChecklistItem(
        code=lead,
        text=text,
        outcome=outcome,
        answer=said,
        note=". ".join(note for note in notes if note),
        override=None if override is None else _by(record.session, override, language),
    )


def _failed(form: FormReading, ref: Ref, item: ItemDefinition, answer: Answer) -> bool:
    if any(found.severity in ("gate", "impossible") for found in form.findings(ref)):
        return True
    gated = any(check.kind == "gate" for check in item.checks)
    # A gate question that the program answers says by its own value whether it holds.
    return gated and item.computed and answer == Code("N")


def _notes(form: FormReading, ref: Ref, language: str) -> list[str]:
    notes = []
    for finding in form.findings(ref):
        if finding.severity != "soft":
            continue
        kept = form.kept(ref, finding.code)
        said = _reason(kept) if kept is not None else ""
        if not said:
            message = finding.message.get(language) or finding.message["en"]
            said = message.split(". ")[0]
        notes.append(said)
    return [note.rstrip(".") for note in notes]


def _reason(head: Head) -> str:
    return str((head.reason or {}).get("text", ""))


def _by(session: Session, head: Head, language: str) -> Signer:
    role = head.role or ""
    account = shown_account(session, head.actor or "", role)
    return Signer(account, _role(session, role, language), head.recorded_at)


def signer_of(session: Session, row: SignatureRow, language: str) -> Signer:
    """Who signed; a masked reader learns of the preparer's signature by the role alone."""
    role = row.role or ""
    account = shown_account(session, row.actor or "", role)
    return Signer(account, _role(session, role, language), row.typed_at)


def _role(session: Session, role: str, language: str) -> str:
    known = session.study.roles.get(role)
    return known.title.text(language) if known is not None else role


def gates(record: VisitReading, run: Run) -> tuple[Gate, ...]:
    """Every gate of an infusion day with who signed it and whether that still stands.

    They stand as they do on the screen of the run, the checks of the forms included.
    """
    language, session = record.words.language, record.session
    found = []
    for code in GATES:
        status = gate_of(session, run, code).status
        signed = [one for one in run.facts.signatures if one.gate == code]
        signed.sort(key=lambda one: one.signed_at)
        meaning = session.study.meanings.get(code)
        found.append(
            Gate(
                code=code,
                name=meaning.title.text(language) if meaning is not None else code,
                state=_STATES.get(status, "open"),
                signers=tuple(
                    Signer(
                        shown_account(session, one.account, one.role.rstrip("2")),
                        _role(session, one.role.rstrip("2"), language),
                        one.signed_at,
                    )
                    for one in signed
                    if not one.void or status == "void"
                ),
            )
        )
    return tuple(found)


def signatures(record: VisitReading) -> tuple[Signature, ...]:
    """Signatures in the record over this visit, in the order of time."""
    language, session = record.words.language, record.session
    prefix = f"{record.visit}/{record.visit_key}"
    found = []
    for row in record.reader.signatures(participant=record.participant):
        if not any(path.startswith(prefix + "/") for path, _ in row.items):
            continue
        parts = row.scope.split("/")
        form = session.study.forms.get(parts[2]) if len(parts) > 2 else None
        if form is not None and session.study.hides(session.role, form.oid):
            continue
        title = form.title if form is not None else session.study.visit(record.visit).title
        scope = title.text(language)
        if row.scope == WHOLE:
            scope = tr("The whole casebook", language)
        meaning = session.study.meanings.get(row.meaning)
        found.append(
            Signature(
                meaning=meaning.title.text(language) if meaning is not None else row.meaning,
                scope=scope,
                signer=signer_of(session, row, language),
                valid=row.status == "valid",
            )
        )
    return tuple(found)


def _oids(form: FormReading) -> set[str]:
    return {item.oid for group in form.definition.item_groups for item in group.items}
