from messaging.models.calls import (
    LONGEST_CALL,
    MOST_SLOTS,
    PLACE_LENGTH,
    SHORTEST_CALL,
    CallProposal,
    CallSlot,
)
from messaging.models.conversations import (
    Block,
    Conversation,
    ConversationQuerySet,
    Holds,
    Message,
    MessageQuerySet,
    Participant,
    shown_state,
)
from messaging.models.drafts import MessageDraft
from messaging.models.safety import MessageReport, MessagingSuspension
from messaging.models.sharing import CONTACT_LENGTH, ContactShare

__all__ = [
    "CONTACT_LENGTH",
    "LONGEST_CALL",
    "MOST_SLOTS",
    "PLACE_LENGTH",
    "SHORTEST_CALL",
    "Block",
    "CallProposal",
    "CallSlot",
    "ContactShare",
    "Conversation",
    "ConversationQuerySet",
    "Holds",
    "Message",
    "MessageDraft",
    "MessageQuerySet",
    "MessageReport",
    "MessagingSuspension",
    "Participant",
    "shown_state",
]
