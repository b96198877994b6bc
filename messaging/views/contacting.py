"""Choosing what the other side may see of oneself, and taking it back."""

import uuid

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from messaging import services
from messaging.contact_forms import ContactForm
from messaging.models import Conversation
from messaging.permissions import LIMITS, Refusal, can_share
from messaging.sharing import contacts_of, history_of, preview_of
from messaging.views.pieces import MemberRequest, get_conversation, private
from reviews_site.lib.compiled import draw


@private
@require_http_methods(["GET", "HEAD", "POST"])
def contacts(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """Choose, look at what they will see, share: two steps, so that nobody shows more than they mean to."""
    seen = get_conversation(request, public_id)
    if request.method != "POST":
        form = ContactForm.showing(request.user, contacts_of(seen))
        return _page(request, seen, form, can_share(seen))
    form = ContactForm(request.user, request.POST)
    step = request.POST.get("step")
    if not form.is_valid() or step not in ("preview", "share"):
        return _page(request, seen, form, can_share(seen))
    return (_preview if step == "preview" else _share)(request, seen, form)


@private
@require_POST
def revoke_contacts(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    seen = get_conversation(request, public_id)
    services.revoke_contacts(conversation=seen, member=request.user)
    messages.success(request, "Taken back: nothing of yours is shown here any more.")
    return _to_thread(seen)


def _preview(
    request: MemberRequest, seen: Conversation, form: ContactForm
) -> HttpResponse:
    if (refusal := can_share(seen)) is not None:
        return _page(request, seen, form, refusal)
    preview = preview_of(contacts_of(seen), form.chosen)
    context = {"conversation": seen, "form": form, "preview": preview}
    return render(request, "messaging/contacts_preview.html", context)


def _share(
    request: MemberRequest, seen: Conversation, form: ContactForm
) -> HttpResponse:
    try:
        services.choose_contacts(
            conversation=seen, member=request.user, values=form.chosen
        )
    except services.MessageRefused as error:
        return _page(request, seen, form, error.refusal)
    except ValidationError as error:
        # An address that was taken away a moment ago.
        form.add_error(None, error)
        return _page(request, seen, form, None)
    messages.success(request, "Your choice is saved.")
    return _to_thread(seen)


def _page(
    request: MemberRequest,
    seen: Conversation,
    form: ContactForm,
    refusal: Refusal | None,
) -> HttpResponse:
    shown = contacts_of(seen)
    state = {"conversation": seen, "contacts": shown}
    context = {
        "conversation": seen,
        "contacts": shown,
        "contacts_state": draw(request, "messaging/contacts_state.html", state),
        "history": history_of(seen),
        "form": form,
        "refusal": refusal,
    }
    status = 200 if refusal is None else 429 if refusal in LIMITS else 403
    return render(request, "messaging/contacts.html", context, status=status)


def _to_thread(seen: Conversation) -> HttpResponse:
    return redirect(f"{seen.get_absolute_url()}#contacts")
