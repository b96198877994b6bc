"""What members are told by e-mail about their conversations: that something is there; never what, never from whom."""

from messaging.emails.calls import (
    call_accepted,
    call_cancelled,
    call_declined,
    call_proposed,
    call_reminder,
)
from messaging.emails.contacts import contact_offered, contact_shared
from messaging.emails.digests import message_digests
from messaging.emails.ending import conversations_close, conversations_go
from messaging.emails.messages import (
    message_accepted,
    message_new,
    message_request,
)
from messaging.emails.reports import (
    message_report_decided,
    message_restricted,
    preview_restriction,
)
from messaging.emails.suspensions import message_suspended

__all__ = [
    "call_accepted",
    "call_cancelled",
    "call_declined",
    "call_proposed",
    "call_reminder",
    "contact_offered",
    "contact_shared",
    "conversations_close",
    "conversations_go",
    "message_accepted",
    "message_digests",
    "message_new",
    "message_report_decided",
    "message_request",
    "message_restricted",
    "message_suspended",
    "preview_restriction",
]
