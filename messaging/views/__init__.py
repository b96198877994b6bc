from messaging.views.asking import ask
from messaging.views.calling import (
    accept_call,
    calendar,
    cancel_call,
    decline_call,
    propose_call,
)
from messaging.views.inbox import inbox
from messaging.views.leaving import (
    accept,
    block,
    decline,
    leave,
    mute,
    report,
    unblock,
)
from messaging.views.thread import conversation, new_messages, read

__all__ = [
    "accept",
    "accept_call",
    "ask",
    "block",
    "calendar",
    "cancel_call",
    "conversation",
    "decline",
    "decline_call",
    "inbox",
    "leave",
    "mute",
    "new_messages",
    "propose_call",
    "read",
    "report",
    "unblock",
]
