"""Draws the pages of a proof of use anew, so that of the file nothing is left but what can be seen.

Runs as a process of its own that knows nothing of the site: no Django, no settings, no keys in its environment, no files
to write, and an end to its memory and time. reviews/proofs.py starts it, gives it the file and gets back a line of JSON,
{"pages": [sizes in bytes]} or {"refusal": why}, and then the pages as PNG.
"""

import contextlib
import io
import json
import math
import resource
import sys
import warnings

import pypdfium2
from PIL import Image, ImageOps, UnidentifiedImageError

MAX_BYTES = 5 * 1024 * 1024
MAX_PIXELS = 40_000_000
MAX_PAGES = 10
# What is kept: enough to read a screenshot, and a bound to what a proof can cost in the database.
LONGEST_SIDE = 2000
LONGEST_SIDE_OF_PDF_PAGE = 1600
# A page of a few millimetres is not blown up to a poster.
LARGEST_SCALE = 4.0

MEMORY = 1_500_000_000
CPU_SECONDS = 15

_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"%PDF-", "PDF"),
)


class Refused(Exception):
    """Its text is one of the values of reviews.proofs.Refusal."""


def draw(data: bytes) -> list[bytes]:
    """The pages as PNG. Raises Refused."""
    if not data:
        raise Refused("empty")
    if len(data) > MAX_BYTES:
        raise Refused("too_large")
    kind = _kind_of(data)
    pictures = _pdf_pages(data) if kind == "PDF" else [_picture(data, kind)]
    return [_as_png(picture) for picture in pictures]


def _kind_of(data: bytes) -> str:
    """By its first bytes, whatever its name says; anything in front of them makes it another kind of file."""
    for signature, kind in _SIGNATURES:
        if data.startswith(signature):
            return kind
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WEBP"
    raise Refused("wrong_type")


def _picture(data: bytes, kind: str) -> Image.Image:
    _refuse_what_follows(data, kind)
    try:
        with Image.open(io.BytesIO(data), formats=[kind]) as picture:
            # Nothing is decoded yet: the size stands in the header.
            if picture.width * picture.height > MAX_PIXELS:
                raise Refused("too_many_pixels")
            if getattr(picture, "is_animated", False) and picture.format != "MPO":
                raise Refused("animated")
            # A JPEG can be decoded at an eighth, a quarter or half of its size.
            picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            picture.load()
            return _flat(ImageOps.exif_transpose(picture))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused("too_many_pixels") from error
    except UnidentifiedImageError as error:
        raise Refused("broken") from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise Refused("broken") from error


def _refuse_what_follows(data: bytes, kind: str) -> None:
    """A PNG or WebP that goes on after its end is a second file in disguise.

    Telephones append to a JPEG and offices to a PDF: there the drawing leaves it behind.
    """
    if kind == "WEBP" and int.from_bytes(data[4:8], "little") + 8 < len(data):
        raise Refused("two_files")
    if kind == "PNG" and _end_of_png(data) < len(data):
        raise Refused("two_files")


def _end_of_png(data: bytes) -> int:
    position = 8
    while position + 8 <= len(data):
        length = int.from_bytes(data[position : position + 4], "big")
        name = data[position + 4 : position + 8]
        position += 12 + length
        if name == b"IEND":
            return position
    return len(data)


def _flat(picture: Image.Image) -> Image.Image:
    """Small enough, on white paper, in a new picture that has taken over nothing but the colours."""
    if picture.mode.startswith("I"):
        # Sixteen bits of grey.
        picture = picture.convert("I").point(lambda level: level / 256).convert("L")
    if "transparency" in picture.info or picture.mode in {"P", "PA"}:
        picture = picture.convert("RGBA")
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE), reducing_gap=2.0)
    picture = picture.convert("RGBA")
    paper = Image.new("RGB", picture.size, "white")
    paper.paste(picture, mask=picture.getchannel("A"))
    return paper


def _pdf_pages(data: bytes) -> list[Image.Image]:
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        locked = "password" in str(error).lower()
        raise Refused("locked" if locked else "broken") from error
    with contextlib.closing(document):
        if len(document) > MAX_PAGES:
            raise Refused("too_many_pages")
        if not len(document):
            raise Refused("broken")
        try:
            return [_pdf_page(document[number]) for number in range(len(document))]
        except pypdfium2.PdfiumError as error:
            raise Refused("broken") from error


def _pdf_page(page: pypdfium2.PdfPage) -> Image.Image:
    width, height = page.get_size()
    if not (0 < width < math.inf and 0 < height < math.inf):
        raise Refused("broken")
    scale = min(LONGEST_SIDE_OF_PDF_PAGE / max(width, height), LARGEST_SCALE)
    # Fields of a form could run something; they stay empty.
    return _flat(page.render(scale=scale, may_draw_forms=False).to_pil())


def _as_png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def _answer(data: bytes) -> tuple[dict[str, object], list[bytes]]:
    try:
        pages = draw(data)
    except Refused as refused:
        return {"refusal": str(refused)}, []
    except (MemoryError, RecursionError):
        return {"refusal": "too_costly"}, []
    return {"pages": [len(page) for page in pages]}, pages


def _limit_ourselves() -> None:
    limits = [
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ]
    for what, most in limits:
        # Not every system knows each of them.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))


def main() -> None:
    _limit_ourselves()
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    # One byte more tells that it is too large.
    header, pages = _answer(sys.stdin.buffer.read(MAX_BYTES + 1))
    sys.stdout.buffer.write(json.dumps(header).encode() + b"\n" + b"".join(pages))


if __name__ == "__main__":
    main()
