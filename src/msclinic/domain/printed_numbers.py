"""Numbers printed on kits and envelopes: whether two ways of typing one mean the same."""

from unicodedata import normalize

__all__ = ["bare_number"]


def bare_number(typed: str) -> str:
    """Return a number without what people type differently: case, spaces, dashes and other signs.

    Args:
        typed: As scanned or typed, such as ``k 1042`` for ``K-1042``.
    """
    plain = normalize("NFKC", typed).upper()
    return "".join(sign for sign in plain if sign.isalnum()) or plain.strip()
