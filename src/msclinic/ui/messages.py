"""Faults in words: a known one says what, why and what to do; anything else goes to the log."""

import logging

from msclinic.domain.errors import UserError
from msclinic.wording import filled, tr

__all__ = ["words_of"]


def words_of(error: BaseException) -> tuple[str, str]:
    """What a person reads of an error: a title and the rest.

    Args:
        error: What was raised; a bug is logged by type and place and never shown as it is.
    """
    if isinstance(error, UserError):
        said = [filled(part, error.parameters) for part in error.sentences]
        return said[0], " ".join(said[1:])
    # Keys are read with libraries that no window needs before somebody signs in.
    from msclinic.vault import VaultError

    if isinstance(error, VaultError):
        return error.sentence, ""
    logging.getLogger("msclinic").error("a screen met a fault of the program", exc_info=error)
    return (
        tr("Something went wrong inside the program."),
        tr("Nothing stored was lost. Try again; if it stays, tell who looks after the program."),
    )
