import json

import pytest
from allauth.account.models import EmailAddress

from accounts import privacy, services
from accounts.models import Profile, User
from notifications.models import OutgoingEmail
from tests.accounts.members import PASSWORD, member, sign_in
from tests.factories import UserFactory, WorkEmailFactory, complete_profile
from tests.notifications.outbox import queue
from tests.stored_text import places_with

pytestmark = pytest.mark.django_db

PAGES = ["/me/", "/me/profile/", "/me/work-email/", "/me/tokens/", "/me/export/",
         "/me/delete/", "/me/emails/", "/accounts/email/", "/accounts/password/change/",
         "/accounts/2fa/", "/accounts/sessions/"]  # fmt: skip
FORM = {
    "job_function": "it",
    "seniority": "c_level",
    "company_size": "1-50",
    "industry": "media",
    "country": "FR",
    "display_name": "Ann",
    "job_title": "CIO",
    "company_name": "Corp",
    "accepts_messages": "nobody",
}


@pytest.fixture
def ann(client):
    user = member()
    sign_in(client, user.email)
    return user


@pytest.mark.parametrize("path", PAGES)
def test_own_pages_need_a_member_and_are_kept_by_no_cache(client, path):
    assert client.get(path)["Location"] == f"/accounts/login/?next={path}"
    client.force_login(member())
    response = client.get(path)
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]


def test_overview_says_what_is_missing(client, ann):
    page = client.get("/me/")
    assert page.context["missing"][0] == "department"
    complete_profile(ann)
    WorkEmailFactory(user=ann, domain="corp.example")
    page = client.get("/me/")
    assert page.context["missing"] == []
    assert "IT · one level below C" in page.text
    assert "corp.example" in page.text


def test_overview_makes_a_profile_where_none_is(client, ann):
    Profile.objects.filter(user=ann).delete()
    assert client.get("/me/").status_code == 200
    assert Profile.objects.filter(user=ann).exists()


def test_profile_stores_each_facet(client, ann):
    assert client.post("/me/profile/", FORM)["Location"] == "/me/"
    stored = Profile.objects.filter(user=ann).values(*FORM).get()
    assert stored == FORM


def test_profile_stores_nothing_else(client, ann):
    client.post(
        "/me/profile/", FORM | {"user": "1", "is_staff": "on", "email": "x@y.z"}
    )
    ann.refresh_from_db()
    assert (ann.is_staff, ann.email) == (False, "ann@buyer.example")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("job_function", "king"),
        ("country", "XX"),
        ("country", "de"),
        ("accepts_messages", ""),
        ("display_name", "x" * 61),
        ("display_name", "The Moderator"),
        ("display_name", "Levelfield"),
        ("display_name", "http://evil.example"),
    ],
)
def test_profile_refuses_what_it_can_not_hold(client, ann, field, value):
    response = client.post("/me/profile/", FORM | {field: value})
    assert response.status_code == 200
    assert field in response.context["form"].errors
    assert Profile.objects.get(user=ann).display_name == ""


def test_profile_makes_one_visible_line_of_a_name(client, ann):
    client.post("/me/profile/", FORM | {"display_name": " Ann\u202e \n  B\u200b\x00 "})
    assert Profile.objects.get(user=ann).display_name == "Ann B"


def planted(user: User) -> str:
    """A word that stands in each column of the member's that can hold one."""
    word = "planted"
    Profile.objects.filter(user=user).update(
        display_name=word, job_title=word, company_name=word
    )
    WorkEmailFactory(user=user, address=f"{word}@corp.example", domain="corp.example")
    services.create_token(user=user, name=word)
    queue(user.email, recipient=user, subject=word)
    queue(f"{word}@corp.example", subject=word)
    EmailAddress.objects.filter(user=user).update(email=user.email)
    return word


def test_export_has_all_that_is_stored_and_nothing_of_others(client):
    ann = member("planted@buyer.example")
    client.force_login(ann)
    word = planted(ann)
    other = UserFactory(email="other@buyer.example")
    WorkEmailFactory(user=other)
    response = client.get("/me/export/")
    assert "attachment" in response["Content-Disposition"]
    data = json.loads(response.content)
    assert data["account"]["email"] == "planted@buyer.example"
    assert data["profile"]["company_name"] == word
    assert [row["address"] for row in data["work_emails"]] == [f"{word}@corp.example"]
    assert [row["name"] for row in data["api_tokens"]] == [word]
    assert [row["subject"] for row in data["emails_sent"]] == [word]
    assert data["sign_in"]["addresses"][0]["email"] == "planted@buyer.example"
    assert "other@buyer.example" not in response.text
    assert "digest" not in response.text


def test_erasure_leaves_the_member_nowhere(client):
    ann = member("planted@buyer.example")
    other = UserFactory()
    sign_in(client, ann.email)
    word = planted(ann)
    assert len(places_with(word)) >= 8
    response = client.post("/me/delete/", {"password": PASSWORD})
    assert response["Location"] == "/me/deleted/"
    assert places_with(word) == []
    assert list(User.objects.all()) == [other]
    assert client.get("/me/").status_code == 302
    assert "deleted" in client.get("/me/deleted/").text


def test_erasure_deletes_no_mail_to_an_address_that_was_only_typed(ann):
    other = UserFactory()
    WorkEmailFactory(user=ann, address=other.email, verified_at=None)
    theirs = queue(other.email, recipient=other)
    services.erase_account(user=ann, keep_published=True)
    assert list(OutgoingEmail.objects.all()) == [theirs]


@pytest.mark.parametrize("data", [{}, {"password": "wrong"}, {"password": "\x00"}])
def test_erasure_asks_for_the_password(client, ann, data):
    assert client.post("/me/delete/", data).status_code == 200
    assert client.get("/me/delete/").status_code == 200
    assert User.objects.filter(pk=ann.pk).exists()


def test_erasure_is_tried_ten_times_a_minute_at_most(client, ann):
    for _ in range(10):
        client.post("/me/delete/", {"password": "wrong"})
    assert client.post("/me/delete/", {"password": PASSWORD}).status_code == 429
    assert User.objects.filter(pk=ann.pk).exists()


def test_erasure_of_a_moderator_waits_for_the_operator(client):
    staff = member(is_staff=True)
    sign_in(client, staff.email)
    assert "You are a moderator" in client.get("/me/delete/").text
    response = client.post("/me/delete/", {"password": PASSWORD})
    assert response.status_code == 200
    assert User.objects.filter(pk=staff.pk).exists()


def test_erasers_of_upper_apps_run_first_and_learn_the_wish(monkeypatch):
    told = []
    monkeypatch.setattr(privacy, "_ERASERS", [])
    privacy.register_eraser(lambda user, *, keep_published: told.append("lower"))
    privacy.register_eraser(lambda user, *, keep_published: told.append(keep_published))
    services.erase_account(user=UserFactory(), keep_published=True)
    assert told == [True, "lower"]
    with pytest.raises(ValueError, match="twice"):
        privacy.register_exporter("account", lambda user: None)


def test_a_failed_eraser_leaves_all_as_it_was(monkeypatch):
    def fails(user: User, *, keep_published: bool) -> None:
        OutgoingEmail.objects.all().delete()
        raise RuntimeError

    monkeypatch.setattr(privacy, "_ERASERS", [fails])
    user = UserFactory()
    queue(user.email)
    with pytest.raises(RuntimeError):
        services.erase_account(user=user, keep_published=False)
    assert User.objects.filter(pk=user.pk).exists()
    assert OutgoingEmail.objects.count() == 1


def test_members_are_listed_for_superusers_only(client):
    staff, boss = member("staff@x.example", is_staff=True), member("boss@x.example", is_staff=True, is_superuser=True)  # fmt: skip
    other = UserFactory()
    for path in ("/admin/accounts/user/", f"/admin/accounts/user/{other.pk}/change/",
                 "/admin/notifications/outgoingemail/"):  # fmt: skip
        client.force_login(staff)
        assert client.get(path).status_code == 403
        client.force_login(boss)
        assert client.get(path).status_code == 200


def test_a_superuser_closes_an_account(client):
    boss = member(is_staff=True, is_superuser=True)
    other = member("other@buyer.example")
    theirs = client.__class__()
    theirs.force_login(other)
    client.force_login(boss)
    client.post(f"/admin/accounts/user/{other.pk}/change/", {"email": "x@y.example"})
    other.refresh_from_db()
    assert (other.is_active, other.email) == (False, "other@buyer.example")
    assert theirs.get("/me/").status_code == 302
