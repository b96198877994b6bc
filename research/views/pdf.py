from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from research.pdf import CantRender, is_available, render_pdf

PRINT_INSTEAD = "PDFs are not made on this site: print this page, and it becomes one."


def pdf_or_page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    name: str,
    page: str,
) -> HttpResponse:
    """Where no PDF can be made, the reader gets to the `page` instead, which says why."""
    made, why_not = _made(request, template, context)
    if made is None:
        messages.info(request, why_not)
        return see_other(page)
    headers = {
        "Content-Disposition": f'inline; filename="{name}.pdf"',
        "X-Robots-Tag": "noindex",
    }
    return HttpResponse(made, content_type="application/pdf", headers=headers)


def _made(
    request: HttpRequest, template: str, context: dict[str, Any]
) -> tuple[bytes | None, str]:
    """(the file, or why there is none)."""
    if not is_available():
        return None, PRINT_INSTEAD
    try:
        return render_pdf(render_to_string(template, context, request)), ""
    except CantRender as error:
        return None, str(error)


def see_other(address: str) -> HttpResponse:
    return HttpResponse(status=303, headers={"Location": address})
