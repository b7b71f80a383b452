"""The JSON Schema of scenarios says what the program reads, and every shipped file fits it."""

import json
import re
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from msclinic.services.scenarios.expect_reader import EXPECTATIONS
from msclinic.services.scenarios.loader import ACTS, STEP_KEYS
from msclinic.shipped import resource, shipped_study
from msclinic.study.mistakes import Mistake
from msclinic.study.reader import Place, Reader, read_yaml

FILES = sorted((shipped_study() / "scenarios").rglob("*.yaml"))
TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float, Decimal),
    "null": (type(None),),
    "boolean": (bool,),
}
KNOWN = {
    *("$schema", "$ref", "$defs", "title", "description", "type", "const", "enum", "pattern"),
    *("properties", "required", "additionalProperties", "propertyNames", "items", "anyOf"),
    *("minProperties", "minItems", "minLength", "minimum", "maximum"),
}


@cache
def schema() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(resource("scenario.schema.json").read_text("utf-8"))
    return found


def faults(value: Any, rule: dict[str, Any], where: str = "") -> list[str]:
    """What does not fit; only the words of JSON Schema that our schema uses."""
    if "$ref" in rule:
        return faults(value, schema()["$defs"][rule["$ref"].rsplit("/", 1)[1]], where)
    if "anyOf" in rule:
        tried = [faults(value, one, where) for one in rule["anyOf"]]
        return [] if any(not one for one in tried) else tried[0]
    kinds = rule.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    fits = [isinstance(value, TYPES[kind]) for kind in kinds]
    if kinds and (not any(fits) or (isinstance(value, bool) and "boolean" not in kinds)):
        return [f"{where}: {value!r} is no {kinds}"]
    found = []
    if "const" in rule and value is not rule["const"]:
        found.append(f"{where}: {value!r}")
    if "enum" in rule and value not in rule["enum"]:
        found.append(f"{where}: {value!r} is none of {rule['enum']}")
    if isinstance(value, str):
        if not re.search(rule.get("pattern", ""), value) or len(value) < rule.get("minLength", 0):
            found.append(f"{where}: {value!r} does not fit")
    elif isinstance(value, int) and not isinstance(value, bool):
        if not rule.get("minimum", value) <= value <= rule.get("maximum", value):
            found.append(f"{where}: {value} is out of bounds")
    elif isinstance(value, list):
        if len(value) < rule.get("minItems", 0):
            found.append(f"{where}: too short")
        for number, one in enumerate(value):
            found += faults(one, rule.get("items", {}), f"{where}[{number}]")
    elif isinstance(value, dict):
        found += mapping_faults(value, rule, where)
    return found


def mapping_faults(value: dict[str, Any], rule: dict[str, Any], where: str) -> list[str]:
    found = [f"{where}: lacks {key}" for key in rule.get("required", []) if key not in value]
    if len(value) < rule.get("minProperties", 0):
        found.append(f"{where}: too few")
    for key, one in value.items():
        found += faults(key, rule.get("propertyNames", {}), f"{where} name")
        other = rule.get("additionalProperties", {})
        if key in rule.get("properties", {}):
            found += faults(one, rule["properties"][key], f"{where}.{key}")
        elif other is False:
            found.append(f"{where}: {key} is not known")
        else:
            found += faults(one, other, f"{where}.{key}")
    return found


def load(path: Path) -> Any:
    mistakes: list[Mistake] = []
    place = read_yaml(Reader(path.name, mistakes), path.read_text("utf-8"))
    assert place is not None, mistakes
    return plain(place)


def plain(place: Place) -> Any:
    if isinstance(place.value, dict):
        return {key: plain(one) for key, one in place.value.items()}
    if isinstance(place.value, list):
        return [plain(one) for one in place.value]
    return place.value


def words(rule: Any) -> set[str]:
    """Every word of JSON Schema in use, names of keys and definitions left out."""
    if not isinstance(rule, dict):
        return set()
    found = set(rule)
    for key, one in rule.items():
        if key in ("properties", "$defs"):
            found |= {word for inner in one.values() for word in words(inner)}
        elif key == "anyOf":
            found |= {word for inner in one for word in words(inner)}
        elif key not in ("enum", "const"):
            found |= words(one)
    return found


def test_the_schema_uses_only_words_that_are_checked_here() -> None:
    assert words(schema()) <= KNOWN


def test_the_schema_names_every_key_that_the_program_reads() -> None:
    parts = schema()["$defs"]
    assert set(parts["step"]["properties"]) == set(STEP_KEYS)
    assert set(parts["expect"]["properties"]) == set(EXPECTATIONS)
    assert set(ACTS) <= set(STEP_KEYS)


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_shipped_scenario_fits_the_schema(path: Path) -> None:
    assert faults(load(path), schema()) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"now": "noon"}, ".now"),
        ({"accounts": {}}, ".accounts"),
        ({"participants": {"Ewa": 1000}}, ".participants.Ewa"),
        ({"steps": []}, ".steps"),
        ({"steps": [{}]}, ".steps[0]"),
        ({"steps": [{"does": 1}]}, ".steps[0]"),
        ({"steps": [{"at": "later"}]}, ".steps[0].at"),
        ({"steps": [{"complete": False}]}, ".steps[0].complete"),
        ({"steps": [{"answers": {"TEMP": True}}]}, ".steps[0].answers.TEMP"),
        ({"steps": [{"expect": {"shown": ["TEMP.0"]}}]}, ".steps[0].expect.shown[0]"),
        ({"steps": [{"keep": {"item": "TEMP"}}]}, ".steps[0].keep"),
    ],
)
def test_the_schema_refuses_what_the_program_refuses(change: dict[str, Any], fault: str) -> None:
    good = {
        "scenario": "A fever",
        "now": "2026-11-23 09:30",
        "accounts": {"nurse": "NUR"},
        "steps": [{"as": "nurse"}],
    }
    assert faults(good, schema()) == []
    found = faults(good | change, schema())
    assert found
    assert all(one.startswith(fault) for one in found), found
