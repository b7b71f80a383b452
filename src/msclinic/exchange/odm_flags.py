"""Codelists of our own for what ODM 1.3.2 has no place for: flags of annotations.

Everything here is ODM's own construct (Annotation, Flag, CodeList), so that a file stays valid
against CDISC's schema and any reader that knows codelists can resolve it.
"""

from collections.abc import Iterable
from enum import StrEnum

from attrs import frozen

from msclinic.domain.values import MISSING_REASONS
from msclinic.exchange.odm_text import oid
from msclinic.wording import tr

__all__ = [
    "FLAG_TYPE_OID",
    "REMOVED",
    "FlagCodelist",
    "FlagType",
    "flag_codelists",
    "flag_value_oid",
]


class FlagType(StrEnum):
    """What a flag tells; the value of ODM's ``FlagType``."""

    MISSING = "MISSING"
    SOURCE = "SOURCE"
    FORM_STATUS = "FORM_STATUS"
    CONFLICT = "CONFLICT"
    COMPUTED = "COMPUTED"
    TEXT = "TEXT"
    CHECK_KEPT = "CHECK_KEPT"
    SIGNATURE = "SIGNATURE"
    QUERY = "QUERY"
    QUERY_STATUS = "QUERY_STATUS"


FLAG_TYPE_OID = "CLX_FLAG_TYPE"
REMOVED = "REMOVED"
"""Why there is no value: two persons took personal data out of the record."""


@frozen
class FlagCodelist:
    """One codelist of flag types or values.

    Attributes:
        oid: Identifier in the file.
        name: English name.
        choices: Code and its decode by language.
    """

    oid: str
    name: str
    choices: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


def flag_value_oid(kind: FlagType) -> str:
    """The codelist that a flag's values come from."""
    return oid("CLX", kind.value)


def flag_codelists(languages: Iterable[str], checks: Iterable[str]) -> tuple[FlagCodelist, ...]:
    """All codelists of flags, each with its decodes in every language of the study.

    Args:
        languages: Languages of the study.
        checks: Codes of the study's checks, which are values of one of the lists.
    """
    found = tuple(languages)
    kinds = FlagCodelist(
        FLAG_TYPE_OID,
        "Flag types",
        tuple((code, _in_all(found, code)) for code in FlagType),
    )
    lists = [kinds]
    for kind, codes in _VALUES.items():
        choices = tuple((code, _in_all(found, code)) for code in codes)
        lists.append(FlagCodelist(flag_value_oid(kind), f"Flag values {kind}", choices))
    kept = tuple((code, tuple((lang, code) for lang in found)) for code in sorted(checks))
    if kept:
        lists.append(FlagCodelist(flag_value_oid(FlagType.CHECK_KEPT), "Checks", kept))
    return tuple(lists)


_VALUES: dict[FlagType, tuple[str, ...]] = {
    FlagType.MISSING: (*MISSING_REASONS, REMOVED),
    FlagType.SOURCE: ("transcribed", "imported", "participant"),
    FlagType.FORM_STATUS: ("in_progress", "completed", "amended", "entered_in_error"),
    FlagType.CONFLICT: ("OTHER_VALUE",),
    FlagType.COMPUTED: ("STALE",),
    FlagType.TEXT: ("CONTROL_CHARACTERS",),
    FlagType.SIGNATURE: ("VALID", "VOID"),
    FlagType.QUERY: ("ASKED", "ANSWERED", "CLOSED"),
    FlagType.QUERY_STATUS: ("OPEN", "ANSWERED", "CLOSED"),
}


def _in_all(languages: tuple[str, ...], code: str) -> tuple[tuple[str, str], ...]:
    return tuple((language, _words(code, language)) for language in languages)


def _words(code: str, language: str) -> str:
    found = {
        "MISSING": tr("ODM flag: why there is no value", language=language),
        "SOURCE": tr("ODM flag: how the value came", language=language),
        "FORM_STATUS": tr("ODM flag: status of the form", language=language),
        "CONFLICT": tr("ODM flag: value in conflict", language=language),
        "COMPUTED": tr("ODM flag: state of a computed value", language=language),
        "TEXT": tr("ODM flag: how the text is written", language=language),
        "CHECK_KEPT": tr("ODM flag: value kept although a check objected", language=language),
        "SIGNATURE": tr("ODM flag: further signature of this element", language=language),
        "QUERY": tr("ODM flag: what was said to a query", language=language),
        "QUERY_STATUS": tr("ODM flag: state of a query", language=language),
        "ASKED": tr("ODM value: asked", language=language),
        "ANSWERED": tr("ODM value: answered", language=language),
        "CLOSED": tr("ODM value: closed", language=language),
        "OPEN": tr("ODM value: waiting for an answer", language=language),
        "NOT_DONE": tr("ODM value: not done", language=language),
        "NA": tr("ODM value: not applicable", language=language),
        "UNKNOWN": tr("ODM value: unknown", language=language),
        "NOT_ASKED": tr("ODM value: not asked", language=language),
        "UNABLE": tr("ODM value: participant unable", language=language),
        "REFUSED": tr("ODM value: participant refused", language=language),
        REMOVED: tr("ODM value: removed as personal data", language=language),
        "transcribed": tr("ODM value: transcribed from paper", language=language),
        "imported": tr("ODM value: imported", language=language),
        "participant": tr("ODM value: answered by the participant", language=language),
        "in_progress": tr("ODM value: in progress", language=language),
        "completed": tr("ODM value: completed", language=language),
        "amended": tr("ODM value: amended after completion", language=language),
        "entered_in_error": tr("ODM value: entered in error", language=language),
        "OTHER_VALUE": tr("ODM value: another value not yet settled", language=language),
        "STALE": tr("ODM value: its inputs have changed since", language=language),
        "CONTROL_CHARACTERS": tr("ODM value: control characters shown as codes", language=language),
        "VALID": tr("ODM value: signature valid", language=language),
        "VOID": tr("ODM value: signature void after a later change", language=language),
    }
    # The sentence says before the colon where it belongs, for the translator; the file does not.
    return found[code].partition(": ")[2]
