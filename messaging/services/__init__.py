"""A row changes because somebody did something: one verb per function, atomic, by keyword."""

from messaging.services.calls import (
    accept_call,
    cancel_call,
    decline_call,
    expire_calls,
    propose_call,
    remind_of_calls,
)
from messaging.services.contacts import choose_contacts, revoke_contacts
from messaging.services.conversations import (
    accept_request,
    decline_request,
    mark_read,
    send_message,
    set_archived,
    set_muted,
    start_conversation,
)
from messaging.services.digests import send_unread_digests
from messaging.services.drafts import discard_draft, save_draft
from messaging.services.errors import ClientKeyReused, MessageRefused
from messaging.services.leaving import (
    block_member,
    close_conversations,
    end_with_reviews,
    leave_conversation,
    rest_at_vendor,
    rest_conversations,
    unblock_member,
)
from messaging.services.locks import lock_members
from messaging.services.personas import buyer_persona, reviewer_persona
from messaging.services.reports import (
    MESSAGES_BEFORE_A_REPORTED_ONE,
    dismiss_report,
    overturn_report,
    overturn_suspension,
    read_reported_message,
    report_message,
    reported_messages,
    uphold_report,
)
from messaging.services.retention import (
    announce_closing,
    announce_deletion,
    close_inactive,
    delete_inactive,
)
from messaging.services.suspensions import lift_suspension, suspend_messaging

__all__ = [
    "MESSAGES_BEFORE_A_REPORTED_ONE",
    "ClientKeyReused",
    "MessageRefused",
    "accept_call",
    "accept_request",
    "announce_closing",
    "announce_deletion",
    "block_member",
    "buyer_persona",
    "cancel_call",
    "choose_contacts",
    "close_conversations",
    "close_inactive",
    "decline_call",
    "decline_request",
    "delete_inactive",
    "discard_draft",
    "dismiss_report",
    "end_with_reviews",
    "expire_calls",
    "leave_conversation",
    "lift_suspension",
    "lock_members",
    "mark_read",
    "overturn_report",
    "overturn_suspension",
    "propose_call",
    "read_reported_message",
    "remind_of_calls",
    "report_message",
    "reported_messages",
    "reviewer_persona",
    "revoke_contacts",
    "rest_at_vendor",
    "rest_conversations",
    "save_draft",
    "send_message",
    "send_unread_digests",
    "set_archived",
    "set_muted",
    "start_conversation",
    "suspend_messaging",
    "unblock_member",
    "uphold_report",
]
