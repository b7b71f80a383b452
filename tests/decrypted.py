"""Reads an encrypted record as whoever has its key could: every page, free ones and the log too.

SQLCipher 4 with a raw key: AES-256-CBC, and at the end of each page its IV (16) and HMAC (64).
"""

from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

__all__ = ["everything_in", "pages_with"]

_PAGE, _RESERVED, _IV, _SALT = 4096, 80, 16, 16
_LOG_HEADER, _FRAME_HEADER = 32, 24


def everything_in(path: Path, key: bytes) -> bytes:
    """The plain bytes of a record and of its write-ahead log, page after page."""
    data = path.read_bytes()
    pages = [
        _decrypted(data[start : start + _PAGE], key, skipped=0 if start else _SALT)
        for start in range(0, len(data), _PAGE)
    ]
    log = path.with_name(path.name + "-wal")
    frames = log.read_bytes()[_LOG_HEADER:] if log.exists() else b""
    step = _FRAME_HEADER + _PAGE
    for start in range(0, len(frames) - step + 1, step):
        first = int.from_bytes(frames[start : start + 4], "big") == 1
        page = frames[start + _FRAME_HEADER : start + step]
        pages.append(_decrypted(page, key, skipped=_SALT if first else 0))
    return b"".join(pages)


def pages_with(path: Path, key: bytes, marker: str) -> int:
    """How often a text stands anywhere in a record and its log, small letters or not."""
    everything = everything_in(path, key)
    folded = marker.casefold()
    return everything.count(marker.encode()) + (
        everything.count(folded.encode()) if folded != marker else 0
    )


def _decrypted(page: bytes, key: bytes, skipped: int) -> bytes:
    end = _PAGE - _RESERVED
    cipher = Cipher(algorithms.AES256(key), modes.CBC(page[end : end + _IV])).decryptor()
    return cipher.update(page[skipped:end]) + cipher.finalize()
