"""The shipped study with single words changed, and what the loader says of it."""

from functools import cache

from msclinic.shipped import shipped_study
from msclinic.study import study_from_content
from msclinic.study.content import pack, read_folder
from msclinic.study.mistakes import StudyMistakes

__all__ = ["Change", "found_in", "line_of"]

Change = tuple[str, str, str]
"""File, what stands there, what is written instead."""


@cache
def _texts() -> dict[str, str]:
    return dict(read_folder(shipped_study()))


def found_in(*changes: Change) -> set[tuple[str, int, str, str]]:
    """File, line, item and code of every mistake of the shipped study so changed."""
    texts = dict(_texts())
    for file, old, new in changes:
        assert old in texts[file], (file, old)
        texts[file] = texts[file].replace(old, new, 1)
    try:
        study_from_content(pack(texts))
    except StudyMistakes as wrong:
        return {(one.file, one.line, one.item, one.code) for one in wrong.mistakes}
    return set()


def line_of(file: str, words: str) -> int:
    """Line on which words stand first in the shipped file."""
    return _texts()[file][: _texts()[file].index(words)].count("\n") + 1
