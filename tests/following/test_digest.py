import datetime
import re

import pytest
import time_machine
from django.core import signing
from django.test import Client
from django.utils import timezone

from following import emails, services
from following.models import DigestSubscription
from following.permissions import DIGEST_REQUESTS_PER_DAY, gets_digest
from notifications.delivery import deliver
from notifications.models import EmailPreference, OutgoingEmail
from reviews.models import Review
from tests.factories import ProductFactory, ReviewFactory
from tests.following.keeping import ago, follows, subscribe

pytestmark = pytest.mark.django_db


def ask(client) -> str:
    """The path of the link in the e-mail that came."""
    client.post("/me/following/digest/")
    mail = OutgoingEmail.objects.filter(kind="digest_confirmation").latest("pk")
    return re.search(r"http://testserver(/me/following/digest/confirm/\S+)", mail.text)[1]  # fmt: skip


@pytest.fixture
def news(owner):
    """Something that the owner follows has a new review."""
    product = ProductFactory(name="Ledger", slug="ledger")
    follows(owner, product)
    return ReviewFactory(product=product, headline="Sound", published_at=ago(2))


# --- Asking and confirming ------------------------------------------------------------------


def test_nothing_is_sent_before_it_is_confirmed(signed_in, owner, news):
    path = ask(signed_in)
    with time_machine.travel(timezone.now() + datetime.timedelta(days=9)):
        assert services.send_digests() == 0
    assert gets_digest(owner) is False
    assert "Waits for you" in signed_in.get("/me/following/").text
    assert OutgoingEmail.objects.exclude(kind="digest_confirmation").count() == 0
    assert path


def test_the_link_shows_a_button_and_the_button_confirms(signed_in, owner):
    path, phone = ask(signed_in), Client()
    for _ in range(2):
        page = phone.get(path)
        assert page.status_code == 200
        assert "Yes, send it to me" in page.text
    assert phone.head(path).status_code == 200
    assert DigestSubscription.objects.get().confirmed_at is None
    assert "Confirmed" in phone.post(path).text
    assert gets_digest(owner) is True
    assert "Confirmed" in phone.get(path).text
    confirmed_at = DigestSubscription.objects.get().confirmed_at
    phone.post(path)
    assert DigestSubscription.objects.get().confirmed_at == confirmed_at


def test_the_first_digest_comes_a_week_after_the_confirmation(signed_in, owner, news):
    Client().post(ask(signed_in))
    assert services.send_digests() == 0
    news.published_at = timezone.now() + datetime.timedelta(days=1)
    news.save()
    with time_machine.travel(timezone.now() + datetime.timedelta(days=7, hours=1)):
        assert services.send_digests() == 1
        assert services.send_digests() == 0


def test_each_wrong_link_gets_the_same_answer(signed_in, owner):
    path = ask(signed_in)
    token = path.rstrip("/").rpartition("/")[2]
    named = signing.loads(token, salt="following.digest")
    wrong = [
        "x",
        token[:-3],
        signing.dumps(named, salt="accounts.work-email"),
        signing.dumps([str(owner.public_id), "yesterday"], salt="following.digest"),
        signing.dumps(["0", named[1]], salt="following.digest"),
        signing.dumps({"a": 1}, salt="following.digest"),
        signing.dumps([str(owner.public_id), ago(1).isoformat()], salt="following.digest"),
    ]  # fmt: skip
    visitor = Client()
    for method in (visitor.get, visitor.post):
        answers = [method(f"/me/following/digest/confirm/{each}/") for each in wrong]
        assert {answer.status_code for answer in answers} == {404}
        assert len({answer.content for answer in answers}) == 1
    with time_machine.travel(timezone.now() + datetime.timedelta(days=3, minutes=1)):
        late = visitor.post(path)
    assert late.content == answers[0].content
    assert DigestSubscription.objects.get().confirmed_at is None


def test_both_of_two_links_work_until_one_was_used(signed_in, owner):
    first, second = ask(signed_in), ask(signed_in)
    assert "Yes, send it to me" in Client().get(first).text
    assert "Confirmed" in Client().post(second).text
    assert gets_digest(owner) is True


def test_asking_is_limited(signed_in, owner):
    for _ in range(DIGEST_REQUESTS_PER_DAY + 2):
        page = signed_in.post("/me/following/digest/", follow=True)
    assert "too often today" in page.text
    assert OutgoingEmail.objects.count() == DIGEST_REQUESTS_PER_DAY


def test_asking_again_once_it_is_on_sends_nothing(signed_in, owner):
    subscribe(owner)
    page = signed_in.post("/me/following/digest/", follow=True)
    assert "You get it already." in page.text
    assert OutgoingEmail.objects.count() == 0


@pytest.mark.parametrize("path", ["digest/", "digest/stop/"])
def test_only_a_member_asks_and_stops_and_only_by_post(client, signed_in, owner, path):
    subscribe(owner)
    assert signed_in.get(f"/me/following/{path}").status_code == 405
    answer = Client().post(f"/me/following/{path}")
    assert answer["Location"].startswith("/accounts/login/")
    assert gets_digest(owner) is True


# --- Stopping -------------------------------------------------------------------------------


def unsubscribe_path(mail: OutgoingEmail) -> str:
    return re.search(r"http://testserver(/emails/unsubscribe/\S+)", mail.text)[1]


def test_the_link_of_a_digest_stops_it_until_it_is_confirmed_anew(
    signed_in, owner, news
):
    old_link = ask(signed_in)
    Client().post(old_link)
    DigestSubscription.objects.update(covered_until=ago(7.5))
    services.send_digests()
    mail = OutgoingEmail.objects.get(kind="digest")
    assert Client().post(unsubscribe_path(mail)).status_code == 200
    assert gets_digest(owner) is False
    # The old link opens nothing, and the page of e-mails can't switch it on.
    assert Client().post(old_link).status_code == 404
    signed_in.post("/me/emails/", {"digest": "on"})
    assert gets_digest(owner) is False
    # What waits is not sent, and no more is made.
    assert deliver(mail.pk) == "cancelled"
    DigestSubscription.objects.update(covered_until=ago(7.5))
    assert services.send_digests() == 0
    new_link = ask(signed_in)
    assert new_link != old_link
    assert gets_digest(owner) is False
    assert Client().post(old_link).status_code == 404
    assert "Confirmed" in Client().post(new_link).text
    assert gets_digest(owner) is True


def test_stopping_on_the_page_takes_the_subscription_back(signed_in, owner):
    path = ask(signed_in)
    signed_in.post("/me/following/digest/stop/")
    assert DigestSubscription.objects.count() == 0
    assert Client().post(path).status_code == 404
    Client().post(ask(signed_in))
    signed_in.post("/me/following/digest/stop/")
    assert gets_digest(owner) is False
    assert DigestSubscription.objects.count() == 0


def test_the_page_of_e_mails_says_whether_it_is_on_and_keeps_it(signed_in, owner):
    assert "Once a week: what is new in what you follow: off" in signed_in.get("/me/emails/").text  # fmt: skip
    subscribe(owner)
    page = signed_in.get("/me/emails/").text
    assert "Once a week: what is new in what you follow: on" in page
    assert 'name="digest"' not in page
    signed_in.post("/me/emails/", {})
    assert gets_digest(owner) is True


def test_nobody_is_subscribed_who_did_not_ask(owner, news):
    assert services.send_digests() == 0
    assert EmailPreference.objects.count() == 0


# --- Asked again before it is sent ----------------------------------------------------------


@pytest.fixture
def waiting(owner, news):
    subscribe(owner)
    services.send_digests()
    return OutgoingEmail.objects.get(kind="digest")


def test_a_digest_is_sent_with_the_headers_of_rfc_8058(waiting, mail_server):
    assert deliver(waiting.pk) == "sent"
    (headers,) = mail_server.mails()
    assert headers["List-Unsubscribe"].strip() == f"<http://testserver{unsubscribe_path(waiting)}>"  # fmt: skip
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_digest_is_not_sent_once_the_subscription_is_gone(waiting, mail_server):
    DigestSubscription.objects.all().delete()
    assert deliver(waiting.pk) == "cancelled"
    assert mail_server.mails() == []


def test_a_digest_is_not_sent_once_a_review_in_it_is_not_public(waiting, mail_server):
    Review.objects.update(status="withdrawn")
    assert deliver(waiting.pk) == "cancelled"
    assert mail_server.mails() == []


def test_a_confirmation_is_not_sent_once_it_was_taken_back(signed_in, owner):
    ask(signed_in)
    signed_in.post("/me/following/digest/stop/")
    assert deliver(OutgoingEmail.objects.get().pk) == "cancelled"


def test_the_link_is_not_kept_once_it_is_in_the_mailbox(signed_in, mail_server):
    ask(signed_in)
    mail = OutgoingEmail.objects.get()
    assert deliver(mail.pk) == "sent"
    mail.refresh_from_db()
    assert (mail.text, mail.html) == ("", "")


# --- When and how many ----------------------------------------------------------------------


def test_each_week_has_one_digest(owner, news):
    subscribe(owner)
    assert services.send_digests() == 1
    assert services.send_digests() == 0
    DigestSubscription.objects.update(covered_until=ago(7))
    assert services.send_digests() == 1
    assert OutgoingEmail.objects.filter(kind="digest").count() == 2


def test_a_week_without_news_sends_nothing_and_counts_as_told(owner):
    follows(owner, ProductFactory())
    subscribe(owner)
    assert services.send_digests() == 0
    assert DigestSubscription.objects.get().covered_until > ago(0.1)


def test_a_period_that_was_queued_before_is_not_queued_again(owner, news):
    subscription = subscribe(owner)
    services.send_digests()
    DigestSubscription.objects.update(covered_until=subscription.covered_until)
    assert services.send_digests() == 0
    assert OutgoingEmail.objects.filter(kind="digest").count() == 1


def test_whoever_is_disabled_gets_none(owner, news):
    subscribe(owner)
    type(owner).objects.update(is_active=False)
    assert services.send_digests() == 0


def test_a_portion_takes_the_longest_waiting_and_the_rest_follows(
    owner, other, news, monkeypatch
):
    subscribe(owner, covered_days_ago=8)
    subscribe(other, covered_days_ago=9)
    monkeypatch.setattr("following.services.digest.PORTION", 1)
    assert services.digest.send_portion(timezone.now()) == (1, 0)
    assert DigestSubscription.objects.get(pk=other.pk).covered_until > ago(0.1)
    assert DigestSubscription.objects.get(pk=owner.pk).covered_until < ago(7)
    assert services.send_digests() == 1


def test_a_link_of_somebody_else_confirms_for_them_alone(signed_in, owner, other):
    path = ask(signed_in)
    elsewhere = Client()
    elsewhere.force_login(other)
    elsewhere.post(path)
    assert (gets_digest(owner), gets_digest(other)) == (True, False)


def test_the_token_names_no_address(owner):
    subscription = subscribe(owner)
    token = emails.digest_token(subscription)
    assert owner.email not in str(signing.loads(token, salt="following.digest"))
