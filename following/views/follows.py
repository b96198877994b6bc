from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from following import services
from following.models import Follow
from following.pages import followed, product_to_follow
from following.permissions import gets_digest
from following.services.follows import Followable, named
from following.views.private import MemberRequest, private
from products.models import Category, Vendor
from reviews_site.lib.compiled import draw

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@private
@require_safe
def follows(request: MemberRequest) -> HttpResponse:
    subscription = getattr(request.user, "weekly_digest", None)
    found = followed(request.user)
    context = {
        "followed": found,
        "drawn": draw(request, "following/follows.html", {"followed": found}),
        "gets_digest": gets_digest(request.user),
        "waits": subscription is not None and subscription.confirmed_at is None,
    }
    return render(request, "following/follows.html", context)


@private
@get_or_post
def product(request: MemberRequest, slug: str) -> HttpResponse:
    found = product_to_follow(slug, request.user)
    if request.method != "POST" and found.slug != slug:
        return redirect("following:product", found.slug)
    return _follow_page(request, found, "product")


@private
@get_or_post
def category(request: MemberRequest, slug: str) -> HttpResponse:
    return _follow_page(request, get_object_or_404(Category, slug=slug), "category")


@private
@get_or_post
def vendor(request: MemberRequest, slug: str) -> HttpResponse:
    return _follow_page(request, get_object_or_404(Vendor, slug=slug), "vendor")


def _follow_page(request: MemberRequest, target: Followable, kind: str) -> HttpResponse:
    if request.method == "POST":
        return _follow(request, target)
    context = {
        "target": target,
        "kind": kind,
        "follows": Follow.objects.filter(
            follower=request.user, **named(target)
        ).exists(),
        "gets_digest": gets_digest(request.user),
    }
    return render(request, "following/follow.html", context)


def _follow(request: MemberRequest, target: Followable) -> HttpResponse:
    wish = request.POST.get("do")
    if wish not in ("follow", "unfollow"):
        raise BadRequest("Say whether to follow or not.")
    if wish == "unfollow":
        services.unfollow(follower=request.user, target=target)
        messages.success(request, f"You no longer follow {target.name}.")
        return redirect("following:follows")
    try:
        services.follow(follower=request.user, target=target)
    except services.Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"You follow {target.name}.")
    return redirect("following:follows")


# --- The weekly e-mail ----------------------------------------------------------------------


@private
@require_POST
def ask_for_digest(request: MemberRequest) -> HttpResponse:
    try:
        is_new = services.request_digest(user=request.user)
    except services.Refused as error:
        messages.error(request, str(error))
    else:
        said = f"We wrote to {request.user.email}. Open the link in that e-mail within three days."
        messages.success(request, said if is_new else "You get it already.")
    return redirect("following:follows")


@private
@require_POST
def stop_digest(request: MemberRequest) -> HttpResponse:
    services.stop_digest(user=request.user)
    messages.success(request, "Stopped. You get no more weekly e-mails.")
    return redirect("following:follows")
