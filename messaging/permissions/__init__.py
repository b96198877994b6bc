"""Who may write to whom. Pages, API, services and the check before an e-mail is sent all ask here."""

from messaging.permissions.asking import can_message, refusals
from messaging.permissions.members import (
    is_blocked,
    is_representative,
    is_suspended,
)
from messaging.permissions.refusals import (
    CONTACTS_PER_SIDE_AND_DAY,
    DAY,
    LIMITS,
    NEW_CONVERSATIONS_PER_REVIEWER_AND_DAY,
    NEW_CONVERSATIONS_PER_SENDER_AND_DAY,
    NEW_CONVERSATIONS_SLOWED_DOWN,
    NEW_CONVERSATIONS_SLOWED_DOWN_MORE,
    STRIKES_COUNT_FOR,
    STRIKES_TO_SLOW_DOWN,
    STRIKES_TO_SLOW_DOWN_MORE,
    Refusal,
)
from messaging.permissions.reported import (
    REPORT_KIND,
    has_read_reported,
    may_read_reported,
)
from messaging.permissions.talking import (
    can_accept,
    can_propose_call,
    can_report,
    can_share,
    can_write,
    is_at_rest,
)

__all__ = [
    "CONTACTS_PER_SIDE_AND_DAY",
    "DAY",
    "LIMITS",
    "NEW_CONVERSATIONS_PER_REVIEWER_AND_DAY",
    "NEW_CONVERSATIONS_PER_SENDER_AND_DAY",
    "NEW_CONVERSATIONS_SLOWED_DOWN",
    "NEW_CONVERSATIONS_SLOWED_DOWN_MORE",
    "REPORT_KIND",
    "STRIKES_COUNT_FOR",
    "STRIKES_TO_SLOW_DOWN",
    "STRIKES_TO_SLOW_DOWN_MORE",
    "Refusal",
    "can_accept",
    "can_message",
    "can_propose_call",
    "can_report",
    "can_share",
    "can_write",
    "has_read_reported",
    "is_at_rest",
    "is_blocked",
    "is_representative",
    "is_suspended",
    "may_read_reported",
    "refusals",
]
