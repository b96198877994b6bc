"""Who may write to whom. Pages, API, services and the check before an e-mail is sent all ask here."""

from messaging.permissions.asking import can_message, refusals
from messaging.permissions.members import (
    is_blocked,
    is_representative,
    is_suspended,
    works_for_vendor,
)
from messaging.permissions.refusals import (
    DAY,
    LIMITS,
    NEW_CONVERSATIONS_PER_REVIEWER_AND_DAY,
    NEW_CONVERSATIONS_PER_SENDER_AND_DAY,
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
)

__all__ = [
    "DAY",
    "LIMITS",
    "NEW_CONVERSATIONS_PER_REVIEWER_AND_DAY",
    "NEW_CONVERSATIONS_PER_SENDER_AND_DAY",
    "REPORT_KIND",
    "Refusal",
    "can_accept",
    "can_message",
    "can_propose_call",
    "can_report",
    "can_share",
    "can_write",
    "has_read_reported",
    "is_blocked",
    "is_representative",
    "is_suspended",
    "may_read_reported",
    "refusals",
    "works_for_vendor",
]
