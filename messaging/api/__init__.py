from messaging.api.calls import (
    AcceptCall,
    CallCalendar,
    CallDetail,
    CallList,
    CancelCall,
    DeclineCall,
)
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
from messaging.api.contacts import ContactDetails
from messaging.api.conversations import (
    ConversationDetail,
    ConversationList,
    MessageList,
)
from messaging.api.drafts import Draft

__all__ = [
    "Accept",
    "AcceptCall",
    "Archive",
    "BlockMember",
    "CallCalendar",
    "CallDetail",
    "CallList",
    "CancelCall",
    "ContactDetails",
    "ConversationDetail",
    "ConversationList",
    "Decline",
    "DeclineCall",
    "Draft",
    "Leave",
    "MessageList",
    "Mute",
    "Read",
    "ReportMessage",
]
