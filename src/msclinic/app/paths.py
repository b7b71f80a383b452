"""Where the clinic's data folder lies; nothing else decides about folders."""

import os
from pathlib import Path

from platformdirs import user_data_path

__all__ = ["home_folder"]


def home_folder(chosen: Path | None = None) -> Path:
    """The data folder: chosen on the command line, by MSCLINIC_HOME, or the system's own place.

    Args:
        chosen: What ``--home`` named, if anything.
    """
    if chosen is not None:
        return chosen.expanduser().resolve()
    named = os.environ.get("MSCLINIC_HOME")
    if named:
        return Path(named).expanduser().resolve()
    return user_data_path("msclinic", appauthor=False)
