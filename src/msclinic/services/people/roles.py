"""Roles of an account: several are possible, those whose duties conflict are refused."""

from msclinic.domain.access import for_ever, separation
from msclinic.domain.errors import UserError
from msclinic.services.gateway import recording
from msclinic.services.home import write_whole
from msclinic.services.people.certificates import issues_certificates, open_authority
from msclinic.services.people.delegation import demand_keeper
from msclinic.services.session import Refused, Session
from msclinic.services.standing import Standing, standing_of
from msclinic.vault import wrap
from msclinic.wording import current_language

__all__ = ["end_role", "grant_role"]


def grant_role(session: Session, account: str, role: str) -> None:
    """Give an account a further role; it can be acted in once it is delegated.

    Args:
        session: Who looks after accounts; only an admin makes another admin.
        account: Whose.
        role: A role of the study.

    Raises:
        Refused: Not allowed, their own account, or the role does not go with another one.
        UserError: There is no such account or role, or it is held already.
    """
    session.require("people")
    _demand_another(session, account)
    authority = open_authority(session) if issues_certificates(session.study, role) else None
    with recording(session) as act:
        standing = standing_of(act.uow, account)
        if role not in session.study.roles or not standing.opened or standing.disabled:
            raise UserError(
                "no_role",
                what="The role was not granted.",
                why="There is no such role or account, or the account is disabled.",
                what_to_do="Choose a role of the study and an account that may sign in.",
            )
        if role in standing.roles:
            raise UserError(
                "role_held",
                what="The role was not granted.",
                why="The account holds it already.",
                what_to_do="Look at the list of accounts again.",
            )
        _demand_separate(session, standing, role)
        if authority is not None:
            for head in act.current(f"people/{account}/keys"):
                recipient = str((head.value or {})["recipient"])
                file = session.home.authority_key(account)
                write_whole(file, wrap(authority.to_secret(), [recipient]))
        act.set(
            "role_granted", f"people/{account}/role/{role}", {"type": "code", "value": "granted"}
        )


def end_role(session: Session, account: str, role: str) -> None:
    """End a role from now on; what was done in it stays as it is.

    Raises:
        Refused: Not allowed, their own account, or nobody would be left to look after accounts.
        UserError: The account does not hold the role.
    """
    session.require("people")
    _demand_another(session, account)
    with recording(session) as act:
        if role not in standing_of(act.uow, account).roles:
            raise UserError(
                "role_not_held",
                what="Nothing was recorded.",
                why="The account does not hold this role.",
                what_to_do="Look at the list of accounts again.",
            )
        if session.study.may(role, "people"):
            demand_keeper(session, act.uow, account)
        act.set("role_ended", f"people/{account}/role/{role}", {"type": "code", "value": "ended"})
    if issues_certificates(session.study, role):
        session.home.authority_key(account).unlink(missing_ok=True)


def _demand_another(session: Session, account: str) -> None:
    if account == session.account:
        raise Refused(
            "own_rights",
            what="Nobody changes their own roles.",
            why="Rights are given by another person.",
            what_to_do="Ask another admin or the PI.",
        )


def _demand_separate(session: Session, standing: Standing, role: str) -> None:
    sponsor = frozenset(
        code for code, known in session.study.roles.items() if known.side == "sponsor"
    )
    pairs = [(one, "") for one in (*standing.roles, *standing.ended, role)]
    for conflict in separation(pairs, sponsor):
        now = {*standing.roles, role} >= {conflict.first, conflict.second}
        if role in (conflict.first, conflict.second) and (now or for_ever(conflict)):
            language = current_language()
            raise Refused(
                "duties_conflict",
                what="The role was not granted.",
                why=conflict.message.get(language, conflict.message["en"]),
                what_to_do="Give it to another person.",
            )
