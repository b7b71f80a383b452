"""``msclinic people``, ``recover`` and ``documents rights``: accounts without a window."""

import getpass
import json
import sys
from argparse import Namespace
from datetime import date

from msclinic.app.clock import SystemClock
from msclinic.app.instance import HomeLock
from msclinic.cli.options import Exit
from msclinic.domain.errors import UserError
from msclinic.services.home import Home
from msclinic.services.people.incidents import export_incidents, incidents
from msclinic.services.people.recovery import recover
from msclinic.services.people.rights import holdings_at
from msclinic.services.people.rights_document import end_of_day, rights_file
from msclinic.services.session import Session
from msclinic.wording import plural, tr

__all__ = ["people_command", "recover_home", "rights_command"]


def people_command(session: Session, options: Namespace) -> int:
    """List accounts, or write the incidents."""
    if options.people_command == "incidents":
        export_incidents(session, options.out)
        count = len(incidents(session))
        if options.json:
            print(json.dumps({"out": str(options.out), "incidents": count}, ensure_ascii=False))
        else:
            print(
                plural(count, one="{count} incident written.", other="{count} incidents written.")
            )
        return Exit.DONE
    day = _day(options.at)
    moment = session.now() if day is None else end_of_day(session, day)
    rows = [
        {
            "account": one.account,
            "role": one.role,
            "since": one.since.isoformat(),
            "by": one.by,
            "delegated": one.delegated,
            "disabled": one.disabled,
        }
        for one in holdings_at(session, moment)
    ]
    if options.json:
        print(json.dumps({"accounts": rows}, ensure_ascii=False))
        return Exit.DONE
    for row in rows:
        state = tr("disabled") if row["disabled"] else ""
        state = state or ("" if row["delegated"] else tr("no delegation in force"))
        print(f"{row['account']:<14}{row['role']:<10}{state}".rstrip())
    return Exit.DONE


def rights_command(session: Session, options: Namespace) -> None:
    """Write rights matrix, roles held and delegation log as a PDF."""
    rights_file(session, options.out, _day(options.at), options.language)


def recover_home(home: Home, account: str, password: str, options: Namespace) -> int:
    """Give an account new keys by the recovery key.

    Args:
        home: The data folder.
        account: An admin or the PI.
        password: Their new one.
        options: Where the recovery key is read from.
    """
    home.read()
    with HomeLock(home.folder):
        recover(home, _recovery_key(options), account, password, SystemClock())
    line = tr(
        "{account} has a new password. Sign in with it; a second person then witnesses the "
        "certificate under People.",
        account=account,
    )
    print(json.dumps({"account": account}) if options.json else line)
    return Exit.DONE


def _recovery_key(options: Namespace) -> str:
    if options.recovery_file is not None:
        try:
            text: str = options.recovery_file.read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise UserError(
                "recovery_file",
                what="The file with the recovery key cannot be read.",
                why="It is missing, locked or not a text.",
                what_to_do="Name a readable text file with --recovery-file.",
            ) from error
        return text.strip()
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip()
    return getpass.getpass(tr("Recovery key: "))


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UserError(
            "no_day",
            what="This is not a day.",
            why="A day is written as year, month and day.",
            what_to_do="Write it like 2026-11-23.",
        ) from error
