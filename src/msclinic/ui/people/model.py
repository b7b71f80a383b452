"""Accounts as a table: id, role, whether the certificate counts, whether sign-in is open."""

from typing import Any

from PySide6.QtCore import Qt

from msclinic.services.people import Account, account_code
from msclinic.study import Study
from msclinic.ui.icons import menu_icon
from msclinic.ui.row_model import RowModel
from msclinic.ui.theme import current_theme
from msclinic.wording import current_language, tr

__all__ = ["PeopleModel"]


class PeopleModel(RowModel[Account]):
    """Accounts in order of id."""

    def __init__(self, study: Study) -> None:
        super().__init__()
        self._study = study

    def columns(self) -> tuple[str, ...]:
        """Four."""
        return (tr("Account"), tr("Role"), tr("Certificate"), tr("Sign-in"))

    def cell(self, row: Account, column: int, role: int) -> Any:
        """Words, fonts, icons of a cell."""
        theme = current_theme()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._words(row)[column]
        if role == Qt.ItemDataRole.FontRole:
            return theme.font("body_strong" if column == 0 else "body")
        if role == Qt.ItemDataRole.DecorationRole and column == 2:
            good = row.certified
            return menu_icon("ok" if good else "waits", theme.color("ok" if good else "att"))
        if role == Qt.ItemDataRole.DecorationRole and column == 3:
            icon, tone = ("lock-keyhole", "text2") if row.disabled else ("ok", "ok")
            return menu_icon(icon, theme.color(tone))
        return None

    def _words(self, account: Account) -> tuple[str, ...]:
        language = current_language()
        titles = [
            self._study.roles[role].title.text(language)
            for role in account.roles
            if role in self._study.roles
        ]
        return (
            account_code(account.account),
            ", ".join(titles),
            tr("issued and witnessed") if account.certified else tr("waits for a witness"),
            tr("disabled") if account.disabled else tr("may sign in"),
        )
