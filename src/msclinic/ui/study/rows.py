"""The study as rows: schedule, forms, limits with their sources, roles and rights.

Schedule and roles are tables of marks where there is room, and words where there is not.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from PySide6.QtCore import Qt

from msclinic.study import Setting, Study, Visit
from msclinic.ui.participants.form_groups import form_group, form_place, group_names
from msclinic.ui.row_model import RowModel
from msclinic.ui.study.matrix import Column, Line, Mark, MatrixModel
from msclinic.ui.theme import current_theme
from msclinic.wording import current_language, decimal_text, plural, tr

__all__ = ["MATRICES", "TABLES", "TextModel"]

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
        forms = [study.form(planned.form).title.text(language) for planned in visit.forms]
        when = ", ".join(_when(visit, tr("window {first} to {last}")))
        rows.append((visit.code, visit.title.text(language), when, ", ".join(forms)))
    return TextModel((tr("Visit"), tr("Name"), tr("When"), tr("Forms")), rows, (3,))


def _schedule_marks(study: Study) -> MatrixModel:
    language = current_language()
    visits = sorted(study.visits, key=lambda one: one.order)
    window = tr("{first} to {last}")
    across = [
        Column(visit.code, visit.title.text(language), "\n".join(_when(visit, window)))
        for visit in visits
    ]
    always, needed = Mark(True, tr("always")), Mark(False, tr("when needed"))

    def marks(oid: str) -> tuple[Mark | None, ...]:
        asked = [{form.form: form.required for form in visit.forms}.get(oid) for visit in visits]
        return tuple(None if one is None else (always if one else needed) for one in asked)

    note = tr("Under each visit: its day, and its window in days.")
    return MatrixModel(tr("Form"), across, _grouped(study, marks), note)


def _roles_marks(study: Study) -> MatrixModel:
    language = current_language()
    roles = list(study.roles.values())
    across = [Column(role.code, role.short.text(language)) for role in roles]
    enters, reads = Mark(True, tr("enters")), Mark(False, tr("reads"))
    signs = Mark(True, tr("signs"))

    def marks(oid: str) -> tuple[Mark | None, ...]:
        return tuple(
            enters
            if study.may(role.code, "enter", oid)
            else (reads if study.may(role.code, "read", oid) else None)
            for role in roles
        )

    lines = _grouped(study, marks)
    lines.append(Line(tr("Signatures")))
    for meaning in study.meanings.values():
        right = f"sign:{meaning.code}"
        held = tuple(signs if right in role.rights else None for role in roles)
        lines.append(Line(meaning.title.text(language), held))
    return MatrixModel(tr("Form"), across, lines)


def _grouped(study: Study, marks: Callable[[str], tuple[Mark | None, ...]]) -> list[Line]:
    """A line for each form, under the heading of its group."""
    language = current_language()
    common = {form.form for visit in study.visits if visit.kind == "common" for form in visit.forms}
    planned = dict.fromkeys(form.form for visit in study.visits for form in visit.forms)
    names = group_names()
    last = len(names)
    names[last] = tr("Throughout the study")
    groups: dict[int, list[Line]] = {}
    for oid in sorted(planned, key=partial(form_place, study)):
        group = last if oid in common else form_group(study, oid)
        groups.setdefault(group, []).append(Line(study.form(oid).title.text(language), marks(oid)))
    found: list[Line] = []
    for group in sorted(groups):
        found += [Line(names[group]), *groups[group]]
    return found


def _when(visit: Visit, window: str) -> list[str]:
    """Day and window of a visit in words; none for what has no day."""
    words = []
    if visit.target_day is not None:
        words.append(tr("day {day}", day=_day(visit.target_day)))
    if visit.window is not None:
        first, last = (_day(day) for day in visit.window)
        words.append(window.format(first=first, last=last))
    return words


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
        told = [title, masked]
        told.append(tr("Enters: {what}", what=", ".join(enters)) if enters else "")
        told.append(tr("Signs: {what}", what=", ".join(signs)) if signs else "")
        rows.append(tuple(told))
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

MATRICES: dict[str, Callable[[Study], MatrixModel]] = {
    "schedule": _schedule_marks,
    "roles": _roles_marks,
}
"""Those lists that are a table of marks where there is room for it."""
