"""What of the record the maker of an archive may not read, and for whom it is sealed.

Until the unmasked zone has a file of its own, forms that could reveal the arm, forms that are their
author's alone and what unmasked staff wrote lie in the one record. In an archive made by anybody
masked none of it is readable: it goes into packages of age, one for each kind of form.
"""

from collections.abc import Iterable, Sequence

from attrs import frozen

from msclinic.domain.errors import UserError
from msclinic.record import Entry
from msclinic.services.journal_sight import JournalSight, unmasked_role
from msclinic.services.people import accounts
from msclinic.services.people.leavers import RECOVERY
from msclinic.services.session import Session
from msclinic.store import Reader
from msclinic.vault import wrap

__all__ = ["SITE_PACKAGE", "Sealer", "recipients_of", "sealed"]

SITE_PACKAGE = "site"
"""The package of what is about no form: such as when unmasked staff signed in."""

_FORM = 2


@frozen
class Sealer:
    """Decides by entry.

    Attributes:
        session: Who makes the archive.
        sight: What they may learn of.
    """

    session: Session
    sight: JournalSight

    def package(self, entry: Entry, value: object) -> str | None:
        """The package an entry belongs into; none where the maker may read it.

        Args:
            entry: The entry.
            value: What it says, parsed.
        """
        path = entry.path or ""
        if not self.sight.sees(entry.participant or "", path):
            return self._form_of(path)
        hidden_person = entry.actor and not self.sight.person(entry.actor, entry.role or "")
        if hidden_person or self.sight.without_hidden(value) != value:
            return self._form_of(path)
        return None

    def _form_of(self, path: str) -> str:
        parts = path.split("/")
        known = self.session.study.forms
        return next((part for part in parts[_FORM:] if part in known), SITE_PACKAGE)


def recipients_of(
    session: Session, reader: Reader, package: str, others: Iterable[str]
) -> list[str]:
    """Public keys of everyone who may open a package.

    Args:
        session: Who makes the archive.
        reader: The record.
        package: A form's OID, or ``SITE_PACKAGE``.
        others: Keys named by the person, such as that of a recovery key.
    """
    keys = {
        head.path.split("/")[1]: str((head.value or {}).get("recipient", ""))
        for head in reader.heads(participant="", prefix="people")
        if head.path.endswith("/keys")
    }
    printed = [str((head.value or {}).get("recipient", "")) for head in reader.at(None, RECOVERY)]
    found = [*others, *(one for one in printed if one)]
    for one in accounts(session):
        if one.disabled or not any(_may_open(session, role, package) for role in one.roles):
            continue
        if keys.get(one.account):
            found.append(keys[one.account])
    return list(dict.fromkeys(found))


def sealed(package: str, entries: Sequence[bytes], recipients: Sequence[str]) -> bytes:
    """A package as bytes.

    Raises:
        UserError: Nobody may open it.
    """
    if not recipients:
        raise UserError(
            "sealed_for_nobody",
            what="The archive was not made.",
            why="Part of the record ({package}) may be read by nobody who has keys here.",
            what_to_do="Name the public key of a recovery key with --recipient; it begins with "
            "age1.",
            parameters={"package": package},
        )
    try:
        return wrap(b"".join(entries), recipients)
    except ValueError as error:
        raise UserError(
            "bad_recipient",
            what="The archive was not made.",
            why="What was named with --recipient is no public key.",
            what_to_do="Name a key of the form age1…, as age-keygen -y prints it.",
        ) from error


def _may_open(session: Session, role: str, package: str) -> bool:
    """Whether a role reads everything of a package, by the same rights as on the screens."""
    form = session.study.forms.get(package)
    if form is None:
        return unmasked_role(session, role)
    if form.own:
        return session.study.may(role, "export", package)
    return session.study.may(role, "read", package) and unmasked_role(session, role)
