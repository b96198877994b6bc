"""Pieces of pages, rendered once for each version of what they show and kept in the cache.

A page of twenty cards costs one look into the cache instead of twenty templates. Nothing is ever invalidated: a
change gives a new version, hence a new key, and the old piece times out. Without a cache everything is rendered anew.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Generic, TypeVar

from django.conf import settings
from django.core.cache import cache
from django.template.loader import get_template

Key = TypeVar("Key", int, str)
Render = Callable[[list[Key]], dict[Key, str]]

DAY = 24 * 3600
# Many versions, or a long address that somebody invented, would make a key that no cache likes.
LONGEST = 150


@dataclass
class Fragments(Generic[Key]):
    """`templates` and `sources` (Python files) make the pieces: another release of them gives other keys."""

    name: str
    templates: tuple[str, ...]
    sources: tuple[str, ...] = ()
    timeout: int = DAY

    @cached_property
    def _release(self) -> str:
        digest = hashlib.sha256()
        for template in self.templates:
            digest.update(get_template(template).template.source.encode())  # type: ignore[attr-defined]
        for source in self.sources:
            digest.update(Path(source).read_bytes())
        return digest.hexdigest()[:12]

    @property
    def release(self) -> str:
        if settings.DEBUG:
            self.__dict__.pop("_release", None)
        return self._release

    def cache_key(self, key: Key, version: str) -> str:
        named = f"{key}:{version}"
        if len(named) > LONGEST or " " in named:
            named = hashlib.sha256(named.encode()).hexdigest()
        return f"{self.name}:{self.release}:{named}"

    def batch(self, versions: Mapping[Key, str], render: Render[Key]) -> "Batch[Key]":
        names = {key: self.cache_key(key, version) for key, version in versions.items()}
        return Batch(names, render, self.timeout)

    def get(self, versions: Mapping[Key, str], render: Render[Key]) -> dict[Key, str]:
        return prepare(self.batch(versions, render))[0]


@dataclass
class Batch(Generic[Key]):
    names: dict[Key, str]
    render: Render[Key]
    timeout: int

    def make_missing(self, found: dict[str, str]) -> None:
        missing = [key for key, name in self.names.items() if name not in found]
        if missing:
            made = {self.names[key]: html for key, html in self.render(missing).items()}
            cache.set_many(made, self.timeout)
            found |= made


def prepare(*batches: Batch) -> list[dict]:
    """For each batch its pieces by key, in the order of its keys, with one look into the cache for all.

    `render` makes those that are not there yet, all of a batch in one call; what it leaves out (a row that vanished
    meanwhile) is left out here too.
    """
    names = [name for batch in batches for name in batch.names.values()]
    found = cache.get_many(names) if names else {}
    for batch in batches:
        batch.make_missing(found)
    return [
        {key: found[name] for key, name in batch.names.items() if name in found}
        for batch in batches
    ]
