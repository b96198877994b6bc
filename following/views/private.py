from collections.abc import Callable

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.views.decorators.cache import cache_control

from accounts.models import User

View = Callable[..., HttpResponse]


class MemberRequest(HttpRequest):
    """What login_required lets through."""

    user: User


def private(view: View) -> View:
    """A member's own; a visitor is led to the sign-in and back."""
    return cache_control(private=True, no_store=True)(login_required(view))


def posted(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None
