"""What the author is told for each ground; a moderator starts from these words and adds the facts."""

from moderation.models import Decision, ReasonCode

STATEMENTS: dict[ReasonCode, str] = {
    ReasonCode.MEETS_GUIDELINES: "The review meets the guidelines.",
    ReasonCode.NOT_VERIFIED: (
        "We could not verify that you use this product in your work. "
        "Add a current work e-mail to your profile and send the review again."
    ),
    ReasonCode.CONFLICT: (
        "You work for the vendor of this product or for one of its competitors, or have an "
        "interest in how it is rated. Such reviews are not published, good or bad."
    ),
    ReasonCode.NOT_PERSONAL: (
        "The review does not describe your own experience with the product within the last "
        "12 months."
    ),
    ReasonCode.COPIED: (
        "The text, or much of it, appears elsewhere or was not written by you."
    ),
    ReasonCode.ABUSIVE: (
        "The review contains insults, threats or discrimination. Criticism of the product, "
        "however sharp, is welcome without them."
    ),
    ReasonCode.PRIVATE_DATA: (
        "The review contains personal or confidential data, such as the name of a person or "
        "the terms of a contract. Leave it out and send the review again."
    ),
    ReasonCode.ADVERTISING: "The review advertises a product or a service.",
    ReasonCode.WRONG_PRODUCT: (
        "The review is about another product. You are welcome to post it there."
    ),
    ReasonCode.NO_VIOLATION: "We found nothing in it that breaks the guidelines.",
}

# The guidelines name grounds for refusing; the two other codes say that there was none.
GROUNDS_FOR_REFUSAL: tuple[ReasonCode, ...] = tuple(
    code
    for code in ReasonCode
    if code not in (ReasonCode.MEETS_GUIDELINES, ReasonCode.NO_VIOLATION)
)

REFUSALS: frozenset[Decision.Action] = frozenset(
    {Decision.Action.REJECT, Decision.Action.REMOVE, Decision.Action.REJECT_EDIT}
)
