"""CEL expressions as ODM carries them: settings put in, plain limits recognised.

An expression is never translated; what is no plain limit stays the expression it is.
"""

import re
from collections.abc import Mapping
from decimal import Decimal

__all__ = ["limits", "resolved"]

_SETTING = re.compile(r"""\bsetting\(\s*(['"])([^'"]+)\1\s*\)""")
_COMPARISON = re.compile(r"\s*([A-Za-z]\w*)\s*(>=|<=|==|!=|>|<)\s*(-?\d+(?:\.\d+)?)\s*\Z")
_COMPARATORS = {">=": "GE", "<=": "LE", ">": "GT", "<": "LT", "==": "EQ", "!=": "NE"}


def resolved(source: str, settings: Mapping[str, Decimal | int | str | bool]) -> str:
    """An expression with the values of the study's settings in place of their keys.

    Args:
        source: As the author wrote it.
        settings: Values by key; an unknown key is left as it stands.
    """

    def value(found: re.Match[str]) -> str:
        setting = settings.get(found[2])
        if setting is None:
            return found[0]
        if isinstance(setting, bool):
            return "true" if setting else "false"
        if isinstance(setting, str):
            quoted = setting.replace("\\", "\\\\").replace("'", "\\'")
            return f"'{quoted}'"
        return format(setting, "f") if isinstance(setting, Decimal) else str(setting)

    return _SETTING.sub(value, source)


def limits(item: str, expression: str) -> list[tuple[str, str]]:
    """Comparators and limits of ``TEMP >= 25.0 && TEMP <= 45.0``; empty for anything else."""
    found = [_COMPARISON.match(part) for part in expression.split("&&")]
    plain = [(_COMPARATORS[hit[2]], hit[3]) for hit in found if hit and hit[1] == item]
    return plain if len(plain) == len(found) else []
