"""Pages that cost much to make and may be a minute old: what fills their frame is kept as one piece.

For members as for visitors, so nothing in it may depend on who asks.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.safestring import mark_safe

from reviews_site.lib.fragments import Fragments
from reviews_site.lib.frames import MARK, render_framed

MINUTE = 60


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
        """`make` raises Http404 where there is nothing to show."""

        def render(keys: list[str]) -> dict[str, str]:
            made = make()
            return {key: MARK.join(made[name] for name in self.fields) for key in keys}

        kept = self.pieces.get({key: version}, render)[key]
        return self.show(request, dict(zip(self.fields, kept.split(MARK), strict=True)))

    def show(
        self, request: HttpRequest, fields: Mapping[str, str], status: int = 200
    ) -> HttpResponse:
        *_, html = self.fields
        values = {**fields, html: mark_safe(fields[html])}
        return render_framed(request, self.template, values, status)
