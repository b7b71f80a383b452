"""The study as rows of words: schedule, forms, limits with their sources, roles and rights."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from PySide6.QtCore import Qt

from msclinic.study import Setting, Study
from msclinic.ui.row_model import RowModel
from msclinic.ui.theme import current_theme
from msclinic.wording import current_language, decimal_text, plural, tr

__all__ = ["TABLES", "TextModel"]

Row = tuple[str, ...]


class TextModel(RowModel[Row]):
    """Rows of words under named columns; the first column is read first.

    Attributes:
        long: Columns whose words take several lines and share the width that is left.
    """

    def __init__(self, columns: Sequence[str], rows: Sequence[Row], long: Sequence[int]) -> None:
        super().__init__()
        self.long = tuple(long)
        self._columns = tuple(columns)
        self.set_rows(list(rows))

    def columns(self) -> tuple[str, ...]:
        """As they were given."""
        return self._columns

    def cell(self, row: Row, column: int, role: int) -> Any:
        """Words and fonts."""
        if role == Qt.ItemDataRole.DisplayRole:
            return row[column]
        if role == Qt.ItemDataRole.FontRole:
            return current_theme().font("body_strong" if column == 0 else "body")
        return None


def _schedule(study: Study) -> TextModel:
    language = current_language()
    rows = []
    for visit in sorted(study.visits, key=lambda one: one.order):
        window = ""
        if visit.window is not None:
            window = tr(
                "{first} to {last}", first=_day(visit.window[0]), last=_day(visit.window[1])
            )
        forms = [study.form(planned.form).title.text(language) for planned in visit.forms]
        target = _day(visit.target_day) if visit.target_day is not None else ""
        rows.append((visit.code, visit.title.text(language), target, window, ", ".join(forms)))
    return TextModel(
        (tr("Visit"), tr("Name"), tr("Day"), tr("Window, days"), tr("Forms")), rows, (4,)
    )


def _forms(study: Study) -> TextModel:
    language = current_language()
    rows = []
    for form in study.forms.values():
        items = sum(len(group.items) for group in form.item_groups)
        visits = [
            visit.code
            for visit in study.visits
            if any(planned.form == form.oid for planned in visit.forms)
        ]
        rows.append(
            (
                form.title.text(language),
                plural(items, one="{count} item", other="{count} items"),
                ", ".join(visits),
            )
        )
    return TextModel((tr("Form"), tr("Items"), tr("Visits")), sorted(rows), (2,))


def _limits(study: Study) -> TextModel:
    language = current_language()
    tags = {"FACT": tr("fact"), "DEFAULT": tr("proposal")}
    rows = [
        (
            _value(study, setting),
            setting.help.text(language),
            tags[setting.tag],
            setting.source,
        )
        for setting in study.settings.values()
    ]
    return TextModel(
        (tr("Value"), tr("What it limits"), tr("Standing"), tr("Source")), rows, (1, 3)
    )


def _roles(study: Study) -> TextModel:
    language = current_language()
    rows = []
    for role in study.roles.values():
        rights: dict[str, list[str]] = {}
        for right in sorted(role.rights):
            kind, _, what = right.partition(":")
            rights.setdefault(kind, []).append(what)
        enters = _form_titles(study, rights.get("enter", []), language)
        signs = [
            study.meanings[code].title.text(language)
            for code in rights.get("sign", [])
            if code in study.meanings
        ]
        masked = tr("masked") if role.masked else tr("not masked")
        title = role.title.text(language)
        rows.append((title, masked, ", ".join(enters) or "–", ", ".join(signs) or "–"))
    return TextModel((tr("Role"), tr("Product"), tr("Enters"), tr("Signs")), rows, (0, 2, 3))


def _form_titles(study: Study, codes: Sequence[str], language: str) -> list[str]:
    if "*" in codes:
        return [tr("all forms")]
    return [study.form(code).title.text(language) for code in codes if code in study.forms]


def _day(day: int) -> str:
    return str(day).replace("-", "\N{MINUS SIGN}")


def _value(study: Study, setting: Setting) -> str:
    if isinstance(setting.value, bool):
        return tr("yes") if setting.value else tr("no")
    if isinstance(setting.value, Decimal | int):
        number = decimal_text(Decimal(setting.value))
    else:
        number = setting.value
    unit = study.units.get(setting.unit)
    return f"{number} {unit.text(current_language()) if unit else setting.unit}".strip()


TABLES: dict[str, Callable[[Study], TextModel]] = {
    "schedule": _schedule,
    "forms": _forms,
    "limits": _limits,
    "roles": _roles,
}
"""Each section of the screen that is a list, by its key."""
