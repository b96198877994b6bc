from messaging.serializers.conversations import (
    AskSerializer,
    ConversationQuery,
    ConversationSerializer,
    MessageSerializer,
    NothingSerializer,
    ReadSerializer,
    ReportedSerializer,
    ReportSerializer,
    SendMessageSerializer,
    is_blocked_by_me,
)

__all__ = [
    "AskSerializer",
    "ConversationQuery",
    "ConversationSerializer",
    "MessageSerializer",
    "NothingSerializer",
    "ReadSerializer",
    "ReportSerializer",
    "ReportedSerializer",
    "SendMessageSerializer",
    "is_blocked_by_me",
]
