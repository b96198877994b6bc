"""Chance that comes out the same each time: two sites can then be compared byte for byte, with nothing left out."""

import hashlib
import os
import random
from collections.abc import Iterator
from contextlib import contextmanager

import pytest


class Stream:
    def __init__(self) -> None:
        self.name, self.drawn = "", 0

    def restart(self, name: str) -> None:
        """What is drawn from here on depends on the name alone, not on what was drawn before."""
        self.name, self.drawn = name, 0

    def __call__(self, size: int) -> bytes:
        made = b""
        while len(made) < size:
            self.drawn += 1
            made += hashlib.sha256(f"{self.name}:{self.drawn}".encode()).digest()
        return made[:size]


@contextmanager
def same_chance() -> Iterator[Stream]:
    """uuid4() asks os.urandom; secrets, and with it Django's tokens and the policy's nonces, random._urandom."""
    stream = Stream()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "urandom", stream)
        patch.setattr(random, "_urandom", stream)
        yield stream
