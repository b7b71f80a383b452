"""Reads study.yaml: what the study is called, its settings and what its forms ask from outside."""

from collections.abc import Mapping
from decimal import Decimal

from msclinic.forms.definitions import ITEM_TYPES, Codelist, ContextVariable, Text
from msclinic.study.model import Setting
from msclinic.study.reader import KEY, OID, Place, Reader, unique

__all__ = ["Head", "load_head"]


class Head:
    """What study.yaml says, while it is read."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.oid = ""
        self.label = Text({"en": ""})
        self.title = Text({"en": ""})
        self.version = ""
        self.registry: Mapping[str, str] = {}
        self.settings: dict[str, Setting] = {}
        self.lines: dict[str, int] = {}
        self.context: tuple[ContextVariable, ...] = ()
        self.panels: dict[str, Text] = {}


def load_head(reader: Reader, place: Place | None, codelists: Mapping[str, Codelist]) -> Head:
    """Read the file; mistakes go to the reader.

    Args:
        reader: Of study.yaml.
        place: Its content, or none where it could not be read.
        codelists: Of the study.
    """
    head = Head()
    if place is None:
        return head
    keys = reader.mapping(
        place,
        "study.yaml",
        ("oid", "label", "title", "version", "languages"),
        ("registry", "settings", "context", "panels"),
    )
    head.oid = reader.oid(keys.get("oid"), "the study's OID")
    head.label = reader.wording(keys.get("label"), "label")
    head.title = reader.wording(keys.get("title"), "title")
    head.version = reader.text(keys.get("version"), "version")
    head.registry = reader.words(keys.get("registry"), "registry")
    names = unique(reader, "the setting")
    for one in reader.sequence(keys.get("settings"), "settings"):
        setting = _setting(reader, one)
        names.take(setting.key, one.line)
        head.settings[setting.key] = setting
        head.lines[setting.key] = one.line
    variables: list[ContextVariable] = []
    names = unique(reader, "the context variable")
    for one in reader.sequence(keys.get("context"), "context"):
        variables.append(_variable(reader, one, codelists))
        names.take(variables[-1].name, one.line)
    head.context = tuple(variables)
    names = unique(reader, "the panel")
    for one in reader.sequence(keys.get("panels"), "panels"):
        parts = reader.mapping(one, "a panel", ("code", "title"))
        code = reader.oid(parts.get("code"), "the panel's code")
        names.take(code, one.line)
        head.panels[code] = reader.wording(parts.get("title"), "title", code)
    return head


def _setting(reader: Reader, place: Place) -> Setting:
    keys = reader.mapping(place, "a setting", ("key", "value", "tag", "help"), ("source", "unit"))
    key = reader.oid(keys.get("key"), "the setting's key", KEY)
    value = keys["value"].value if "value" in keys else ""
    if not isinstance(value, Decimal | int | str):
        reader.wrong(
            keys["value"].line, "WRONG_VALUE", "a value is a number, text, true or false", key
        )
        value = ""
    source = reader.text(keys.get("source"), "source", key)
    if not source.strip():
        sentence = f"the setting {key} does not say where its value comes from"
        reader.wrong(place.line, "SETTING_WITHOUT_SOURCE", sentence, key)
    return Setting(
        key=key,
        value=value,
        tag=reader.one_of(keys.get("tag"), "tag", ("FACT", "DEFAULT"), key),
        source=source,
        help=reader.wording(keys.get("help"), "help", key),
        unit=reader.text(keys.get("unit"), "unit", key),
    )


def _variable(reader: Reader, place: Place, codelists: Mapping[str, Codelist]) -> ContextVariable:
    keys = reader.mapping(place, "a context variable", ("name", "type"), ("codelist",))
    name = reader.oid(keys.get("name"), "the context variable's name", OID)
    kind = reader.one_of(keys.get("type"), "type", (*ITEM_TYPES, "boolean"), name)
    codelist = None
    if "codelist" in keys:
        oid = reader.text(keys["codelist"], "codelist", name)
        codelist = codelists.get(oid)
        if codelist is None:
            sentence = f"codelists.yaml has no codelist {oid}"
            reader.wrong(keys["codelist"].line, "UNKNOWN_CODELIST", sentence, name)
    elif kind in ("code", "codes"):
        reader.wrong(place.line, "CODELIST_MISSING", f"{name} needs a codelist", name)
    return ContextVariable(name, kind, codelist)
