"""HTML to PDF by WeasyPrint, where it is installed; without it the pages' own print style does.

Nothing is ever fetched: a page may name style sheets of ours by "sheet:<name>.css", and that is all there is.
"""

import hashlib
import re
from functools import cache as once
from pathlib import Path

from django.conf import settings
from django.core.cache import cache

try:
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher, URLFetcherResponse
except (
    ImportError,
    OSError,
):  # OSError: the package is there, the machine's Pango isn't.
    HTML, URLFetcher, URLFetcherResponse = None, object, None

STYLES = Path(settings.BASE_DIR) / "static" / "css"
STYLE_ADDRESS = re.compile(r"sheet:([a-z-]+\.css)")
# WeasyPrint gives no style of the page to pictures drawn in it: they carry this sheet inside.
PICTURE_STYLE = "pdf-pictures.css"
PICTURE = re.compile(r"<svg\b[^>]*>")
# A guide of 25 products has about 100,000 characters, and takes a second or two.
LONGEST = 400_000
# So many at once over all processes; a slot that a killed process left behind is free again after a minute.
SLOTS, SLOT_SECONDS = 2, 60
KEPT_FOR = 3600


class CantRender(Exception):
    """One sentence for the reader."""


def is_available() -> bool:
    return HTML is not None


def render_pdf(html: str) -> bytes | None:
    """None where WeasyPrint is missing. The same HTML is rendered once an hour at most."""
    if not is_available():
        return None
    if len(html) > LONGEST:
        raise CantRender("This is too long for a PDF. Print the page instead.")
    key = f"pdf:{_digest(html)}"
    made = cache.get(key)
    if made is None:
        made = _render_in_a_slot(html)
        cache.set(key, made, KEPT_FOR)
    return made


def _digest(html: str) -> str:
    digest = hashlib.sha256(html.encode())
    for sheet in sorted(STYLES.glob("pdf*.css")):
        digest.update(sheet.read_bytes())
    return digest.hexdigest()


def _render_in_a_slot(html: str) -> bytes:
    slots = (f"pdf-slot:{number}" for number in range(SLOTS))
    taken = next((slot for slot in slots if cache.add(slot, 1, SLOT_SECONDS)), None)
    if taken is None:
        raise CantRender(
            "Other PDFs are being made just now. Try again in a few seconds."
        )
    try:
        return _render(html)
    finally:
        cache.delete(taken)


def _render(html: str) -> bytes:
    styled = PICTURE.sub(lambda found: f"{found[0]}{_picture_style()}", html)
    # Links lead to the site, wherever it was asked from.
    document = HTML(
        string=styled, base_url=f"{settings.SITE_URL}/", url_fetcher=OwnStylesOnly()
    )
    return document.write_pdf(pdf_tags=True)


@once
def _picture_style() -> str:
    return f"<style>{(STYLES / PICTURE_STYLE).read_text()}</style>"


class OwnStylesOnly(URLFetcher):
    def fetch(self, url: str, headers: object = None) -> object:
        named = STYLE_ADDRESS.fullmatch(url)
        if not named:
            raise ValueError(f"{url} is not fetched.")
        text = (STYLES / named[1]).read_bytes()
        return URLFetcherResponse(url, text, {"Content-Type": "text/css"})
