"""A sign-in through an organisation that turns out to be the vendor: what it does to the buyer's conversations, on both sides."""

import pytest
from allauth.socialaccount.models import SocialAccount
from django.urls import reverse

from messaging.models import CallProposal, ContactShare
from messaging.permissions import can_write
from messaging.services import choose_contacts
from products.models import Vendor
from tests.accounts.members import PASSWORD, prove
from tests.accounts.oidc import Provider, configure, running_provider
from tests.messaging.calling import agree, in_days, propose
from tests.messaging.people import seen_by

pytestmark = pytest.mark.django_db
NUMBERS = {"buyer": "+49 30 901820", "reviewer": "+44 20 8366 1177"}


@pytest.fixture(scope="module")
def running():
    with running_provider() as provider:
        provider.register("acme")
        yield provider


@pytest.fixture
def provider(running, settings) -> Provider:
    configure(settings, running, acme="openid")
    return running


@pytest.fixture
def together(conversation, buyer, reviewer):
    """Two who have shown each other their numbers and agreed on a call about a product of vendor.example."""
    Vendor.objects.filter(products=conversation.review.product).update(
        email_domains=["vendor.example"]
    )
    for user, side in ((buyer, "buyer"), (reviewer, "reviewer")):
        choose_contacts(
            conversation=conversation, member=user, values={"telephone": NUMBERS[side]}
        )
    agree(propose(conversation, buyer, in_days(2)), reviewer)
    buyer.set_password(PASSWORD)
    buyer.save()
    return conversation


def come_back_from(client, provider: Provider, email: str, **fields):
    provider.knows("b1", email=email, email_verified=True)
    page = client.post("/accounts/oidc/acme/login/", fields)["Location"]
    return client.get(provider.agree(page, "b1"))


def signs_in(client, buyer, provider, email):
    SocialAccount.objects.create(user=buyer, provider="acme", uid="b1")
    come_back_from(client, provider, email)
    assert client.session["_auth_user_id"] == str(buyer.pk)


def connects(client, buyer, provider, email):
    client.force_login(buyer)
    prove(client)
    come_back_from(client, provider, email, process="connect")


def connects_and_gives_the_password_late(client, buyer, provider, email):
    client.force_login(buyer)
    come_back_from(client, provider, email, process="connect")
    prove(client)


ways = pytest.mark.parametrize(
    "come", [signs_in, connects, connects_and_gives_the_password_late]
)


def shown_to(client, user, conversation) -> bool:
    """The other side's number, on the page or by the API."""
    client.force_login(user)
    other = "reviewer" if seen_by(user, conversation).me.role == "buyer" else "buyer"
    addresses = (
        conversation.get_absolute_url(),
        reverse("api:contacts", args=[conversation.public_id]),
    )
    pages = [client.get(address).content.decode() for address in addresses]
    return any(NUMBERS[other] in page for page in pages)


@ways
def test_from_the_vendor_it_takes_back_what_both_had_shown_and_agreed(
    client, together, buyer, reviewer, provider, come
):
    assert [shown_to(client, each, together) for each in (buyer, reviewer)] == [
        True
    ] * 2
    client.logout()
    come(client, buyer, provider, "buyer@eu.vendor.example")
    assert SocialAccount.objects.get().extra_data == {"domain": "vendor.example"}
    assert CallProposal.objects.get().state == "cancelled"
    assert not ContactShare.objects.exclude(value="").exists()
    assert [shown_to(client, each, together) for each in (buyer, reviewer)] == [
        False
    ] * 2
    assert can_write(seen_by(buyer, together)) == "vendor_domain"
    assert can_write(seen_by(reviewer, together)) == "not_accepting"


@ways
def test_from_elsewhere_it_changes_nothing(
    client, together, buyer, reviewer, provider, come
):
    client.logout()
    come(client, buyer, provider, "buyer@bystander.example")
    assert SocialAccount.objects.get().extra_data == {"domain": "bystander.example"}
    assert CallProposal.objects.get().state == "accepted"
    assert [shown_to(client, each, together) for each in (buyer, reviewer)] == [
        True
    ] * 2


def test_an_address_that_nobody_vouches_for_changes_nothing(
    client, together, buyer, reviewer, provider
):
    SocialAccount.objects.create(user=buyer, provider="acme", uid="b1")
    provider.knows("b1", email="buyer@vendor.example", email_verified=False)
    page = client.post("/accounts/oidc/acme/login/")["Location"]
    client.get(provider.agree(page, "b1"))
    assert client.session["_auth_user_id"] == str(buyer.pk)
    assert [shown_to(client, each, together) for each in (buyer, reviewer)] == [
        True
    ] * 2
