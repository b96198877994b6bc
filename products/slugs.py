import re
from collections.abc import Iterable
from hashlib import sha256

from django.utils.text import slugify


class SlugBook:
    """Slugs that are taken, in one kind of page; `take` gives out a free one and remembers it."""

    def __init__(self, taken: Iterable[str], limit: int) -> None:
        self.taken = set(taken)
        self.limit = limit

    def take(self, *wishes: str) -> str:
        """The first free wish, else the last with a number. A name without Latin letters gets a short code."""
        slugs = [self._slug(wish) for wish in wishes]
        slug = next(
            (slug for slug in slugs if slug not in self.taken), None
        ) or self._numbered(slugs[-1])
        self.taken.add(slug)
        return slug

    def _slug(self, wish: str) -> str:
        slug = slugify(re.sub(r"[/–—]", " ", wish))[: self.limit].strip("-_")
        return slug or "x-" + sha256(wish.encode()).hexdigest()[:8]

    def _numbered(self, slug: str) -> str:
        number = 2
        while (numbered := f"{slug[: self.limit - 6]}-{number}") in self.taken:
            number += 1
        return numbered
