import uuid
from datetime import date
from typing import NamedTuple, Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Exists, F, FilteredRelation, OuterRef, Q
from django.db.models.expressions import Combinable
from django.db.models.functions import Length, Now
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from messaging.models.refusing import (
    REFUSE_CONVERSATION,
    REFUSE_MESSAGE,
    REFUSE_PARTICIPANT,
)
from reviews.models import Review

models.TextField.register_lookup(Length)

REFUSE_REPRESENTATIVE = """
IF EXISTS (
    SELECT 1 FROM products_vendorrepresentative r
    WHERE r.user_id = NEW.{column} AND r.verified_at IS NOT NULL AND r.ended_at IS NULL
) THEN
    RAISE EXCEPTION 'a vendor representative can not take part in a conversation'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'no_representative_in_conversation';
END IF;
RETURN NEW;
"""

# Ids, and so numbers, are given out under the conversation's lock: they are the order of the thread.
NUMBER_MESSAGE = """
UPDATE messaging_conversation
SET message_count = message_count + 1,
    from_reviewer_count = from_reviewer_count + (NEW.sender_role = 'reviewer')::int
WHERE id = NEW.conversation_id
RETURNING message_count, from_reviewer_count INTO NEW.number, NEW.number_from_reviewer;
RETURN NEW;
"""


# Where each side finds it, beside the key of the page: one range of one index is one page of the inbox.
FOLDER = """
CASE
    WHEN {archived_at} IS NOT NULL THEN 'archived'
    WHEN {state} = 'requested' THEN 'requests'
    WHEN {state} = 'open' THEN 'open'
    ELSE 'closed'
END
"""
FILE_PARTICIPANT = f"""
SELECT {FOLDER.format(archived_at="NEW.archived_at", state="state")}, last_message_at
INTO NEW.folder, NEW.last_message_at
FROM messaging_conversation WHERE id = NEW.conversation_id;
RETURN NEW;
"""
FILE_BOTH = f"""
UPDATE messaging_participant
SET folder = {FOLDER.format(archived_at="archived_at", state="NEW.state")},
    last_message_at = NEW.last_message_at
WHERE conversation_id = NEW.id;
RETURN NULL;
"""

# Who can read a message stands beside its words, so that one index holds what each member can find.
NAME_READERS = """
SELECT coalesce(array_agg(user_id) FILTER (WHERE user_id IS NOT NULL), '{}') INTO NEW.readers
FROM messaging_participant WHERE conversation_id = NEW.conversation_id;
RETURN NEW;
"""
FORGET_READER = """
UPDATE messaging_message SET readers = array_remove(readers, OLD.user_id)
WHERE conversation_id = OLD.conversation_id;
RETURN NULL;
"""
QUOTE_OWN_THREAD = """
IF NOT EXISTS (
    SELECT 1 FROM messaging_message m WHERE m.id = NEW.reply_to_id AND m.conversation_id = NEW.conversation_id
) THEN
    RAISE EXCEPTION 'a message quotes one of its own thread only'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'message_quotes_its_own_thread';
END IF;
RETURN NEW;
"""


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def for_user(self, user: User) -> Self:
        """The conversations a member takes part in: every page, API and e-mail about messages starts here.

        Each row has `me` and `other`: the two participants as this member sees them.
        """
        mine = Q(participants__user=user)
        return (
            self.annotate(
                me=FilteredRelation("participants", condition=mine),
                other=FilteredRelation("participants", condition=~mine),
            )
            .filter(me__isnull=False)
            .select_related("me", "other", "review__product")
        )

    def with_own_block(self, user: User) -> Self:
        """Of for_user(): `is_blocked_by_me`, as Block.objects.made_in() has it."""
        theirs = self.annotate(other_user=F("other__user"))
        blocks = Block.objects.filter(blocker=user, blocked=OuterRef("other_user"))
        here = Exists(blocks.filter(conversation=OuterRef("pk")))
        elsewhere = Exists(blocks.filter(conversation=None))
        is_over = ~Q(state__in=Conversation.LIVE)
        return theirs.annotate(is_blocked_by_me=here | (elsewhere & is_over))

    def newest_first(self) -> Self:
        return self.order_by("-last_message_at", "-public_id")


class Holds(NamedTuple):
    """Whether there is anything of that kind in a conversation: what isn't there needn't be looked up."""

    contacts: bool
    calls: bool
    own_draft: bool


class Conversation(models.Model):
    class State(models.TextChoices):
        REQUESTED = "requested", "Request"
        OPEN = "open", "Open"
        DECLINED = "declined", "Declined"
        CLOSED = "closed", "Closed"
        # Whoever was blocked reads "Closed"; taking the block back leads to where the conversation was.
        BLOCKED = "blocked", "Closed"

    LIVE = (State.REQUESTED, State.OPEN)

    # Of a row of for_user().
    me: "Participant"
    other: "Participant"
    # Of a row of with_own_block().
    is_blocked_by_me: bool
    # Of messaging.rows.conversation_of().
    holds: Holds

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    review = models.ForeignKey(
        Review, on_delete=models.CASCADE, related_name="conversations"
    )
    buyer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="conversations_begun",
    )
    state = models.CharField(max_length=10, choices=State, default=State.REQUESTED)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_message_at = models.DateTimeField(default=timezone.now)
    accepted_at = models.DateTimeField(
        null=True, blank=True, help_text="When the reviewer accepted or answered."
    )
    ended_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="When it was declined, closed or blocked; empty while it is live.",
    )
    message_count = models.PositiveIntegerField(default=0, db_default=0)
    from_reviewer_count = models.PositiveIntegerField(default=0, db_default=0)
    closing_announced_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="When both were told that it closes for want of messages.",
    )
    deletion_announced_at = models.DateTimeField(
        null=True, blank=True, help_text="When both were told that it will be deleted."
    )

    objects = ConversationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["review", "buyer"], name="one_conversation_per_review_and_buyer"
            ),
        ]
        indexes = [
            # The inbox, newest first, page by key.
            models.Index(
                F("last_message_at").desc(),
                F("public_id").desc(),
                name="conversation_inbox",
            ),
            # messaging.permissions.limits: how often was this sender declined lately?
            models.Index(
                "buyer",
                "ended_at",
                name="conversation_declined",
                condition=Q(state="declined"),
            ),
            # messaging.retention: the longest silent ones of each kind.
            models.Index(
                "last_message_at",
                name="conversation_live_by_silence",
                condition=Q(state__in=["requested", "open"]),
            ),
            models.Index(
                "last_message_at",
                name="conversation_over_by_silence",
                condition=Q(state__in=["declined", "closed", "blocked"]),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="refuse_representative_buyer",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("buyer_id"),
                func=REFUSE_REPRESENTATIVE.format(column="buyer_id"),
            ),
            pgtrigger.Trigger(
                name="file_for_both",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("state", "last_message_at"),
                condition=pgtrigger.AnyChange("state", "last_message_at"),
                func=FILE_BOTH,
            ),
            REFUSE_CONVERSATION,
        ]

    def __str__(self) -> str:
        return f"conversation {self.public_id}"

    def get_absolute_url(self) -> str:
        return reverse("messaging:conversation", args=[self.public_id])

    @property
    def shown_state(self) -> str:
        return shown_state(self.state)


def shown_state(state: str) -> str:
    """Without telling anybody that they were blocked."""
    State = Conversation.State
    return State.CLOSED.value if state == State.BLOCKED else state


class Participant(models.Model):
    class Role(models.TextChoices):
        BUYER = "buyer", "Buyer"
        REVIEWER = "reviewer", "Reviewer"

    class Folder(models.TextChoices):
        REQUESTS = "requests", "Requests"
        OPEN = "open", "Open"
        CLOSED = "closed", "Closed"
        ARCHIVED = "archived", "Archived"

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="participants"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="participations",
    )
    role = models.CharField(max_length=10, choices=Role)
    alias = models.CharField(
        max_length=40, help_text="Random per conversation; what the other side sees."
    )
    persona = models.CharField(
        max_length=200, help_text="Function, level, size and industry as text."
    )
    unread_count = models.PositiveIntegerField(default=0)
    last_read_at = models.DateTimeField(null=True, blank=True)
    muted = models.BooleanField(default=False)
    archived_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="Put away by this side; a new message brings it back.",
    )
    left_at = models.DateTimeField(null=True, blank=True)
    # Set by the triggers.
    folder = models.CharField(
        max_length=10,
        choices=Folder,
        default=Folder.REQUESTS,
        db_default=Folder.REQUESTS,
        editable=False,
    )
    last_message_at = models.DateTimeField(
        default=timezone.now,
        db_default=Now(),
        editable=False,
        help_text="The conversation's.",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "user"],
                name="one_participant_per_conversation_and_user",
            ),
            models.UniqueConstraint(
                "conversation", "role", name="one_participant_per_conversation_and_role"
            ),
        ]
        indexes = [
            # The unread badge in the page's head and the numbers on the tabs, without a look at the rows.
            models.Index(
                fields=["user"],
                include=["folder", "unread_count"],
                name="participant_unread_by_folder",
                condition=Q(unread_count__gt=0),
            ),
            # One tab of the inbox, newest first, page by key.
            models.Index(
                "user",
                "folder",
                F("last_message_at").desc(),
                F("conversation").desc(),
                name="participant_inbox",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="refuse_representative",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("user_id"),
                func=REFUSE_REPRESENTATIVE.format(column="user_id"),
            ),
            pgtrigger.Trigger(
                name="file",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("archived_at"),
                func=FILE_PARTICIPANT,
            ),
            pgtrigger.Trigger(
                name="forget_reader",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("user_id"),
                condition=pgtrigger.Q(old__user__isnull=False),
                func=FORGET_READER,
            ),
            REFUSE_PARTICIPANT,
        ]

    def __str__(self) -> str:
        return self.alias


class MessageQuerySet(models.QuerySet["Message"]):
    def newest_first(self) -> Self:
        return self.order_by("-id")


class Message(models.Model):
    # Of a page of a thread: the day, where one begins with this message.
    day: date | None

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="messages"
    )
    sender = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="messages_sent",
    )
    sender_role = models.CharField(max_length=10, choices=Participant.Role)
    body = models.TextField(max_length=4000)
    client_key = models.UUIDField(
        default=uuid.uuid4, help_text="Made with the form: a double click sends once."
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    reply_to = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="replies",
        help_text="The message of the same thread that this one quotes.",
    )
    # Set by the trigger.
    number = models.PositiveIntegerField(
        default=0, db_default=0, editable=False, help_text="1, 2, 3 … in the thread."
    )
    number_from_reviewer = models.PositiveIntegerField(
        default=0,
        db_default=0,
        editable=False,
        help_text="How many of the thread up to this one the reviewer wrote.",
    )
    readers = ArrayField(
        models.BigIntegerField(),
        default=list,
        db_default=[],
        editable=False,
        help_text="The members in the conversation, for the search in one's own.",
    )
    search_vector = models.GeneratedField(
        expression=SearchVector("body", config="simple"),
        output_field=SearchVectorField(),
        db_persist=True,
    )
    seen_by_moderation_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="A moderator read it after a report; both sides see this.",
    )

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sender", "client_key"], name="one_message_per_client_key"
            ),
            models.CheckConstraint(
                name="message_is_1_to_4000_characters",
                condition=Q(body__length__range=(1, 4000)),
            ),
        ]
        indexes = [
            # The thread, page by key. Ids are given out under the conversation's lock, so they are its order.
            models.Index("conversation", "id", name="message_thread"),
            # The search in what one can read: a word that everybody uses finds one's own messages alone.
            GinIndex(fields=["readers", "search_vector"], name="message_search"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="refuse_representative_sender",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=REFUSE_REPRESENTATIVE.format(column="sender_id"),
            ),
            pgtrigger.Trigger(
                name="number",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=NUMBER_MESSAGE,
            ),
            pgtrigger.Trigger(
                name="name_readers",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=NAME_READERS,
            ),
            pgtrigger.Trigger(
                name="quote_own_thread",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("reply_to_id"),
                condition=pgtrigger.Q(new__reply_to__isnull=False),
                func=QUOTE_OWN_THREAD,
            ),
            REFUSE_MESSAGE,
        ]

    def __str__(self) -> str:
        return f"message {self.public_id}"


class BlockQuerySet(models.QuerySet["Block"]):
    def between(self, one: User | Combinable, another: User | Combinable) -> Self:
        """Whoever of the two made it."""
        return self.filter(
            Q(blocker=one, blocked=another) | Q(blocker=another, blocked=one)
        )

    def made_in(self, conversation: "Conversation") -> Self:
        """Only there is a block shown and taken back: elsewhere it would tell that two reviews have one author.

        One whose conversation was deleted shows in all that the two still have and that are over.
        """
        here = Q(conversation=conversation)
        return self.filter(
            here
            if conversation.state in Conversation.LIVE
            else here | Q(conversation=None)
        )


class Block(models.Model):
    blocker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="blocks"
    )
    blocked = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="blocked_by"
    )
    conversation = models.ForeignKey(
        Conversation,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="blocks",
        help_text="Where it was made; it holds between the two everywhere.",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = BlockQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["blocker", "blocked", "conversation"],
                name="one_block_per_pair_and_conversation",
            ),
            models.CheckConstraint(
                name="nobody_blocks_themselves", condition=~Q(blocker=F("blocked"))
            ),
        ]

    def __str__(self) -> str:
        return f"block {self.pk}"
