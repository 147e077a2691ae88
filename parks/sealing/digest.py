"""The digest of rows: what is hashed, byte for byte. A seal made once must be found again for ever."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

SM3, SHA256 = "sm3", "sha256"
ALGORITHM = SM3 if SM3 in hashlib.algorithms_available else SHA256
"""For new seals; each seal names its own."""
LENGTH_BYTES = 8


def digest_of(before: str, rows: Iterable[Sequence[Any]], algorithm: str) -> str:
    """64 hexadecimal digits: H(digest before ‖ length of row ‖ row …)."""
    digest = hashlib.new(algorithm, before.encode())
    for row in rows:
        text = row_bytes(row)
        # With its length: two rows must not read as one, nor one as two.
        digest.update(len(text).to_bytes(LENGTH_BYTES, "big"))
        digest.update(text)
    return digest.hexdigest()


def row_bytes(row: Sequence[Any]) -> bytes:
    """The values as JSON in the order of the columns, keys sorted, without spaces, in UTF-8."""
    return json.dumps(
        list(row), ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain
    ).encode()


def _plain(value: Any) -> str:
    # Moments in UTC and to the microsecond: the zone of the connection must not show.
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} in a sealed row")
