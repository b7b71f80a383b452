"""Marks what this clinic's program wrote outside the home, so that a forged file is noticed.

The key comes from the record's data key: whoever may open the record can check a mark, and only
they can make one.
"""

import hmac

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

__all__ = ["MarkKey"]


class MarkKey:
    """Makes and checks marks of one clinic's record."""

    def __init__(self, data_key: bytes) -> None:
        """Derive the key; the data key itself is not kept."""
        self._key = HKDF(SHA256(), 32, salt=None, info=b"msclinic marker 1").derive(data_key)

    def __repr__(self) -> str:
        return "MarkKey()"

    def mark(self, content: bytes) -> str:
        """The mark of some bytes: 64 hex."""
        return hmac.digest(self._key, content, "sha256").hex()

    def fits(self, content: bytes, mark: str) -> bool:
        """Whether a mark was made of these bytes with this key."""
        return hmac.compare_digest(self.mark(content).encode(), mark.encode())
