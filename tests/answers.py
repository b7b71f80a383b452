"""Giving answers as a person would: those that are asked, and the reasons they want."""

from collections.abc import Mapping

from msclinic.domain.values import Answer
from msclinic.services.entry import FormEntry

__all__ = ["fill", "keep_all"]


def fill(entry: FormEntry, answers: Mapping[str, Answer], key: str | None = None) -> None:
    """Give answers by item, those that are asked and not answered so yet."""
    for item, answer in answers.items():
        ref = entry.ref(item, key)
        if entry.state(ref).relevant and entry.may_answer(entry.form.item(item)):
            stored = entry.answer(ref, answer)
            assert stored.accepted, (item, [f.message["en"] for f in stored.findings])


def keep_all(entry: FormEntry) -> None:
    """Keep every unusual finding with the reason 'rechecked, correct'."""
    for finding in entry.open_findings():
        if finding.severity == "soft":
            parts = finding.path.split("/")
            group, key, item = parts[-3:]
            entry.keep([(group, key, item)], finding.code, "2")
