"""The command line's shape: every subcommand, its options, and the exit codes.

Options that name the home or the person stand before or after the subcommand. A password is never
an argument.
"""

import argparse
from enum import IntEnum
from pathlib import Path
from typing import NoReturn

from msclinic import __version__
from msclinic.domain.errors import UserError

__all__ = ["Exit", "parsed", "parser"]

_REPLACED = "a file that is there is replaced; never inside a clinic's folder"


class Exit(IntEnum):
    """What the program's exit code means."""

    DONE = 0
    FOUND_WRONG = 1
    BAD_INPUT = 2
    REFUSED = 3


class _Parser(argparse.ArgumentParser):
    """Says a mistake in one line: what, and how to learn more."""

    def error(self, message: str) -> NoReturn:
        raise UserError(
            "bad_arguments",
            what="{message}; see {command} --help",
            parameters={"message": message, "command": self.prog},
        )


def parsed(arguments: list[str]) -> argparse.Namespace:
    """What the command line asks for.

    Who opens the window does not wait until every command's options are made.

    Args:
        arguments: Without the program's name.

    Raises:
        SystemExit: Help or the version was printed.
        UserError: There is no such command or option.
    """
    window = _Parser(prog="msclinic", add_help=False)
    _common(window, first=True)
    window.set_defaults(command=None)
    options, more = window.parse_known_args(arguments)
    return parser().parse_args(arguments) if more else options


def parser() -> argparse.ArgumentParser:
    """The parser of ``msclinic``; without a subcommand the window opens."""
    top = _Parser(
        prog="msclinic",
        description="Runs an infusion trial at a clinic. Without a command the window opens.",
    )
    top.add_argument("--version", action="version", version=f"msclinic {__version__}")
    _common(top, first=True)
    commands = top.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser)

    demo = _command(commands, "demo", "a whole clinic on made-up participants")
    demo.add_argument("--out", type=Path, default=Path("demo-output"), metavar="DIR")
    demo.add_argument("--stay", action="store_true", help="leave the window open on Today")

    study = _command(commands, "study", "work on a study folder")
    study_commands = study.add_subparsers(
        dest="study_command", metavar="COMMAND", required=True, parser_class=_Parser
    )
    check = _command(study_commands, "check", "print every mistake of a study folder")
    check.add_argument("folder", nargs="?", type=Path, metavar="DIR")
    test = _command(study_commands, "test", "play a study's scenarios and say what held")
    test.add_argument("folder", nargs="?", type=Path, metavar="DIR")
    force = _command(study_commands, "activate", "put a version into force, signed by two people")
    force.add_argument("folder", nargs="?", type=Path, metavar="DIR")
    force.add_argument("--second", required=True, metavar="NAME", help="who signs beside --account")
    force.add_argument(
        "--second-password-file", type=Path, metavar="FILE", help="holds their password"
    )
    _command(study_commands, "versions", "every version that was in force, and who signed it")

    export = _command(commands, "export", "write an export")
    export.add_argument("--format", choices=["odm"], required=True)
    export.add_argument("--out", type=Path, required=True, metavar="PATH", help=_REPLACED)

    journal = _command(commands, "journal", "the journal, filtered, as a data file")
    journal.add_argument("--participant", metavar="CODE", help="subject code, or 'site'")
    journal.add_argument("--visit", metavar="VISIT")
    journal.add_argument("--form", metavar="FORM")
    journal.add_argument("--item", metavar="ITEM")
    journal.add_argument("--person", metavar="ACCOUNT", help="account, or 'msclinic' for computed")
    journal.add_argument("--from", dest="since", metavar="TIME", help="a day or a time at the site")
    journal.add_argument("--to", dest="until", metavar="TIME", help="a day counts whole")
    journal.add_argument(
        "--action", action="append", metavar="ACT", help="an act or a group of acts; several times"
    )
    journal.add_argument("--late", action="store_true", help="only what was stored long after")
    journal.add_argument("--format", choices=["csv", "json"], default="csv")
    journal.add_argument("--out", type=Path, required=True, metavar="FILE", help=_REPLACED)

    documents = _command(commands, "documents", "make and check documents")
    document_commands = documents.add_subparsers(
        dest="documents_command", metavar="COMMAND", required=True, parser_class=_Parser
    )
    summary = _command(document_commands, "summary", "the summary of one visit")
    summary.add_argument("participant", metavar="CODE")
    summary.add_argument("visit", metavar="VISIT")
    summary.add_argument("--out", type=Path, required=True, metavar="FILE", help=_REPLACED)
    summary.add_argument("--language", choices=["en", "pl"], default="en")
    course = _command(document_commands, "over-time", "a participant over time, never signed")
    course.add_argument("--participant", required=True, metavar="CODE")
    course.add_argument("--out", type=Path, required=True, metavar="FILE", help=_REPLACED)
    course.add_argument("--language", choices=["en", "pl"], default="en")
    rights = _command(document_commands, "rights", "rights matrix, roles held, delegation log")
    rights.add_argument("--at", metavar="DAY", help="as of the end of a day: 2026-11-23")
    rights.add_argument("--out", type=Path, required=True, metavar="FILE", help=_REPLACED)
    rights.add_argument("--language", choices=["en", "pl"], default="en")
    check_file = _command(document_commands, "check", "who signed a file, and is it unchanged")
    check_file.add_argument("file", type=Path, metavar="FILE.pdf")

    backup = _command(commands, "backup", "an encrypted backup, proved, to the chosen folders")
    where = backup.add_mutually_exclusive_group()
    where.add_argument("--to", type=Path, metavar="DIR", help="to this folder only")
    where.add_argument("--add", type=Path, metavar="DIR", help="choose a folder for backups")

    restore = _command(commands, "restore", "a new home from a backup, proved and compared")
    restore.add_argument("backup", nargs="?", type=Path, metavar="BACKUP")
    restore.add_argument(
        "--rehearse", action="store_true", help="on trial: prove it, throw it away, record it"
    )

    archive = _command(commands, "archive", "everything of the site, readable without the program")
    which = archive.add_mutually_exclusive_group(required=True)
    which.add_argument("--out", type=Path, metavar="DIR", help="write it into a new folder")
    which.add_argument("--check", type=Path, metavar="DIR", help="check one, without a home")
    archive.add_argument(
        "--recipient", action="append", metavar="KEY", help="age1...: may open what is sealed"
    )

    people = _command(commands, "people", "accounts and security incidents")
    people_commands = people.add_subparsers(
        dest="people_command", metavar="COMMAND", required=True, parser_class=_Parser
    )
    held = _command(people_commands, "list", "who may sign in, in which roles")
    held.add_argument("--at", metavar="DAY", help="as of the end of a day: 2026-11-23")
    told = _command(people_commands, "incidents", "the security incidents as CSV or JSON")
    told.add_argument("--out", type=Path, required=True, metavar="FILE", help=_REPLACED)

    recover = _command(commands, "recover", "a new password by the printed recovery key")
    recover.add_argument(
        "--recovery-file", type=Path, metavar="FILE", help="holds the recovery key"
    )
    _command(commands, "verify", "chain, signatures, triggers and tables: all agree, or where not")
    return top


def _command(
    commands: "argparse._SubParsersAction[_Parser]", name: str, summary: str
) -> argparse.ArgumentParser:
    made = commands.add_parser(name, help=summary, description=summary.capitalize() + ".")
    _common(made, first=False)
    return made


def _common(target: argparse.ArgumentParser, *, first: bool) -> None:
    # The same options on both levels: only the outer one has defaults, the inner never resets them.
    default = None if first else argparse.SUPPRESS
    target.add_argument("--home", type=Path, metavar="DIR", default=default, help="data folder")
    target.add_argument("--account", metavar="NAME", default=default, help="who asks")
    target.add_argument(
        "--password-file", type=Path, metavar="FILE", default=default, help="holds the password"
    )
    target.add_argument(
        "--json",
        action="store_true",
        default=False if first else argparse.SUPPRESS,
        help="an answer for programs",
    )
