from django.db import IntegrityError

from messaging.permissions import Refusal

REFUSAL_BY_CONSTRAINT = {
    # Of messaging.models.refusing.
    "author_takes_questions": Refusal.NOT_ACCEPTING,
    "buyer_has_a_confirmed_address": Refusal.EMAIL_NOT_CONFIRMED,
    "buyer_is_not_suspended": Refusal.SUSPENDED,
    "messages_only_while_live": Refusal.CLOSED,
    "no_block_between_buyer_and_author": Refusal.NOT_ACCEPTING,
    "no_block_between_the_two": Refusal.NOT_ACCEPTING,
    "nobody_asks_themselves": Refusal.OWN_REVIEW,
    "one_message_until_answered": Refusal.WAIT_FOR_ANSWER,
    "only_participants_write": Refusal.CLOSED,
    "participants_are_buyer_and_author": Refusal.CLOSED,
    "reviews_asked_about_are_published": Refusal.NOT_PUBLISHED,
    "sender_is_not_suspended": Refusal.SUSPENDED,
    # Of the tables.
    "no_representative_in_conversation": Refusal.REPRESENTATIVE,
    "one_conversation_per_review_and_buyer": Refusal.ALREADY_ASKED,
    "one_live_call_per_conversation": Refusal.CALL_CHANGED,
    "contacts_only_in_open_conversation": Refusal.CLOSED,
}


class MessageRefused(Exception):
    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.label)
        self.refusal = refusal


class ClientKeyReused(Exception):
    """Under this client_key another text was sent, or to somebody else."""


def refuse(refusal: Refusal | None) -> None:
    if refusal is not None:
        raise MessageRefused(refusal)


def refusal_of(error: IntegrityError) -> Refusal:
    diagnosis = getattr(error.__cause__, "diag", None)
    constraint = getattr(diagnosis, "constraint_name", None)
    if constraint not in REFUSAL_BY_CONSTRAINT:
        raise error
    return REFUSAL_BY_CONSTRAINT[constraint]
