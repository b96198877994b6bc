"""Files as members send them, and as others do. All of them are made here."""

import io
import struct
import zipfile
import zlib

from PIL import Image, PngImagePlugin

GPS = 34853
MAKER, ARTIST, ORIENTATION = 271, 315, 274


def saved(picture: Image.Image, kind: str, **options) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def plain(mode: str = "RGB", size: tuple[int, int] = (60, 40)) -> Image.Image:
    return Image.new(mode, size, 200 if mode in {"L", "1", "I;16"} else None)


def png(size: tuple[int, int] = (60, 40), mode: str = "RGB") -> bytes:
    return saved(plain(mode, size), "PNG")


def pdf(pages: int = 1) -> bytes:
    return saved(
        plain(size=(595, 842)),
        "PDF",
        save_all=True,
        append_images=[plain(size=(595, 842)) for _ in range(pages - 1)],
    )


def jpeg_with_a_place() -> bytes:
    """Upright only for whoever reads the EXIF data: 60 by 40 as stored, 40 by 60 as meant."""
    picture = plain()
    exif = picture.getexif()
    exif[MAKER], exif[ARTIST], exif[ORIENTATION] = "Camera", "Ann Other", 6
    exif.get_ifd(GPS).update(
        {1: "N", 2: (52.0, 30.0, 0.0), 3: "E", 4: (13.0, 24.0, 0.0)}
    )
    return saved(picture, "JPEG", exif=exif, comment=b"Ann's desk")


def png_with_texts() -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", "Ann Other")
    info.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta>Ann Other</x:xmpmeta>")
    info.add_text("Comment", "Ann Other " * 100, zip=True)
    exif = Image.Exif()
    exif[ARTIST] = "Ann Other"
    return saved(plain(), "PNG", pnginfo=info, exif=exif, dpi=(300, 300))


def chunk(name: bytes, data: bytes) -> bytes:
    return (
        struct.pack(">I", len(data))
        + name
        + data
        + struct.pack(">I", zlib.crc32(name + data))
    )


def png_chunks(data: bytes) -> list[bytes]:
    names, at = [], 8
    while at < len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        names.append(data[at + 4 : at + 8])
        at += 12 + length
    return names


def png_that_says(width: int, height: int) -> bytes:
    """A small file whose header promises a large picture."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 1000)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", pixels)
        + chunk(b"IEND", b"")
    )


def png_with_a_text_bomb() -> bytes:
    """A comment of a few kilobytes that unpacks to 200 MB."""
    bomb = zlib.compress(b"a" * 200_000_000, 9)
    data = png()
    return data[:33] + chunk(b"zTXt", b"Comment\0\0" + bomb) + data[33:]


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("page.html", "<script>alert(1)</script>")
    return out.getvalue()


def animated(kind: str) -> bytes:
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    return saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)


def pdf_of(
    *objects: bytes, catalog: bytes = b"", media: bytes = b"0 0 200 200"
) -> bytes:
    """A PDF written by hand: one page, and whatever else is given, from object 5 on."""
    drawing = b"1 0 0 rg 20 20 100 100 re f"
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R " + catalog + b" >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [" + media + b"] /Contents 4 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawing), drawing),
        *objects,
    ]
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(bodies, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(bodies) + 1,
        table,
    )


def pdf_with_a_script() -> bytes:
    return pdf_of(
        b"<< /S /JavaScript /JS (app.alert('Ann Other'); this.exportDataObject({cName: 'x', nLaunch: 2});) >>",
        b"<< /Type /Filespec /F (page.html) /EF << /F 7 0 R >> >>",
        b"<< /Type /EmbeddedFile /Length 25 >>\nstream\n<script>alert(1)</script>\nendstream",
        catalog=b"/OpenAction 5 0 R /Names << /EmbeddedFiles << /Names [(page.html) 6 0 R] >> >>",
    )


def pdf_that_never_ends() -> bytes:
    """Forms that draw one another ten times each, ten deep."""
    depth = 12
    forms = []
    for level in range(depth):
        inner = b"/F Do " * 10 if level < depth - 1 else b"0 0 1 rg 0 0 1 1 re f"
        below = b"/Resources << /XObject << /F %d 0 R >> >>" % (6 + level)
        if level == depth - 1:
            below = b""
        forms.append(
            b"<< /Type /XObject /Subtype /Form /BBox [0 0 200 200] %s /Length %d >>\nstream\n%s\nendstream"
            % (below, len(inner), inner)
        )
    data = pdf_of(*forms)
    old = b"1 0 0 rg 20 20 100 100 re f"
    return data.replace(old, b"/F Do".ljust(len(old))).replace(
        b"/Contents 4 0 R", b"/Contents 4 0 R /Resources << /XObject << /F 5 0 R >> >>"
    )
