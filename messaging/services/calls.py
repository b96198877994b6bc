from django.db.models import QuerySet
from django.utils import timezone

from messaging.models import CallProposal, Conversation


def end_calls(conversations: QuerySet[Conversation]) -> None:
    """Cancels what is proposed or agreed in these conversations, once nothing goes on in them."""
    live = CallProposal.objects.live().filter(conversation__in=conversations)
    live.update(state=CallProposal.State.CANCELLED, answered_at=timezone.now())
