from dataclasses import dataclass
from functools import cache
from typing import Any

from django import forms
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from accounts.models import User
from messaging.permissions import Refusal, refusals
from products.models import Product
from products.pages import moved
from research import peers as closest
from research.peers import FACETS, MOST_SHOWN, Peer, Peers, Wanted, peers
from reviews.models import Review
from reviews_site.lib.fragments import Fragments
from reviews_site.lib.visitor_pages import for_visitors

NOT_UNDERSTOOD = (
    "This address can't be shown as asked. Choose who you are from the lists."
)
# Of the whole account: nobody here can be asked, so it is said once.
OF_THE_SENDER = {
    Refusal.CLOSED,
    Refusal.EMAIL_NOT_CONFIRMED,
    Refusal.REPRESENTATIVE,
    Refusal.VENDOR_DOMAIN,
    Refusal.SENDER_LIMIT,
}


class PeersForm(forms.Form):
    """Who asks, as in a profile; all of it may be left out."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for facet in FACETS:
            self.fields[facet.name] = forms.ChoiceField(
                label=facet.label,
                choices=[("", "Any"), *facet.choices.items()],
                required=False,
            )

    def written(self) -> list[tuple[BoundField, SafeString]]:
        """Each field with its list, by hand: Django's widget renders a template for each of some hundred choices."""
        return [(bound, _select(bound)) for bound in self]


def _select(bound: BoundField) -> SafeString:
    if bound.errors:
        return bound.as_widget()
    options = _options(bound.name)
    chosen = str(bound.value() or "")
    if chosen in options:
        marked = options[chosen].replace('">', '" selected>', 1)
        options = {**options, chosen: marked}
    return format_html(
        '<select name="{}" id="{}">{}</select>',
        *(bound.html_name, bound.auto_id, mark_safe("".join(options.values()))),
    )


@cache
def _options(name: str) -> dict[str, str]:
    choices = {"": "Any", **next(one.choices for one in FACETS if one.name == name)}
    return {
        value: format_html('<option value="{}">{}</option>', value, text)
        for value, text in choices.items()
    }


ROW = "research/peer.html"
ROWS: Fragments[int] = Fragments("peer", (ROW,), (__file__, closest.__file__))


@dataclass(frozen=True)
class Row:
    """`ask`: where the button leads; empty where there is none, and then `why_not` may say something."""

    peer: Peer
    ask: str
    why_not: str


@for_visitors(*(facet.name for facet in FACETS))
@require_safe
def people_like_me(request: HttpRequest, slug: str) -> HttpResponse:
    products = Product.objects.visible()
    product = products.filter(slug=slug).select_related("vendor", "rating").first()
    if product is None:
        query = request.META["QUERY_STRING"]
        return moved("research:people_like_me", slug, query)
    form, wanted = _who_asks(request)
    reader = request.user if isinstance(request.user, User) else None
    found = peers(product, wanted, but_not_by=reader.pk if reader else None)
    rows, notice = _with_buttons(request, found)
    context = {
        "product": product,
        "form": form,
        "wanted": wanted,
        "is_from_profile": not form.is_bound and bool(wanted),
        "rows": _written(rows),
        "notice": notice,
        "is_capped": found.is_capped,
        "most": MOST_SHOWN,
        "problem": "" if _is_understood(form) else NOT_UNDERSTOOD,
    }
    status = 200 if _is_understood(form) else 400
    return render(request, "research/peers.html", context, status=status)


def _who_asks(request: HttpRequest) -> tuple[PeersForm, Wanted]:
    """By hand what the address says; else what the profile of a member says."""
    if request.GET:
        form = PeersForm(request.GET)
        return form, Wanted.of(form.cleaned_data) if _is_understood(form) else Wanted()
    if not isinstance(request.user, User):
        return PeersForm(), Wanted()
    wanted = Wanted.of_profile(request.user.profile)
    return PeersForm(initial=dict(wanted.values)), wanted


def _is_understood(form: PeersForm) -> bool:
    known = set(form.data) <= set(form.fields)
    return not form.is_bound or (known and form.is_valid())


def _with_buttons(request: HttpRequest, found: Peers) -> tuple[list[Row], str]:
    """A visitor's buttons lead to the sign-in, whoever wrote: a block is never to be seen from outside."""
    refused = refusals(request.user, [peer.review for peer in found.found])
    of_sender = OF_THE_SENDER.intersection(refused.values())
    notice = Refusal(of_sender.pop()).label if of_sender else ""
    return [_row(peer, refused[peer.review.pk]) for peer in found.found], notice


def _row(peer: Peer, refusal: Refusal | None) -> Row:
    address = reverse("messaging:ask", args=[peer.review.public_id])
    if peer.review.source == Review.Source.IMPORTED:
        return Row(peer, "", "Imported from elsewhere, so there is nobody to ask.")
    if refusal is None:
        return Row(peer, address, "")
    if refusal == Refusal.SIGNED_OUT:
        sign_in = reverse("account_login")
        return Row(peer, f"{sign_in}?{urlencode({'next': address})}", "")
    return Row(peer, "", "" if refusal in OF_THE_SENDER else refusal.label)


def _written(rows: list[Row]) -> SafeString:
    """By hand: fifty rows through a template cost more than all else on the page."""
    prepared = _prepared(rows)
    return format_html_join(
        "",
        '<li class="peer"><p class="peer-likeness"><b class="num">{}</b> <span class="meta">of {}</span> {}</p>'
        '<div class="peer-what"><p class="peer-reasons">{}</p>{}</div><p class="peer-ask">{}</p></li>',
        (
            (
                *(row.peer.matched_text, row.peer.asked, row.peer.picture),
                *(row.peer.reasons, mark_safe(prepared[row.peer.review.pk])),
                _button(row),
            )
            for row in rows
        ),
    )


def _prepared(rows: list[Row]) -> dict[int, str]:
    peers = {row.peer.review.pk: row.peer for row in rows}
    template = get_template(ROW)
    return ROWS.get(
        {pk: str(peer.review.version) for pk, peer in peers.items()},
        lambda missing: {pk: template.render({"peer": peers[pk]}) for pk in missing},
    )


def _button(row: Row) -> SafeString:
    if not row.ask:
        return (
            format_html('<span class="meta">{}</span>', row.why_not)
            if row.why_not
            else SafeString("")
        )
    return format_html(
        '<a class="button button-secondary button-small" href="{}" rel="nofollow">Ask<span class="vh"> about “{}”</span></a>',
        *(row.ask, row.peer.review.headline),
    )
