"""By what a review is verified, and what its badge says."""

import datetime

import pytest
from allauth.socialaccount.models import SocialAccount
from django.utils import timezone

from reviews import scoring, services
from reviews.models import Review, Verification
from reviews.permissions import Refusal
from reviews.ratings import refresh_product_rating
from reviews.services.verifying import verify_by_account
from reviews_site.lib.env import OidcProvider
from tests.factories import (
    CategoryFactory,
    PendingReviewFactory,
    ProductFactory,
    ReviewFactory,
    UserFactory,
    WorkEmailFactory,
    confirm_email,
)
from tests.reviews.content import review_content

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def providers(settings):
    settings.OIDC_PROVIDERS = tuple(
        OidcProvider(name, name, f"https://{name}.example", name, "x", method, ())
        for name, method in (
            ("linkedin", "linkedin"),
            ("acme", "openid"),
            ("google", ""),
        )
    )


def signs_in(user, provider: str, days_ago: float = 0):
    account = SocialAccount.objects.create(
        user=user, provider=provider, uid=str(user.pk)
    )
    at = timezone.now() - days_ago * DAY
    SocialAccount.objects.filter(pk=account.pk).update(last_login=at)
    return at.date()


@pytest.mark.parametrize(
    ("provider", "method"),
    [("linkedin", Review.Method.LINKEDIN), ("acme", Review.Method.OPENID)],
)
def test_a_sign_in_verifies_a_review_and_dates_it(provider, method):
    author = confirm_email(UserFactory())
    day = signs_in(author, provider, days_ago=40)
    review = services.submit_review(
        author=author, product=ProductFactory(), content=review_content(), answers={}
    )
    review.refresh_from_db()
    assert (review.verification_method, review.verified_on) == (method, day)
    [verification] = Verification.objects.all()
    assert (
        verification.method,
        verification.status,
        verification.checked_at.date(),
    ) == (
        method,
        "passed",
        day,
    )


@pytest.mark.parametrize(("provider", "days_ago"), [("google", 0), ("linkedin", 366)])
def test_a_sign_in_that_shows_nothing_verifies_nothing(provider, days_ago):
    review = PendingReviewFactory()
    signs_in(review.author, provider, days_ago)
    assert not verify_by_account(review)
    assert not Verification.objects.exists()
    with pytest.raises(services.NotVerified):
        services.publish_review(review=review, moderator=UserFactory(is_staff=True))


def test_of_two_that_weigh_the_same_the_newer_is_shown_and_both_are_kept():
    review = PendingReviewFactory()
    WorkEmailFactory(user=review.author, verified_at=timezone.now() - 100 * DAY)
    day = signs_in(review.author, "linkedin", days_ago=10)
    signs_in(review.author, "acme", days_ago=50)
    assert verify_by_account(review)
    assert (review.verification_method, review.verified_on) == ("linkedin", day)
    methods = Verification.objects.values_list("method", flat=True)
    assert set(methods) == {"work_email", "linkedin", "openid"}


def test_a_sign_in_since_then_makes_a_waiting_review_publishable():
    review = PendingReviewFactory()
    day = signs_in(review.author, "acme")
    services.publish_review(review=review, moderator=UserFactory(is_staff=True))
    review.refresh_from_db()
    assert (review.verification_method, review.verified_on) == ("openid", day)


def test_what_a_sign_in_weighs_is_what_a_work_email_weighs():
    weights = scoring.METHOD_WEIGHTS
    assert weights["openid"] == weights["linkedin"] == weights["work_email"] == 0.8
    assert weights["proof_of_use"] == 1.0


def test_a_badge_keeps_its_date_when_what_it_stands_for_lapses(client):
    review = ReviewFactory(verified_on=datetime.date(2025, 3, 9))
    WorkEmailFactory(user=review.author, verified_at=timezone.now() - 400 * DAY)
    page = client.get(review.get_absolute_url()).text
    assert "Work e-mail verified in March 2025" in page


@pytest.mark.parametrize(
    ("method", "badge"),
    [
        ("work_email", "Work e-mail verified in March 2026"),
        ("linkedin", "LinkedIn verified in March 2026"),
        ("openid", "Organisation’s sign-in verified in March 2026"),
        ("proof_of_use", "Proof of use verified in March 2026"),
    ],
)
def test_the_badge_says_what_was_verified_and_when_and_leads_to_how(
    client, method, badge
):
    review = ReviewFactory(
        verification_method=method, verified_on=datetime.date(2026, 3, 9)
    )
    page = client.get(review.get_absolute_url()).text
    assert f'href="/about/verification/">{badge}</a>' in page


def test_an_imported_review_says_that_it_was_not_verified(client):
    review = ReviewFactory(
        source="imported", verification_method="", verified_on=None, author=None
    )
    page = client.get(review.get_absolute_url()).text
    assert 'href="/about/verification/">Imported, not verified</a>' in page


def test_an_insider_who_signs_in_through_the_vendor_is_refused():
    product = ProductFactory()
    product.vendor.email_domains = ["acme.example"]
    product.vendor.save()
    author = confirm_email(UserFactory())
    signs_in(author, "acme")
    SocialAccount.objects.update(extra_data={"domain": "acme.example"})
    with pytest.raises(services.Refused) as refused:
        services.submit_review(
            author=author, product=product, content=review_content(), answers={}
        )
    assert refused.value.reason == Refusal.INSIDER
    assert not Review.objects.exists()


def links_to_how(page: str) -> int:
    return page.count('href="/about/verification/"') - 1  # the one in the foot


def rate(product, reviews: int) -> None:
    for _ in range(reviews):
        ReviewFactory(product=product)
    refresh_product_rating(product.pk)


@pytest.mark.parametrize("reviews", [1, 3])
def test_each_rating_is_one_click_from_how_it_was_verified(client, reviews):
    category = CategoryFactory()
    product = ProductFactory(name="Zebra", category=category)
    rate(product, reviews)
    for path in (
        product.get_absolute_url(),
        "/products/",
        "/search/?q=Zebra",
        product.vendor.get_absolute_url(),
        category.get_absolute_url(),
    ):
        page = client.get(path).text
        assert "Zebra" in page, path
        if "star" in page:
            assert links_to_how(page) >= 1, path
    home = client.get("/").text
    assert home.count("verified in") == reviews
    for review in Review.objects.all():
        assert links_to_how(client.get(review.get_absolute_url()).text) == 1


def test_the_documentation_of_the_api_leads_there_too(client):
    schema = client.get("/api/v1/schema/").text
    assert "http://testserver/about/verification/" in schema


def test_the_page_about_verification_explains_each_label(client, settings):
    page = client.get("/about/verification/").text
    for method in ("work-email", "linkedin", "openid", "proof-of-use", "imported"):
        assert f'id="{method}"' in page
    assert "On this site: acme" in page
    settings.OIDC_PROVIDERS = ()
    page = client.get("/about/verification/").text
    assert "This site has none at present" in page
    assert "on this site it is not" in page
