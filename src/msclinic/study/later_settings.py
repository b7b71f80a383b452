"""Settings that rules in Python have needed since a study was activated.

An activated study never changes, so it cannot name them. It takes what ships with the program,
and each says so on the screen of the study and in exports.
"""

from collections.abc import Mapping
from functools import lru_cache

from attrs import evolve

from msclinic import __version__
from msclinic.forms.definitions import FormDefinition
from msclinic.shipped import shipped_study
from msclinic.study.head_loader import load_head
from msclinic.study.model import Setting
from msclinic.study.needs import needed_with
from msclinic.study.reader import Reader, read_yaml

__all__ = ["later_settings"]

_FILE = "study.yaml"


def later_settings(
    settings: Mapping[str, Setting], forms: Mapping[str, FormDefinition]
) -> dict[str, Setting]:
    """What is missing, by key, with the shipped values.

    Args:
        settings: What the study names.
        forms: Its forms.
    """
    missing = [key for key in needed_with(forms) if key not in settings]
    return {key: _shipped()[key] for key in missing}


@lru_cache(maxsize=1)
def _shipped() -> Mapping[str, Setting]:
    reader = Reader(_FILE, [], ("en", "pl"))
    head = load_head(reader, read_yaml(reader, (shipped_study() / _FILE).read_text("utf-8")), {})
    return {
        key: evolve(setting, tag="DEFAULT", source=f"msclinic {__version__}: {setting.source}")
        for key, setting in head.settings.items()
    }
