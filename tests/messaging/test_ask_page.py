import pytest

from messaging.models import Conversation, Message
from messaging.permissions import Refusal
from tests.factories import ReviewFactory, UserFactory, VendorRepresentativeFactory
from tests.messaging.pages import as_, ask_url, question, text
from tests.messaging.people import ask, member


def test_ask_page_sends_a_visitor_to_the_log_in_and_back(client, review):
    response = client.get(ask_url(review))
    assert response.status_code == 302
    assert response["Location"] == f"/accounts/login/?next={ask_url(review)}"


def test_ask_page_shows_what_the_reviewer_will_see(client, buyer, review):
    response = as_(client, buyer).get(ask_url(review))
    assert response.status_code == 200
    assert review.headline in text(response)
    assert "IT · one level below C · 201–1,000 employees · Healthcare" in text(response)
    assert response["Cache-Control"] == "private, no-store"


def test_ask_sends_the_question_and_leads_to_the_thread(client, buyer, review):
    response = as_(client, buyer).post(ask_url(review), question())
    conversation = Conversation.objects.get()
    assert response["Location"] == f"/messages/{conversation.public_id}/"
    again = client.get(ask_url(review))
    assert again["Location"] == f"/messages/{conversation.public_id}/"


@pytest.mark.parametrize("status", ["pending", "rejected", "withdrawn", "removed"])
def test_ask_page_of_a_review_that_is_not_public_is_404(client, buyer, review, status):
    review.status = status
    review.save()
    assert as_(client, buyer).get(ask_url(review)).status_code == 404
    assert client.post(ask_url(review), question()).status_code == 404
    assert Conversation.objects.count() == 0


def test_ask_page_says_why_not(client, reviewer, review):
    response = as_(client, reviewer).get(ask_url(review))
    assert response.status_code == 403
    assert Refusal.OWN_REVIEW.label in text(response)
    assert "<textarea" not in text(response)


def test_ask_refuses_a_representative_by_page_too(client, buyer, review):
    VendorRepresentativeFactory(user=buyer)
    response = as_(client, buyer).post(ask_url(review), question())
    assert response.status_code == 403
    # What they typed isn't lost.
    assert "How long did it take?" in text(response)
    assert Conversation.objects.count() == 0


def test_ask_names_the_limit(client, buyer):
    for _ in range(5):
        ask(buyer, ReviewFactory(author=member()))
    sixth = ReviewFactory(author=member())
    response = as_(client, buyer).post(ask_url(sixth), question())
    assert response.status_code == 429
    assert "5 conversations within 24 hours" in text(response)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("", "Write your question first."),
        ("   ", "Write your question first."),
        ("a\x00b", "Null characters are not allowed."),
        ("x" * 4001, "Ensure this value has at most 4000 characters (it has 4001)."),
    ],
)
def test_ask_refuses_a_body_that_can_not_be_sent(client, buyer, review, body, error):
    response = as_(client, buyer).post(ask_url(review), question(body=body))
    assert response.status_code == 200
    assert error in text(response)
    assert "x" * 4001 in text(response) if body[:1] == "x" else True
    assert Message.objects.count() == 0


@pytest.mark.parametrize("key", ["", "1", "\x00", "x" * 5000])
def test_ask_refuses_a_key_that_is_none(client, buyer, review, key):
    response = as_(client, buyer).post(ask_url(review), question(client_key=key))
    assert response.status_code == 200
    assert "This page is incomplete; load it again." in text(response)
    assert Message.objects.count() == 0


def test_ask_again_with_the_same_key_and_other_words_keeps_them(client, buyer, review):
    sent = question()
    as_(client, buyer).post(ask_url(review), sent)
    response = client.post(ask_url(review), sent | {"body": "And at what price?"})
    assert response.status_code == 200
    assert "And at what price?" in text(response)
    assert sent["client_key"] not in text(response)
    assert Message.objects.count() == 1


def test_an_unconfirmed_member_reads_what_to_do(client, review):
    response = as_(client, UserFactory()).get(ask_url(review))
    assert response.status_code == 403
    assert 'href="/accounts/email/"' in text(response)
