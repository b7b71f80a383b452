"""The study as the program holds it: visits, forms, roles, settings, and its version.

It is read once and never changes; another content is another study version.
"""

from collections.abc import Mapping
from decimal import Decimal

from attrs import field, frozen

from msclinic.domain.access import may
from msclinic.domain.errors import NotInStudy
from msclinic.domain.laboratory import NO_LABORATORIES, Laboratories
from msclinic.forms.definitions import Codelist, ContextVariable, FormDefinition, Text

__all__ = ["Meaning", "Role", "Setting", "Study", "Visit", "VisitForm"]


@frozen
class Setting:
    """A value that the protocol may change.

    Attributes:
        tag: ``FACT`` from a source, ``DEFAULT`` a proposal the site replaces.
        source: Where it comes from.
    """

    key: str
    value: Decimal | int | str | bool
    tag: str
    source: str
    help: Text
    unit: str = ""


@frozen
class VisitForm:
    """A form in the schedule of a visit.

    Attributes:
        role: Who usually fills it in, or empty.
        order: Its place on the day.
    """

    form: str
    required: bool = True
    role: str = ""
    order: int = 0


@frozen
class Visit:
    """A planned visit (ODM StudyEvent).

    Attributes:
        kind: scheduled, call, common or unscheduled.
        target_day: Study day; for a call, days after its dose.
        window: First and last day, counted like the target.
        infusion: Which infusion is given, if any.
        repeating: It can happen several times.
    """

    code: str
    title: Text
    order: int
    kind: str
    forms: tuple[VisitForm, ...]
    target_day: int | None = None
    window: tuple[int, int] | None = None
    infusion: int | None = None
    repeating: bool = False


@frozen
class Role:
    """A role and what it may do."""

    code: str
    title: Text
    short: Text
    side: str
    masked: bool
    rights: frozenset[str]


@frozen
class Meaning:
    """What a signature says, and which roles may say it."""

    code: str
    title: Text
    roles: tuple[str, ...]


@frozen
class Study:
    """One version of a study, checked whole.

    Attributes:
        version_label: The authors' own name of this version.
        version: SHA-256 of the content.
        content: The bytes kept in the store; ``study_from_content`` opens them again.
        laboratories: Laboratories with their certificates and reference ranges.
        panels: Titles of what is drawn over time, by code, in the order on the screen.
    """

    oid: str
    label: Text
    title: Text
    version_label: str
    registry: Mapping[str, str]
    languages: tuple[str, ...]
    settings: Mapping[str, Setting]
    context: tuple[ContextVariable, ...]
    visits: tuple[Visit, ...]
    codelists: Mapping[str, Codelist]
    units: Mapping[str, Text]
    roles: Mapping[str, Role]
    meanings: Mapping[str, Meaning]
    forms: Mapping[str, FormDefinition]
    version: str
    content: bytes = field(repr=False)
    laboratories: Laboratories = NO_LABORATORIES
    panels: Mapping[str, Text] = field(factory=dict)

    def setting(self, key: str) -> Decimal | int | str | bool:
        """Value of a setting.

        Raises:
            NotInStudy: The study has no such setting.
        """
        found = self.settings.get(key)
        if found is None:
            raise NotInStudy(key)
        return found.value

    def form(self, oid: str) -> FormDefinition:
        """The form with this OID.

        Raises:
            NotInStudy: The study has no such form.
        """
        found = self.forms.get(oid)
        if found is None:
            raise NotInStudy(oid)
        return found

    def visit(self, code: str) -> Visit:
        """The visit with this code.

        Raises:
            NotInStudy: The study has no such visit.
        """
        for visit in self.visits:
            if visit.code == code:
                return visit
        raise NotInStudy(code)

    def rights(self, role: str) -> frozenset[str]:
        """Rights of a role; none for a role the study does not have."""
        found = self.roles.get(role)
        return found.rights if found else frozenset()

    def may(self, role: str, verb: str, target: str = "") -> bool:
        """Whether a role has a right, itself or through ``*``.

        Args:
            role: Role code.
            verb: ``enter``, ``read``, ``sign``, ``open`` or a right of one word.
            target: Form, meaning or visit, for the first four.
        """
        if verb in ("enter", "read") and self.hides(role, target):
            return False
        return may(self.rights(role), f"{verb}:{target}" if target else verb)

    def hides(self, role: str, form: str) -> bool:
        """Whether a form could reveal the arm to this role, which must not know of its answers.

        Every right to read or enter a form passes here, so no ``*`` reaches such a form.
        """
        found, known = self.forms.get(form), self.roles.get(role)
        return found is not None and found.reveals_arm and (known is None or known.masked)
