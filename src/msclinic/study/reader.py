"""YAML read into plain values that remember their lines, and checked key by key.

Numbers stay the decimals that were written. Nothing is guessed: what does not fit is a mistake,
and reading goes on so that all mistakes come out at once.
"""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from attrs import field, frozen
from yaml import (
    AliasEvent,
    MappingEndEvent,
    MarkedYAMLError,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    YAMLError,
)
from yaml.cyaml import CParser

from msclinic.forms.definitions import Text
from msclinic.study.mistakes import Mistake

__all__ = ["CODE", "KEY", "OID", "VISIT_CODE", "Place", "Reader", "Scalar", "read_yaml", "unique"]

Scalar = str | int | bool | Decimal | None

OID = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
CODE = re.compile(r"[A-Za-z0-9_.+*/%\[\]-]{1,40}")
KEY = re.compile(r"[a-z][a-z0-9_.]*")
VISIT_CODE = re.compile(r"[A-Z][A-Z0-9]*")

# What a plain value is, as the core schema of YAML 1.2 has it: no `yes`, no `off`, no 12:30:45.
_PLAIN = re.compile(
    r"(?P<null>~|null|Null|NULL|)"
    r"|(?P<bool>true|True|TRUE|false|False|FALSE)"
    r"|(?P<int>[-+]?[0-9]+)"
    r"|(?P<float>[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?"
    r"|[-+]?[0-9][0-9_]*[eE][-+]?[0-9]+"
    r"|[-+]?\.[0-9_]+(?:[eE][-+][0-9]+)?)"
)

# They end a line in YAML 1.1, as libyaml reads it, and are letters like others in YAML 1.2.
_HALF_BREAK = re.compile("[\x85\u2028\u2029]")


@frozen
class Place:
    """A value of a YAML file and where it stands.

    Attributes:
        value: A scalar, a list of places or a mapping of text to places.
        line: First line of the value, from 1.
        block: The value is a block scalar, whose text starts one line below.
    """

    value: "Scalar | list[Place] | dict[str, Place]"
    line: int
    block: bool = False


class Reader:
    """Collects the mistakes of one file while it is read.

    Attributes:
        file: Path inside the study folder.
        mistakes: Where mistakes go; shared by all files of a study.
        languages: Languages that every text needs.
    """

    def __init__(
        self, file: str, mistakes: list[Mistake], languages: tuple[str, ...] = ("en",)
    ) -> None:
        self.file = file
        self.mistakes = mistakes
        self.languages = languages

    def wrong(self, line: int, code: str, sentence: str, item: str = "") -> None:
        """Note a mistake."""
        self.mistakes.append(Mistake(self.file, line, item, code, sentence))

    def mapping(
        self,
        place: Place,
        what: str,
        required: tuple[str, ...],
        optional: tuple[str, ...] = (),
    ) -> dict[str, Place]:
        """A mapping with these keys and no others; empty where it is none."""
        if not isinstance(place.value, dict):
            self.wrong(place.line, "WRONG_VALUE", f"{what} must be a mapping")
            return {}
        for key, value in place.value.items():
            if key not in required and key not in optional:
                self.wrong(value.line, "UNKNOWN_KEY", f"{what} has no key {key!r}")
        for key in required:
            if key not in place.value:
                self.wrong(place.line, "MISSING_KEY", f"{what} needs the key {key!r}")
        return place.value

    def sequence(self, place: Place | None, what: str) -> list[Place]:
        """A list; empty where there is none."""
        if place is None:
            return []
        if not isinstance(place.value, list):
            self.wrong(place.line, "WRONG_VALUE", f"{what} must be a list")
            return []
        return place.value

    def text(self, place: Place | None, what: str, item: str = "") -> str:
        """A scalar text; numbers must be quoted to be one."""
        if place is None:
            return ""
        if not isinstance(place.value, str):
            self.wrong(place.line, "WRONG_VALUE", f"{what} must be a text; quote it", item)
            return ""
        return place.value

    def oid(
        self, place: Place | None, what: str, pattern: re.Pattern[str] = OID, item: str = ""
    ) -> str:
        """A text that fits the pattern of its kind of name."""
        text = self.text(place, what, item)
        if place is not None and text and not pattern.fullmatch(text):
            self.wrong(place.line, "BAD_OID", f"{what} {text!r} must look like {pattern.pattern}")
        return text

    def one_of(
        self, place: Place | None, what: str, allowed: tuple[str, ...], item: str = ""
    ) -> str:
        """A text out of a few."""
        text = self.text(place, what, item)
        if place is not None and isinstance(place.value, str) and text not in allowed:
            self.wrong(
                place.line, "WRONG_VALUE", f"{what} {text!r} is none of {', '.join(allowed)}", item
            )
            return ""
        return text

    def flag(self, place: Place | None, what: str, default: bool) -> bool:
        """``true`` or ``false``."""
        if place is None:
            return default
        if not isinstance(place.value, bool):
            self.wrong(place.line, "WRONG_VALUE", f"{what} must be true or false")
            return default
        return place.value

    def number(
        self, place: Place | None, what: str, low: int | None = None, high: int | None = None
    ) -> int | None:
        """A whole number within its bounds, or None where there is none."""
        if place is None or place.value is None:
            return None
        value = place.value
        if not isinstance(value, int) or isinstance(value, bool):
            self.wrong(place.line, "WRONG_VALUE", f"{what} must be a whole number")
            return None
        if (low is not None and value < low) or (high is not None and value > high):
            self.wrong(place.line, "WRONG_VALUE", f"{what} must lie between {low} and {high}")
            return None
        return value

    def wording(self, place: Place | None, what: str, item: str = "") -> Text:
        """A text in every language of the study."""
        if place is None:
            return Text({"en": ""})
        if not isinstance(place.value, dict):
            self.wrong(
                place.line, "MISSING_LANGUAGE", f"{what} must be a mapping of languages", item
            )
            return Text({"en": ""})
        words: dict[str, str] = {}
        for language, value in place.value.items():
            if language not in self.languages:
                self.wrong(
                    value.line, "UNKNOWN_LANGUAGE", f"{what}: the study has no {language}", item
                )
            words[language] = self.text(value, f"{what} ({language})", item)
        for language in self.languages:
            if language not in words or not words[language].strip():
                self.wrong(place.line, "MISSING_LANGUAGE", f"{what} lacks {language}", item)
                words.setdefault(language, words.get("en", ""))
        words.setdefault("en", "")
        return Text(words)

    def words(self, place: Place | None, what: str) -> Mapping[str, str]:
        """A mapping of text to text."""
        if place is None:
            return {}
        if not isinstance(place.value, dict):
            self.wrong(place.line, "WRONG_VALUE", f"{what} must be a mapping")
            return {}
        return {key: self.text(value, f"{what} {key}") for key, value in place.value.items()}


@frozen
class _Names:
    reader: Reader
    what: str
    code: str
    seen: dict[str, int] = field(factory=dict)

    def take(self, name: str, line: int) -> None:
        if name and name in self.seen:
            self.reader.wrong(
                line,
                self.code,
                f"{self.what} {name} is already used in line {self.seen[name]}",
                name,
            )
        self.seen.setdefault(name, line)


def unique(reader: Reader, what: str, code: str = "DUPLICATE_OID") -> _Names:
    """A register that notes names taken twice."""
    return _Names(reader, what, code)


def read_yaml(reader: Reader, text: str) -> Place | None:
    """Read a file's text, or note why it is no YAML."""
    found = _HALF_BREAK.search(text)
    if found is not None:
        line = text.count("\n", 0, found.start()) + 1
        sentence = f"U+{ord(found[0]):04X} ends a line for some programs only: leave it out"
        reader.wrong(line, "YAML_SYNTAX", sentence)
        return None
    try:
        place = _Places(reader, text).whole()
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark is not None else 1
        reader.wrong(line, "YAML_SYNTAX", f"this is no YAML: {error.problem}")
        return None
    except (YAMLError, UnicodeEncodeError) as error:
        reader.wrong(1, "YAML_SYNTAX", f"this is no YAML: {type(error).__name__}")
        return None
    except RecursionError:
        reader.wrong(1, "YAML_SYNTAX", "the file is nested too deeply")
        return None
    if place is None:
        reader.wrong(1, "WRONG_VALUE", "the file is empty")
    return place


class _Places:
    """Makes places of what libyaml's parser meets, one event after the other.

    Several aliases share one place: it is read once, however often they multiply it.
    """

    def __init__(self, reader: Reader, text: str) -> None:
        self._reader = reader
        self._next = CParser(text).get_event
        # None while inside of the value that has the name.
        self._named: dict[str, Place | None] = {}

    def whole(self) -> Place | None:
        """The one document, or none where there is none."""
        self._next()  # the stream begins
        if isinstance(self._next(), StreamEndEvent):
            return None
        place = self._place(self._next())
        self._next()  # the document ends
        after = self._next()
        if not isinstance(after, StreamEndEvent):
            self._wrong(after.start_mark.line + 1, "the file holds a second document")
        return place

    def _place(self, event: Any) -> Place:
        line: int = event.start_mark.line + 1
        if isinstance(event, AliasEvent):
            return self._known(event.anchor, line)
        if event.anchor is None:
            return self._new(event, line)
        self._named[event.anchor] = None
        place = self._new(event, line)
        self._named[event.anchor] = place
        return place

    def _known(self, name: str, line: int) -> Place:
        place = self._named.get(name)
        if place is not None:
            return place
        sentence = "an alias stands inside the very value that it names"
        if name not in self._named:
            sentence = f"the alias {name!r} names nothing above it"
        self._wrong(line, sentence)
        return Place(None, line)

    def _new(self, event: Any, line: int) -> Place:
        if isinstance(event, ScalarEvent):
            return Place(_scalar(event), line, event.style in ("|", ">"))
        if isinstance(event, SequenceStartEvent):
            listed: list[Place] = []
            while not isinstance(inner := self._next(), SequenceEndEvent):
                listed.append(self._place(inner))
            return Place(listed, line)
        found: dict[str, Place] = {}
        while not isinstance(key := self._next(), MappingEndEvent):
            at: int = key.start_mark.line + 1
            self._place(key)
            value = self._place(self._next())
            if not isinstance(key, ScalarEvent):
                self._wrong(at, "a key must be a single value")
                continue
            if key.value in found:
                self._reader.wrong(at, "DUPLICATE_KEY", f"{key.value!r} stands twice")
            # A key is where an author looks for the mistake, also for a value written below it.
            found[key.value] = Place(value.value, at, value.block)
        return Place(found, line)

    def _wrong(self, line: int, sentence: str) -> None:
        self._reader.wrong(line, "YAML_SYNTAX", sentence)


def _scalar(event: Any) -> Scalar:
    text: str = event.value
    if event.implicit[0]:
        found = _PLAIN.fullmatch(text)
        kind = found.lastgroup if found is not None else None
    else:
        kind = str(event.tag).rsplit(":", 1)[-1]
    if kind == "bool":
        return text.lower() == "true"
    if kind == "null":
        return None
    if kind == "int" and re.fullmatch(r"[-+]?\d+", text):
        return int(text)
    if kind == "float":
        try:
            number = Decimal(text)
        except InvalidOperation:
            return text
        return number if number.is_finite() else text
    return text
