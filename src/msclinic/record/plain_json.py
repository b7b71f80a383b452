"""RFC 8785 JSON, quickly: every answer is written and read back in it several times.

Without floats and with keys in ASCII, what RFC 8785 asks for is what Python's own encoder writes:
keys sorted, nothing between, and only quote, backslash and control characters escaped. Everything
else goes to the library, which has the last word on all of it (a test compares the two).
"""

import json
from typing import Any

import rfc8785

__all__ = ["plain_json"]

_LARGEST = 2**53 - 1
_ENCODER = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, sort_keys=True, separators=(",", ":")
)


def plain_json(value: Any) -> bytes:
    """The canonical bytes of a value.

    Raises:
        rfc8785.CanonicalizationError: It has no canonical form.
        RecursionError: It is nested too deeply.
    """
    if _is_plain(value):
        try:
            return _ENCODER.encode(value).encode()
        except UnicodeEncodeError:
            pass  # half a character: the library says so in its own words
    return rfc8785.dumps(value)


def _is_plain(value: Any) -> bool:
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return True
    if kind is int:
        return bool(-_LARGEST <= value <= _LARGEST)
    if kind is dict:
        return all(type(key) is str and key.isascii() for key in value) and all(
            map(_is_plain, value.values())
        )
    return (kind is list or kind is tuple) and all(map(_is_plain, value))
