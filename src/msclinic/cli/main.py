"""Runs one subcommand and turns what happens into an exit code and one plain line.

A person never sees a stack trace; what is not a known fault goes to the log by type and place.
"""

import json
import logging
import sys
from argparse import Namespace
from collections.abc import Callable, Mapping

from msclinic.app.log import start_log
from msclinic.app.paths import home_folder
from msclinic.cli.options import Exit, parsed
from msclinic.domain.errors import KnownFault, UserError
from msclinic.services.home import Home
from msclinic.wording import filled, tr

__all__ = ["Windows", "main", "sentence"]

_HELD = frozenset({"home_in_use", "database_locked"})


class Windows:
    """What needs a screen, handed in from above so that no command imports a window.

    Attributes:
        open: Opens the window on a home and gives the exit code.
        demo: Builds the demo clinic and plays a day through the windows.
    """

    def __init__(self, open: Callable[[Namespace], int], demo: Callable[[Namespace], int]) -> None:
        self.open = open
        self.demo = demo


def main(arguments: list[str], windows: Windows) -> int:
    """Run what the command line asks for.

    Args:
        arguments: Without the program's name.
        windows: The commands that need a screen.

    Returns:
        0 done, 1 something found wrong, 2 bad input, 3 refused.
    """
    # Until a home's log is open nothing may reach the terminal by itself.
    logging.getLogger("msclinic").addHandler(logging.NullHandler())
    try:
        options = parsed(arguments)
    except SystemExit as end:
        return int(end.code or 0)
    except UserError as error:
        _complain(error, as_json="--json" in arguments)
        return Exit.BAD_INPUT
    own = {None: windows.open, "demo": windows.demo}
    if options.command != "demo" and not _without_home(options):
        options.home = home_folder(options.home)
        # A folder that is no clinic stays as it is; the window's first run opens its own log.
        if Home(options.home).exists:
            start_log(options.home)
    try:
        return (own.get(options.command) or _command(options.command))(options)
    except UserError as error:
        _complain(error, as_json=options.json)
        return Exit.REFUSED if _refused(error) else Exit.BAD_INPUT
    except KeyboardInterrupt:
        _say(tr("Stopped. What was stored stays stored."))
        return Exit.BAD_INPUT
    except OSError as error:
        _complain(_from_system(error), as_json=options.json)
        return Exit.BAD_INPUT
    except Exception as error:
        if _told_as_mistakes(error, as_json=options.json):
            return Exit.FOUND_WRONG
        logging.getLogger("msclinic").error("a command ended unexpectedly", exc_info=error)
        _complain(
            UserError(
                "unexpected",
                what="Something went wrong inside the program. Nothing stored was lost; "
                "see its log.",
            ),
            as_json=options.json,
        )
        return Exit.BAD_INPUT


def _without_home(options: Namespace) -> bool:
    return options.command == "study" and options.study_command in ("check", "test")


def _command(name: str) -> Callable[[Namespace], int]:
    # Loaded only now: the window must not wait for what the commands need.
    from msclinic.cli import commands

    table: Mapping[str, Callable[[Namespace], int]] = {
        "study": commands.study,
        "verify": commands.verify,
        "export": commands.export,
        "journal": commands.journal,
        "documents": commands.documents,
        "people": commands.people,
        "recover": commands.recover,
        "backup": commands.backup,
        "restore": commands.restore,
        "archive": commands.archive,
    }
    return table[name]


def _refused(error: UserError) -> bool:
    from msclinic.services.session import Refused

    return isinstance(error, Refused) or error.code in _HELD


def _told_as_mistakes(error: Exception, *, as_json: bool) -> bool:
    from msclinic.cli.commands import mistake_rows
    from msclinic.study import StudyMistakes

    if not isinstance(error, StudyMistakes):
        return False
    if as_json:
        print(json.dumps({"mistakes": mistake_rows(error)}, ensure_ascii=False))
    for one in error.mistakes:
        _say(str(one))
    return True


def sentence(error: UserError) -> str:
    """A fault as one line in the chosen language."""
    return " ".join(filled(part, error.parameters) for part in error.sentences)


def _complain(error: UserError, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"error": error.code, "sentence": sentence(error)}, ensure_ascii=False))
    _say(sentence(error))


def _say(line: str) -> None:
    print(f"msclinic: {line}", file=sys.stderr)


def _from_system(error: OSError) -> KnownFault:
    return KnownFault(
        "system",
        what="A file could not be read or written.",
        why="The system said: {reason}.",
        what_to_do="Check the disk and the folder, then try again.",
        parameters={"reason": error.strerror or type(error).__name__},
    )
