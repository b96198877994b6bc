"""The draw itself, so simple that anybody can repeat it (docs/references.md); standard library only."""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from uuid import UUID

REFERENCES = 3


def new_seed() -> str:
    """256 bits in hexadecimal."""
    return secrets.token_hex(32)


def ordered_pool(public_ids: Iterable[UUID]) -> list[UUID]:
    return sorted(set(public_ids), key=str)


def pool_hash(seed: str, pool: Sequence[UUID]) -> str:
    """SHA-256 in hexadecimal of the seed and of the ids in ascending order, each followed by a line feed.

    The seed is secret to the buyer: without it, a member who knows most of the pool can't try who is left out.
    """
    lines = "".join(f"{each}\n" for each in (seed, *ordered_pool(pool)))
    return hashlib.sha256(lines.encode()).hexdigest()


def draw(seed: str, pool: Iterable[UUID], count: int = REFERENCES) -> list[UUID]:
    """The first `count` of the pool by the SHA-256 of "<seed>:<id>" in hexadecimal."""
    return sorted(ordered_pool(pool), key=lambda each: _place(seed, each))[:count]


def _place(seed: str, public_id: UUID) -> str:
    return hashlib.sha256(f"{seed}:{public_id}".encode()).hexdigest()
