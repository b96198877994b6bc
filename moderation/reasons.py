"""What is said for each ground, and the statement of reasons that goes with every restriction."""

import datetime

from django.utils import timezone

from moderation.models import Decision, ReasonCode
from notifications.links import absolute

# Six months are never longer than this.
APPEAL_WITHIN = datetime.timedelta(days=184)

# A moderator starts from these words and adds the facts. They suit a review, a comment and a vendor's answer alike.
STATEMENTS: dict[ReasonCode, str] = {
    ReasonCode.MEETS_GUIDELINES: "It meets the guidelines.",
    ReasonCode.NOT_VERIFIED: (
        "We could not verify that you use this product in your work. "
        "Add a current work e-mail to your profile and send the review again."
    ),
    ReasonCode.CONFLICT: (
        "You work for the vendor of this product or for one of its competitors, or have an "
        "interest in how it is rated. Such reviews are not published, good or bad."
    ),
    ReasonCode.NOT_PERSONAL: (
        "It does not describe your own experience with the product within the last 12 months."
    ),
    ReasonCode.COPIED: (
        "The text, or much of it, appears elsewhere or was not written by you."
    ),
    ReasonCode.ABUSIVE: (
        "It contains insults, threats or discrimination. Criticism, however sharp, is welcome "
        "without them."
    ),
    ReasonCode.PRIVATE_DATA: (
        "It contains personal or confidential data, such as the name of a person or the terms "
        "of a contract. Leave it out and send it again."
    ),
    ReasonCode.ADVERTISING: "It advertises a product or a service.",
    ReasonCode.WRONG_PRODUCT: (
        "It is about another product. You are welcome to post it there."
    ),
    ReasonCode.NOT_ENTITLED: (
        "We could not establish that you may speak for this vendor. Somebody with an e-mail "
        "address at the vendor's own domain can."
    ),
    ReasonCode.NO_VIOLATION: "We found nothing in it that breaks the guidelines.",
}

# The guidelines name grounds for refusing; the two other codes say that there was none.
GROUNDS_FOR_REFUSAL: tuple[ReasonCode, ...] = tuple(
    code
    for code in ReasonCode
    if code not in (ReasonCode.MEETS_GUIDELINES, ReasonCode.NO_VIOLATION)
)

# Whoever is restricted by one of these gets a statement of reasons and may appeal.
RESTRICTIONS: frozenset[Decision.Action] = frozenset(
    {
        Decision.Action.REJECT,
        Decision.Action.REMOVE,
        Decision.Action.REJECT_EDIT,
        Decision.Action.REJECT_PROOF,
        Decision.Action.REJECT_CLAIM,
        Decision.Action.END_REPRESENTATION,
        Decision.Action.UPHOLD_REPORT,
        Decision.Action.SUSPEND_MESSAGING,
        Decision.Action.UPHOLD_DISPUTE,
    }
)


def appeal_until(decision: Decision) -> datetime.date:
    return (decision.created_at + APPEAL_WITHIN).date()


def is_appealable(decision: Decision) -> bool:
    """A restriction whose six months are not over; whether it was appealed already is not asked."""
    return decision.action in RESTRICTIONS and timezone.now().date() <= appeal_until(
        decision
    )


def statement_of_reasons(
    decision: Decision, *, restricted: str, effect: str
) -> dict[str, object]:
    """The context of emails/includes/reasons.txt.

    `restricted`: what it is about (your comment of 3 May on …); `effect`: a sentence about what it means
    (Nobody but you can see it.). The facts are the decision's statement.
    """
    return {
        "decision": decision,
        "restricted": restricted,
        "effect": effect,
        "rule_url": absolute(f"/about/guidelines/#{decision.reason_code}"),
        "appeal_url": absolute(f"/appeals/new/{decision.public_id}/"),
        "appeal_until": appeal_until(decision),
    }
