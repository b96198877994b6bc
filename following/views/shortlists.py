from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from following import services
from following.forms import AddForm, NameForm, NoteForm
from following.models import NOTE_LENGTH, Shortlist, ShortlistItem
from following.pages import (
    items,
    listed,
    own_item,
    own_shortlist,
    public_product,
    shortlists,
)
from following.permissions import MOST_ITEMS, MOST_SHORTLISTS
from following.rows import as_csv
from following.views.private import MemberRequest, posted, private
from products.models import Product
from reviews_site.lib.compiled import draw

MOST_COMPARED = 4

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@private
@get_or_post
def own_lists(request: MemberRequest) -> HttpResponse:
    form = NameForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            made = services.create_shortlist(owner=request.user, **form.cleaned_data)
        except services.Refused as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, f"“{made.name}” is made. It is empty yet.")
            return redirect(made)
    context = {
        "shortlists": shortlists(request.user),
        "form": form,
        "most": MOST_SHORTLISTS,
    }
    return _answer(request, "following/shortlists.html", context, form)


@private
@require_safe
def shortlist(request: MemberRequest, public_id: UUID) -> HttpResponse:
    found = own_shortlist(request.user, public_id)
    return _shortlist_page(request, found)


def _shortlist_page(
    request: MemberRequest,
    shortlist: Shortlist,
    name_form: NameForm | None = None,
    note_form: NoteForm | None = None,
    of_item: ShortlistItem | None = None,
) -> HttpResponse:
    """With a form that was refused, as it was sent."""
    rows = listed(shortlist)
    public = [row for row in rows if row.product.is_public]
    context = {
        "shortlist": shortlist,
        "rows": rows,
        "refused": {of_item.product.slug: note_form} if of_item else {},
        "can_compare": len(public) > 1,
        "ticks_all": len(public) <= MOST_COMPARED,
        "name_form": name_form or NameForm(initial={"name": shortlist.name}),
        "most": MOST_ITEMS,
        "longest_note": NOTE_LENGTH,
    }
    context["drawn"] = draw(request, "following/shortlist_rows.html", context)
    refused = name_form or note_form
    return _answer(request, "following/shortlist.html", context, refused)


@private
@require_POST
def rename(request: MemberRequest, public_id: UUID) -> HttpResponse:
    found = own_shortlist(request.user, public_id)
    form = NameForm(request.POST)
    if form.is_valid():
        try:
            services.rename_shortlist(shortlist=found, **form.cleaned_data)
        except services.Refused as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, "Renamed.")
            return redirect(found)
    return _shortlist_page(request, found, name_form=form)


@private
@require_POST
def delete(request: MemberRequest, public_id: UUID) -> HttpResponse:
    found = own_shortlist(request.user, public_id)
    services.delete_shortlist(shortlist=found)
    messages.success(request, f"“{found.name}” and its notes are deleted.")
    return redirect("following:shortlists")


@private
@require_POST
def note(request: MemberRequest, public_id: UUID, slug: str) -> HttpResponse:
    found = own_shortlist(request.user, public_id)
    item = own_item(found, slug)
    form = NoteForm(request.POST, auto_id=f"id_%s_{item.product.slug}")
    if not form.is_valid():
        return _shortlist_page(request, found, note_form=form, of_item=item)
    services.set_note(item=item, note=form.cleaned_data["note"])
    messages.success(request, f"Your note on {item.product.name} is saved.")
    return redirect(f"{found.get_absolute_url()}#{item.product.slug}")


@private
@require_POST
def remove(request: MemberRequest, public_id: UUID, slug: str) -> HttpResponse:
    found = own_shortlist(request.user, public_id)
    item = own_item(found, slug)
    services.remove_item(item=item)
    messages.success(request, f"{item.product.name} is off the list.")
    return redirect(found)


@private
@require_safe
def download(request: MemberRequest, public_id: UUID) -> HttpResponse:
    found = own_shortlist(request.user, public_id)
    return HttpResponse(
        as_csv(items(found)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="shortlist.csv"'},
    )


@private
@get_or_post
def add(request: MemberRequest, slug: str) -> HttpResponse:
    product = public_product(slug)
    if request.method != "POST" and product.slug != slug:
        return redirect("following:add_to_shortlist", product.slug)
    own = list(shortlists(request.user))
    form = AddForm(posted(request), shortlists=own)
    if request.method == "POST" and form.is_valid():
        try:
            item = _add(request, form, product)
        except services.Refused as error:
            form.add_error(None, str(error))
        else:
            said = f"{product.name} is on “{item.shortlist.name}”."
            messages.success(request, said)
            return redirect(item.shortlist)
    context = {
        "product": product,
        "form": form,
        "on": Shortlist.objects.of(request.user).filter(items__product=product),
    }
    return _answer(request, "following/add_to_shortlist.html", context, form)


def _add(request: MemberRequest, form: AddForm, product: Product) -> ShortlistItem:
    note = form.cleaned_data["note"]
    if form.chosen is not None:
        return services.add_product(shortlist=form.chosen, product=product, note=note)
    name = form.cleaned_data["name"]
    return services.add_to_new_shortlist(
        owner=request.user, name=name, product=product, note=note
    )


def _answer(
    request: MemberRequest, template: str, context: dict[str, Any], form: Any
) -> HttpResponse:
    status = 422 if form is not None and form.errors else 200
    return render(request, template, context, status=status)
