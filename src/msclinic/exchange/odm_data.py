"""ClinicalData of an ODM file, written participant by participant.

Nothing is completed, translated or dropped: what ODM cannot hold becomes a flag of an annotation.
A reference to something that the study or the users do not have is refused.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from msclinic.domain.values import Missing
from msclinic.exchange.odm_extension import audit_extension
from msclinic.exchange.odm_flags import FLAG_TYPE_OID, REMOVED, FlagType, flag_value_oid
from msclinic.exchange.odm_index import People, StudyIndex, software_oid, user_oid
from msclinic.exchange.odm_model import (
    Audit,
    FileType,
    FormData,
    GroupData,
    ItemData,
    ParticipantData,
    QueryRecord,
    Recorded,
    SignatureRecord,
    VisitData,
)
from msclinic.exchange.odm_text import (
    OdmMistake,
    child,
    element,
    escape,
    lexical,
    moment_text,
    oid,
    safe,
    tag,
)
from msclinic.forms.definitions import SINGLE_KEY

__all__ = ["DataWriter"]


class DataWriter:
    """Writes the clinical data of one file.

    Args:
        xml: The open ``lxml.etree.xmlfile``.
        index: What the study defines.
        people: Who may be named.
        file_type: Snapshot, or every change in its order.
        extended: Also write the attributes of the extension namespace.
    """

    def __init__(
        self, xml: Any, index: StudyIndex, people: People, file_type: FileType, *, extended: bool
    ) -> None:
        self._xml = xml
        self._index = index
        self._people = people
        self._transactional = file_type is FileType.TRANSACTIONAL
        self._extended = extended
        self._further: list[SignatureRecord] = []

    def write(self, participants: Iterable[ParticipantData]) -> None:
        """Write ``ClinicalData`` with one ``SubjectData`` each, then the further signatures.

        Raises:
            OdmMistake: The data name something that is not defined.
        """
        head = {
            "StudyOID": self._index.study_oid,
            "MetaDataVersionOID": self._index.version_oid,
        }
        seen: set[str] = set()
        with self._xml.element(tag("ClinicalData"), head):
            for participant in participants:
                if participant.code in seen:
                    raise OdmMistake("two participants have the same code")
                seen.add(participant.code)
                self._participant(participant)
            if self._further:
                with self._xml.element(tag("Signatures")):
                    for signature in self._further:
                        self._xml.write(self._signature(signature, _signature_id(signature)))

    def _participant(self, data: ParticipantData) -> None:
        attributes = {"SubjectKey": safe(data.code, "a participant code")}
        with self._container("SubjectData", attributes, data.audit, data.signatures) as further:
            self._xml.write(element("SiteRef", {"LocationOID": self._people.location}))
            self._annotate(self._xml.write, [], further, data.queries)
            for visit in data.visits:
                self._visit(visit)

    def _visit(self, data: VisitData) -> None:
        if data.oid not in self._index.visits:
            raise OdmMistake(f"the study has no visit {data.oid}")
        attributes = {"StudyEventOID": oid("SE", data.oid)}
        if self._index.visits[data.oid] or data.repeat_key != SINGLE_KEY:
            attributes["StudyEventRepeatKey"] = safe(data.repeat_key, "a repeat key")
        with self._container("StudyEventData", attributes, data.audit, data.signatures) as further:
            self._annotate(self._xml.write, [], further)
            for form in data.forms:
                self._form(form)

    def _form(self, data: FormData) -> None:
        if data.oid not in self._index.forms:
            raise OdmMistake(f"the study has no exportable form {data.oid}")
        attributes = {"FormOID": oid("F", data.oid)}
        if self._index.forms[data.oid] or data.repeat_key != SINGLE_KEY:
            attributes["FormRepeatKey"] = safe(data.repeat_key, "a repeat key")
        with self._container("FormData", attributes, data.audit, data.signatures) as further:
            self._annotate(
                self._xml.write,
                [(FlagType.FORM_STATUS, data.status)] if data.status else [],
                further,
                data.queries,
            )
            for group in data.groups:
                self._group(data.oid, group)

    def _group(self, form: str, data: GroupData) -> None:
        if (form, data.oid) not in self._index.groups:
            raise OdmMistake(f"form {form} has no item group {data.oid}")
        if data.removed and not self._transactional:
            return
        attributes = {"ItemGroupOID": oid("IG", form, data.oid)}
        if self._index.groups[form, data.oid] or data.repeat_key != SINGLE_KEY:
            attributes["ItemGroupRepeatKey"] = safe(data.repeat_key, "a repeat key")
        made = element("ItemGroupData", self._opened(attributes))
        first, further = _first_valid(data.signatures)
        if first is not None:
            made.append(self._signature(first, None))
        self._annotate(made.append, [], further)
        for item in data.items:
            if self._index.items.get((form, item.oid)) != data.oid:
                raise OdmMistake(f"group {form}.{data.oid} has no item {item.oid}")
            self._item(made, oid("I", form, item.oid), item)
        self._xml.write(made)
        if data.removed:
            gone = element("ItemGroupData", {**attributes, "TransactionType": "Remove"})
            gone.append(self._audit(data.removed))
            self._xml.write(gone)

    def _item(self, group: Any, item_oid: str, data: ItemData) -> None:
        """Write one item: its earlier values first in a transactional file."""
        steps = [(recorded, False) for recorded in data.history if self._transactional]
        annotated = False
        for number, (recorded, now) in enumerate([*steps, (data.current, True)]):
            transaction = ("Update" if number else "Insert") if self._transactional else None
            value = lexical(recorded.answer)
            made = child(
                group,
                "ItemData",
                {
                    "ItemOID": item_oid,
                    "TransactionType": transaction,
                    "IsNull": "Yes" if value is None else None,
                    "Value": value,
                },
            )
            made.append(self._audit(recorded.audit))
            if recorded.unit is not None and value is not None:
                made.append(self._unit(recorded.unit))
            flags = _flags(recorded, value)
            if now:
                flags += [(FlagType.COMPUTED, "STALE")] if data.stale else []
                flags += [(FlagType.CHECK_KEPT, self._check(code)) for code in data.kept_checks]
            comment = recorded.answer.detail if isinstance(recorded.answer, Missing) else ""
            self._annotate_item(made, flags, comment, earlier=annotated)
            annotated = bool(flags)
            if now:
                self._conflicts(made, data.conflicting)
                change = "Insert" if self._transactional else None
                number = 1 + len(data.conflicting)
                self._queries(made.append, number, data.queries, change)

    def _annotate_item(
        self, made: Any, flags: list[tuple[FlagType, str]], comment: str, *, earlier: bool
    ) -> None:
        """Annotation 1 of an item: it comes, changes and goes with the value it is about."""
        if flags:
            change = ("Update" if earlier else "Insert") if self._transactional else None
            made.append(_annotation(1, flags, comment, change))
        elif earlier:
            child(made, "Annotation", {"SeqNum": "1", "TransactionType": "Remove"})

    def _conflicts(self, made: Any, others: tuple[Recorded, ...]) -> None:
        change = "Insert" if self._transactional else None
        for number, other in enumerate(others, start=2):
            value = lexical(other.answer)
            shown = other.answer.reason if isinstance(other.answer, Missing) else value or ""
            flags = [(FlagType.CONFLICT, "OTHER_VALUE")]
            if isinstance(other.answer, Missing):
                flags.append((FlagType.MISSING, other.answer.reason))
            elif other.answer is None:
                flags.append((FlagType.MISSING, REMOVED))
            made.append(_annotation(number, flags, f"{other.audit.entry} {shown}", change))

    def _check(self, code: str) -> str:
        if code not in self._index.checks:
            raise OdmMistake(f"the study has no check {code}")
        return code

    def _unit(self, unit: str) -> Any:
        if unit not in self._index.units:
            raise OdmMistake(f"the study has no unit {unit}")
        return element("MeasurementUnitRef", {"MeasurementUnitOID": oid("MU", unit)})

    @contextmanager
    def _container(
        self,
        name: str,
        attributes: dict[str, str],
        audit: Audit | None,
        signatures: tuple[SignatureRecord, ...],
    ) -> Iterator[list[SignatureRecord]]:
        """Open an element with its AuditRecord and first valid Signature; yield the others."""
        first, further = _first_valid(signatures)
        with self._xml.element(tag(name), self._opened(attributes)):
            if audit is not None:
                self._xml.write(self._audit(audit))
            if first is not None:
                self._xml.write(self._signature(first, None))
            yield further

    def _opened(self, attributes: dict[str, str]) -> dict[str, str]:
        """Attributes of a container as it is first written."""
        return {**attributes, "TransactionType": "Insert"} if self._transactional else attributes

    def _annotate(
        self,
        put: Callable[[Any], None],
        flags: list[tuple[FlagType, str]],
        further: list[SignatureRecord],
        queries: tuple[QueryRecord, ...] = (),
    ) -> None:
        """Annotations of a container: flags, then each further signature, then its queries."""
        number = 0
        if flags:
            number += 1
            put(_annotation(number, flags, ""))
        for signature in further:
            number += 1
            state = "VOID" if signature.void else "VALID"
            flag = (FlagType.SIGNATURE, state)
            put(_annotation(number, [flag], _signature_id(signature)))
            self._further.append(signature)
        self._queries(put, number, queries, None)

    def _queries(
        self,
        put: Callable[[Any], None],
        number: int,
        queries: tuple[QueryRecord, ...],
        change: str | None,
    ) -> None:
        """One annotation for each message of each query, numbered after those that stand."""
        for query in queries:
            for message in query.messages:
                number += 1
                if message.account is None or message.role is None:
                    user = software_oid(message.app_version)
                else:
                    user = user_oid(message.account, message.role)
                if user not in self._people.users:
                    raise OdmMistake(f"the user {user} is not listed")
                flags = [(FlagType.QUERY, message.said)]
                if message is query.messages[-1]:
                    flags.append((FlagType.QUERY_STATUS, query.status))
                place = f"query/{query.key} {query.scope}"
                head = f"{place} {moment_text(message.at)} {user} {message.entry}"
                words = f"{head}: {message.text}" if message.text else head
                by = "Sponsor" if message.sponsor else "Site"
                put(_annotation(number, flags, words, change, by))

    def _audit(self, audit: Audit) -> Any:
        if audit.account is None or audit.role is None:
            user = software_oid(audit.app_version)
        else:
            user = user_oid(audit.account, audit.role)
        made = element("AuditRecord", {"EditPoint": audit.edit_point})
        if self._extended:
            audit_extension(made, audit)
        self._who(made, user)
        child(made, "DateTimeStamp", text=moment_text(audit.recorded_at))
        if audit.reason:
            child(made, "ReasonForChange", text=audit.reason)
        child(made, "SourceID", text=audit.entry)
        return made

    def _signature(self, signature: SignatureRecord, identifier: str | None) -> Any:
        if signature.meaning not in self._people.meanings:
            raise OdmMistake(f"no signature meaning {signature.meaning} is listed")
        made = element("Signature", {"ID": identifier})
        self._who(made, user_oid(signature.account, signature.role))
        child(made, "SignatureRef", {"SignatureOID": oid("SIG", signature.meaning)})
        child(made, "DateTimeStamp", text=moment_text(signature.signed_at))
        child(made, "CryptoBindingManifest", text=signature.entry)
        return made

    def _who(self, made: Any, user: str) -> None:
        if user not in self._people.users:
            raise OdmMistake(f"the user {user} is not listed")
        child(made, "UserRef", {"UserOID": user})
        child(made, "LocationRef", {"LocationOID": self._people.location})


def _first_valid(
    signatures: tuple[SignatureRecord, ...],
) -> tuple[SignatureRecord | None, list[SignatureRecord]]:
    """The one signature that ODM has room for, and all others."""
    first = next((signature for signature in signatures if not signature.void), None)
    return first, [signature for signature in signatures if signature is not first]


def _signature_id(signature: SignatureRecord) -> str:
    return oid("SGN", signature.entry)


def _flags(recorded: Recorded, value: str | None) -> list[tuple[FlagType, str]]:
    flags: list[tuple[FlagType, str]] = []
    texts = [value or ""]
    if isinstance(recorded.answer, Missing):
        flags.append((FlagType.MISSING, recorded.answer.reason))
        texts.append(recorded.answer.detail)
    elif recorded.answer is None:
        flags.append((FlagType.MISSING, REMOVED))
    if recorded.audit.source != "direct":
        flags.append((FlagType.SOURCE, recorded.audit.source))
    if any(escape(text) != text for text in [*texts, recorded.audit.reason]):
        flags.append((FlagType.TEXT, "CONTROL_CHARACTERS"))
    return flags


def _annotation(
    number: int,
    flags: list[tuple[FlagType, str]],
    comment: str,
    change: str | None = None,
    by: str = "Site",
) -> Any:
    made = element("Annotation", {"SeqNum": str(number), "TransactionType": change})
    if comment:
        child(made, "Comment", {"SponsorOrSite": by}, comment)
    for kind, value in flags:
        flag = child(made, "Flag")
        child(flag, "FlagValue", {"CodeListOID": flag_value_oid(kind)}, value)
        child(flag, "FlagType", {"CodeListOID": FLAG_TYPE_OID}, kind.value)
    return made
