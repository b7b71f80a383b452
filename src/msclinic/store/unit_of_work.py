"""The journal's one gateway: a write transaction that appends sealed acts.

An act is checked against the stream it continues, stored as it is and folded into the read tables
in the same transaction. Nothing else in the program writes these tables.
"""

import hashlib

from sqlalchemy import insert, select

from msclinic.record.act import SealedAct
from msclinic.record.entry import EntryError, demand_canonical
from msclinic.store.blotting import obey_blots
from msclinic.store.prepared import PreparedInsert
from msclinic.store.reader import Reader
from msclinic.store.refold import count_act
from msclinic.store.rows import journal_row
from msclinic.store.schema import device_secret, document_content, journal, payload, study_content

__all__ = ["UnitOfWork"]

_ADD_ENTRIES = PreparedInsert(journal, "position")
_ADD_PAYLOADS = PreparedInsert(payload)


class UnitOfWork(Reader):
    """An open write transaction; its reads see what it has written."""

    def append(self, sealed: SealedAct) -> None:
        """Append one act at the end of its stream.

        Raises:
            ValueError: It does not continue its stream, or is not whole.
        """
        self._demand_whole(sealed)
        rows = [journal_row(stored) for stored in sealed.entries]
        _ADD_ENTRIES(self.connection, rows)
        _ADD_PAYLOADS(
            self.connection,
            (
                {"entry": one.entry, "part": one.part, "salt": one.salt, "content": one.content}
                for one in sealed.payloads
            ),
        )
        count_act(self.connection, sealed.entries)
        obey_blots(self.connection, sealed.entries)

    def put_study(self, version: str, content: bytes) -> None:
        """Keep a study's content for ever.

        Raises:
            ValueError: Another content is kept under this version.
        """
        kept = self.study_content(version)
        if kept is None:
            self.connection.execute(
                insert(study_content), [{"version": version, "content": content}]
            )
        elif kept != content:
            raise ValueError("another content is kept under this study version")

    def put_document(self, content: bytes) -> str:
        """Keep a document's file for ever; gives its SHA-256."""
        sha256 = hashlib.sha256(content).hexdigest()
        if self.document_content(sha256) is None:
            row = {"sha256": sha256, "content": content}
            self.connection.execute(insert(document_content), [row])
        return sha256

    def put_secret(self, name: str, content: bytes) -> None:
        """Keep or replace a secret of this device."""
        same = device_secret.c.name == name
        if self.connection.execute(select(device_secret.c.name).where(same)).first() is None:
            self.connection.execute(insert(device_secret), [{"name": name, "content": content}])
        else:
            self.connection.execute(device_secret.update().where(same).values(content=content))

    def _demand_whole(self, sealed: SealedAct) -> None:
        if not sealed.entries:
            raise ValueError("an act has at least one entry")
        wanted: dict[tuple[str, str], str] = {}
        seq, prev, number = self.stream_head(sealed.entries[0].envelope.stream)
        stream, size = sealed.entries[0].envelope.stream, len(sealed.entries)
        for index, stored in enumerate(sealed.entries, start=1):
            here = stored.envelope
            seq += 1
            if (here.stream, here.seq, here.prev) != (stream, seq, prev):
                raise ValueError("the act does not continue its stream")
            if (here.act.number, here.act.index, here.act.size) != (number + 1, index, size):
                raise ValueError("the act is not whole")
            if (stored.signature is not None) != (index == size):
                raise ValueError("an act is signed at its last entry")
            prev = stored.hash
            try:
                demand_canonical(stored)
            except EntryError as fault:
                if fault.code != "unknown_format":
                    raise
                continue
            entry = stored.entry
            for part, payload_hash in (("value", entry.value), ("reason", entry.reason)):
                if payload_hash is not None:
                    wanted[stored.hash, part] = payload_hash
        given = {(one.entry, one.part): one.hash for one in sealed.payloads}
        if given != wanted or len(given) != len(sealed.payloads):
            raise ValueError("the payloads are not those of the act")
