"""Pages that cost much to make and may be some minutes old: what fills their frame is kept, for members as for visitors.

So nothing in it may depend on who asks. As with whole pages, what was made before a note of change isn't used after it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from reviews_site.lib.fragments import Fragments
from reviews_site.lib.frames import render_framed
from reviews_site.lib.kept_values import kept_value
from reviews_site.lib.visitor_pages import part_of

# One who asks after the first of these makes a new one; until the second, all others still get the one before.
FRESH_SECONDS, KEPT_FOR = 60, 120


@dataclass(frozen=True)
class KeptPages:
    """`template` is a frame that writes these `fields`; the last one is HTML, the others are text."""

    template: str
    fields: tuple[str, ...]
    pieces: Fragments[str]

    def respond(
        self,
        request: HttpRequest,
        key: str,
        version: str,
        make: Callable[[], Mapping[str, str]],
    ) -> HttpResponse:
        """`make` raises Http404 where there is nothing to show. One look into the cache."""
        name, part = self.pieces.cache_key(key, version), part_of(request.path)
        kept = kept_value(
            name,
            self.pieces.timeout,
            lambda: self._made(make()),
            part,
            fresh=FRESH_SECONDS,
        )
        return render_framed(request, self.template, kept)

    def show(
        self, request: HttpRequest, values: Mapping[str, str], status: int = 200
    ) -> HttpResponse:
        return render_framed(request, self.template, self._made(values), status)

    def _made(self, values: Mapping[str, str]) -> dict[str, str | bytes]:
        *texts, html = self.fields
        return {name: values[name] for name in texts} | {html: values[html].encode()}
