"""Accounts as a table: id, roles, delegation, whether the certificate counts, sign-in."""

from typing import Any

from PySide6.QtCore import Qt

from msclinic.services.people import Account, account_code
from msclinic.study import Study
from msclinic.ui.icons import menu_icon
from msclinic.ui.row_model import RowModel
from msclinic.ui.theme import current_theme
from msclinic.wording import current_language, date_text, tr

__all__ = ["PeopleModel", "lapse_words", "role_title"]

_DELEGATION, _CERTIFICATE, _SIGN_IN = 2, 3, 4


def lapse_words(code: str) -> str:
    """Why a role cannot be acted in, short."""
    return {
        "not_delegated": tr("not delegated"),
        "not_yet": tr("not yet"),
        "delegation_ended": tr("ended"),
        "not_trained": tr("no training"),
    }.get(code, code)


def role_title(study: Study, role: str) -> str:
    """A role's short title in the chosen language; its code where the study lacks it."""
    known = study.roles.get(role)
    return role if known is None else known.short.text(current_language())


class PeopleModel(RowModel[Account]):
    """Accounts in order of id."""

    def __init__(self, study: Study) -> None:
        super().__init__()
        self._study = study

    def columns(self) -> tuple[str, ...]:
        """Five."""
        return (tr("Account"), tr("Role"), tr("Delegation"), tr("Certificate"), tr("Sign-in"))

    def cell(self, row: Account, column: int, role: int) -> Any:
        """Words, fonts, icons of a cell."""
        theme = current_theme()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._words(row)[column]
        if role == Qt.ItemDataRole.FontRole:
            return theme.font("body_strong" if column == 0 else "body")
        if role == Qt.ItemDataRole.ForegroundRole and row.disabled:
            return theme.color("text2")
        if role == Qt.ItemDataRole.DecorationRole and column >= _DELEGATION:
            icon, tone = self._mark(row, column)
            return menu_icon(icon, theme.color(tone)) if icon else None
        return None

    def _mark(self, row: Account, column: int) -> tuple[str, str]:
        if row.disabled:
            return ("lock-keyhole", "text2") if column == _SIGN_IN else ("", "")
        good = {
            _DELEGATION: bool(row.roles) and not row.lapses,
            _CERTIFICATE: row.certified,
            _SIGN_IN: len(row.lapses) < len(row.roles),
        }[column]
        return ("ok", "ok") if good else ("waits", "att")

    def _words(self, account: Account) -> tuple[str, ...]:
        titles = [role_title(self._study, role) for role in account.roles]
        return (
            account_code(account.account),
            ", ".join(titles) or tr("no role"),
            self._delegation(account),
            tr("witnessed") if account.certified else tr("waits for a witness"),
            self._sign_in(account),
        )

    def _sign_in(self, account: Account) -> str:
        if account.left:
            return tr("has left")
        if account.disabled:
            return tr("disabled")
        able = len(account.lapses) < len(account.roles)
        return tr("may sign in") if able else tr("not yet")

    def _delegation(self, account: Account) -> str:
        if account.disabled:
            return "–"
        found = []
        for role in account.roles:
            delegated = account.standing.delegations.get(role)
            if role in account.lapses:
                words = lapse_words(account.lapses[role])
            elif delegated is not None and delegated.end is not None:
                words = tr("until {day}", day=date_text(delegated.end))
            else:
                words = tr("in force")
            several = len(account.roles) > 1
            found.append(f"{role_title(self._study, role)}: {words}" if several else words)
        return ", ".join(found)
