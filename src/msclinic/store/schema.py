"""The tables: what is kept for ever, and what is only read and can be rebuilt.

Kept tables change by migration alone and their triggers refuse every UPDATE and DELETE; read
tables are dropped and rebuilt from the journal, never migrated.
"""

from collections.abc import Mapping
from types import MappingProxyType

from sqlalchemy import (
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

__all__ = [
    "FOLD_VERSION",
    "KEPT",
    "READ",
    "REVISIONS",
    "TRIGGERS",
    "current",
    "dependence",
    "device_secret",
    "document_content",
    "fold_state",
    "head",
    "journal",
    "payload",
    "signature",
    "signature_item",
    "study_content",
    "waiting",
    "waiting_for",
]

REVISIONS = ("0001",)
"""Migrations known to this version, oldest first; the last one is what it needs."""

FOLD_VERSION = 2
"""Goes up when the fold or a read table changes: read tables are then rebuilt at opening."""

KEPT = MetaData()
READ = MetaData()

journal = Table(
    "journal",
    KEPT,
    Column("position", Integer, primary_key=True),
    Column("hash", Text, nullable=False, unique=True),
    Column("stream", Text, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("act_number", Integer, nullable=False),
    Column("act_index", Integer, nullable=False),
    Column("act_size", Integer, nullable=False),
    Column("participant", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("bytes", LargeBinary, nullable=False),
    Column("signature", LargeBinary),
    UniqueConstraint("stream", "seq"),
)
Index("journal_register", journal.c.participant, journal.c.path)
Index("journal_action", journal.c.action)

payload = Table(
    "payload",
    KEPT,
    Column("entry", Text, primary_key=True),
    Column("part", Text, primary_key=True),
    Column("salt", LargeBinary, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

study_content = Table(
    "study_content",
    KEPT,
    Column("version", Text, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

document_content = Table(
    "document_content",
    KEPT,
    Column("sha256", Text, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

device_secret = Table(
    "device_secret",
    KEPT,
    Column("name", Text, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

TRIGGERS: Mapping[str, str] = MappingProxyType(
    {
        "journal_no_update": (
            "CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal "
            "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
        ),
        "journal_no_delete": (
            "CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal "
            "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
        ),
        "journal_no_replace": (
            "CREATE TRIGGER journal_no_replace BEFORE INSERT ON journal "
            "WHEN EXISTS (SELECT 1 FROM journal WHERE position = NEW.position "
            "OR hash = NEW.hash OR (stream = NEW.stream AND seq = NEW.seq)) "
            "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
        ),
        "payload_no_update": (
            "CREATE TRIGGER payload_no_update BEFORE UPDATE ON payload "
            "BEGIN SELECT RAISE(ABORT, 'payloads never change'); END"
        ),
        "payload_no_delete": (
            "CREATE TRIGGER payload_no_delete BEFORE DELETE ON payload "
            "WHEN (SELECT count(DISTINCT actor) FROM journal WHERE action = 'blotted' "
            "AND actor <> '' AND path = 'blotted/' || OLD.entry || '/' || OLD.part) < 2 "
            "BEGIN SELECT RAISE(ABORT, 'a payload is removed by two persons only'); END"
        ),
        "payload_no_replace": (
            "CREATE TRIGGER payload_no_replace BEFORE INSERT ON payload "
            "WHEN EXISTS (SELECT 1 FROM payload WHERE entry = NEW.entry AND part = NEW.part) "
            "BEGIN SELECT RAISE(ABORT, 'payloads never change'); END"
        ),
        "study_content_no_update": (
            "CREATE TRIGGER study_content_no_update BEFORE UPDATE ON study_content "
            "BEGIN SELECT RAISE(ABORT, 'a study is kept for ever'); END"
        ),
        "study_content_no_delete": (
            "CREATE TRIGGER study_content_no_delete BEFORE DELETE ON study_content "
            "BEGIN SELECT RAISE(ABORT, 'a study is kept for ever'); END"
        ),
        "study_content_no_replace": (
            "CREATE TRIGGER study_content_no_replace BEFORE INSERT ON study_content "
            "WHEN EXISTS (SELECT 1 FROM study_content WHERE version = NEW.version) "
            "BEGIN SELECT RAISE(ABORT, 'a study is kept for ever'); END"
        ),
        "document_content_no_update": (
            "CREATE TRIGGER document_content_no_update BEFORE UPDATE ON document_content "
            "BEGIN SELECT RAISE(ABORT, 'a document is kept for ever'); END"
        ),
        "document_content_no_delete": (
            "CREATE TRIGGER document_content_no_delete BEFORE DELETE ON document_content "
            "BEGIN SELECT RAISE(ABORT, 'a document is kept for ever'); END"
        ),
        "document_content_no_replace": (
            "CREATE TRIGGER document_content_no_replace BEFORE INSERT ON document_content "
            "WHEN EXISTS (SELECT 1 FROM document_content WHERE sha256 = NEW.sha256) "
            "BEGIN SELECT RAISE(ABORT, 'a document is kept for ever'); END"
        ),
    }
)

head = Table(
    "head",
    READ,
    Column("entry", Text, primary_key=True),
    Column("participant", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("visit", Text, nullable=False),
    Column("form", Text, nullable=False),
    Column("item", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("actor", Text),
    Column("role", Text),
    Column("typed_at", Text, nullable=False),
    Column("recorded_at", Text, nullable=False),
    Column("event_time", Text),
    Column("study_version", Text),
    Column("source", Text),
    Column("value", LargeBinary),
    Column("reason", LargeBinary),
    Column("replaces", Integer, nullable=False),
    Column("stale", Integer, nullable=False),
    Column("conflict", Integer, nullable=False),
    Column("word", Text),
    Column("signed", Text, nullable=False),
)
# Lists of the whole site ask for heads by what they say, so that nobody else's are read: ``word``
# is the value as one short text, ``signed`` the meanings of the signatures that stand over exactly
# this path.
Index("head_register", head.c.participant, head.c.path)
Index("head_path", head.c.path, head.c.word)
Index("head_item", head.c.form, head.c.item, head.c.word, head.c.signed)

# Every entry that is current: a head, or the twin of one (the same computed fact).
current = Table(
    "current",
    READ,
    Column("entry", Text, primary_key=True),
    Column("head", Text, nullable=False),
)
Index("current_head", current.c.head)

# A head that counts only while another entry is current.
dependence = Table(
    "dependence",
    READ,
    Column("needed", Text, primary_key=True),
    Column("head", Text, primary_key=True),
)
Index("dependence_head", dependence.c.head)

signature = Table(
    "signature",
    READ,
    Column("entry", Text, primary_key=True),
    Column("participant", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("meaning", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("actor", Text),
    Column("role", Text),
    Column("typed_at", Text, nullable=False),
    Column("study_version", Text),
)
Index("signature_scope", signature.c.participant, signature.c.scope)

signature_item = Table(
    "signature_item",
    READ,
    Column("signature", Text, primary_key=True),
    Column("path", Text, primary_key=True),
    Column("heads", Text, nullable=False),
)
Index("signature_item_path", signature_item.c.path)

# Entries of acts that cannot count yet, and what those acts wait for.
waiting = Table(
    "waiting",
    READ,
    Column("entry", Text, primary_key=True),
    Column("act", Text, nullable=False),
)
Index("waiting_act", waiting.c.act)

waiting_for = Table(
    "waiting_for",
    READ,
    Column("act", Text, primary_key=True),
    Column("needed", Text, primary_key=True),
)
Index("waiting_for_needed", waiting_for.c.needed)

fold_state = Table("fold_state", READ, Column("version", Integer, primary_key=True))
