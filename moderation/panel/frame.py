"""What every page of the panel shares."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse

from accounts.models import User
from moderation import desk as desks
from moderation.queue import waiting_batches


def page(
    request: HttpRequest, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """Inside the frame of the panel, with the moderator's batches that can still be undone."""
    framed = {
        **admin.site.each_context(request),
        "batches": waiting_batches(moderator_of(request)),
        **context,
    }
    return TemplateResponse(request, template, framed, status=status)


def moderator_of(request: HttpRequest) -> User:
    """Behind admin_view nobody else arrives."""
    assert isinstance(request.user, User)
    return request.user


def kind_asked_for(request: HttpRequest) -> str:
    """The filter of the queue, which goes along from item to item; a kind that there isn't filters nothing."""
    asked = request.GET.get("kind", "")
    return asked if asked in {desk.kind for desk in desks.kinds()} else ""


def query(**values: str) -> str:
    """ "?kind=review", or nothing where nothing is set."""
    given = QueryDict(mutable=True)
    given.update({name: value for name, value in values.items() if value})
    return f"?{given.urlencode()}" if given else ""
