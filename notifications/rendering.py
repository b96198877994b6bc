"""Subject, text and HTML of one e-mail.

The text is written once, in `templates/emails/<kind>.txt`. Its HTML is made of its paragraphs; a paragraph of two
lines, a label that ends with a colon and an address of this site, becomes a button. Only addresses of this site
become links, so text that a member wrote can't smuggle one in.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import css_inline
from django.conf import settings
from django.template import Context, Template, TemplateDoesNotExist
from django.template.loader import get_template, render_to_string

from notifications.kinds import Kind

SUBJECT_LENGTH = 150
FOOTER_MARK = "\n-- \n"


@dataclass(frozen=True)
class Rendered:
    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Paragraph:
    lines: list[str]
    button: str = ""
    address: str = ""


def render_email(
    kind: Kind, template: str, context: Mapping[str, object], unsubscribe_url: str
) -> Rendered:
    full = {
        "SITE_NAME": settings.SITE_NAME,
        "SITE_URL": settings.SITE_URL,
        "why": kind.reason_line(),
        "unsubscribe_url": unsubscribe_url,
        **context,
    }
    subject = one_line(_plain(f"{template}.subject.txt", full))
    text = _tidy(_plain(f"{template}.txt", full))
    return Rendered(subject, text, _html(f"{template}.html", subject, text, full))


def one_line(text: str) -> str:
    """No line break can reach a header, and no control character with it."""
    printable = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(printable.split())[:SUBJECT_LENGTH]


def _plain(name: str, context: Mapping[str, object]) -> str:
    template: Template = get_template(name).template  # type: ignore[attr-defined]
    return template.render(Context(dict(context), autoescape=False))


def _tidy(text: str) -> str:
    lines = [
        line if line == "-- " else line.rstrip()
        for line in text.replace("\x00", "").split("\n")
    ]
    kept = [
        line for n, line in enumerate(lines) if line or (n and lines[n - 1].strip())
    ]
    return "\n".join(kept).strip() + "\n"


def _html(name: str, subject: str, text: str, context: Mapping[str, object]) -> str:
    body, _, _ = text.partition(FOOTER_MARK)
    full = {**context, "subject": subject, "paragraphs": paragraphs(body)}
    try:
        html = render_to_string(name, full)
    except TemplateDoesNotExist:
        html = render_to_string("emails/base.html", full)
    return css_inline.inline(html, load_remote_stylesheets=False)


def paragraphs(body: str) -> list[Paragraph]:
    return [_paragraph(block.split("\n")) for block in body.strip().split("\n\n")]


def _paragraph(lines: list[str]) -> Paragraph:
    if len(lines) == 2 and lines[0].endswith(":") and _is_ours(lines[1]):
        return Paragraph([], button=lines[0].rstrip(":"), address=lines[1])
    return Paragraph(lines)


def _is_ours(address: str) -> bool:
    return address.startswith(f"{settings.SITE_URL}/") and " " not in address
