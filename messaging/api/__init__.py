from messaging.api.conversations import (
    ConversationDetail,
    ConversationList,
    MessageList,
)

__all__ = ["ConversationDetail", "ConversationList", "MessageList"]
