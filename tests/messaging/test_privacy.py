import json

from django.core.serializers.json import DjangoJSONEncoder

from accounts import privacy
from messaging.models import Block, Conversation, Participant
from messaging.services import block_member
from tests.messaging.people import write


def test_export_has_ones_own_messages_and_not_the_others(buyer, reviewer, conversation):
    write(conversation, buyer, "Mine as well.")
    exported = privacy.export(buyer)["messages"]
    as_text = json.dumps(exported, cls=DjangoJSONEncoder)
    assert [message["body"] for message in exported["messages"]] == [
        "How long did the roll-out take?",
        "Mine as well.",
    ]
    assert "About four months." not in as_text
    for identity in (reviewer.email, str(reviewer.public_id)):
        assert identity not in as_text


def test_export_does_not_tell_of_a_block_by_the_other(buyer, reviewer, conversation):
    block_member(blocker=reviewer, conversation=conversation)
    exported = privacy.export(buyer)["messages"]
    assert exported["blocks"] == []
    assert exported["conversations"][0]["state"] == "closed"


def test_erasure_leaves_a_thread_with_a_former_member(
    client, buyer, reviewer, conversation
):
    block_member(blocker=buyer, conversation=conversation)
    alias = Participant.objects.get(user=buyer).alias
    privacy.erase(buyer, keep_published=True)
    buyer.delete()
    assert Conversation.objects.get().state == "closed"
    assert Block.objects.count() == 0
    client.force_login(reviewer)
    page = client.get(conversation.get_absolute_url()).content.decode()
    assert "A former member" in page
    assert alias not in page
    assert "How long did the roll-out take?" in page
