"""Writes docs/validation/trace.md: which test shows which requirement, by the markers of the tests.

``python packaging/trace.py`` writes it, ``--check`` ends with 1 where the page is not as it would
be written, where a marker names no requirement, or where one is called met and no test shows it.
"""

import argparse
import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
REQUIREMENTS = ROOT / "docs" / "validation" / "requirements.yaml"
PAGE = ROOT / "docs" / "validation" / "trace.md"
STATES = ("met", "partly", "open")


def marked(folder: Path) -> Iterator[tuple[str, str]]:
    """Every marker: requirement and test, as ``tests/path.py::name``."""
    for file in sorted(folder.rglob("test_*.py")):
        tree = ast.parse(file.read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                for one in _requirements(node.decorator_list):
                    yield one, f"{file.relative_to(ROOT).as_posix()}::{node.name}"
        for node in tree.body:
            if isinstance(node, ast.Assign) and any(
                isinstance(target, ast.Name) and target.id == "pytestmark"
                for target in node.targets
            ):
                marks = node.value.elts if isinstance(node.value, ast.List) else [node.value]
                for one in _requirements(marks):
                    yield one, file.relative_to(ROOT).as_posix()


def _requirements(marks: list[ast.expr]) -> Iterator[str]:
    for mark in marks:
        if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.requirement":
            yield from (one.value for one in mark.args if isinstance(one, ast.Constant))


def page(known: dict[str, dict], shown: dict[str, list[str]]) -> str:
    """The page as it is to be written."""
    counts = {state: sum(one["state"] == state for one in known.values()) for state in STATES}
    lines = [
        "# Requirements and what shows them",
        "",
        "Written by `make trace` from `requirements.yaml` and the markers of the tests. It is",
        "evidence for an assessment and no claim of compliance: whether a trial complies is for",
        "its sponsor, its investigators and their inspectors to say.",
        "",
        f"{len(known)} statements: {counts['met']} met, {counts['partly']} met in part, "
        f"{counts['open']} open.",
        "",
    ]
    for key, one in known.items():
        lines += [f"## {key}: {one['state']}", "", f"{one['says']} ({one['source']})", ""]
        if one.get("note"):
            lines += [f"Missing: {one['note']}", ""]
        if one["code"]:
            lines += [f"Code: {', '.join(f'`{code}`' for code in one['code'])}", ""]
        if shown.get(key):
            lines += [*(f"- `{test}`" for test in sorted(shown[key])), ""]
        else:
            lines += ["No test is marked with it.", ""]
    return "\n".join(lines)


def wrong(known: dict[str, dict], shown: dict[str, list[str]]) -> list[str]:
    """What does not hold together, in words."""
    found = [f"{one} is marked and not listed" for one in shown if one not in known]
    for key, one in known.items():
        if one["state"] == "met" and not shown.get(key):
            found.append(f"{key} is called met and no test is marked with it")
        for code in one["code"]:
            places = [ROOT / "src" / "msclinic" / code, ROOT / "forms" / code]
            if not any(place.exists() for place in [*places, ROOT / "forms" / code]):
                found.append(f"{key} names {code}, which is not there")
    return found


def main() -> int:
    """Write or check the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    known = yaml.safe_load(REQUIREMENTS.read_text("utf-8"))
    shown: dict[str, list[str]] = {}
    for requirement, test in marked(ROOT / "tests"):
        shown.setdefault(requirement, []).append(test)
    found = wrong(known, shown)
    text = page(known, shown)
    if options.check and (not PAGE.exists() or PAGE.read_text("utf-8") != text):
        found.append("docs/validation/trace.md is not up to date: make trace")
    if not options.check:
        PAGE.write_text(text, "utf-8")
    for one in found:
        print(one, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
