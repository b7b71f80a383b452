"""How ODM-XML writes names, times and texts: identifiers, lexical values, forbidden characters.

It never drops a character in silence: what XML 1.0 cannot hold is written visibly.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from lxml import etree

from msclinic.domain.values import Answer, Code, Codes, Missing, PartialDate

__all__ = [
    "ODM_NAMESPACE",
    "XML_LANG",
    "OdmMistake",
    "child",
    "element",
    "escape",
    "lexical",
    "moment_text",
    "oid",
    "safe",
    "tag",
]

ODM_NAMESPACE = "http://www.cdisc.org/ns/odm/v1.3"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

_PREFIXES: Any = {None: ODM_NAMESPACE}
# Production [2] Char of XML 1.0 (5th edition), turned round; lxml also refuses U+FFFE and U+FFFF.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PLAIN = re.compile(r"[A-Za-z0-9_]+\Z")


class OdmMistake(ValueError):
    """The snapshot and the study do not fit, or ODM cannot hold what was given."""


def tag(name: str) -> str:
    """An element name in ODM's namespace."""
    return f"{{{ODM_NAMESPACE}}}{name}"


def oid(prefix: str, *parts: str) -> str:
    """An identifier of letters, digits and underscores that starts with a letter.

    Args:
        prefix: What kind of thing it names, such as ``I`` for an item.
        parts: Ids of the study, outermost first; other characters become ``_xHH_``.

    Raises:
        OdmMistake: A part is empty.
    """
    if not all(parts):
        raise OdmMistake(f"an identifier beginning with {prefix} has an empty part")
    return f"{prefix}_{'__'.join(_plain(part) for part in parts)}"


def _plain(part: str) -> str:
    if _PLAIN.match(part):
        return part
    return "".join(
        char if char.isascii() and (char.isalnum() or char == "_") else f"_x{ord(char):X}_"
        for char in part
    )


def escape(text: str) -> str:
    """A text that XML can hold: each forbidden character becomes ``[U+0007]``, in sight."""
    return _FORBIDDEN.sub(lambda found: f"[U+{ord(found.group()):04X}]", text)


def safe(text: str, what: str) -> str:
    """A name or key that must be written as it is.

    Args:
        text: The name.
        what: What it names, for the sentence.

    Raises:
        OdmMistake: It is empty or has a character that XML cannot hold.
    """
    if not text or _FORBIDDEN.search(text):
        raise OdmMistake(f"{what} is empty or has a character that XML cannot hold")
    return text


def moment_text(moment: datetime) -> str:
    """A time in milliseconds with its offset: ``2026-11-22T11:42:12.345+01:00`` or ``Z``.

    Raises:
        OdmMistake: The time says no offset.
    """
    offset = moment.utcoffset()
    if offset is None:
        raise OdmMistake("a time has no offset from UTC")
    text = moment.isoformat(timespec="milliseconds")
    return text[: text.rindex("+")] + "Z" if offset == timedelta(0) else text


def lexical(answer: Answer | None) -> str | None:
    """An answer as the text of ODM's data type; None for a missing or removed one.

    Raises:
        OdmMistake: A number is not finite, or a choice of several holds a blank.
    """
    match answer:
        case None | Missing():
            return None
        case Decimal():
            if not answer.is_finite():
                raise OdmMistake("a number is not finite")
            return format(answer, "f")
        case bool():
            raise OdmMistake("a truth value is no answer; studies use a codelist")
        case int() | str():
            return str(answer)
        case Code(value):
            return value
        case Codes(values):
            if any(not value or value.split() != [value] for value in values):
                raise OdmMistake("a chosen code is empty or holds a blank")
            return " ".join(values)
        case PartialDate(text):
            return text
        case datetime():
            return moment_text(answer)
        case date():
            return answer.isoformat()
    raise OdmMistake("this kind of answer is unknown")


def element(name: str, attributes: Mapping[str, str | None] | None = None) -> Any:
    """A new element of ODM; attributes that are None are left out."""
    made = etree.Element(tag(name), nsmap=_PREFIXES)
    _fill(made, attributes)
    return made


def child(
    parent: Any,
    name: str,
    attributes: Mapping[str, str | None] | None = None,
    text: str | None = None,
) -> Any:
    """A new last child of ``parent``; its text is escaped in sight."""
    made = etree.SubElement(parent, tag(name))
    _fill(made, attributes)
    if text is not None:
        made.text = escape(text)
    return made


def _fill(made: Any, attributes: Mapping[str, str | None] | None) -> None:
    for name, value in (attributes or {}).items():
        if value is not None:
            made.set(name, escape(value))
