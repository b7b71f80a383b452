"""The content of a study: its texts as one canonical sequence of bytes, and their version.

The same texts give the same bytes on every system. Scenarios and other files are no content.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from msclinic.record.plain_json import plain_json
from msclinic.study.mistakes import Mistake, StudyMistakes

__all__ = ["pack", "read_folder", "unpack", "version_of"]


def read_folder(folder: Path) -> dict[str, str]:
    """Texts of a study folder by their path, line ends as LF.

    Raises:
        StudyMistakes: The folder is not there, or a file is not UTF-8 or cannot be read.
    """
    if not folder.is_dir():
        sentence = "the study's folder is not there"
        raise StudyMistakes([Mistake(folder.name, 1, "", "MISSING_FILE", sentence)])
    texts: dict[str, str] = {}
    mistakes: list[Mistake] = []
    for path in sorted(folder.rglob("*.yaml")):
        name = path.relative_to(folder).as_posix()
        if name.startswith("scenarios/"):
            continue
        try:
            if not path.is_file():
                mistakes.append(Mistake(name, 1, "", "UNREADABLE_FILE", "this is no file"))
                continue
            data = path.read_bytes()
        except OSError as error:
            sentence = f"the file cannot be read: {error.strerror or type(error).__name__}"
            mistakes.append(Mistake(name, 1, "", "UNREADABLE_FILE", sentence))
            continue
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
            mistakes.append(Mistake(name, line, "", "NOT_UTF8", "the file is not UTF-8 text"))
            continue
        texts[name] = text.replace("\r\n", "\n").replace("\r", "\n")
    if mistakes:
        raise StudyMistakes(mistakes)
    return texts


def pack(texts: Mapping[str, str]) -> bytes:
    """RFC 8785 JSON of the texts by path."""
    return plain_json(dict(texts))


def unpack(content: bytes) -> dict[str, str]:
    """Texts of a packed study.

    Raises:
        ValueError: The bytes are no packed study.
    """
    texts = json.loads(content)
    if not isinstance(texts, dict) or not all(isinstance(text, str) for text in texts.values()):
        raise ValueError("these bytes are no content of a study")
    return texts


def version_of(content: bytes) -> str:
    """The study version: SHA-256 of its content."""
    return hashlib.sha256(content).hexdigest()
