"""What is refused, as problem+json: 409 where the conversation stands otherwise, 429 at a limit, 403 for the rest."""

from collections.abc import Callable, Mapping
from math import ceil
from typing import Any
from uuid import UUID

from django.utils import timezone
from rest_framework.exceptions import APIException, PermissionDenied, Throttled

from accounts.models import User
from messaging import services
from messaging.models import Conversation
from messaging.permissions import DAY, LIMITS, Refusal
from messaging.permissions.limits import allowed_a_day
from reviews_site.lib.api import PROBLEM, Conflict, KeyReused, documented_problem

CONFLICTS = (
    Refusal.ALREADY_ASKED,
    Refusal.WAIT_FOR_ANSWER,
    Refusal.NOT_OPEN_YET,
    Refusal.CALL_AGREED,
    Refusal.CALL_CHANGED,
    Refusal.CALL_PASSED,
    Refusal.CALL_UNFIT,
    Refusal.DECLINED,
    Refusal.CLOSED,
)
# What any operation may answer with.
MEANINGS = {
    400: "What was sent can't be accepted: `errors` says why, by field",
    401: "No token, or one that isn't valid",
    403: "Not allowed",
    404: "Not there, or not yours: nobody can tell which",
    409: "It stands otherwise",
    422: "This Idempotency-Key was used for another request",
    429: "Too much; `Retry-After` says when again, where that can be told",
}


def refused_as_problem(act: Callable[[], UUID], member: User) -> Callable[[], UUID]:
    def tried() -> UUID:
        try:
            return act()
        except services.MessageRefused as error:
            raise _problem(error.refusal, member) from error
        except services.ClientKeyReused as error:
            raise KeyReused from error

    return tried


def documented(
    statuses: tuple[int, ...], codes: Mapping[int, str]
) -> dict[tuple[int, str], Any]:
    """For `responses` of extend_schema; `codes` says more about some of them."""
    return {
        (status, PROBLEM): documented_problem(
            MEANINGS[status] + (f": {codes[status]}" if status in codes else "")
        )
        for status in sorted({*statuses, *codes})
    }


def _problem(refusal: Refusal, member: User) -> APIException:
    if refusal in LIMITS:
        problem: APIException = Throttled(wait=_seconds_to_wait(refusal, member))
        problem.detail = refusal.label  # type: ignore[assignment]
    elif refusal in CONFLICTS:
        problem = Conflict(refusal.label)
    else:
        problem = PermissionDenied(refusal.label)
    problem.more = {"code": refusal.value}  # type: ignore[attr-defined]
    return problem


def _seconds_to_wait(refusal: Refusal, member: User) -> int | None:
    """Until one's own oldest question no longer counts; when others asked a reviewer is nobody's business."""
    if refusal not in (Refusal.SENDER_LIMIT, Refusal.SLOWED_DOWN):
        return None
    allowed = allowed_a_day(member)
    begun = Conversation.objects.filter(buyer=member).order_by("-created_at")
    counted = begun.values_list("created_at", flat=True)[allowed - 1 : allowed]
    left = (moment + DAY - timezone.now() for moment in counted)
    return next((max(1, ceil(time.total_seconds())) for time in left), None)
