from messaging.views.asking import ask
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
    "ask",
    "block",
    "conversation",
    "decline",
    "inbox",
    "leave",
    "mute",
    "new_messages",
    "read",
    "report",
    "unblock",
]
