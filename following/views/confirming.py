from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from following import services
from following.permissions import gets_digest


# Without signing in: who has the e-mail open on a telephone has shown that the mailbox is theirs.
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_digest(request: HttpRequest, token: str) -> HttpResponse:
    """Opening the link changes nothing: whoever scans mail for danger opens it too."""
    found = services.find_digest_request(token=token)
    if found is None:
        return _gone(request)
    done = found.confirmed_at is not None
    if request.method == "POST" and not done:
        done = services.confirm_digest(subscription=found)
    if done and not gets_digest(found.subscriber):
        # Stopped since: that takes a new link.
        return _gone(request)
    context = {"done": done, "address": found.subscriber.email}
    return render(request, "following/digest_confirm.html", context)


def _gone(request: HttpRequest) -> HttpResponse:
    """The same whatever is wrong with it."""
    return render(request, "following/digest_gone.html", status=404)
