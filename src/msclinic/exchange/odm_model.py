"""What an ODM file is made from: one frozen picture of the record, filled by a service.

It holds no participant's name, no account's name and no full date of birth; whoever fills it
has already applied the role's mask. Nothing here reads the store.
"""

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum

from attrs import Attribute, field, frozen
from attrs.validators import optional

from msclinic.domain.values import Answer

__all__ = [
    "Audit",
    "ClinicalSnapshot",
    "FileContent",
    "FileType",
    "FormData",
    "GroupData",
    "ItemData",
    "ParticipantData",
    "QueryMessage",
    "QueryRecord",
    "Recorded",
    "SignatureMeaning",
    "SignatureRecord",
    "Site",
    "UserRecord",
    "VisitData",
]


class FileType(StrEnum):
    """ODM's two kinds of file: what holds now, or every change in its order."""

    SNAPSHOT = "Snapshot"
    TRANSACTIONAL = "Transactional"


class FileContent(StrEnum):
    """Which parts are written; the values are ODM's ``Granularity``."""

    ALL = "All"
    METADATA = "Metadata"
    DATA = "AllClinicalData"


def _aware(_instance: object, attribute: "Attribute[datetime]", moment: datetime) -> None:
    if moment.utcoffset() is None:
        raise ValueError(f"{attribute.name} has no offset from UTC")


@frozen
class Audit:
    """Who made one entry of the journal, when and why (ODM ``AuditRecord``).

    Attributes:
        account: Account id; None where the program itself made the value.
        role: Role code the account acted in; None where the program did.
        recorded_at: When it was written, with the offset that the site had then.
        entry: Hash of the journal entry, so that the file leads back to the record.
        app_version: Version of the program that wrote the entry.
        reason: Reason for change, in words; empty for a first answer.
        edit_point: ``Monitoring``, ``DataManagement``, ``DBAudit`` or None (at the site).
        source: How the value came: direct, transcribed, imported or participant.
        event_time: When the thing itself happened, where that was asked.
        study_version: Hash of the study under which it was entered.
        rule: Name and version of the rule of a computed value.
    """

    account: str | None
    role: str | None
    recorded_at: datetime = field(validator=_aware)
    entry: str
    app_version: str
    reason: str = ""
    edit_point: str | None = None
    source: str = "direct"
    event_time: datetime | None = field(default=None, validator=optional(_aware))
    study_version: str | None = None
    rule: str | None = None

    def __attrs_post_init__(self) -> None:
        """An account acts in a role; the program acts in none."""
        if (self.account is None) != (self.role is None):
            raise ValueError("an audit record needs both an account and its role, or neither")


@frozen
class SignatureRecord:
    """One signature over the element that holds it.

    Attributes:
        account: Account id of the signer.
        role: Role code the signer acted in.
        signed_at: When it was signed, with the site's offset.
        meaning: Code of the signature meaning.
        entry: Hash of the journal entry that is the signature.
        void: A later change below it has made it void.
    """

    account: str
    role: str
    signed_at: datetime = field(validator=_aware)
    meaning: str
    entry: str
    void: bool = False


@frozen
class QueryMessage:
    """One message of a query.

    Attributes:
        said: ``ASKED``, ``ANSWERED`` or ``CLOSED``.
        sponsor: Whether the sponsor's side said it, not the site or the program.
        account: Account id; None where the program asks.
        role: Role code the account acted in; None where the program asks.
        at: When it was recorded, with the site's offset.
        entry: Hash of the journal entry.
        app_version: Version of the program that wrote it.
        text: The words.
    """

    said: str
    sponsor: bool
    account: str | None
    role: str | None
    at: datetime = field(validator=_aware)
    entry: str
    app_version: str
    text: str = ""


@frozen
class QueryRecord:
    """One query on an item or a form.

    Attributes:
        key: Its key in the journal.
        scope: Path of the item or form that it is about.
        status: ``OPEN``, ``ANSWERED`` or ``CLOSED`` now.
        messages: What was said, in its order.
    """

    key: str
    scope: str
    status: str
    messages: tuple[QueryMessage, ...]


@frozen
class Recorded:
    """One answer as one entry recorded it; a missing answer is an answer with a reason.

    Attributes:
        answer: The value; none where two persons removed it as personal data.
        audit: The entry's who, when and why.
        unit: UCUM unit it was entered in.
    """

    answer: Answer | None
    audit: Audit
    unit: str | None = None


@frozen
class ItemData:
    """One item of one group: what holds now and what held before.

    Attributes:
        oid: The item's id in its form.
        current: What holds now; of two conflicting heads the one with the smaller hash.
        history: Earlier answers, oldest first.
        conflicting: The other heads, while nobody has settled the conflict.
        stale: A computed value whose inputs have changed since.
        kept_checks: Codes of soft checks that the person saw and kept the value at.
        queries: Queries on this item.
    """

    oid: str
    current: Recorded
    history: tuple[Recorded, ...] = ()
    conflicting: tuple[Recorded, ...] = ()
    stale: bool = False
    kept_checks: tuple[str, ...] = ()
    queries: tuple[QueryRecord, ...] = ()


@frozen
class GroupData:
    """One repeat of an item group.

    Attributes:
        oid: The group's id in its form.
        repeat_key: ``1`` where the group does not repeat.
        items: Its items, in the order of the study.
        removed: The act that took this repeat back; None while it holds.
        signatures: Signatures over this repeat.
    """

    oid: str
    repeat_key: str
    items: tuple[ItemData, ...]
    removed: Audit | None = None
    signatures: tuple[SignatureRecord, ...] = ()


@frozen
class FormData:
    """One form of a visit.

    Attributes:
        oid: The form's id.
        repeat_key: ``1`` where the form does not repeat.
        groups: Its groups and their repeats.
        status: in_progress, completed, amended or entered_in_error.
        audit: The entry that gave it this status.
        signatures: Signatures over the form, first signer first.
        queries: Queries on the form, and on items of it that are not in the file.
    """

    oid: str
    repeat_key: str
    groups: tuple[GroupData, ...]
    status: str | None = None
    audit: Audit | None = None
    signatures: tuple[SignatureRecord, ...] = ()
    queries: tuple[QueryRecord, ...] = ()


@frozen
class VisitData:
    """One visit of a participant.

    Attributes:
        oid: The visit's code.
        repeat_key: ``1`` where the visit does not repeat.
        forms: Its forms.
        audit: The entry that opened it.
        signatures: Signatures over the whole visit.
    """

    oid: str
    repeat_key: str
    forms: tuple[FormData, ...]
    audit: Audit | None = None
    signatures: tuple[SignatureRecord, ...] = ()


@frozen
class ParticipantData:
    """One participant under the study code, and nothing else that could name a person.

    Attributes:
        code: The first code the person was given, ODM's ``SubjectKey``.
        visits: Visits in the order of the study; those of a re-screening stand behind the others.
        audit: The entry that enrolled the participant.
        signatures: Signatures over everything of this participant.
        queries: Queries on forms that are not in the file.
    """

    code: str
    visits: tuple[VisitData, ...]
    audit: Audit | None = None
    signatures: tuple[SignatureRecord, ...] = ()
    queries: tuple[QueryRecord, ...] = ()


@frozen
class UserRecord:
    """An account in one role; accounts with two roles are listed twice.

    Attributes:
        account: Account id; an id, never a person's name.
        role: Role code.
        user_type: ODM's ``Sponsor``, ``Investigator``, ``Lab`` or ``Other``.
    """

    account: str
    role: str
    user_type: str = "Other"


@frozen
class SignatureMeaning:
    """What a signature can mean (ODM ``SignatureDef``).

    Attributes:
        code: Code of the meaning.
        meaning: In words.
        legal_reason: What the signer takes responsibility for.
    """

    code: str
    meaning: str
    legal_reason: str


@frozen
class Site:
    """The clinic.

    Attributes:
        code: Site code.
        name: Name of the institution.
        effective_from: Day from which this study version holds at the site.
    """

    code: str
    name: str
    effective_from: date


@frozen
class ClinicalSnapshot:
    """Everything one file says, taken at one position of the journal.

    Attributes:
        participants: In the order they are written; may be a generator that reads as it goes.
        users: Every account and role that any audit record or signature names.
        software: Every program version that any computed value names.
        meanings: Every signature meaning used.
        site: The clinic.
        journal_position: Number of entries the picture was taken at.
        study_version: Hash of the study in force.
        app_version: Version of the program that writes.
        created_at: When the picture was taken.
    """

    participants: Iterable[ParticipantData]
    users: tuple[UserRecord, ...]
    software: tuple[str, ...]
    meanings: tuple[SignatureMeaning, ...]
    site: Site
    journal_position: int
    study_version: str
    app_version: str
    created_at: datetime = field(validator=_aware)
