"""Canaries planted in both members: none may reach the other side, in any byte of any answer."""

import pytest
from django.db import connection
from django.urls import reverse

from accounts.models import Profile
from accounts.services import create_token
from messaging import urls
from messaging.models import Conversation
from messaging.services import accept_request, block_member, choose_contacts
from notifications.models import OutgoingEmail
from tests.factories import ReviewFactory, WorkEmailFactory
from tests.messaging.people import ask, member, write

# Every address of messaging by its name, and who may be given which body. A new one must be added here.
READABLE = {"ask", "inbox", "conversation", "new_messages", "report", "contacts"}
POST_ONLY = {
    "read",
    "accept",
    "decline",
    "leave",
    "block",
    "unblock",
    "mute",
    "revoke_contacts",
}

# What they show, and to whom: test_call_views.py and test_calendars.py.
OF_A_CALL = {
    "accept_call",
    "calendar",
    "calls",
    "cancel_call",
    "decline_call",
    "propose_call",
}


def canary(name):
    """A member all of whose facts carry their name."""
    user = member(email=f"{name}.login@{name}-account.example")
    Profile.objects.filter(user=user).update(
        display_name=f"{name} Displayname",
        job_title=f"{name} Jobtitle",
        company_name=f"{name} Company",
        country="MT",
    )
    WorkEmailFactory(
        user=user, domain=f"{name}-work.example", address=f"{name}@{name}-work.example"
    )
    return user


@pytest.fixture
def asker(db):
    return canary("canaryasker")


@pytest.fixture
def answerer(db):
    return canary("canaryanswerer")


@pytest.fixture
def talk(asker, answerer):
    review = ReviewFactory(author=answerer)
    conversation = ask(asker, review, "First words.")
    accept_request(conversation=conversation, reviewer=answerer)
    write(conversation, answerer, "Second words.")
    write(conversation, asker, "Third words.")
    # Both are ready to share something, and nothing of it the same.
    offer(conversation, asker, work_email="canaryasker@canaryasker-work.example")
    offer(conversation, answerer, name="canaryanswerer Displayname")
    return conversation


def offer(conversation, user, **values):
    choose_contacts(conversation=conversation, member=user, values=values)


def identity(user):
    """Whatever would name them, apart from the primary key, which is asked for by its own test."""
    name = user.email.partition(".")[0]
    return [name, str(user.public_id), user.public_id.hex, user.password, "Malta"]


def bytes_of(response):
    headers = b"\n".join(f"{k}: {v}".encode() for k, v in response.items())
    cookies = response.cookies.output().encode()
    return headers + cookies + response.content


def pages_of(client, talk):
    """(address, answer) of everything a participant can read."""
    first, last = (
        talk.messages.order_by("id").first(),
        talk.messages.newest_first().first(),
    )
    foreign = talk.messages.exclude(sender=client.user).first()
    of_talk = talk.get_absolute_url()
    addresses = [
        reverse("messaging:ask", args=[talk.review.public_id]),
        *[f"/messages/?tab={tab}" for tab in ("requests", "open", "closed")],
        of_talk,
        f"{of_talk}?before={last.public_id}",
        f"{of_talk}new/?after={first.public_id}&state=requested",
        f"{of_talk}{foreign.public_id}/report/",
        f"{of_talk}contacts/",
        talk.review.get_absolute_url(),
        talk.review.product.get_absolute_url(),
        "/api/v1/conversations/",
        f"/api/v1/conversations/{talk.public_id}/",
        f"/api/v1/conversations/{talk.public_id}/messages/",
        f"/api/v1/reviews/{talk.review.public_id}/",
        "/api/v1/reviews/",
    ]
    for address in addresses:
        yield address, client.get(address)


def signed_in(client, user):
    client.force_login(user)
    client.user = user
    return client


def test_every_address_of_messaging_has_a_policy():
    assert {pattern.name for pattern in urls.urlpatterns} == READABLE | POST_ONLY | OF_A_CALL


@pytest.mark.parametrize("reader", ["asker", "answerer"])
def test_no_page_names_the_other_side(client, asker, answerer, talk, reader):
    me, other = (asker, answerer) if reader == "asker" else (answerer, asker)
    read = 0
    for address, response in pages_of(signed_in(client, me), talk):
        assert response.status_code in (200, 302, 403), address
        for fact in identity(other):
            assert fact.encode() not in bytes_of(response), (address, fact)
        read += b"Second words." in response.content
    # The test looked at the thread itself, not at empty pages.
    assert read >= 4


@pytest.mark.parametrize("reader", ["asker", "answerer"])
def test_no_answer_to_an_action_names_the_other_side(
    client, asker, answerer, talk, reader
):
    me, other = (asker, answerer) if reader == "asker" else (answerer, asker)
    client = signed_in(client, me)
    last = talk.messages.newest_first().first().public_id
    for name in sorted(POST_ONLY):
        address = reverse(f"messaging:{name}", args=[talk.public_id])
        response = client.post(address, {"up_to": str(last)}, follow=True)
        for fact in identity(other):
            assert fact.encode() not in bytes_of(response), (name, fact)


@pytest.mark.parametrize("reader", ["asker", "answerer"])
def test_no_email_names_the_other_side(asker, answerer, talk, reader):
    me, other = (asker, answerer) if reader == "asker" else (answerer, asker)
    mails = list(OutgoingEmail.objects.filter(recipient=me))
    assert mails
    for mail in mails:
        everything = " ".join(
            [mail.subject, mail.text, mail.html, mail.message_id, str(mail.about)]
        )
        for fact in [*identity(other), "words."]:
            assert fact not in everything, (mail.kind, fact)


def test_no_api_answer_names_the_other_side(client, asker, answerer, talk):
    _, key = create_token(user=asker, name="test")
    headers = {"Authorization": f"Bearer {key}"}
    for path in ("", f"{talk.public_id}/", f"{talk.public_id}/messages/"):
        response = client.get(f"/api/v1/conversations/{path}", headers=headers)
        assert response.status_code == 200
        for fact in identity(answerer):
            assert fact.encode() not in bytes_of(response), (path, fact)


@pytest.fixture
def keys_of_their_own(db):
    """Keys so large that no width or count on a page can be mistaken for one."""
    with connection.cursor() as cursor:
        for table in (
            "accounts_user",
            "messaging_participant",
            "messaging_conversation",
        ):
            cursor.execute(
                f"SELECT setval('{table}_id_seq', greatest(nextval('{table}_id_seq'), 7654000))"
            )


@pytest.mark.parametrize("reader", ["asker", "answerer"])
def test_no_primary_key_of_the_other_side_is_shown(
    keys_of_their_own, client, asker, answerer, talk, reader
):
    me, other = (asker, answerer) if reader == "asker" else (answerer, asker)
    sides = {p.user_id: p.pk for p in talk.participants.all()}
    for address, response in pages_of(signed_in(client, me), talk):
        page = response.content.decode()
        for pk in (other.pk, sides[other.pk], talk.pk):
            assert str(pk) not in page, address


def test_the_conversations_of_one_pair_share_nothing(client, asker, answerer):
    talks = [ask(asker, ReviewFactory(author=answerer)) for _ in range(3)]
    aliases = {talk.participants.get(role="reviewer").alias for talk in talks}
    # Drawn anew for each: that all three are equal happens by chance one time in some eight million.
    assert len(aliases) > 1


def test_a_block_reads_like_an_opt_out(client, asker, answerer, talk):
    second = ReviewFactory(author=answerer)
    third = ReviewFactory(author=member())
    block_member(blocker=answerer, conversation=talk)
    Profile.objects.filter(user=third.author).update(accepts_messages="nobody")
    client.force_login(asker)
    answers = [
        client.get(reverse("messaging:ask", args=[review.public_id]))
        for review in (second, third)
    ]
    notes = [
        page.content.decode().split('<div class="notice notice-warning"')[1][:400]
        for page in answers
    ]
    assert answers[0].status_code == answers[1].status_code == 403
    assert notes[0].split("</div>")[0] == notes[1].split("</div>")[0]


def test_a_stranger_learns_nothing_anywhere(client, stranger, asker, answerer, talk):
    client.force_login(stranger)
    addresses = [
        "/messages/",
        "/messages/?tab=requests",
        "/messages/?tab=closed",
        "/me/",
        "/",
        "/search/?q=Second+words",
        "/api/v1/conversations/",
        talk.review.get_absolute_url(),
    ]
    for address in addresses:
        page = bytes_of(client.get(address, follow=True)).decode()
        assert str(talk.public_id) not in page
        assert "Second words." not in page
        for side in talk.participants.all():
            assert side.alias not in page
    assert Conversation.objects.for_user(stranger).count() == 0
