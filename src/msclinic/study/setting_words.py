"""Wordings that name a setting, filled with its number, so that words follow the limits."""

from collections.abc import Mapping
from decimal import Decimal

from msclinic.forms.definitions import Text
from msclinic.forms.findings import PLACEHOLDER
from msclinic.wording import decimal_text

__all__ = ["SETTING", "with_settings"]

SETTING = "setting_"
"""How a placeholder begins that stands for a setting."""


def with_settings(
    text: Text, settings: Mapping[str, Decimal | int | str | bool]
) -> tuple[Text, tuple[str, ...]]:
    """A wording in which every ``{setting_key}`` is the number of that setting.

    Returns:
        The wording, and the keys that are no setting or no number; these stay as they are.
    """
    strange: dict[str, None] = {}

    def filled(language: str, words: str) -> str:
        pieces = PLACEHOLDER.split(words)
        for at in range(1, len(pieces), 2):
            name = pieces[at]
            key = name.removeprefix(SETTING)
            value = settings.get(key) if name.startswith(SETTING) else None
            if isinstance(value, int | Decimal) and not isinstance(value, bool):
                pieces[at] = decimal_text(Decimal(value), language)
                continue
            if name.startswith(SETTING):
                strange[key] = None
            pieces[at] = f"{{{name}}}"
        return "".join(pieces)

    spoken = {one: filled(one, words) for one, words in text.by_language.items()}
    return Text(spoken), tuple(strange)
