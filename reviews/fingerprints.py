"""Finds texts that may be alike without comparing each with each: min-hash over pairs of words, in bands.

Two texts that share a good part of their pairs of words share at least one band; two that only treat the same subject
hardly ever do. What shares a band is then compared exactly (reviews/signals.py): this here only chooses candidates.
"""

import re
import struct
import unicodedata
import zlib
from collections.abc import Iterable
from hashlib import blake2b

# One-permutation hashing: each pair of words falls into one of 32 bins, which keeps its smallest value.
BINS = 32
ROWS = 2
# What is shorter says the same in many honest reviews: "None so far, it does what we bought it for."
SHORTEST_TEXT = 200

_WORDS = re.compile(r"\w+")
# Scripts that put no spaces between words: there a letter stands for a word.
_UNSPACED = re.compile(r"([\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f])")


def plain(text: str) -> str:
    """Without case, accents, and the invisible characters that would make a copy look original."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    kept = (c for c in decomposed if unicodedata.category(c) not in {"Mn", "Cf"})
    return "".join(kept)


def words(text: str) -> list[str]:
    return _WORDS.findall(_UNSPACED.sub(r" \1 ", plain(text)))


def bands(texts: Iterable[str]) -> list[int]:
    """Of all the texts of a review together: its good sides may be a copy of another's answer."""
    return sorted({band for text in texts for band in _bands(text)})


def _bands(text: str) -> Iterable[int]:
    if len(text) < SHORTEST_TEXT:
        return
    smallest = _smallest(words(text))
    if smallest is None:
        return
    for start in range(0, BINS, ROWS):
        row = struct.pack(f">B{ROWS}I", start, *smallest[start : start + ROWS])
        # Postgres' bigint is signed.
        digest = blake2b(row, digest_size=8).digest()
        yield int.from_bytes(digest, "big", signed=True)


def _smallest(found: list[str]) -> list[int] | None:
    bins: list[int | None] = [None] * BINS
    for pair in zip(found, found[1:], strict=False):
        value = zlib.crc32(" ".join(pair).encode())
        bin_, rest = value % BINS, value // BINS
        known = bins[bin_]
        if known is None or rest < known:
            bins[bin_] = rest
    return _filled(bins)


def _filled(bins: list[int | None]) -> list[int] | None:
    """Few words leave bins empty: those take over from the next one that isn't, so that short texts match too."""
    if all(value is None for value in bins):
        return None
    filled = []
    for place in range(BINS):
        distance = next(n for n in range(BINS) if bins[(place + n) % BINS] is not None)
        value = bins[(place + distance) % BINS]
        assert value is not None
        filled.append((value + distance * 0x9E3779B1) & 0xFFFFFFFF)
    return filled
