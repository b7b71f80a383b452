"""No English word on a Polish screen: what reads the same in both must be a name or a code."""

import re
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QTableView, QWidget
from tests.ui.tour import BEFORE, Moments, Tour, screens_of, wait

from msclinic.app.settings import Settings

# Reads the same in both languages, and why that is right.
_ALLOWED = {
    "msclinic": "the program's name",
    "English": "each language is named in itself",
    "Polski": "each language is named in itself",
    "Katowice": "a town",
    "penicillin, rash": "typed by a person",
    "System": "the same word",
    "Start": "the same word",
    "Monitor": "the same word",
    "Program": "the same word",
    "gate": "a value as the study's file writes it; the words beside it say what it means",
    "Status": "the same word",
    "Suspended": "the status as the registry writes it",
    "Administrator": "the same word",
    "Role": "the same word, there in the plural",
}
# Account and form codes, keys, a number with its unit.
_CODE = re.compile(r"[A-Z0-9]+( [0-9]+|, [0-9]+)?|Ctrl [A-Z]|[0-9]+ mmHg")
_TAG = re.compile(r"<[^>]*>")
_WORD = re.compile(r"[A-Za-z]{4,}")


@pytest.fixture
def tour(qtbot, moments: Moments) -> Iterator[Tour]:
    made = Tour(moments)
    yield made
    made.leave()


def texts(window: QWidget) -> set[str]:
    """Everything a person could read on the screen or hear of it, typed answers apart."""
    found: set[str] = set()
    for one in [window, *window.findChildren(QWidget)]:
        if not one.isVisibleTo(window):
            continue
        found |= {one.accessibleName(), one.accessibleDescription(), one.toolTip()}
        if isinstance(one, QLabel | QAbstractButton):
            found.add(one.text())
        if isinstance(one, QLineEdit):
            found.add(one.placeholderText())
        if isinstance(one, QTableView) and one.model() is not None:
            model = one.model()
            for column in range(model.columnCount()):
                across = Qt.Orientation.Horizontal
                found.add(str(model.headerData(column, across) or ""))
                for line in range(model.rowCount()):
                    found.add(str(model.index(line, column).data() or ""))
    return {_TAG.sub("", line).strip() for text in found for line in text.split("\n")}


def read(tour: Tour, moment: str, language: str) -> dict[str, set[str]]:
    found = {}
    for name, account, show in screens_of(tour.moments.places, moment):
        window = tour.enter(moment, account, Settings(language, "light", 100))
        show(window)
        wait(window)
        found[name] = texts(window)
    return found


@pytest.mark.parametrize("moment", [BEFORE, "RUNNING", "SIGNED"])
def test_nothing_but_names_and_codes_reads_the_same_in_both_languages(tour, moment):
    english, polish = read(tour, moment, "en"), read(tour, moment, "pl")
    # A source is cited as the study's authors wrote it.
    sources = {one.source for one in tour.moments.study.settings.values()}
    suspects: dict[str, list[str]] = {}
    for name, said in polish.items():
        for text in sorted(said & english[name]):
            code = _CODE.fullmatch(text) or text in sources or text in _ALLOWED
            if _WORD.search(text) and not code:
                suspects.setdefault(text, []).append(name)
    assert suspects == {}
