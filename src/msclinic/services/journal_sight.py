"""Which entries of the journal a person may learn of, decided once for every way of reading it.

The same rights as for forms hold (R-AUD-14, R-BLD-6): what a role may not read is in no count, no
filter, no export. Decided from the place of an entry, before anything of it is read.
"""

from collections.abc import Mapping
from typing import Any

from msclinic.domain.infusion.items import BEDSIDE_CHECK, INFUSION
from msclinic.forms.definitions import FormDefinition
from msclinic.services.infusion.own_check import check_hidden
from msclinic.services.participants import CODE_PATH, masked_rater
from msclinic.services.query_record import QUERY_ROOT
from msclinic.services.session import Session, active_study, not_allowed
from msclinic.store import Reader
from msclinic.store.journal_reading import opened_by, place_of, signature_scopes
from msclinic.study import activated_study

__all__ = ["REVIEW_ROOT", "JournalSight", "demand_journal", "unmasked_role"]

REVIEW_ROOT = "journal/review"
_SIGNATURE, _BLOTTED = "signature", "blotted"
_UNMASKED_ZONE = "U"
_FORM = 2


def demand_journal(session: Session) -> None:
    """Go on only for a role that reads the journal.

    Raises:
        Refused: The role does not, or rates: raters see their own forms and nothing else.
    """
    session.require("journal")
    if masked_rater(session):
        raise not_allowed()


def unmasked_role(session: Session, role: str | None) -> bool:
    """Whether a role may learn the arm; unknown roles count as masked."""
    known = session.study.roles.get(role or "")
    return known is not None and not known.masked


class JournalSight:
    """What one person may learn of, at one snapshot.

    Attributes:
        session: Who reads.
    """

    def __init__(self, session: Session, reader: Reader) -> None:
        """Read what the decision needs: who opened own forms, what signatures and queries cover."""
        self.session = session
        self._reader = reader
        # Who may not read the infusion learns of a participant by their own forms alone.
        self._apart = not session.may(f"read:{INFUSION}")
        self._forms: dict[str, FormDefinition | None] = {}
        self._plain: dict[str, bool | None] = {}
        self._own: dict[tuple[str, str], bool] = {}
        self._owners: dict[tuple[str, str], str] | None = None
        self._covered: Mapping[tuple[str, str], str] | None = None

    def sees(self, participant: str, path: str) -> bool:
        """Whether an entry may be known of at all.

        Args:
            participant: Random id, empty for the site's own.
            path: What the entry is about.
        """
        about = self.about(participant, path)
        parts = about.split("/")
        if parts[0].isupper() and len(parts) > _FORM:
            return self._sees_form(participant, parts[:4])
        return not participant or not self._apart or about == CODE_PATH

    def about(self, participant: str, path: str) -> str:
        """The path that an entry is about: its own, what it is over, or what it takes out.

        Args:
            participant: Random id, empty for the site's own.
            path: Of the entry.
        """
        parts = path.split("/")
        if parts[0].isupper():
            return path
        if parts[0] == _BLOTTED and len(parts) > 1:
            target = place_of(self._reader, parts[1])
            return "" if target is None else self.about(target.participant, target.path)
        if parts[0] in (_SIGNATURE, QUERY_ROOT) or path.startswith(REVIEW_ROOT):
            return self._scopes().get((participant, path), path)
        for place in range(_FORM, len(parts)):
            if parts[place] in self.session.study.forms:
                return "/".join(parts[place - _FORM :])
        return path

    def reads(self, form: str) -> bool:
        """Whether the role may know of a form at all."""
        return self._readable(form) is not False

    def person(self, account: str, role: str) -> str:
        """An account as this person may know it; empty where only the role may be known."""
        masked = not unmasked_role(self.session, self.session.role)
        return "" if masked and unmasked_role(self.session, role) else account

    def without_hidden(self, value: Any) -> Any:
        """A value of the record without members that name what must not be known."""
        if isinstance(value, dict):
            kept = {name: self.without_hidden(one) for name, one in value.items()}
            return {name: one for name, one in kept.items() if one is not None}
        if isinstance(value, list):
            return [one for one in map(self.without_hidden, value) if one is not None]
        if isinstance(value, str) and any(self._is_hidden(part) for part in value.split("/")):
            return None
        return value

    def _is_hidden(self, word: str) -> bool:
        return word in self.session.study.forms and not self.reads(word)

    def _sees_form(self, participant: str, place: list[str]) -> bool:
        plain = self._readable(place[_FORM])
        if plain is not None:
            return plain
        scope = "/".join(place)
        known = self._own.get((participant, scope))
        if known is None:
            known = self._own[participant, scope] = self._sees_own(participant, place, scope)
        return known

    def _readable(self, form: str) -> bool | None:
        """Whether a form may be read; none where it depends on whose it is."""
        if form not in self._plain:
            self._plain[form] = self._decided(form)
        return self._plain[form]

    def _decided(self, form: str) -> bool | None:
        session, known = self.session, self._definition(form)
        masked = not unmasked_role(session, session.role)
        if known is None:
            # A form that no study of this record describes is nobody's to read.
            return False
        if masked and (known.reveals_arm or known.zone == _UNMASKED_ZONE):
            return False
        if not session.may(f"read:{form}") and not session.may(f"enter:{form}"):
            return False
        if known.own:
            return True if session.may(f"export:{form}") else None
        if form == BEDSIDE_CHECK and session.may(f"enter:{form}"):
            return None
        return True

    def _sees_own(self, participant: str, place: list[str], scope: str) -> bool:
        if place[_FORM] == BEDSIDE_CHECK:
            visit, key, _, form_key = (*place, "")[:4]
            return not check_hidden(self.session, self._reader, participant, visit, key, form_key)
        if self._owners is None:
            self._owners = opened_by(self._reader)
        return self._owners.get((participant, scope)) == self.session.account

    def _scopes(self) -> Mapping[tuple[str, str], str]:
        if self._covered is None:
            found = {(who, path): scope for who, path, scope in signature_scopes(self._reader)}
            for head in self._reader.heads(prefix=QUERY_ROOT):
                scope = str((head.value or {}).get("scope", ""))
                found[head.participant or "", head.path] = scope
            for head in self._reader.heads(participant="", prefix=REVIEW_ROOT):
                form = str(((head.value or {}).get("criteria") or {}).get("form", ""))
                # As a place below a visit, so that the rule for forms is asked.
                found["", head.path] = f"V/1/{form}/1" if form else ""
            self._covered = found
        return self._covered

    def _definition(self, form: str) -> FormDefinition | None:
        """A form of the active study, or of the newest study before that had it."""
        if form not in self._forms:
            self._forms[form] = self.session.study.forms.get(form) or self._earlier(form)
        return self._forms[form]

    def _earlier(self, form: str) -> FormDefinition | None:
        active = active_study(self._reader).version
        seen = {active}
        for row in reversed(self._reader.trail(None, "study/active")):
            version = str((row.value or {}).get("version", ""))
            content = self._reader.study_content(version) if version not in seen else None
            seen.add(version)
            found = activated_study(content).forms.get(form) if content else None
            if found is not None:
                return found
        return None
