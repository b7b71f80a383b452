"""Exports of the whole study: a picture of the record at one position, written as ODM-XML.

Refused to the masked raters and to every role without the right. No name and no full date of
birth exists to be written; who prepared the product stands under the role alone for masked staff.
The unmasked zone has no data here; what could reveal the arm has some where the role is unmasked.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from attrs import evolve, frozen

from msclinic import __version__
from msclinic.domain.infusion.items import INFUSION
from msclinic.domain.values import Missing, from_json
from msclinic.exchange.odm_model import (
    Audit,
    ClinicalSnapshot,
    FormData,
    GroupData,
    ItemData,
    ParticipantData,
    QueryRecord,
    Recorded,
    SignatureMeaning,
    SignatureRecord,
    Site,
    UserRecord,
    VisitData,
)
from msclinic.forms.definitions import (
    SINGLE_KEY,
    FormDefinition,
    ItemDefinition,
    ItemGroupDefinition,
)
from msclinic.services.gateway import random_id, recording
from msclinic.services.life_record import read_life
from msclinic.services.outgoing import outgoing_file
from msclinic.services.participants import masked_rater
from msclinic.services.query_export import exported_queries
from msclinic.services.session import Refused, Session
from msclinic.services.unmasked_views import note_all_unmasked_views
from msclinic.services.visit_reading import FormReading, VisitReading, Words, shown_account
from msclinic.store import WHOLE, Head, Reader, SignatureRow

__all__ = ["clinical_snapshot", "export_odm"]

_UNMASKED_ZONE = "U"
_FORM = 2


def export_odm(session: Session, out: Path) -> None:
    """Write everything the role may read as one ODM-XML file, and record that it was exported.

    Args:
        session: Who exports.
        out: The file; it is there whole or not at all.

    Raises:
        Refused: The role may not export.
        UserError: The target lies inside a clinic or is no file.
        KnownFault: The file cannot be written.
    """
    from msclinic.exchange.odm import write_odm

    _demand_export(session)
    note_all_unmasked_views(session, "export")
    file_oid = f"ODM_{random_id()}"
    with session.store.read() as reader, outgoing_file(out, session.home) as file:
        snapshot = clinical_snapshot(session, reader)
        write_odm(session.study, snapshot, file, file_oid=file_oid, created_at=session.now())
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    value = {
        "type": "export",
        "format": "odm",
        "file_oid": file_oid,
        "sha256": digest,
        "position": str(snapshot.journal_position),
    }
    with recording(session) as act:
        act.set("exported", "site/export", value)


def clinical_snapshot(session: Session, reader: Reader) -> ClinicalSnapshot:
    """The record as the role may read it; participants are read while they are written.

    Raises:
        Refused: The role may not export.
    """
    _demand_export(session)
    journal = _journal(session, reader)
    signed = {row.meaning for row in reader.signatures()}
    position = reader.position()
    return ClinicalSnapshot(
        participants=_participants(session, reader, journal),
        users=tuple(
            UserRecord(account, role, _user_type(session, role))
            for account, role in sorted(journal.people)
        ),
        software=tuple(sorted(set(journal.versions.values()) | {__version__})),
        meanings=tuple(
            SignatureMeaning(one.code, one.title.text("en"), one.title.text("en"))
            for one in session.study.meanings.values()
            if one.code in signed
        ),
        site=Site(
            session.place.site,
            f"{session.place.site}, {session.place.city}",
            _effective_from(session, reader),
        ),
        journal_position=position.entries,
        study_version=session.study.version,
        app_version=__version__,
        created_at=session.now(),
    )


@frozen
class _Journal:
    """What only the entries themselves say.

    Attributes:
        versions: Program version by entry.
        rules: Rule and its version by computed entry.
        people: Accounts with the roles they acted in.
    """

    versions: dict[str, str]
    rules: dict[str, str]
    people: frozenset[tuple[str, str]]


def _demand_export(session: Session) -> None:
    if masked_rater(session):
        raise Refused(
            "not_allowed",
            what="Your role may not export.",
            why="An export holds forms that a masked rater must not see.",
            what_to_do="Ask the coordinator or the PI.",
        )
    session.require("export")


def _journal(session: Session, reader: Reader) -> _Journal:
    versions: dict[str, str] = {}
    rules: dict[str, str] = {}
    people: set[tuple[str, str]] = set()
    for stored in reader.entries():
        entry = stored.entry
        versions[stored.hash] = entry.app_version
        if entry.computed is not None:
            rules[stored.hash] = f"{entry.computed.rule} {entry.computed.rule_version}"
        if entry.actor and entry.role:
            people.add(_person(session, entry.actor, entry.role))
    return _Journal(versions, rules, frozenset(people))


def _person(session: Session, account: str, role: str) -> tuple[str, str]:
    """Account and role; the role in place of an account that the reader must not know."""
    return (account if shown_account(session, account, role) else role), role


def _user_type(session: Session, role: str) -> str:
    known = session.study.roles.get(role)
    if known is not None and known.side == "sponsor":
        return "Sponsor"
    return {"PHY": "Investigator", "PI": "Investigator", "LAB": "Lab"}.get(role, "Other")


def _effective_from(session: Session, reader: Reader) -> date:
    """The day from which the study in force holds here."""
    active = [
        head.recorded_at
        for head in reader.heads(participant="", prefix="study/active")
        if (head.value or {}).get("version") == session.study.version
    ]
    return max(active, default=session.now()).astimezone(session.zone).date()


def _participants(session: Session, reader: Reader, journal: _Journal) -> Iterator[ParticipantData]:
    """One person each under the first code, as CDISC's USUBJID survives a re-screening."""
    heads: dict[str, Head] = {}
    for head in reader.heads(prefix="participant/code"):
        heads.setdefault(head.participant or "", head)
    codes = {one: str((head.value or {}).get("value", "")) for one, head in heads.items()}
    earlier = {one: read_life(session, reader, one).earlier for one in codes}
    records = [_followed(one, earlier) for one in codes]
    persons: dict[str, list[str]] = {}
    for record in sorted(records, key=lambda one: (len(one), codes[one[-1]])):
        persons.setdefault(record[0], []).append(record[-1])
    for first in sorted(persons, key=lambda one: codes[one]):
        own = {one: _Participant(session, reader, journal, one) for one in persons[first]}
        visits: list[VisitData] = []
        for one, record_of in own.items():
            visits += _apart(record_of.visits(), visits, codes[one])
        yield ParticipantData(
            code=codes[first],
            visits=tuple(visits),
            audit=own[first].audit(heads[first]),
            queries=tuple(query for record_of in own.values() for query in record_of.queries()),
            signatures=tuple(one for again in own.values() for one in again.signatures("")),
        )


def _followed(participant: str, earlier: Mapping[str, str | None]) -> list[str]:
    """The records that one follows, from the first on; one whose links go round stands alone."""
    found = [participant]
    while (before := earlier.get(found[0])) is not None:
        if before in found:
            return [participant]
        found.insert(0, before)
    return found


def _apart(visits: Iterable[VisitData], known: Iterable[VisitData], code: str) -> list[VisitData]:
    """Visits of one record; where the person had such a visit before, its key is the code."""
    taken = {(visit.oid, visit.repeat_key) for visit in known}
    return [
        evolve(
            visit,
            repeat_key=code if visit.repeat_key == SINGLE_KEY else f"{code}_{visit.repeat_key}",
        )
        if (visit.oid, visit.repeat_key) in taken
        else visit
        for visit in visits
    ]


class _Participant:
    """One participant of the snapshot."""

    def __init__(
        self, session: Session, reader: Reader, journal: _Journal, participant: str
    ) -> None:
        self._session, self._reader, self._journal = session, reader, journal
        self._participant = participant
        self._signed: dict[str, list[SignatureRow]] = {}
        for row in reader.signatures(participant=participant):
            # What covers the whole casebook stands with the participant.
            self._signed.setdefault(row.scope.removeprefix(WHOLE), []).append(row)
        self._queries = exported_queries(
            session,
            reader,
            participant,
            partial(_person, session),
            journal.versions,
        )
        self._forms_written: set[str] = set()
        self._visit_heads: dict[tuple[str, str], Head] = {}
        self._begun: set[tuple[str, str]] = set()
        # Who may not read the infusion learns of visits by their own forms alone.
        self._whole = session.may(f"read:{INFUSION}")
        for head in reader.heads(participant=participant):
            parts = head.path.split("/")
            if len(parts) > _FORM and not _readable(session, parts[_FORM], head):
                continue  # such a form must not even make its visit appear
            if parts[0].isupper() and len(parts) > (1 if self._whole else _FORM):
                self._begun.add((parts[0], parts[1]))
                if len(parts) == 2:
                    self._visit_heads[parts[0], parts[1]] = head

    def visits(self) -> tuple[VisitData, ...]:
        """Every visit with anything recorded, in the order of the study."""
        found = []
        for visit in sorted(self._session.study.visits, key=lambda one: one.order):
            for code, key in sorted(place for place in self._begun if place[0] == visit.code):
                head = self._visit_heads.get((code, key))
                found.append(
                    VisitData(
                        oid=code,
                        repeat_key=key,
                        forms=self._forms(code, key),
                        audit=None if head is None else self.audit(head),
                        signatures=self.signatures(f"{code}/{key}") if self._whole else (),
                    )
                )
        return tuple(found)

    def audit(self, head: Head) -> Audit:
        """Who, when and why of an entry; a computed value is the program's own."""
        rule = self._journal.rules.get(head.entry)
        account, role = head.actor, head.role
        person = _person(self._session, account, role) if account and role else (None, None)
        return Audit(
            account=None if rule else person[0],
            role=None if rule else person[1],
            recorded_at=head.recorded_at.astimezone(self._session.zone),
            entry=head.entry,
            app_version=self._journal.versions[head.entry],
            reason=_reason(head),
            source=head.source or "direct",
            event_time=head.event_time,
            study_version=head.study_version,
            rule=rule,
        )

    def signatures(self, scope: str) -> tuple[SignatureRecord, ...]:
        """Signatures over exactly one path."""
        found = []
        for row in self._signed.get(scope, ()):
            account, role = _person(self._session, row.actor or "", row.role or "")
            found.append(
                SignatureRecord(
                    account=account,
                    role=role,
                    signed_at=row.typed_at.astimezone(self._session.zone),
                    meaning=row.meaning,
                    entry=row.entry,
                    void=row.status != "valid",
                )
            )
        return tuple(found)

    def _forms(self, visit: str, key: str) -> tuple[FormData, ...]:
        session = self._session
        record = VisitReading(
            session, self._reader, self._participant, visit, key, Words(session, "en")
        )
        return tuple(
            self._form(form, definition)
            for definition in session.study.forms.values()
            if definition.zone != _UNMASKED_ZONE
            for form in record.forms(definition.oid, everyones=_everyones(session, definition.oid))
        )

    def queries(self) -> tuple[QueryRecord, ...]:
        """Queries on forms that have no place in the file; asked for after the visits."""
        return tuple(
            query
            for scope in sorted(self._queries)
            if "/".join(scope.split("/")[:4]) not in self._forms_written
            for query in self._queries[scope]
        )

    def _form(self, form: FormReading, definition: FormDefinition) -> FormData:
        own = form.register(form.prefix)
        status = str((own[0].value or {}).get("value", "")) if own else None
        groups = tuple(
            self._group(form, group, key)
            for group in definition.item_groups
            for key in form.keys(group.oid)
            if self._items(form, group, key)
        )
        self._forms_written.add(form.prefix)
        return FormData(
            oid=definition.oid,
            repeat_key=form.key,
            groups=groups,
            status=status,
            audit=self.audit(own[0]) if own else None,
            signatures=self.signatures(form.prefix),
            queries=self._beside(form.prefix, groups),
        )

    def _beside(self, prefix: str, groups: Iterable[GroupData]) -> tuple[QueryRecord, ...]:
        """Queries on a form itself, and on items of it that have no answer to stand beside."""
        written = {
            f"{prefix}/{group.oid}/{group.repeat_key}/{item.oid}"
            for group in groups
            for item in group.items
        }
        return tuple(
            query
            for scope in sorted(self._queries)
            if scope.startswith(f"{prefix}/") or scope == prefix
            if scope not in written
            for query in self._queries[scope]
        )

    def _group(self, form: FormReading, group: ItemGroupDefinition, key: str) -> GroupData:
        return GroupData(
            oid=group.oid,
            repeat_key=key,
            items=self._items(form, group, key),
            signatures=self.signatures(f"{form.prefix}/{group.oid}/{key}"),
        )

    def _items(
        self, form: FormReading, group: ItemGroupDefinition, key: str
    ) -> tuple[ItemData, ...]:
        """Items with an answer; one that no longer applies is kept but not exported."""
        found = []
        for item in group.items:
            ref = (group.oid, key, item.oid)
            heads = form.heads(ref)
            if heads and form.relevant(ref):
                found.append(self._item(form, item, key, heads))
        return tuple(found)

    def _item(
        self, form: FormReading, item: ItemDefinition, key: str, heads: list[Head]
    ) -> ItemData:
        ref = form.ref(item.oid, key)
        # The store gives conflicting heads by their hash, the smaller one first.
        recorded = [self._recorded(head) for head in heads]
        return ItemData(
            oid=item.oid,
            current=recorded[0],
            conflicting=tuple(recorded[1:]),
            stale=heads[0].stale,
            kept_checks=tuple(
                check.code for check in item.checks if form.kept(ref, check.code) is not None
            ),
            queries=self._queries.get(f"{form.prefix}/{'/'.join(ref)}", ()),
        )

    def _recorded(self, head: Head) -> Recorded:
        if head.value is None:
            return Recorded(None, self.audit(head))
        value: dict[str, Any] = head.value
        answer = from_json(value)
        unit = None if isinstance(answer, Missing) else value.get("unit")
        return Recorded(answer, self.audit(head), unit)


def _readable(session: Session, form: str, head: Head) -> bool:
    """Whether an entry of a form may stand in this person's export."""
    known = session.study.forms.get(form)
    if known is None:
        return False
    if not session.may(f"read:{form}") and not session.may(f"enter:{form}"):
        return False
    return not known.own or head.actor == session.account or _everyones(session, form)


def _everyones(session: Session, form: str) -> bool:
    """Whether the role takes out what others gave in a form that each person fills in alone.

    Guesses of the arm are the analysis's: to staff who treat or rate, a colleague's guess would be
    a hint.
    """
    return session.may(f"export:{form}")


def _reason(head: Head) -> str:
    """Why it was changed: words where there are any, otherwise the digit chosen."""
    reason = head.reason or {}
    return str(reason.get("text") or reason.get("code") or "")
