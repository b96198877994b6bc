from datetime import timedelta

from django.db import models

DAY = timedelta(hours=24)
NEW_CONVERSATIONS_PER_SENDER_AND_DAY = 5
NEW_CONVERSATIONS_PER_REVIEWER_AND_DAY = 3
CONTACTS_PER_SIDE_AND_DAY = 20

# Declined questions and upheld reports of a sender's messages, counted together.
STRIKES_COUNT_FOR = timedelta(days=30)
STRIKES_TO_SLOW_DOWN, NEW_CONVERSATIONS_SLOWED_DOWN = 3, 2
STRIKES_TO_SLOW_DOWN_MORE, NEW_CONVERSATIONS_SLOWED_DOWN_MORE = 6, 1


class Refusal(models.TextChoices):
    """Why a message can't be sent; the label is what its sender reads.

    A block, an opt-out, a suspension of the other side and an author who is gone read the same: nobody learns
    which of them it is. And who isn't alike enough doesn't learn in what.
    """

    SIGNED_OUT = "signed_out", "Sign in to ask a reviewer."
    EMAIL_NOT_CONFIRMED = (
        "email_not_confirmed",
        "Confirm your e-mail address first; then you can ask.",
    )
    SUSPENDED = (
        "suspended",
        "A moderator has suspended your private messages, so you can read but not write.",
    )
    NOT_PUBLISHED = (
        "not_published",
        "The review isn't public at the moment, so nobody can write here.",
    )
    OWN_REVIEW = "own_review", "This is your own review."
    REPRESENTATIVE = (
        "representative",
        "Vendor representatives can't write to members: what a vendor has to say about a review, it says in public.",
    )
    VENDOR_DOMAIN = (
        "vendor_domain",
        "Your e-mail address belongs to the vendor of this product, so you can't write to its reviewers.",
    )
    COMPETITOR = (
        "competitor",
        "Your e-mail address belongs to a vendor of competing products, so you can't write to reviewers of this one.",
    )
    NOT_ACCEPTING = (
        "not_accepting",
        "This member isn't taking messages at the moment.",
    )
    ALREADY_ASKED = "already_asked", "You have asked this reviewer already."
    NOT_ALIKE = (
        "not_alike",
        "This reviewer takes questions from members whose work is like theirs. "
        "Your profile and this review have too little in common.",
    )
    SENDER_LIMIT = (
        "sender_limit",
        f"You have begun {NEW_CONVERSATIONS_PER_SENDER_AND_DAY} conversations within 24 hours, "
        "which is the limit. You can ask again tomorrow.",
    )
    SLOWED_DOWN = (
        "slowed_down",
        f"Several of your questions of the last {STRIKES_COUNT_FOR.days} days were declined, or reported with good "
        f"reason. From {STRIKES_TO_SLOW_DOWN} on, {NEW_CONVERSATIONS_SLOWED_DOWN} conversations can begin within 24 "
        f"hours; from {STRIKES_TO_SLOW_DOWN_MORE} on, {NEW_CONVERSATIONS_SLOWED_DOWN_MORE}. You can ask again tomorrow.",
    )
    REVIEWER_LIMIT = (
        "reviewer_limit",
        f"This reviewer got {NEW_CONVERSATIONS_PER_REVIEWER_AND_DAY} new questions within 24 hours, "
        "which is the limit. You can ask tomorrow.",
    )
    WAIT_FOR_ANSWER = (
        "wait_for_answer",
        "You can write again once the reviewer has answered.",
    )
    NOT_OPEN_YET = (
        "not_open_yet",
        "That is possible once the reviewer has accepted the question.",
    )
    CONTACT_LIMIT = (
        "contact_limit",
        f"You have chosen {CONTACTS_PER_SIDE_AND_DAY} details here within 24 hours, which is the limit. "
        "You can take them back now, and choose again tomorrow.",
    )
    CALL_AGREED = (
        "call_agreed",
        "A time is agreed already. Call it off first; then you can propose others.",
    )
    CALL_CHANGED = (
        "call_changed",
        "This was answered, replaced or called off meanwhile.",
    )
    CALL_OWN = "call_own", "You proposed these times: the other side answers."
    CALL_PASSED = "call_passed", "This time has passed. Propose others."
    CALL_UNFIT = (
        "call_unfit",
        "Give one to five different times within the next 365 days, a length of 5 to 480 minutes, a time zone, "
        "and at most 300 characters about the place.",
    )
    DECLINED = "declined", "This request was declined, so nobody can write here."
    CLOSED = "closed", "This conversation is closed, so nobody can write here."


# What a later day changes by itself.
LIMITS = (
    Refusal.SENDER_LIMIT,
    Refusal.SLOWED_DOWN,
    Refusal.REVIEWER_LIMIT,
    Refusal.CONTACT_LIMIT,
)
