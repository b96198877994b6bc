"""What kept pages hold, by the digest of it: in the cache for all, the last ones asked for in this process as well.

So a page that many read costs its few headers from the cache, and whoever has it already costs no more.
"""

from collections import OrderedDict

from django.core.cache import cache

# Some two hundred pages.
MOST_BYTES = 16_000_000

_here: OrderedDict[str, bytes] = OrderedDict()


def cache_key(digest: str) -> str:
    return f"body:{digest}"


def find(digest: str) -> bytes | None:
    body = _here.get(digest)
    if body is None:
        body = cache.get(cache_key(digest))
        if body is not None:
            remember(digest, body)
    return body


def remember(digest: str, body: bytes) -> None:
    """The oldest go where there are too many; another thread may have been faster at that."""
    _here[digest] = body
    while sum(map(len, list(_here.values()))) > MOST_BYTES:
        _here.popitem(last=False)
