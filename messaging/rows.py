"""Rows of the inbox and of a thread as plain values: model instances and Django's SQL cost more than Postgres does."""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connections, router
from django.db.models import Model

from accounts.models import User
from messaging.models import Conversation, Holds, Participant, shown_state
from products.models import Product
from reviews.models import Review
from reviews_site.lib.postgres.planned import Planned

EXCERPT_LENGTH = 120

# One conversation after the other by its key. What stands among the columns, the planner needn't put in an order.
_CONVERSATIONS = f"""
SELECT c.id, c.public_id, c.state, c.message_count, side.unread_count, side.role, side.last_message_at,
    (SELECT other.alias FROM messaging_participant other
     WHERE other.conversation_id = side.conversation_id AND other.id <> side.id),
    (SELECT p.name FROM products_product p
     WHERE p.id = (SELECT r.product_id FROM reviews_review r WHERE r.id = c.review_id)),
    (SELECT left(d.body, {EXCERPT_LENGTH}) FROM messaging_messagedraft d
     WHERE d.conversation_id = c.id AND d.user_id = side.user_id),
    (SELECT ARRAY[m.sender_role, left(m.body, {EXCERPT_LENGTH})] FROM messaging_message m
     WHERE m.conversation_id = c.id ORDER BY m.id DESC LIMIT 1)
FROM ({{sides}}) side
JOIN messaging_conversation c ON c.id = side.conversation_id
ORDER BY side.last_message_at DESC, side.conversation_id DESC
"""
# The last two conditions are where the range of the index participant_inbox begins.
_TAB = _CONVERSATIONS.format(
    sides="""
    SELECT * FROM messaging_participant WHERE user_id = %s AND folder = %s {older}
    ORDER BY last_message_at DESC, conversation_id DESC LIMIT %s
"""
)
NEWEST_OF_TAB = Planned(_TAB.format(older=""))
OLDER_OF_TAB = Planned(
    _TAB.format(
        older="""AND (last_message_at, conversation_id) <
    (%s, (SELECT id FROM messaging_conversation WHERE public_id = %s))"""
    )
)
NAMED = _CONVERSATIONS.format(
    sides="SELECT * FROM messaging_participant WHERE user_id = %s AND conversation_id = ANY(%s)"
)

_MESSAGES = """
SELECT m.id, m.public_id, m.sender_role, m.body, m.created_at, m.seen_by_moderation_at,
    quoted.public_id, quoted.sender_role, quoted.body
FROM messaging_message m LEFT JOIN messaging_message quoted ON quoted.id = m.reply_to_id
WHERE m.conversation_id = %s {range} ORDER BY m.id {order} LIMIT %s
"""
NEWEST = Planned(_MESSAGES.format(range="", order="DESC"))
BEFORE = Planned(_MESSAGES.format(range="AND m.id < %s", order="DESC"))
AFTER = Planned(_MESSAGES.format(range="AND m.id > %s", order="ASC"))
FROM = Planned(_MESSAGES.format(range="AND m.id >= %s", order="ASC"))

NAMED_MESSAGE = """
SELECT id, created_at FROM messaging_message WHERE conversation_id = %s AND public_id = %s
"""
NEWS = Planned("""
SELECT c.state, c.message_count, c.last_message_at, seen.number
FROM messaging_conversation c JOIN messaging_message seen ON seen.conversation_id = c.id AND seen.public_id = %s
WHERE c.public_id = %s AND EXISTS (SELECT FROM messaging_participant WHERE conversation_id = c.id AND user_id = %s)
""")
NEWEST_MOMENT_OF_TAB = """
SELECT last_message_at FROM messaging_participant WHERE user_id = %s AND folder = %s
ORDER BY last_message_at DESC, conversation_id DESC LIMIT 1
"""

UNREAD_BY_TAB = Planned("""
SELECT folder, sum(unread_count) FROM messaging_participant WHERE user_id = %s AND unread_count > 0 GROUP BY folder
""")


class ConversationRow(NamedTuple):
    """As its member sees it in the inbox; `last_…` of the last message, `draft` what they typed and didn't send."""

    pk: int
    public_id: UUID
    state: str
    message_count: int
    unread: int
    role: str
    last_message_at: datetime
    alias: str
    product: str
    draft: str | None
    last_role: str
    last_text: str


class MessageRow(NamedTuple):
    """`day`: where one begins with this message; `quoted_…`: of the message that it answers."""

    pk: int
    public_id: UUID
    sender_role: str
    body: str
    created_at: datetime
    seen_by_moderation_at: datetime | None
    quoted_id: UUID | None
    quoted_role: str | None
    quoted_body: str | None
    day: date | None = None


def fetch(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connections[router.db_for_read(Participant)].cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def conversations(sql: str, *values: Any) -> list[ConversationRow]:
    """`sql`: one of those above."""
    return [
        ConversationRow(pk, public_id, shown_state(state), *rest, *(last or ("", "")))
        for pk, public_id, state, *rest, last in fetch(sql, values)
    ]


def messages(sql: str, *values: Any) -> list[MessageRow]:
    """`sql`: one of those above."""
    return [MessageRow(*row) for row in fetch(sql, values)]


def _columns(model: type[Model], *names: str) -> tuple[str, ...]:
    """In the model's own order. What isn't named is looked up if it is ever asked for."""
    every = (field.attname for field in model._meta.concrete_fields)
    return tuple(name for name in every if not names or name in names)


_THREAD: tuple[tuple[type[Model], str, tuple[str, ...]], ...] = (
    (Conversation, "c", _columns(Conversation)),
    (Participant, "me", _columns(Participant)),
    (Participant, "other", _columns(Participant)),
    (
        Review,
        "r",
        _columns(Review, "id", "public_id", "headline", "status", "product_id"),
    ),
    (Product, "p", _columns(Product, "id", "slug", "name")),
)
# The block is the one of ConversationQuerySet.with_own_block().
_THREAD_HEAD = Planned(f"""
SELECT EXISTS (
        SELECT FROM messaging_block b WHERE b.blocker_id = me.user_id AND b.blocked_id = other.user_id
        AND (b.conversation_id = c.id OR b.conversation_id IS NULL AND c.state NOT IN ('requested', 'open'))
    ),
    EXISTS (SELECT FROM messaging_contactshare s WHERE s.participant_id IN (me.id, other.id)),
    EXISTS (SELECT FROM messaging_callproposal call WHERE call.conversation_id = c.id),
    EXISTS (SELECT FROM messaging_messagedraft d WHERE d.conversation_id = c.id AND d.user_id = me.user_id),
    {", ".join(f"{table}.{name}" for _, table, names in _THREAD for name in names)}
FROM messaging_conversation c
JOIN messaging_participant me ON me.conversation_id = c.id AND me.user_id = %s
JOIN messaging_participant other ON other.conversation_id = c.id AND other.id <> me.id
JOIN reviews_review r ON r.id = c.review_id
JOIN products_product p ON p.id = r.product_id
WHERE c.public_id = %s
""")


def conversation_of(user: User, public_id: UUID) -> Conversation | None:
    """As a row of Conversation.objects.for_user().with_own_block(); and what else there is to look up about it."""
    found = fetch(_THREAD_HEAD, [user.pk, public_id])
    if not found:
        return None
    values = iter(found[0])
    is_blocked_by_me, *holds = islice(values, 4)
    made: list[Any] = [
        model.from_db("default", names, list(islice(values, len(names))))
        for model, _, names in _THREAD
    ]
    conversation, me, other, review, product = made
    # Who that is, is known: no query for it.
    me.user = user
    review.product = product
    conversation.me, conversation.other, conversation.review = me, other, review
    conversation.is_blocked_by_me = is_blocked_by_me
    conversation.holds = Holds(*holds)
    return conversation
