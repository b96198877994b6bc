import uuid

import pytest
from django.utils import timezone

from products.models import Invitation, Product
from reviews.models import ReviewDraft
from tests.factories import (
    ProductFactory,
    UserFactory,
    VendorFactory,
    VendorRepresentativeFactory,
    add_members,
    complete_profile,
    confirm_email,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def product():
    vendor = VendorFactory(name="Acme")
    return ProductFactory(slug="ledger", name="Ledger", vendor=vendor)


def page_of(client, invitation: Invitation) -> str:
    response = client.get(invitation.get_absolute_url())
    assert response.status_code == 200
    return response.content.decode()


def test_invitation_names_who_asks_for_what_and_what_is_shown(client, product):
    invitation = Invitation.objects.create(product=product, incentive="A voucher")
    page = page_of(client, invitation)
    for said in (
        "Acme, the vendor",
        "Ledger",
        "“A voucher”, to everybody, whatever they write",
        "Never your e-mail address or your employer",
        "“Invited by the vendor” and the reward: “A voucher”",
        f"/products/ledger/reviews/new/?invitation={invitation.public_id}",
    ):
        assert said in page
    assert 'content="noindex"' in page


def test_invitation_of_the_site_promises_nothing_unless_it_says_so(client, product):
    invitation = Invitation.objects.create(product=product, inviter="site")
    page = page_of(client, invitation)
    assert "<dd>Nothing</dd>" in page
    assert "“Invited by this site”" in page


def test_member_sees_how_they_would_be_shown(client, product):
    member = confirm_email(UserFactory())
    complete_profile(member, country="MT")
    add_members(5)
    client.force_login(member)
    page = page_of(client, Invitation.objects.create(product=product))
    shown = "IT · one level below C · 201–1,000 employees · Healthcare"
    assert f"As your profile is now: <b>{shown}</b>" in page
    assert "Malta" not in page


def test_ended_invitation_says_so_and_leads_to_a_review_without_it(client, product):
    invitation = Invitation.objects.create(
        product=product, incentive="A voucher", ended_at=timezone.now()
    )
    page = page_of(client, invitation)
    assert "This invitation ended on" in page
    assert "A voucher" not in page
    assert str(invitation.public_id) not in page.partition("<main")[2]


def test_representative_is_told_why_they_cannot(client, product):
    representative = VendorRepresentativeFactory(vendor=product.vendor)
    client.force_login(confirm_email(representative.user))
    page = page_of(client, Invitation.objects.create(product=product))
    assert "You represent this vendor" in page
    assert "?invitation=" not in page


def test_reading_an_invitation_changes_nothing(client, product):
    invitation = Invitation.objects.create(product=product)
    client.force_login(confirm_email(UserFactory()))
    page_of(client, invitation)
    assert client.post(invitation.get_absolute_url()).status_code == 405
    assert not ReviewDraft.objects.exists()


def test_invitation_that_is_not_there_is_not_found(client, product):
    assert client.get(f"/invitations/{uuid.uuid4()}/").status_code == 404
    invitation = Invitation.objects.create(product=product)
    Product.objects.update(status=Product.Status.HIDDEN)
    assert client.get(invitation.get_absolute_url()).status_code == 404


def test_invitation_takes_one_query_for_a_visitor(
    client, product, django_assert_num_queries
):
    invitation = Invitation.objects.create(product=product)
    with django_assert_num_queries(1):
        page_of(client, invitation)
