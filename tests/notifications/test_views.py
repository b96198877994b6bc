import uuid

import pytest
from django.urls import reverse

from notifications import services
from notifications.links import unsubscribe_token
from notifications.models import EmailPreference
from tests.factories import UserFactory
from tests.notifications.outbox import queue

pytestmark = pytest.mark.django_db


@pytest.fixture
def news(register):
    return register("news", label="Questions to you", transactional=False)


def said(user) -> list[tuple[str, bool]]:
    rows = EmailPreference.objects.filter(user=user, kind="news")
    return list(rows.values_list("kind", "enabled"))


def test_unsubscribe_is_inert_when_opened(client, news):
    user = UserFactory()
    url = reverse(
        "notifications:unsubscribe", args=[unsubscribe_token(user.public_id, "news")]
    )
    for method in (client.get, client.head):
        assert method(url).status_code == 200
    assert said(user) == []
    assert "Questions to you" in client.get(url).text


def test_unsubscribe_takes_one_post_without_session_or_csrf_token(client, news):
    client = client.__class__(enforce_csrf_checks=True)
    user = UserFactory()
    url = reverse(
        "notifications:unsubscribe", args=[unsubscribe_token(user.public_id, "news")]
    )
    for _ in range(2):
        response = client.post(url, {"List-Unsubscribe": "One-Click"})
        assert response.status_code == 200
    assert said(user) == [("news", False)]
    assert response.cookies == {}


@pytest.mark.parametrize(
    "token",
    ["x", "WyJ4Il0:1:2", unsubscribe_token(uuid.UUID(int=1), "news"), "é", "a" * 3000],
)
def test_unsubscribe_with_a_token_that_is_not_ours_is_404(client, news, token):
    url = reverse("notifications:unsubscribe", args=[token])
    assert client.get(url).status_code == 404
    assert client.post(url).status_code == 404


def test_unsubscribe_from_what_belongs_to_the_account_is_404(client):
    user = UserFactory()
    token = unsubscribe_token(user.public_id, "account")
    url = reverse("notifications:unsubscribe", args=[token])
    assert client.post(url).status_code == 404


def test_preferences_need_a_member(client):
    response = client.get("/me/emails/")
    assert response.status_code == 302
    assert response["Location"] == "/accounts/login/?next=/me/emails/"


def test_preferences_show_and_store_the_choice(client, news):
    user = UserFactory()
    client.force_login(user)
    assert client.get("/me/emails/").context["form"]["news"].value() is True
    response = client.post("/me/emails/", {})
    assert response.status_code == 302
    assert said(user) == [("news", False)]
    assert client.get("/me/emails/").context["form"]["news"].value() is False
    client.post("/me/emails/", {"news": "on"})
    assert said(user) == [("news", True)]


def test_preferences_of_one_are_not_those_of_another(client, news):
    one, other = UserFactory(), UserFactory()
    client.force_login(one)
    client.post("/me/emails/", {})
    assert said(other) == []


@pytest.fixture
def daily(register, news):
    register(
        "round_up",
        label="Once a day",
        transactional=False,
        on_by_default=False,
        instead_of="news",
        pace="Once a day",
    )


def choice(user) -> dict[str, bool]:
    rows = EmailPreference.objects.filter(user=user, kind__in=["news", "round_up"])
    return dict(rows.values_list("kind", "enabled"))


@pytest.mark.parametrize(
    ("ticked", "stored"),
    [
        ("news", {"news": True, "round_up": False}),
        ("round_up", {"news": False, "round_up": True}),
        ("never", {"news": False, "round_up": False}),
    ],
)
def test_preferences_offer_one_kind_instead_of_another(client, daily, ticked, stored):
    user = UserFactory()
    client.force_login(user)
    form = client.get("/me/emails/").context["form"]
    assert form["news"].value() == "news"
    assert "round_up" not in form.fields
    client.post("/me/emails/", {"news": ticked})
    assert choice(user) == stored
    assert client.get("/me/emails/").context["form"]["news"].value() == ticked


@pytest.mark.parametrize("value", ["account", "x" * 500, "\0", "digest"])
def test_preferences_refuse_a_choice_that_is_not_offered(client, daily, value):
    user = UserFactory()
    client.force_login(user)
    assert 200 <= client.post("/me/emails/", {"news": value}).status_code < 500
    assert choice(user) == {}


def test_whoever_stops_the_daily_email_does_not_get_the_others_back(client, daily):
    user = UserFactory()
    services.set_preferences(user=user, enabled={"round_up": True})
    assert choice(user) == {"news": False, "round_up": True}
    token = unsubscribe_token(user.public_id, "round_up")
    client.post(reverse("notifications:unsubscribe", args=[token]))
    assert choice(user) == {"news": False, "round_up": False}


def test_whoever_asks_for_both_gets_one(daily):
    user = UserFactory()
    services.set_preferences(user=user, enabled={"round_up": True, "news": True})
    assert choice(user) == {"news": False, "round_up": True}
    services.set_preferences(user=user, enabled={"news": True})
    assert choice(user) == {"news": True, "round_up": False}


def test_dev_mail_is_there_in_the_demo_only(client, settings):
    mail = queue()
    url = f"/dev/mail/{mail.public_id}/"
    assert client.get("/dev/mail/").status_code == 404
    assert client.get(url).status_code == 404
    settings.DEMO = True
    assert client.get("/dev/mail/").status_code == 200
    assert "Text." in client.get(url).text
    assert client.post("/dev/mail/").status_code == 405


def test_dev_mail_shows_links_and_escapes_the_rest(client, settings):
    settings.DEMO = True
    mail = queue(text="<script>x</script> http://testserver/me/")
    page = client.get(f"/dev/mail/{mail.public_id}/").text
    assert 'href="http://testserver/me/"' in page
    assert "<script>x" not in page


def test_dev_mail_filters_by_address_and_pages_by_key(client, settings):
    settings.DEMO = True
    for n in range(30):
        queue(f"member{n}@buyer.example", subject=f"Mail no {n}.")
    first = client.get("/dev/mail/")
    assert "Mail no 29." in first.text
    assert "Mail no 4." not in first.text
    older = client.get("/dev/mail/", {"before": first.context["older"]})
    assert [mail.subject for mail in older.context["mails"]] == [
        f"Mail no {n}." for n in (4, 3, 2, 1, 0)
    ]
    one = client.get("/dev/mail/", {"to": "MEMBER7@"})
    assert [mail.subject for mail in one.context["mails"]] == ["Mail no 7."]


@pytest.mark.parametrize("query", ["before=x", "before=WzFd!", "to=%00", "before=%FF"])
def test_dev_mail_refuses_what_it_can_not_read(client, settings, query):
    settings.DEMO = True
    assert 400 <= client.get(f"/dev/mail/?{query}").status_code < 500


@pytest.mark.parametrize("n", [1, 3])
def test_dev_mail_costs_the_same_for_any_number(
    client, settings, n, django_assert_num_queries
):
    settings.DEMO = True
    for _ in range(n):
        queue()
    with django_assert_num_queries(1):
        client.get("/dev/mail/")


def test_services_unsubscribe_names_the_kind(news):
    user = UserFactory()
    token = unsubscribe_token(user.public_id, "news")
    assert services.unsubscribe(token=token) == news
    assert services.unsubscribe(token="x") is None


def test_preferences_stand_under_their_topics(client, register, daily):
    register("talk", label="Talk", transactional=False, topic="A topic of its own")
    client.force_login(UserFactory())
    topics = client.get("/me/emails/").context["form"].topics()
    assert [topic.name for topic in topics] == [
        "A topic of its own",
        "Private messages",
        "Reviews and comments",
    ]
    assert [bound.name for bound in topics[0].boxes] == ["talk"]
    assert [bound.name for bound in topics[1].either] == ["message_new"]
    assert [bound.name for bound in topics[2].either] == ["news"]
