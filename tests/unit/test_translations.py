"""Every sentence that the program can say is there in Polish."""

import ast
from collections.abc import Iterator
from pathlib import Path

import msclinic
from msclinic.wording import catalogue

SOURCES = sorted(Path(msclinic.__file__).parent.rglob("*.py"))
FAULTS = {"UserError", "KnownFault", "Refused"}
FAULT_PARTS = {"what", "why", "what_to_do"}


def test_every_sentence_has_its_polish():
    polish = catalogue("pl")
    missing = {
        f"{path.name}: {sentence}"
        for path in SOURCES
        for sentence in sentences(ast.parse(path.read_text("utf-8")))
        if sentence not in polish and sentence.removesuffix("|many") not in polish
    }
    assert not missing, "\n".join(sorted(missing))


def test_the_search_for_sentences_finds_each_way_of_saying_one():
    source = """
tr("a", x=1)
filled("b", {})
plural(2, one="c", other="d")
raise UserError("code", what="e", why="f", what_to_do="g")
raise KnownFault("code", "h", "i", "j")
"""
    assert set(sentences(ast.parse(source))) == {*"abefghij", "d|many"}


def sentences(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name in ("tr", "filled"):
            yield from texts(node.args[:1])
        elif name == "plural":
            other = (word.value for word in node.keywords if word.arg == "other")
            yield from texts(other, ending="|many")
        elif name in FAULTS:
            yield from texts(node.args[1:4])
            yield from texts(word.value for word in node.keywords if word.arg in FAULT_PARTS)


def texts(nodes, ending: str = "") -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
            yield node.value + ending
