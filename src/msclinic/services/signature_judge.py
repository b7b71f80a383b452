"""Which signatures count while the program works: those that their signer gave and could give.

The fold reads entries only, never a study or a key, so it cannot know. What a role may not say, or
what another key signed, counts for nobody, even before the record is proved as a whole.
"""

from attrs import define, field

from msclinic.record import EntryError, StoredEntry, hash_of, signed_message
from msclinic.store import Reader, SignatureRow
from msclinic.study import Study, StudyMistakes, activated_study
from msclinic.vault import verify_entry_signature

__all__ = ["Judge"]


@define
class Judge:
    """Tells signatures that count from others; what it has found out holds for good.

    Attributes:
        studies: Study versions opened so far.
        genuine: Hashes of signatures that count.
        keys: Public keys of accounts, by account and key id.
    """

    studies: dict[str, Study] = field(factory=dict)
    genuine: set[str] = field(factory=set)
    keys: dict[tuple[str, str], bytes] = field(factory=dict)

    def __call__(self, reader: Reader, row: SignatureRow) -> bool:
        """Whether the role may say what the signature says, and its signer's key signed it."""
        if (
            row.entry not in self.genuine
            and self._may_say(reader, row)
            and self._is_own(reader, row)
        ):
            # What does not count is asked again: its study or key may come with the next exchange.
            self.genuine.add(row.entry)
        return row.entry in self.genuine

    def study(self, reader: Reader, version: str) -> Study | None:
        """A study version of this record; opening one takes a second, so it is kept."""
        if version not in self.studies:
            found = _opened(reader, version)
            if found is None:
                return None
            self.studies[version] = found
        return self.studies[version]

    def _may_say(self, reader: Reader, row: SignatureRow) -> bool:
        study = self.study(reader, row.study_version) if row.study_version else None
        meaning = study.meanings.get(row.meaning) if study is not None else None
        return meaning is not None and row.role in meaning.roles

    def _is_own(self, reader: Reader, row: SignatureRow) -> bool:
        """Whether a key that the record gives to the signer closed the act."""
        try:
            last = _last_of_act(reader, row.entry)
            if last is None or last.signature is None or last.entry.actor != row.actor:
                return False
            public = self._key(reader, row.actor or "", last.entry.key)
        except (EntryError, ValueError):
            return False
        return public is not None and verify_entry_signature(
            public, signed_message(last.hash), last.signature
        )

    def _key(self, reader: Reader, account: str, key: str) -> bytes | None:
        if (account, key) not in self.keys:
            for row in reader.trail(None, f"people/{account}/keys"):
                value = row.value or {}
                if "key" in value and "public" in value:
                    known = (account, str(value["key"]))
                    self.keys[known] = bytes.fromhex(str(value["public"]))
        return self.keys.get((account, key))


def _last_of_act(reader: Reader, entry: str) -> StoredEntry | None:
    """The entry that carries the act's signature, its bytes as they were hashed."""
    stored = reader.stored(entry)
    if stored is None or hash_of(stored.bytes) != stored.hash:
        return None
    here = stored.envelope
    after = here.act.size - here.act.index
    if not after:
        return stored
    end = reader.hash_at(here.stream, here.seq + after)
    last = reader.stored(end) if end is not None else None
    same = last is not None and last.envelope.act.number == here.act.number
    return last if same and last is not None and hash_of(last.bytes) == last.hash else None


def _opened(reader: Reader, version: str) -> Study | None:
    content = reader.study_content(version)
    try:
        return None if content is None else activated_study(content)
    except StudyMistakes:
        return None
