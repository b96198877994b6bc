"""What the other side is told of an offer, by e-mail."""

from messaging import services
from notifications import kinds
from notifications.models import OutgoingEmail
from tests.messaging.contacts.sharing import (
    OF_BUYER,
    OF_REVIEWER,
    choose,
    mails,
    only,
    revoke,
    shared_by_both,
)
from tests.messaging.people import seen_by


def test_the_other_side_is_told_without_a_field_or_value(buyer, reviewer, conversation):
    choose(conversation, buyer, OF_BUYER)
    choose(conversation, reviewer, OF_REVIEWER)
    assert mails() == [
        ("contact_offered", reviewer.email),
        ("contact_shared", buyer.email),
    ]
    sides = [seen_by(buyer, conversation).me, seen_by(buyer, conversation).other]
    for mail in OutgoingEmail.objects.filter(kind__startswith="contact_"):
        text = f"{mail.subject} {mail.text} {mail.html}"
        for word in (*OF_BUYER.values(), *OF_REVIEWER.values(), "telephone"):
            assert word not in text
        assert not any(side.alias in text for side in sides)


def test_offering_and_taking_back_all_day_is_one_email(buyer, reviewer, conversation):
    for _ in range(3):
        choose(conversation, buyer, only(OF_BUYER, ["name"]))
        revoke(conversation, buyer)
    assert mails() == [("contact_offered", reviewer.email)]


def test_a_changed_value_is_no_new_email(buyer, reviewer, conversation):
    shared_by_both(conversation, buyer, reviewer)
    before = mails()
    choose(conversation, buyer, OF_BUYER | {"telephone": "+44 20 8366 1177"})
    assert mails() == before


def why_not(kind):
    mail = OutgoingEmail.objects.get(kind=kind)
    return kinds.get(kind).still_wanted(mail)


def test_an_offer_is_told_while_it_stands_unanswered(buyer, reviewer, conversation):
    choose(conversation, buyer, OF_BUYER)
    assert why_not("contact_offered") is None
    choose(conversation, reviewer, only(OF_REVIEWER, ["name"]))
    assert why_not("contact_offered") is None
    choose(conversation, reviewer, OF_REVIEWER)
    assert why_not("contact_offered") == "the offer was answered or taken back"
    assert why_not("contact_shared") is None
    revoke(conversation, buyer)
    assert why_not("contact_offered") == "the offer was answered or taken back"
    assert why_not("contact_shared") == "what was shared is withdrawn"


def test_whoever_muted_or_left_is_not_told(buyer, reviewer, conversation):
    choose(conversation, buyer, OF_BUYER)
    services.set_muted(conversation=conversation, member=reviewer, muted=True)
    assert why_not("contact_offered") == "the recipient muted it"
    services.set_muted(conversation=conversation, member=reviewer, muted=False)
    services.leave_conversation(conversation=conversation, member=buyer)
    assert why_not("contact_offered") == "the conversation is closed"


def test_both_kinds_can_be_switched_off_and_are_on(db):
    for kind in ("contact_offered", "contact_shared"):
        assert kinds.get(kind) in kinds.optional()
        assert kinds.get(kind).on_by_default
