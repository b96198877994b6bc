from collections.abc import Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from research.comparing.adding import Option, find
from research.comparing.choosing import (
    FEWEST,
    MOST,
    ONLY_DIFFERENCES,
    PATH,
    PDF,
    Chosen,
    address,
    choose,
)
from research.comparing.page import prepared_table
from research.views.pdf import pdf_or_page, see_other
from reviews_site.lib.frames import render_framed
from reviews_site.lib.visitor_pages import for_visitors

CONTENT_TEMPLATE = "research/compare_content.html"
PDF_TEMPLATE = "research/compare_pdf.html"
NOT_UNDERSTOOD = "This address can’t be shown as asked, so here is every row."
FULL = "Four products stand side by side already: remove one to add another."


@dataclass
class Asked:
    """What the address says besides the products."""

    slugs: list[str]
    typed: str
    only: bool
    problems: list[str] = field(default_factory=list)

    @property
    def status(self) -> int:
        return 400 if NOT_UNDERSTOOD in self.problems else 200


def asked_by(request: HttpRequest) -> Asked:
    only = request.GET.get("only", "")
    asked = Asked(
        request.GET.getlist("p"), request.GET.get("add", ""), only == ONLY_DIFFERENCES
    )
    if only not in ("", ONLY_DIFFERENCES):
        asked.problems.append(NOT_UNDERSTOOD)
    return asked


@for_visitors("p", "only")
@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    asked = asked_by(request)
    chosen = choose(asked.slugs)
    if chosen.is_renamed:
        return redirect(address(chosen.current_slugs, asked.only), permanent=True)
    asked.problems += chosen.problems()
    added, options = _add(asked, chosen)
    if added:
        return redirect(address([*chosen.slugs, added], asked.only))
    only = asked.only and len(chosen.keys) >= FEWEST
    fields = {
        "name": _heading(chosen),
        "description": _description(chosen),
        "canonical": settings.SITE_URL + address(chosen.slugs),
        "content": _content(asked, chosen, options, only),
    }
    return render_framed(request, "research/compare.html", fields, asked.status)


@require_safe
def compare_pdf(request: HttpRequest) -> HttpResponse:
    asked = asked_by(request)
    chosen = choose(asked.slugs)
    if chosen.is_renamed:
        return redirect(address(chosen.current_slugs, asked.only, PDF), permanent=True)
    page = address(chosen.slugs, asked.only)
    if not chosen.keys or asked.status != 200:
        return see_other(request.get_full_path().replace(PDF, PATH, 1))
    context = _pdf_context(asked, chosen, page)
    name = "-".join(["compare", *chosen.slugs])[:120]
    return pdf_or_page(request, PDF_TEMPLATE, context, name=name, page=page)


def _pdf_context(asked: Asked, chosen: Chosen, page: str) -> dict[str, object]:
    only = asked.only and len(chosen.keys) >= FEWEST
    return {
        "heading": _heading(chosen),
        "problems": chosen.problems(),
        "is_short": only,
        "address": settings.SITE_URL + page,
        "table": mark_safe(prepared_table(chosen.keys, only)),
    }


def _add(asked: Asked, chosen: Chosen) -> tuple[str, list[Option]]:
    """(slug of the product meant, else those to choose from); what is wrong becomes a sentence."""
    if not asked.typed.strip():
        return "", []
    if len(chosen.keys) >= MOST:
        asked.problems.append(FULL)
        return "", []
    found = find(asked.typed, chosen.slugs)
    if found.problem:
        asked.problems.append(found.problem)
    return found.slug, found.options


def _content(
    asked: Asked, chosen: Chosen, options: Sequence[Option], only: bool
) -> SafeString:
    context = {
        "heading": _heading(chosen),
        "keys": chosen.keys,
        "problems": asked.problems,
        "options": [
            (option, address([*chosen.slugs, option.slug], only)) for option in options
        ],
        "table": mark_safe(prepared_table(chosen.keys, only)) if chosen.keys else "",
    }
    return mark_safe(get_template(CONTENT_TEMPLATE).render(context))


def _heading(chosen: Chosen) -> str:
    names = [key.name for key in chosen.keys]
    if not names:
        return "Compare products"
    if len(names) == 1:
        return f"Compare {names[0]}"
    return f"{', '.join(names[:-1])} and {names[-1]} compared"


def _description(chosen: Chosen) -> str:
    if len(chosen.keys) < FEWEST:
        return "Two to four products side by side, with what stands behind each figure."
    names = " and ".join(key.name for key in chosen.keys)
    return f"{names}: scores with their intervals, features by source, prices and what reviewers say."
