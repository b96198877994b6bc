from moderation.services import NotPossible
from reviews.participation import PartRefusal
from reviews.permissions import Refusal


class Refused(NotPossible):
    """The member may not; `reason.label` is the sentence for them."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason.label)
        self.reason = reason


class AlreadyReviewed(Refused):
    def __init__(self) -> None:
        super().__init__(Refusal.ALREADY_REVIEWED)


class NotVerified(NotPossible):
    """The review has no passed verification and its author no current work e-mail."""

    def __init__(self) -> None:
        super().__init__(
            "Its author has no current work e-mail, and nothing else shows that they use the product."
        )


class PartRefused(NotPossible):
    """The member may not vote, comment or report; `reason.label` is the sentence for them."""

    def __init__(self, reason: PartRefusal) -> None:
        super().__init__(reason.label)
        self.reason = reason
