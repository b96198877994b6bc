from messaging.api.changes import (
    Accept,
    Archive,
    BlockMember,
    Decline,
    Leave,
    Mute,
    Read,
    ReportMessage,
)
from messaging.api.conversations import (
    ConversationDetail,
    ConversationList,
    MessageList,
)

__all__ = [
    "Accept",
    "Archive",
    "BlockMember",
    "ConversationDetail",
    "ConversationList",
    "Decline",
    "Leave",
    "MessageList",
    "Mute",
    "Read",
    "ReportMessage",
]
