"""Search within one's own conversations: what both sides wrote there, and the products they are about."""

import re
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.contrib.postgres.search import SearchHeadline, SearchQuery
from django.db.models import Q, QuerySet

from accounts.models import User
from messaging.models import Message
from messaging.rows import NAMED, ConversationRow, conversations, fetch

RESULTS_PER_PAGE = 20
CONVERSATIONS_SHOWN = 5
# Around what was found. Nobody types these two; where somebody did, a mark begins or ends elsewhere.
MARK, UNMARK = "\x02", "\x03"

# One's own conversations first: from the products, the way leads through all of their reviews.
_ABOUT = """
WITH mine AS MATERIALIZED (
    SELECT side.conversation_id, side.last_message_at, c.review_id
    FROM messaging_participant side JOIN messaging_conversation c ON c.id = side.conversation_id
    WHERE side.user_id = %s
)
SELECT mine.conversation_id
FROM mine
CROSS JOIN LATERAL (SELECT product_id FROM reviews_review r WHERE r.id = mine.review_id OFFSET 0) about
CROSS JOIN LATERAL (SELECT name FROM products_product p WHERE p.id = about.product_id OFFSET 0) product
WHERE product.name ILIKE %s
ORDER BY mine.last_message_at DESC, mine.conversation_id DESC
LIMIT %s
"""


class FoundMessage(NamedTuple):
    """With its conversation as this member sees it; in the `snippet` what was found stands between the marks."""

    public_id: uuid.UUID
    conversation_id: uuid.UUID
    is_mine: bool
    alias: str
    product: str
    created_at: datetime
    snippet: str


@dataclass(frozen=True)
class Found:
    messages: list[FoundMessage]
    conversations: list[ConversationRow]
    older: uuid.UUID | None


def search(user: User, query: str, before: uuid.UUID | None = None) -> Found:
    """Newest first; raises Message.DoesNotExist where `before` is no message of theirs."""
    words = SearchQuery(query, config="simple", search_type="websearch")
    # By time instead of by key: else the planner might go through everybody's messages, the newest first.
    rows = _own(user).filter(search_vector=words).order_by("-created_at", "-id")
    if before is not None:
        rows = rows.filter(_earlier_than(_own(user).get(public_id=before)))
    ids = list(rows.values_list("pk", flat=True)[: RESULTS_PER_PAGE + 1])
    page = _shown(user, ids[:RESULTS_PER_PAGE], words)
    older = page[-1].public_id if page and len(ids) > RESULTS_PER_PAGE else None
    return Found(page, [] if before else _about(user, query), older)


def _own(user: User) -> QuerySet[Message]:
    return Message.objects.filter(readers__contains=[user.pk])


def _earlier_than(last: Message) -> Q:
    at = last.created_at
    return Q(created_at__lt=at) | Q(created_at=at, id__lt=last.pk)


def _shown(user: User, ids: list[int], words: SearchQuery) -> list[FoundMessage]:
    snippet = SearchHeadline(
        "body",
        words,
        config="simple",
        start_sel=MARK,
        stop_sel=UNMARK,
        max_words=32,
        min_words=16,
    )
    messages = Message.objects.filter(pk__in=ids).order_by("-created_at", "-id")
    rows = list(
        messages.values_list(
            "public_id", "conversation", "sender_role", "created_at", snippet
        )
    )
    mine = _named(user, [row[1] for row in rows])
    seen = {row.pk: row for row in mine}
    return [
        FoundMessage(
            public_id=public_id,
            conversation_id=seen[pk].public_id,
            is_mine=role == seen[pk].role,
            alias=seen[pk].alias,
            product=seen[pk].product,
            created_at=created_at,
            snippet=text,
        )
        for public_id, pk, role, created_at, text in rows
        # Whoever is named as a reader and takes no part, or not any more, reads nothing.
        if pk in seen
    ]


def _about(user: User, query: str) -> list[ConversationRow]:
    """Those about a product whose name holds the query, the latest ones."""
    name = re.sub(r"([\\%_])", r"\\\1", query)
    found = fetch(_ABOUT, [user.pk, f"%{name}%", CONVERSATIONS_SHOWN])
    return _named(user, [pk for (pk,) in found])


def _named(user: User, ids: list[int]) -> list[ConversationRow]:
    return conversations(NAMED, user.pk, ids) if ids else []
