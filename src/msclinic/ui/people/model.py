"""Accounts as a table: id, role, whether the certificate counts, whether sign-in is open."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from msclinic.services.people import Account, account_code
from msclinic.study import Study
from msclinic.ui.icons import menu_icon
from msclinic.ui.theme import current_theme
from msclinic.wording import current_language, tr

__all__ = ["PeopleModel"]

Index = QModelIndex | QPersistentModelIndex


class PeopleModel(QAbstractTableModel):
    """Accounts in order of id."""

    def __init__(self, study: Study) -> None:
        super().__init__()
        self._study = study
        self._rows: list[Account] = []

    def set_rows(self, rows: list[Account]) -> None:
        """Show other accounts."""
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def row(self, place: int) -> Account:
        """The account of a row."""
        return self._rows[place]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """How many accounts."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Four."""
        return 0 if parent.isValid() else len(_columns())

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Names of the columns."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(_columns()):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _columns()[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Words, fonts, icons of a cell."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        account, place, theme = self._rows[index.row()], index.column(), current_theme()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._words(account)[place]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{_columns()[place]}: {self._words(account)[place]}"
        if role == Qt.ItemDataRole.FontRole:
            return theme.font("body_strong" if place == 0 else "body")
        if role == Qt.ItemDataRole.DecorationRole and place == 2:
            good = account.certified
            return menu_icon("ok" if good else "waits", theme.color("ok" if good else "att"))
        if role == Qt.ItemDataRole.DecorationRole and place == 3:
            shut = account.disabled
            return menu_icon(
                "lock-keyhole" if shut else "ok", theme.color("text2" if shut else "ok")
            )
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


def _columns() -> tuple[str, ...]:
    return (tr("Account"), tr("Role"), tr("Certificate"), tr("Sign-in"))
