"""A row changes because somebody did something: one verb per function, atomic, by keyword."""

from messaging.services.calls import (
    accept_call,
    cancel_call,
    decline_call,
    expire_calls,
    propose_call,
    remind_of_calls,
)
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
from messaging.services.errors import ClientKeyReused, MessageRefused
from messaging.services.leaving import (
    block_member,
    close_conversations,
    leave_conversation,
    unblock_member,
)
from messaging.services.locks import lock_members
from messaging.services.personas import buyer_persona, reviewer_persona
from messaging.services.reports import (
    MESSAGES_BEFORE_A_REPORTED_ONE,
    dismiss_report,
    overturn_report,
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
    "close_conversations",
    "close_inactive",
    "decline_call",
    "decline_request",
    "delete_inactive",
    "dismiss_report",
    "expire_calls",
    "leave_conversation",
    "lock_members",
    "mark_read",
    "overturn_report",
    "propose_call",
    "read_reported_message",
    "remind_of_calls",
    "report_message",
    "reported_messages",
    "reviewer_persona",
    "send_message",
    "send_unread_digests",
    "set_archived",
    "set_muted",
    "start_conversation",
    "unblock_member",
    "uphold_report",
]
