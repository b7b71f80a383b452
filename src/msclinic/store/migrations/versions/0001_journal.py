"""Creates the kept tables with the triggers that make them append-only.

The statements stand here as they ran; later changes are migrations of their own.
"""

from alembic import op

revision = "0001"
down_revision = None

_STATEMENTS = (
    "CREATE TABLE journal (position INTEGER NOT NULL PRIMARY KEY, hash TEXT NOT NULL UNIQUE, "
    "stream TEXT NOT NULL, seq INTEGER NOT NULL, act_number INTEGER NOT NULL, "
    "act_index INTEGER NOT NULL, act_size INTEGER NOT NULL, participant TEXT NOT NULL, "
    "path TEXT NOT NULL, action TEXT NOT NULL, actor TEXT NOT NULL, bytes BLOB NOT NULL, "
    "signature BLOB, UNIQUE (stream, seq))",
    "CREATE INDEX journal_register ON journal (participant, path)",
    "CREATE INDEX journal_action ON journal (action)",
    "CREATE TABLE payload (entry TEXT NOT NULL, part TEXT NOT NULL, salt BLOB NOT NULL, "
    "content BLOB NOT NULL, PRIMARY KEY (entry, part))",
    "CREATE TABLE study_content (version TEXT NOT NULL PRIMARY KEY, content BLOB NOT NULL)",
    "CREATE TABLE document_content (sha256 TEXT NOT NULL PRIMARY KEY, content BLOB NOT NULL)",
    "CREATE TABLE device_secret (name TEXT NOT NULL PRIMARY KEY, content BLOB NOT NULL)",
    "CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal "
    "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END",
    "CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal "
    "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END",
    "CREATE TRIGGER journal_no_replace BEFORE INSERT ON journal "
    "WHEN EXISTS (SELECT 1 FROM journal WHERE position = NEW.position "
    "OR hash = NEW.hash OR (stream = NEW.stream AND seq = NEW.seq)) "
    "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END",
    "CREATE TRIGGER payload_no_update BEFORE UPDATE ON payload "
    "BEGIN SELECT RAISE(ABORT, 'payloads never change'); END",
    "CREATE TRIGGER payload_no_delete BEFORE DELETE ON payload "
    "WHEN (SELECT count(DISTINCT actor) FROM journal WHERE action = 'blotted' "
    "AND actor <> '' AND path = 'blotted/' || OLD.entry || '/' || OLD.part) < 2 "
    "BEGIN SELECT RAISE(ABORT, 'a payload is removed by two persons only'); END",
    "CREATE TRIGGER payload_no_replace BEFORE INSERT ON payload "
    "WHEN EXISTS (SELECT 1 FROM payload WHERE entry = NEW.entry AND part = NEW.part) "
    "BEGIN SELECT RAISE(ABORT, 'payloads never change'); END",
    "CREATE TRIGGER study_content_no_update BEFORE UPDATE ON study_content "
    "BEGIN SELECT RAISE(ABORT, 'a study is kept for ever'); END",
    "CREATE TRIGGER study_content_no_delete BEFORE DELETE ON study_content "
    "BEGIN SELECT RAISE(ABORT, 'a study is kept for ever'); END",
    "CREATE TRIGGER study_content_no_replace BEFORE INSERT ON study_content "
    "WHEN EXISTS (SELECT 1 FROM study_content WHERE version = NEW.version) "
    "BEGIN SELECT RAISE(ABORT, 'a study is kept for ever'); END",
    "CREATE TRIGGER document_content_no_update BEFORE UPDATE ON document_content "
    "BEGIN SELECT RAISE(ABORT, 'a document is kept for ever'); END",
    "CREATE TRIGGER document_content_no_delete BEFORE DELETE ON document_content "
    "BEGIN SELECT RAISE(ABORT, 'a document is kept for ever'); END",
    "CREATE TRIGGER document_content_no_replace BEFORE INSERT ON document_content "
    "WHEN EXISTS (SELECT 1 FROM document_content WHERE sha256 = NEW.sha256) "
    "BEGIN SELECT RAISE(ABORT, 'a document is kept for ever'); END",
)


def upgrade() -> None:
    """Create everything."""
    for statement in _STATEMENTS:
        op.execute(statement)
