"""YAML read into plain values that remember their lines, and checked key by key.

Numbers stay the decimals that were written. Nothing is guessed: what does not fit is a mistake,
and reading goes on so that all mistakes come out at once.
"""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from attrs import field, frozen
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from msclinic.forms.definitions import Text
from msclinic.study.mistakes import Mistake

__all__ = ["CODE", "KEY", "OID", "VISIT_CODE", "Place", "Reader", "Scalar", "read_yaml", "unique"]

Scalar = str | int | bool | Decimal | None

OID = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
CODE = re.compile(r"[A-Za-z0-9_.+*/%\[\]-]{1,40}")
KEY = re.compile(r"[a-z][a-z0-9_.]*")
VISIT_CODE = re.compile(r"[A-Z][A-Z0-9]*")


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
    seen: dict[str, int] = field(factory=dict)

    def take(self, name: str, line: int) -> None:
        if name and name in self.seen:
            self.reader.wrong(
                line,
                "DUPLICATE_OID",
                f"{self.what} {name} is already used in line {self.seen[name]}",
                name,
            )
        self.seen.setdefault(name, line)


def unique(reader: Reader, what: str) -> _Names:
    """A register that notes names taken twice."""
    return _Names(reader, what)


def read_yaml(reader: Reader, text: str) -> Place | None:
    """Read a file's text, or note why it is no YAML."""
    try:
        node = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark is not None else 1
        reader.wrong(line, "YAML_SYNTAX", f"this is no YAML: {error.problem}")
        return None
    except YAMLError as error:
        reader.wrong(1, "YAML_SYNTAX", f"this is no YAML: {type(error).__name__}")
        return None
    except RecursionError:
        reader.wrong(1, "YAML_SYNTAX", "the file is nested too deeply")
        return None
    if node is None:
        reader.wrong(1, "WRONG_VALUE", "the file is empty")
        return None
    return _place(reader, node, {})


def _place(reader: Reader, node: Node, read: dict[Node, Place | None]) -> Place:
    """A node and all beneath it; ``read`` holds those met before, none while inside of one.

    Several aliases share one node: it is read once, however often they multiply it.
    """
    if node not in read:
        read[node] = None
        read[node] = _new_place(reader, node, read)
    place = read[node]
    if place is None:
        line = node.start_mark.line + 1
        reader.wrong(line, "YAML_SYNTAX", "an alias stands inside the very value that it names")
        return Place(None, line)
    return place


def _new_place(reader: Reader, node: Node, read: dict[Node, Place | None]) -> Place:
    line = node.start_mark.line + 1
    if isinstance(node, MappingNode):
        found: dict[str, Place] = {}
        for key, value in node.value:
            at = key.start_mark.line + 1
            if not isinstance(key, ScalarNode):
                reader.wrong(at, "YAML_SYNTAX", "a key must be a single value")
                continue
            name = str(key.value)
            if name in found:
                reader.wrong(at, "DUPLICATE_KEY", f"{name!r} stands twice")
            place = _place(reader, value, read)
            # A key is where an author looks for the mistake, also for a value written below it.
            found[name] = Place(place.value, at, place.block)
        return Place(found, line)
    if isinstance(node, SequenceNode):
        return Place([_place(reader, child, read) for child in node.value], line)
    if not isinstance(node, ScalarNode):
        reader.wrong(line, "YAML_SYNTAX", "only mappings, lists and single values are allowed")
        return Place(None, line)
    return Place(_scalar(node), line, node.style in ("|", ">"))


def _scalar(node: ScalarNode) -> Scalar:
    text = str(node.value)
    kind = str(node.tag).rsplit(":", 1)[-1]
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
