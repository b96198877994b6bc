"""Two choices at the same moment, and a choice beside the end of the conversation."""

import threading

import pytest
from django.db import connection

from messaging import services
from messaging.models import ContactShare, Conversation
from messaging.sharing import (
    my_choice,
    shared_contacts,
)
from tests.messaging.contacts.sharing import (
    OF_BUYER,
    OF_REVIEWER,
    assert_nothing_is_left,
    choose,
    only,
)
from tests.messaging.people import seen_by


@pytest.mark.django_db(transaction=True)
def test_two_choices_at_once_are_both_whole(buyer, reviewer, conversation):
    def work(user, values):
        try:
            choose(conversation, user, values)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=work, args=args)
        for args in (
            (buyer, OF_BUYER),
            (reviewer, OF_REVIEWER),
            (buyer, OF_BUYER),
            (reviewer, only(OF_REVIEWER, ["name"])),
        )
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    active = ContactShare.objects.active()
    assert active.filter(participant__role="buyer").count() == 3
    of_reviewer = my_choice(seen_by(reviewer, conversation))
    assert of_reviewer in (OF_REVIEWER, only(OF_REVIEWER, ["name"]))
    shared = shared_contacts(seen_by(buyer, conversation))
    assert {c.field for c in shared} == set(of_reviewer)
    # Whatever both chose is known to have been shown.
    assert not active.filter(field__in=of_reviewer, shown_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_choosing_and_leaving_at_once_leaves_nothing(buyer, reviewer, conversation):
    def work(verb, *args, **kwargs):
        try:
            verb(*args, **kwargs)
        except services.MessageRefused:
            pass
        finally:
            connection.close()

    for _ in range(5):
        Conversation.objects.update(state=Conversation.State.OPEN, ended_at=None)
        threads = [
            threading.Thread(target=work, args=(choose, conversation, buyer, OF_BUYER)),
            threading.Thread(
                target=work,
                args=(services.leave_conversation,),
                kwargs={"conversation": conversation, "member": reviewer},
            ),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert_nothing_is_left(conversation)
