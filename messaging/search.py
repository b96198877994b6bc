"""Search within one's own conversations: what both sides wrote there, and the products they are about."""

import uuid
from dataclasses import dataclass

from django.contrib.postgres.search import SearchHeadline, SearchQuery
from django.db.models import F, QuerySet

from accounts.models import User
from messaging.models import Conversation, Message, Participant

RESULTS_PER_PAGE = 20
CONVERSATIONS_SHOWN = 5
# Around what was found. Nobody types these two; where somebody did, a mark begins or ends elsewhere.
MARK, UNMARK = "\x02", "\x03"


@dataclass(frozen=True)
class Found:
    messages: list[Message]
    conversations: list[Conversation]
    older: uuid.UUID | None


def search(user: User, query: str, before: uuid.UUID | None = None) -> Found:
    """Newest first; raises Message.DoesNotExist where `before` is no message of theirs."""
    words = SearchQuery(query, config="simple", search_type="websearch")
    rows = _own(user).filter(search_vector=words).order_by("-id")
    if before is not None:
        rows = rows.filter(id__lt=_own(user).get(public_id=before).pk)
    ids = list(rows.values_list("pk", flat=True)[: RESULTS_PER_PAGE + 1])
    page = _shown(user, ids[:RESULTS_PER_PAGE], words)
    older = page[-1].public_id if len(ids) > RESULTS_PER_PAGE else None
    return Found(page, [] if before else _about(user, query), older)


def _own(user: User) -> QuerySet[Message]:
    return Message.objects.filter(conversation__participants__user=user)


def _shown(user: User, ids: list[int], words: SearchQuery) -> list[Message]:
    """Each with its `snippet` and its conversation as this member sees it."""
    snippet = SearchHeadline(
        "body",
        words,
        config="simple",
        start_sel=MARK,
        stop_sel=UNMARK,
        max_words=32,
        min_words=16,
    )
    messages = Message.objects.filter(pk__in=ids).annotate(snippet=snippet)
    found = list(messages.defer("body", "search_vector").order_by("-id"))
    conversations = Conversation.objects.for_user(user)
    seen = conversations.in_bulk({message.conversation_id for message in found})
    for message in found:
        message.conversation = seen[message.conversation_id]
    return found


def _about(user: User, query: str) -> list[Conversation]:
    """Those about a product whose name holds the query."""
    named = Participant.objects.filter(
        user=user, conversation__review__product__name__icontains=query
    )
    newest = named.order_by(F("last_message_at").desc(), F("conversation").desc())
    ids = list(newest.values_list("conversation", flat=True)[:CONVERSATIONS_SHOWN])
    seen = Conversation.objects.for_user(user).in_bulk(ids)
    return [seen[pk] for pk in ids]
