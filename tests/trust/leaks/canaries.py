"""Words that stand nowhere but where somebody planted them, and whatever answer they are found in."""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote_to_bytes
from uuid import UUID

from django.utils.http import int_to_base36

DIGITS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
]
TOKEN = re.compile(rb"[A-Za-z0-9+/_-]{16,}")
# A list to choose from names everything that can be chosen.
UNCHOSEN = re.compile(rb"<option(?![^>]*\bselected)[^>]*>[^<]*</option>")


def word(label: str) -> str:
    """One long word of letters for "buyer.name" or "message.3": no token has it by chance, and none is hexadecimal."""
    spelt = re.sub(r"\d", lambda digit: DIGITS[int(digit[0])], label)
    return "quixoticwalrus" + re.sub(r"[^a-z]", "", spelt) + "yz"


class Canaries:
    """Each has a label, "reviewer.telephone", and all the ways in which it could be written."""

    def __init__(self) -> None:
        self._labels: dict[bytes, str] = {}

    def plant(self, label: str) -> str:
        """A word for it, to be put wherever its label says."""
        self._add(label, [word(label).encode()])
        return word(label)

    def text(self, label: str, *texts: str) -> None:
        """Something that is there already: an alias, an address."""
        self._add(label, [text.encode() for text in texts])

    def public_id(self, label: str, public_id: UUID) -> None:
        ways = [str(public_id).encode(), public_id.hex.encode(), public_id.bytes]
        self._add(label, ways)

    def key(self, label: str, key: int) -> None:
        """A primary key, which the site's tests make large enough to be no count and no width."""
        assert key > 10**11
        self._add(label, [str(key).encode(), int_to_base36(key).encode()])

    def labels(self) -> set[str]:
        return set(self._labels.values())

    def found_in(self, answer: bytes) -> set[str]:
        ways = _ways_to_read(UNCHOSEN.sub(b"", answer))
        everything = b"\n".join(ways).lower()
        return {label for way, label in self._labels.items() if way in everything}

    def _add(self, label: str, ways: Iterable[bytes]) -> None:
        for way in map(bytes.lower, ways):
            within = [known for known in self._labels if way in known or known in way]
            assert within == [], (label, within)
            self._labels[way] = label


def _ways_to_read(answer: bytes) -> Iterator[bytes]:
    """As it is, and what its addresses and tokens hold: cursors and signed links are base64."""
    yield answer
    if b"%" in answer:
        yield unquote_to_bytes(answer)
    for token in set(TOKEN.findall(answer)):
        padded = token.translate(bytes.maketrans(b"-_", b"+/")) + b"=" * (-len(token) % 4)  # fmt: skip
        try:
            yield base64.b64decode(padded)
        except binascii.Error:
            continue
