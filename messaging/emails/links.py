from messaging.models import Conversation
from notifications.links import absolute


def about_conversation(conversation: Conversation) -> dict[str, object]:
    return {
        "product_name": conversation.review.product.name,
        "conversation_url": absolute(conversation.get_absolute_url()),
    }
