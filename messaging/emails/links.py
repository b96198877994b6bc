from messaging.models import Conversation
from notifications.links import absolute


def thread_of(conversation: Conversation) -> str:
    """What all e-mails about a conversation name as their thread; each side's mail program sees another root."""
    return f"conversation:{conversation.public_id}"


def about_conversation(conversation: Conversation) -> dict[str, object]:
    return {
        "product_name": conversation.review.product.name,
        "conversation_url": absolute(conversation.get_absolute_url()),
    }
