"""The rows of the exam in the order of its form, group by group."""

from PySide6.QtWidgets import QScrollArea

from msclinic.services.neuro import ExamEntry
from msclinic.ui.editors import EditorSetting
from msclinic.ui.neuro.rows import ExamRow
from msclinic.ui.widgets import Panel, column, label, row, scrolled

__all__ = ["make_rows"]


def make_rows(exam: ExamEntry, setting: EditorSetting) -> tuple[dict[str, ExamRow], QScrollArea]:
    """A row for every item that a person answers, by item, and the area that holds them.

    Args:
        exam: The open exam.
        setting: Language, zone, units and reasons.
    """
    rows: dict[str, ExamRow] = {}
    inner = Panel("surface")
    body = column(gap=2, margins=(0, 4, 0, 12))
    for group in exam.form.form.item_groups:
        items = [item for item in group.items if not item.computed]
        if len(items) > 1:
            heading = row(gap=12, margins=(16, 8, 16, 2))
            heading.addWidget(label(group.title.text(setting.language), "section"))
            hint = group.hint.text(setting.language) if group.hint else ""
            heading.addWidget(label(hint, "caption", "text2"), 1)
            body.addLayout(heading)
        for item in items:
            made = ExamRow(item, exam.form.path(exam.form.ref(item.oid)), setting)
            rows[item.oid] = made
            body.addWidget(made)
    body.addStretch(1)
    inner.setLayout(body)
    return rows, scrolled(inner)
