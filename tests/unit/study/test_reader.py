"""YAML is read as its version 1.2 has it, each value with its line."""

from decimal import Decimal

import pytest

from msclinic.shipped import shipped_study
from msclinic.study import load_study, study_from_content
from msclinic.study.mistakes import Mistake
from msclinic.study.reader import Place, Reader, Scalar, read_yaml


def read(text: str) -> tuple[Place | None, list[tuple[int, str]]]:
    mistakes: list[Mistake] = []
    place = read_yaml(Reader("study.yaml", mistakes), text)
    return place, [(one.line, one.code) for one in mistakes]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("False", False),
        ("yes", "yes"),
        ("off", "off"),
        ("~", None),
        ("null", None),
        ("7", 7),
        ("-07", -7),
        ("2.50", Decimal("2.50")),
        ("1e3", Decimal(1000)),
        (".5", Decimal("0.5")),
        ("12:30:45", "12:30:45"),
        ("2026-11-22", "2026-11-22"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        (".inf", ".inf"),
        ("<<", "<<"),
        ("'7'", "7"),
        ('"true"', "true"),
        ("!!str 7", "7"),
        ("!!int '7'", 7),
    ],
)
def test_a_single_value_is_what_yaml_1_2_says(text: str, value: Scalar) -> None:
    place, mistakes = read(f"key: {text}\n")
    assert mistakes == []
    assert place is not None
    assert isinstance(place.value, dict)
    found = place.value["key"].value
    assert found == value
    assert type(found) is type(value)


def test_a_value_stands_in_the_line_of_its_key_and_a_list_item_in_its_own() -> None:
    place, mistakes = read("# first\na:\n  - 1\n  - |\n    text\n    more\nb:\n  c: 2\n")
    assert mistakes == []
    inner = Place({"c": Place(2, 8)}, 7)
    listed = Place([Place(1, 3), Place("text\nmore\n", 4, block=True)], 2)
    assert place == Place({"a": listed, "b": inner}, 2)


def test_an_alias_is_the_value_that_it_names_in_the_line_of_its_own_key() -> None:
    place, mistakes = read("a: &one {x: 1}\nb: *one\n")
    assert mistakes == []
    assert place is not None
    assert isinstance(place.value, dict)
    assert place.value["b"] == Place({"x": Place(1, 1)}, 2)


@pytest.mark.parametrize(
    ("text", "mistakes"),
    [
        ("a: *nothing\n", [(1, "YAML_SYNTAX")]),
        ("a: 1\nb: &b [*b]\n", [(2, "YAML_SYNTAX")]),
        ("--- a\n--- b\n", [(2, "YAML_SYNTAX")]),
        ("a: 1\n? [x]\n: 2\n", [(2, "YAML_SYNTAX")]),
        ("a: 1\na: 2\n", [(2, "DUPLICATE_KEY")]),
        ("a: 1\nb: [\n", [(3, "YAML_SYNTAX")]),
        ("a: 1\nb: x\u2028y\n", [(2, "YAML_SYNTAX")]),
        ("a: \x07\n", [(1, "YAML_SYNTAX")]),
        ("a: \ud800\n", [(1, "YAML_SYNTAX")]),
        ("a: " + 5000 * "[" + "\n", [(1, "YAML_SYNTAX")]),
        ("# nothing\n", [(1, "WRONG_VALUE")]),
    ],
)
def test_what_is_no_single_document_of_plain_values_is_named_with_its_line(
    text: str, mistakes: list[tuple[int, str]]
) -> None:
    assert read(text)[1] == mistakes


def test_the_shipped_study_opens_from_its_content_as_from_its_folder() -> None:
    study = load_study(shipped_study())
    assert study_from_content(study.content) == study
