"""A page's frame, head and foot alike for all visitors, rendered once per process; only what differs is filled in.

For visitors. Whoever has a session or a message waiting gets the template.
"""

from collections.abc import Mapping

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.html import conditional_escape
from django.utils.safestring import mark_safe

from reviews_site.lib.visitor_pages import is_unknown

# Stands between the parts; no page holds it, since browsers take it for a mistake.
MARK = "\x02"

_frames: dict[tuple[str, ...], list[bytes]] = {}


def render_framed(
    request: HttpRequest,
    template: str,
    fields: Mapping[str, str | bytes],
    status: int = 200,
) -> HttpResponse:
    """Like render(); but `template` must only write the `fields`, each once, in their order and escaped.

    Bytes are HTML in UTF-8: what is kept needn't be encoded for each answer.
    """
    if settings.DEBUG or not is_unknown(request):
        shown = {name: _as_text(value) for name, value in fields.items()}
        return render(request, template, shown, status=status)
    html = _fill(_frame(request, template, tuple(fields)), list(fields.values()))
    response = HttpResponse(html, status=status)
    # The session was not looked at, so nobody else says that a member's page is another one.
    patch_vary_headers(response, ["Cookie"])
    return response


def _as_text(value: str | bytes) -> str:
    return mark_safe(value.decode()) if isinstance(value, bytes) else value


def _as_bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else conditional_escape(value).encode()


def _frame(request: HttpRequest, template: str, names: tuple[str, ...]) -> list[bytes]:
    key = (template, settings.SITE_NAME, settings.SITE_URL, str(settings.DEMO))
    if key not in _frames:
        marks = {name: mark_safe(MARK) for name in names}
        parts = render_to_string(template, marks, request).split(MARK)
        if len(parts) != len(names) + 1:
            raise ValueError(f"{template} doesn't write each of {names} exactly once.")
        _frames[key] = [part.encode() for part in parts]
    return _frames[key]


def _fill(parts: list[bytes], values: list[str | bytes]) -> bytes:
    filled = [parts[0]]
    for value, part in zip(values, parts[1:], strict=True):
        filled += (_as_bytes(value), part)
    return b"".join(filled)
