from messaging.views.asking import ask
from messaging.views.calling import (
    accept_call,
    calendar,
    calls,
    cancel_call,
    decline_call,
    propose_call,
)
from messaging.views.contacting import contacts, revoke_contacts
from messaging.views.drafts import draft, question_draft
from messaging.views.inbox import archive, inbox, inbox_news
from messaging.views.leaving import (
    accept,
    block,
    decline,
    leave,
    mute,
    report,
    unblock,
)
from messaging.views.news import new_messages, read
from messaging.views.thread import conversation

__all__ = [
    "accept",
    "accept_call",
    "archive",
    "ask",
    "block",
    "calendar",
    "calls",
    "cancel_call",
    "contacts",
    "conversation",
    "decline",
    "decline_call",
    "draft",
    "inbox",
    "inbox_news",
    "leave",
    "mute",
    "new_messages",
    "propose_call",
    "question_draft",
    "read",
    "report",
    "revoke_contacts",
    "unblock",
]
