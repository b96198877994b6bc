import hashlib
from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.test import APIRequestFactory

from accounts import services
from accounts.authentication import ApiTokenAuthentication
from accounts.models import ApiToken
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann(client):
    user = UserFactory()
    client.force_login(user)
    return user


def authenticate(header: str | None):
    headers = {} if header is None else {"authorization": header}
    request = APIRequestFactory().get("/", headers=headers)
    return ApiTokenAuthentication().authenticate(request)


def test_a_token_is_shown_once_and_stored_as_a_hash(client, ann):
    page = client.post("/me/tokens/", {"name": "nightly  export"})
    key = page.context["key"]
    assert key.startswith("lf_")
    assert key in page.text
    [token] = ApiToken.objects.all()
    assert (token.user, token.name) == (ann, "nightly export")
    assert token.digest == hashlib.sha256(key.encode()).hexdigest()
    assert key not in client.get("/me/tokens/").text
    assert page["Cache-Control"] == "private, no-store"


def test_a_token_opens_the_api_for_its_owner():
    user = UserFactory()
    token, key = services.create_token(user=user, name="x")
    assert authenticate(f"Bearer {key}") == (user, token)
    assert authenticate(f"bearer {key}") == (user, token)


def test_no_token_leaves_the_question_to_others():
    assert authenticate(None) is None
    assert authenticate("Basic YTpi") is None


@pytest.mark.parametrize(
    "header",
    ["Bearer", "Bearer lf_x", "Bearer a b", "Bearer é", "Bearer \x00", "Bearer " + "x" * 9999],
)  # fmt: skip
def test_a_wrong_token_is_refused(header):
    with pytest.raises(AuthenticationFailed):
        authenticate(header)


def test_a_revoked_token_and_one_of_a_closed_account_are_refused(client, ann):
    revoked, revoked_key = services.create_token(user=ann, name="x")
    closed, closed_key = services.create_token(
        user=UserFactory(is_active=False), name="x"
    )
    client.post(f"/me/tokens/{revoked.public_id}/revoke/")
    for key in (revoked_key, closed_key):
        with pytest.raises(AuthenticationFailed):
            authenticate(f"Bearer {key}")
    assert not services.revoke_token(token=revoked)


def test_the_use_of_a_token_is_noted_every_five_minutes_at_most(
    django_assert_num_queries,
):
    token, key = services.create_token(user=UserFactory(), name="x")
    authenticate(f"Bearer {key}")
    token.refresh_from_db()
    first = token.last_used_at
    authenticate(f"Bearer {key}")
    token.refresh_from_db()
    assert token.last_used_at == first
    long_ago = timezone.now() - timedelta(minutes=6)
    ApiToken.objects.update(last_used_at=long_ago)
    authenticate(f"Bearer {key}")
    token.refresh_from_db()
    assert token.last_used_at > long_ago


def test_an_eleventh_token_is_refused(client, ann):
    for n in range(10):
        services.create_token(user=ann, name=str(n))
    assert "You have ten tokens" in client.post("/me/tokens/", {"name": "x"}).text
    assert ApiToken.objects.count() == 10


def test_only_the_owner_revokes(client, ann):
    token, _ = services.create_token(user=UserFactory(), name="x")
    url = f"/me/tokens/{token.public_id}/revoke/"
    assert client.post(url).status_code == 404
    assert client.get(url).status_code == 405
    token.refresh_from_db()
    assert token.revoked_at is None


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "\x00"])
def test_a_token_needs_a_name(client, ann, name):
    assert client.post("/me/tokens/", {"name": name}).status_code == 200
    assert ApiToken.objects.count() == 0


@pytest.mark.parametrize("n", [1, 3])
def test_tokens_page_costs_the_same_for_any_number(
    client, ann, n, django_assert_num_queries
):
    for _ in range(n):
        services.create_token(user=ann, name="x")
    with django_assert_num_queries(4):
        client.get("/me/tokens/")
