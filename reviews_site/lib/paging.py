"""Pages by key: the address carries the sort values of the last row shown, so a deep page costs what the first one does."""

import base64
import binascii
import json
import math
from datetime import UTC, datetime

LONGEST_CURSOR = 600
BIGINT = 2**63


class BrokenCursor(ValueError):
    """The text in the address is not one that this site wrote."""


def encode_cursor(*values: str | int | float) -> str:
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(cursor: str, *kinds: type) -> tuple:
    """The values, each of the kind asked for in its place; BrokenCursor otherwise."""
    if len(cursor) > LONGEST_CURSOR or not cursor.isascii():
        raise BrokenCursor(cursor)
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, UnicodeDecodeError, ValueError, RecursionError) as error:
        raise BrokenCursor(cursor) from error
    if not isinstance(values, list) or len(values) != len(kinds):
        raise BrokenCursor(cursor)
    if not all(map(_fits, values, kinds)):
        raise BrokenCursor(cursor)
    return tuple(values)


def moment_of(text: str) -> datetime:
    """Within a cursor. In UTC, since Postgres takes no time zone that is 16 hours or more from it."""
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise BrokenCursor(text)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BrokenCursor(text) from error


def _fits(value: object, kind: type) -> bool:
    """Of this very kind, and storable in Postgres."""
    if type(value) is int:
        return kind in (int, float) and -BIGINT <= value < BIGINT
    if type(value) is float:
        return kind is float and math.isfinite(value)
    return type(value) is str and kind is str and _is_storable(value)


def _is_storable(text: str) -> bool:
    return "\x00" not in text and not any("\ud800" <= c <= "\udfff" for c in text)
