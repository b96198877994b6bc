import pytest

from accounts.models import Profile, User
from messaging.models import Conversation, Participant
from messaging.services import (
    accept_request,
    block_member,
    decline_request,
    leave_conversation,
    mark_read,
    set_muted,
)
from notifications import kinds
from notifications.models import OutgoingEmail
from tests.factories import VendorRepresentativeFactory
from tests.messaging.people import write


def why_not(mail):
    return kinds.get(mail.kind).still_wanted(mail)


def last_mail():
    return OutgoingEmail.objects.order_by("id").last()


def test_each_kind_can_be_switched_off():
    names = [kind.name for kind in kinds.optional()]
    for name in ("message_request", "message_new", "message_accepted"):
        assert name in names


def test_an_email_carries_a_link_and_no_text(buyer, reviewer, conversation):
    write(conversation, buyer, "A secret about our tender.")
    accept_mail_kinds = {"message_request", "message_new"}
    mails = list(OutgoingEmail.objects.all())
    assert {mail.kind for mail in mails} == accept_mail_kinds
    aliases = Participant.objects.values_list("alias", flat=True)
    for mail in mails:
        everything = mail.subject + mail.text + mail.html
        assert f"http://testserver/messages/{conversation.public_id}/" in mail.text
        for private in ("secret", "roll-out", "four months", *aliases):
            assert private not in everything
        assert mail.about == {"conversation": str(conversation.public_id)}


def test_a_request_is_wanted_until_it_is_read_or_answered(reviewer, request_):
    mail = last_mail()
    assert why_not(mail) is None
    mark_read(conversation=request_, member=reviewer, up_to=request_.messages.get())
    assert why_not(mail) == "it was read already"
    accept_request(conversation=request_, reviewer=reviewer)
    assert why_not(mail) == "the request was answered or closed"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("read", "it was read already"),
        ("mute", "the recipient muted it"),
        ("leave", "the conversation is closed"),
        ("other leaves", "the conversation is closed"),
        ("block", "the conversation is closed"),
        ("represent", "a vendor representative takes part"),
        ("disable", "nobody can write in it for now"),
        ("erase", "the two don't reach each other any more"),
        ("vanish", "the recipient takes no part in it"),
    ],
)
def test_rights_are_checked_again_when_sending(
    buyer, reviewer, conversation, change, reason
):
    mail = last_mail()
    assert (mail.kind, mail.recipient, why_not(mail)) == ("message_new", buyer, None)
    last = conversation.messages.newest_first().first()
    {
        "read": lambda: mark_read(conversation=conversation, member=buyer, up_to=last),
        "mute": lambda: set_muted(conversation=conversation, member=buyer, muted=True),
        "leave": lambda: leave_conversation(conversation=conversation, member=buyer),
        "other leaves": lambda: leave_conversation(
            conversation=conversation, member=reviewer
        ),
        "block": lambda: block_member(blocker=buyer, conversation=conversation),
        "represent": lambda: VendorRepresentativeFactory(user=buyer),
        "disable": lambda: User.objects.filter(pk=reviewer.pk).update(is_active=False),
        "erase": reviewer.delete,
        "vanish": Conversation.objects.all().delete,
    }[change]()
    assert why_not(mail) == reason


def test_a_block_in_another_conversation_cancels_too(buyer, reviewer, conversation):
    mail = last_mail()
    buyer.blocks.create(blocked=reviewer)
    assert why_not(mail) == "the two don't reach each other any more"


def test_an_acceptance_is_wanted_while_it_is_open(buyer, reviewer, request_):
    accept_request(conversation=request_, reviewer=reviewer)
    mail = last_mail()
    assert (mail.kind, mail.recipient, why_not(mail)) == (
        "message_accepted",
        buyer,
        None,
    )
    leave_conversation(conversation=request_, member=reviewer)
    assert why_not(mail) == "the conversation is closed"


def test_a_declined_request_is_not_mailed(reviewer, request_):
    mail = last_mail()
    decline_request(conversation=request_, reviewer=reviewer)
    assert why_not(mail) == "the request was answered or closed"


def test_an_opt_out_later_does_not_stop_what_was_asked(reviewer, request_):
    Profile.objects.filter(user=reviewer).update(accepts_messages="nobody")
    assert why_not(last_mail()) is None
