from messaging.models import Conversation, Message, Participant
from messaging.permissions.common import (
    pair_refusal,
    published_refusal,
    sender_refusal,
)
from messaging.permissions.members import Pair, pair_of
from messaging.permissions.refusals import Refusal
from messaging.permissions.vendors import vendor_refusal


def can_write(conversation: Conversation) -> Refusal | None:
    """May `me`, of a row of Conversation.objects.for_user(), write to `other`? None is yes."""
    if refusal := _state_refusal(conversation):
        return refusal
    pair = _pair(conversation)
    return (
        sender_refusal(pair.me)
        or _vendor_side_refusal(conversation, pair)
        or published_refusal(conversation.review)
        or pair_refusal(pair)
    )


def can_accept(conversation: Conversation) -> Refusal | None:
    """May `me` accept or decline this request?"""
    waits_for_me = (
        conversation.state == Conversation.State.REQUESTED
        and conversation.me.role == Participant.Role.REVIEWER
    )
    return None if waits_for_me else Refusal.CLOSED


def can_share(conversation: Conversation) -> Refusal | None:
    """May `me` show something of themselves to `other` here, and see what `other` shows?"""
    if conversation.state == Conversation.State.REQUESTED:
        return Refusal.NOT_OPEN_YET
    return can_write(conversation)


def can_propose_call(conversation: Conversation) -> Refusal | None:
    """May `me` propose times for a call or a meeting here, or agree to one?"""
    return can_share(conversation)


def is_at_rest(conversation: Conversation) -> bool:
    """Whether nobody can write in it for now, though it isn't over."""
    pair = _pair(conversation)
    return (
        published_refusal(conversation.review) is not None
        or any(
            side is not None and (not side.is_active or side.is_suspended)
            for side in (pair.me, pair.other)
        )
        or _vendor_side_refusal(conversation, pair) is not None
    )


def can_report(conversation: Conversation, message: Message) -> bool:
    """Participants report what the other side wrote."""
    return (
        message.conversation_id == conversation.pk
        and message.sender_role != conversation.me.role
    )


def _pair(conversation: Conversation) -> Pair:
    return pair_of(conversation.me.user_id, conversation.other.user_id)


def _state_refusal(conversation: Conversation) -> Refusal | None:
    State, me = Conversation.State, conversation.me
    if conversation.state == State.DECLINED:
        return Refusal.DECLINED
    if conversation.state not in Conversation.LIVE:
        return Refusal.CLOSED
    if conversation.state == State.REQUESTED and me.role == Participant.Role.BUYER:
        return Refusal.WAIT_FOR_ANSWER
    return None


def _vendor_side_refusal(conversation: Conversation, pair: Pair) -> Refusal | None:
    """A buyer who joined the vendor, or a competitor, since asking: whoever of the two writes, nothing goes on."""
    is_buyer = conversation.me.role == Participant.Role.BUYER
    buyer = pair.me if is_buyer else pair.other
    product = conversation.review.product_id
    refusal = vendor_refusal(buyer.names, product) if buyer else None
    return refusal if is_buyer or not refusal else Refusal.NOT_ACCEPTING
