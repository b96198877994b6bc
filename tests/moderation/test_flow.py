"""From sign-up to erasure by the pages alone, as members and moderators have them."""

from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from accounts.models import User, WorkEmail
from moderation.models import Appeal, Decision, QueueItem
from reviews.models import Review
from tests.accounts.members import PASSWORD, last_mail, link_in, member, sign_in
from tests.factories import ProductFactory
from tests.reviews.test_wizard import fill, send
from tests.stored_text import places_with

pytestmark = pytest.mark.django_db

EMAIL = "planted@hospital.example"
WORD = "Plantedword"


@pytest.fixture
def first():
    return signed_in("first@levelfield.example", is_staff=True)


@pytest.fixture
def second():
    return signed_in("second@levelfield.example", is_staff=True)


def signed_in(email: str, **fields) -> Client:
    member(email, **fields)
    client = Client()
    sign_in(client, email)
    return client


def sign_up(client) -> None:
    client.post("/accounts/signup/", {"email": EMAIL, "password1": PASSWORD})
    client.post(link_in(last_mail(EMAIL), "confirm-email"))
    assert EmailAddress.objects.get(email=EMAIL).verified


def confirm_work_email(client) -> None:
    """The address they have just confirmed counts at once."""
    client.post("/me/work-email/", {"address": EMAIL})
    assert WorkEmail.objects.current().filter(address=EMAIL).exists()


def write(client) -> Review:
    ProductFactory(slug="ledger", name="Ledger")
    fill(
        client, headline=f"{WORD} leads it", pros=f"{WORD} answers every question. " * 3
    )
    send(client)
    return Review.objects.get()


def decide(moderator, kind: str, **choice: str):
    item = QueueItem.objects.waiting().get(kind=kind)
    return moderator.post(f"/admin/queue/{item.public_id}/", choice, follow=True)


def verified() -> str:
    out = StringIO()
    call_command("verify_log", stdout=out)
    return out.getvalue()


def test_a_member_is_refused_appeals_is_heard_and_leaves_without_a_trace(
    client, first, second
):
    sign_up(client)
    confirm_work_email(client)
    review = write(client)
    decide(
        first,
        "review",
        verb="reject",
        reason_code="private_data",
        statement=f"{WORD} is a person.",
        seen_version=str(review.version),
    )
    appeal_page = link_in(last_mail(EMAIL), "appeals/new")
    client.post(appeal_page, {"text": f"{WORD} is the product's assistant."})

    # Who decided first can't decide the appeal, by the page's own refusal and by a post past it.
    refused = decide(first, "appeal", verb="dismiss", reason_code="private_data")
    assert Appeal.objects.get().status == "open"
    assert "Another moderator decides" in refused.text
    decide(second, "appeal", verb="grant", statement=f"{WORD} is no person, indeed.")
    review.refresh_from_db()
    assert (Appeal.objects.get().status, review.status) == ("granted", "published")

    assert WORD in client.get("/me/export/").text
    client.post("/me/delete/", {"password": PASSWORD})
    assert not User.objects.filter(email=EMAIL).exists()
    assert places_with(WORD) == places_with("planted@") == []
    assert "All 3 lines (3 of them erased) are as they were written." in verified()


def test_a_tampered_row_is_named(client, first):
    sign_up(client)
    confirm_work_email(client)
    write(client)
    decide(first, "review", verb="reject", reason_code="abusive")
    client.post("/me/delete/", {"password": PASSWORD})
    assert "All 1 lines (1 of them erased)" in verified()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE moderation_decision DISABLE TRIGGER USER")
        cursor.execute("UPDATE moderation_decision SET reason_code = 'copied'")
    with pytest.raises(CommandError, match=str(Decision.objects.get().public_id)):
        verified()
