from django.db import IntegrityError

from messaging.permissions import Refusal

REFUSAL_BY_CONSTRAINT = {
    "no_representative_in_conversation": Refusal.REPRESENTATIVE,
    "one_conversation_per_review_and_buyer": Refusal.ALREADY_ASKED,
    "one_live_call_per_conversation": Refusal.CALL_CHANGED,
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
