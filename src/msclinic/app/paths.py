"""Where the clinic's folders lie; nothing else decides about them."""

import os
from pathlib import Path

__all__ = ["home_folder", "state_folder"]


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
    from platformdirs import user_data_path

    return user_data_path("msclinic", appauthor=False)


def state_folder() -> Path:
    """Where the markers of homes lie: named by MSCLINIC_STATE, or the system's own place.

    It must not lie inside a home, or it would be copied and put back with it.
    """
    named = os.environ.get("MSCLINIC_STATE")
    if named:
        return Path(named).expanduser().resolve()
    from platformdirs import user_state_path

    return user_state_path("msclinic", appauthor=False) / "markers"
