"""The identifiers of one ODM file: what the study defines, so that no reference hangs in the air.

Forms of zone U are not in it, and therefore cannot get into a file.
"""

from collections.abc import Mapping

from attrs import frozen

from msclinic.exchange.odm_model import ClinicalSnapshot
from msclinic.exchange.odm_text import OdmMistake, oid
from msclinic.forms.definitions import FormDefinition
from msclinic.study.model import Study

__all__ = [
    "People",
    "StudyIndex",
    "exportable_forms",
    "location_oid",
    "software_oid",
    "user_oid",
]

ZONE_UNMASKED = "U"
# SDTM and CDASH variables of a birth date; the year, typed as an integer, may be one of them.
BIRTH_DATES = frozenset({"BRTHDAT", "BRTHDTC"})
BIRTH_PARTS = frozenset({"BRTHMO", "BRTHDD"})


def exportable_forms(study: Study) -> tuple[FormDefinition, ...]:
    """The study's forms without those of the unmasked zone."""
    return tuple(form for form in study.forms.values() if form.zone != ZONE_UNMASKED)


def user_oid(account: str, role: str) -> str:
    """The ODM user of an account acting in a role."""
    return oid("U", account, role)


def software_oid(version: str) -> str:
    """The ODM user that stands for one version of the program."""
    return oid("U_software", version)


def location_oid(site_code: str) -> str:
    """The ODM location of the site."""
    return oid("L", site_code)


@frozen
class StudyIndex:
    """What may be named in the data, and how often it may occur.

    Attributes:
        study_oid: Identifier of the study.
        version_oid: Identifier of this version of its definitions.
        visits: By visit code, whether it repeats.
        forms: By form, whether it repeats within a visit.
        groups: By form and group, whether it repeats.
        items: By form and item, the group it lies in.
        units: UCUM units in use.
        checks: Codes of all checks.
    """

    study_oid: str
    version_oid: str
    visits: Mapping[str, bool]
    forms: Mapping[str, bool]
    groups: Mapping[tuple[str, str], bool]
    items: Mapping[tuple[str, str], str]
    units: frozenset[str]
    checks: frozenset[str]

    @classmethod
    def of(cls, study: Study) -> "StudyIndex":
        """Index the exportable part of a study.

        Raises:
            OdmMistake: An item would hold a full date of birth.
        """
        forms = exportable_forms(study)
        groups = [(form, group) for form in forms for group in form.item_groups]
        items = [(form, group, item) for form, group in groups for item in group.items]
        for form, _, item in items:
            variable = item.cdisc.get("variable")
            if variable in BIRTH_PARTS or (variable in BIRTH_DATES and item.type != "integer"):
                raise OdmMistake(
                    f"{form.oid}.{item.oid} holds more of a birth date than its year; "
                    "an export may not contain it"
                )
        names = [oid("I", form.oid, item.oid) for form, _, item in items]
        names += [oid("IG", form.oid, group.oid) for form, group in groups]
        if len(set(names)) != len(names):
            raise OdmMistake("two items or groups of the study get the same identifier in ODM")
        return cls(
            study_oid=oid("ST", study.oid),
            version_oid=oid("MDV", study.version),
            visits={visit.code: visit.repeating for visit in study.visits},
            forms={form.oid: form.repeating for form in forms},
            groups={(form.oid, group.oid): group.repeating for form, group in groups},
            items={(form.oid, item.oid): group.oid for form, group, item in items},
            units=frozenset(item.unit for _, _, item in items if item.unit),
            checks=frozenset(check.code for _, _, item in items for check in item.checks),
        )


@frozen
class People:
    """Who may be named in audit records and signatures.

    Attributes:
        users: OIDs of accounts in their roles and of program versions.
        meanings: Codes of signature meanings.
        location: OID of the site.
    """

    users: frozenset[str]
    meanings: frozenset[str]
    location: str

    @classmethod
    def of(cls, snapshot: ClinicalSnapshot) -> "People":
        """Index the administrative part of a snapshot."""
        accounts = {user_oid(user.account, user.role) for user in snapshot.users}
        software = {software_oid(version) for version in snapshot.software}
        return cls(
            users=frozenset(accounts | software),
            meanings=frozenset(meaning.code for meaning in snapshot.meanings),
            location=location_oid(snapshot.site.code),
        )
