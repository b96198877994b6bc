"""After each verb that changes what a page shows, visitors read the page as it is then, and not the kept one."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.services import erase_account
from disclosure.services import retire
from moderation.models import ReasonCode
from prices.topics import PRICE
from products import services as catalogue
from products.importers.features import FeatureLine
from products.models import Product, ProductFeature, Vendor
from reviews import coarsening, ratings, services, voice
from reviews.models import Comment, Dispute, ProductRating, Review, ReviewRevision
from reviews.models import VendorResponse as Response
from reviews_site.lib import visitor_pages
from tests.factories import (
    CategoryFactory,
    CommentFactory,
    PendingCommentFactory,
    PendingReviewFactory,
    ProductFactory,
    ReviewFactory,
    UserFactory,
    VendorResponseFactory,
    WorkEmailFactory,
    complete_profile,
    confirm_email,
)
from tests.prices.customers import customer, told
from tests.prices.releases import release_of
from tests.reviews.content import review_content
from tests.reviews.vendors import GROUND, Stage, make_stage

pytestmark = pytest.mark.django_db

REASON = {"reason_code": ReasonCode.PRIVATE_DATA, "statement": "It names somebody."}
Change = Callable[[], object]
# Status and content by path.
Pages = dict[str, tuple[int, bytes]]
OTHERS = [
    "/products/",
    "/products/?sort=name",
    "/search/?q=acme",
    "/vendors/acme/",
    "/vendors/acme/voice/",
    "/categories/desks/?company_size=51-200&company_size=201-1000",
    "/categories/desks/guide/",
    "/categories/desks/feed/",
    "/compare/?p=acme-desk&p=rival",
    "/feed/",
    "/robots.txt",
    "/sitemap.xml",
    "/about/ratings/",
    "/about/verification/",
    "/about/guidelines/",
    "/about/figures/",
    "/about/messages/",
    "/reviews/new/",
    "/api/v1/reviews/?product=acme-desk",
    "/api/v1/products/acme-desk/",
    "/api/v1/categories/desks/ranking/",
    "/api/v1/compare/?product=acme-desk&product=rival",
]


@dataclass
class Site(Stage):
    """A vendor's product with a review by a member who can edit it, and what was said about that review."""

    author: User = field(init=False)
    other: Product = field(init=False)

    def __post_init__(self) -> None:
        assert self.review.author is not None
        self.author = self.review.author
        complete_profile(self.author)
        WorkEmailFactory(user=self.author)
        self.other = ProductFactory(name="Rival", slug="rival", category=CategoryFactory(name="Desks", slug="desks"))  # fmt: skip

    @property
    def paths(self) -> list[str]:
        product, review = "/products/acme-desk/", f"/reviews/{self.review.public_id}/"
        beneath = ("", "score/", "voice/", "prices/", "feed/")
        elsewhere = ("/", "/products/rival/", "/categories/desks/", f"/api/v1{review}")
        return [*(product + each for each in beneath), review, *elsewhere]

    def read(self) -> Pages:
        """By a new visitor."""
        asked = Client(headers={"host": "testserver"})
        answers = {path: asked.get(path) for path in self.paths}
        return {path: (page.status_code, page.content) for path, page in answers.items()}  # fmt: skip

    def comment(self, **kwargs: object) -> Comment:
        return CommentFactory(review=self.review, **kwargs)

    def response(self) -> Response:
        return VendorResponseFactory(review=self.review, author=self.eva)

    def revision(self, **changes: object) -> ReviewRevision:
        services.propose_edit(
            review=self.review,
            author=self.author,
            content=review_content(**changes),
            answers={},
        )
        return self.review.revisions.get(status=ReviewRevision.Status.PENDING)


@pytest.fixture
def site(settings) -> Iterator[Site]:
    stage = make_stage()
    ratings.refresh_product_rating(stage.product.pk)
    settings.PAGE_CACHE_SECONDS = 60
    yield Site(stage.vendor, stage.product, stage.review, stage.eva, stage.moderator)


# --- The verbs: each prepares, and returns what changes a page --------------------------------


def publish_review(site: Site) -> Change:
    waiting = PendingReviewFactory(product=site.product)
    WorkEmailFactory(user=waiting.author)
    return lambda: services.publish_review(review=waiting, moderator=site.moderator)


def remove_review(site: Site) -> Change:
    return lambda: services.remove_review(review=site.review, moderator=site.moderator, **REASON)  # fmt: skip


def restore_review(site: Site) -> Change:
    services.remove_review(review=site.review, moderator=site.moderator, **REASON)
    return lambda: services.restore_review(review=site.review, moderator=site.moderator)


def withdraw_review(site: Site) -> Change:
    return lambda: services.withdraw_review(review=site.review, author=site.author)


def approve_edit(site: Site) -> Change:
    revision = site.revision(headline="Other words")
    return lambda: services.approve_edit(revision=revision, moderator=site.moderator)


def say_moved_on(site: Site) -> Change:
    return lambda: services.say_moved_on(review=site.review, product=site.other)


def vote(site: Site) -> Change:
    voter = confirm_email(UserFactory())
    return lambda: services.vote_helpful(review=site.review, voter=voter)


def take_back_vote(site: Site) -> Change:
    voter = confirm_email(UserFactory())
    services.vote_helpful(review=site.review, voter=voter)
    return lambda: services.take_back_vote(review=site.review, voter=voter)


def publish_comment(site: Site) -> Change:
    comment = PendingCommentFactory(review=site.review)
    return lambda: services.publish_comment(comment=comment, moderator=site.moderator)


def remove_comment(site: Site) -> Change:
    comment = site.comment()
    return lambda: services.remove_comment(comment=comment, moderator=site.moderator, **REASON)  # fmt: skip


def restore_comment(site: Site) -> Change:
    comment = site.comment()
    services.remove_comment(comment=comment, moderator=site.moderator, **REASON)
    return lambda: services.restore_comment(comment=comment, moderator=site.moderator)


def withdraw_comment(site: Site) -> Change:
    comment = site.comment()
    return lambda: services.withdraw_comment(comment=comment, author=comment.author)


def publish_response(site: Site) -> Change:
    response = site.respond()
    return lambda: site.publish(response)


def remove_response(site: Site) -> Change:
    response = site.response()
    return lambda: services.remove_response(response=response, moderator=site.moderator, **REASON)  # fmt: skip


def withdraw_response(site: Site) -> Change:
    response = site.response()
    return lambda: services.withdraw_response(response=response, user=site.eva)


def open_dispute(site: Site) -> Change:
    return site.dispute


def withdraw_dispute(site: Site) -> Change:
    dispute = site.dispute()
    return lambda: services.withdraw_dispute(dispute=dispute, user=site.eva)


def dismiss_dispute(site: Site) -> Change:
    dispute: Dispute = site.dispute()
    return lambda: services.dismiss_dispute(
        dispute=dispute,
        moderator=site.moderator,
        statement="It is an opinion.",
    )


def uphold_dispute(site: Site) -> Change:
    dispute: Dispute = site.dispute()
    return lambda: services.uphold_dispute(
        dispute=dispute,
        moderator=site.moderator,
        reason_code=GROUND,
        statement="It names a private person.",
    )


def refresh_rating(site: Site) -> Change:
    ReviewFactory(product=site.product, half_stars=2)
    return lambda: ratings.refresh_product_rating(site.product.pk)


def recompute_all_ratings(site: Site) -> Change:
    ProductRating.objects.update(count=77)
    return ratings.recompute_all_ratings


def count_voices(site: Site) -> Change:
    for _ in range(5):
        ReviewFactory(product=site.product, pros="The audit trail is complete.")
    ratings.refresh_product_rating(site.product.pk)
    return lambda: voice.serve_all([site.product.pk])


def verify_more_strongly(site: Site) -> Change:
    from_work_email = Review.Method.PROOF_OF_USE
    return lambda: services.verifying.strengthen(site.review, from_work_email)


def coarsen_all(site: Site) -> Change:
    """Nobody else is like its author."""
    return coarsening.coarsen_all


def erase_the_author(site: Site) -> Change:
    return lambda: erase_account(user=site.author, keep_published=False)


def erase_a_signature(site: Site) -> Change:
    Review.objects.filter(pk=site.review.pk).update(is_anonymous=False, display_name="Kim Doe", version=9)  # fmt: skip
    return lambda: erase_account(user=site.author, keep_published=True)


def erase_a_commentator(site: Site) -> Change:
    comment = site.comment(author=confirm_email(UserFactory()), display_name="Kim Doe")
    return lambda: erase_account(user=comment.author, keep_published=True)


def release_figures(site: Site) -> Change:
    for n in range(5):
        told(site.product, customer(site.product, f"company{n}.example"), days=400)
    return lambda: release_of(site.product)


def retire_figures(site: Site) -> Change:
    release_figures(site)()
    return lambda: retire(topic=PRICE, product_id=site.product.pk, organisation="company0.example")  # fmt: skip


def edit_product(site: Site) -> Change:
    product = Product.objects.get(pk=site.product.pk)
    product.summary = "Now with an audit trail."
    return lambda: catalogue.save_product(product=product, changed=["summary"])


def hide_product(site: Site) -> Change:
    product = Product.objects.get(pk=site.product.pk)
    product.status = Product.Status.HIDDEN
    return lambda: catalogue.save_product(product=product, changed=["status"])


def rename_product(site: Site) -> Change:
    return lambda: catalogue.rename_product(product=site.product, name="Acme Table")


def merge_products(site: Site) -> Change:
    return lambda: catalogue.merge_products(kept=site.product, merged=site.other)


def merge_vendors(site: Site) -> Change:
    return lambda: catalogue.merge_vendors(kept=Vendor.objects.get(pk=site.other.vendor_id), merged=site.vendor)  # fmt: skip


def rename_vendor(site: Site) -> Change:
    vendor = Vendor.objects.get(pk=site.vendor.pk)
    vendor.name = "Acme Incorporated"
    return lambda: catalogue.save_vendor(vendor=vendor, changed=["name"])


def rename_category(site: Site) -> Change:
    category = site.other.categories.get()
    category.name = "Tables"
    return lambda: catalogue.save_category(category=category, changed=["name"])


def import_features(site: Site) -> Change:
    support, today = ProductFeature.Support.YES, timezone.now().date()
    line = FeatureLine("1", "", "SSO", "", "acme-desk", support, "Acme", "", "", today)
    return lambda: catalogue.import_features(lines=[line])


VERBS = [
    publish_review,
    remove_review,
    restore_review,
    withdraw_review,
    approve_edit,
    say_moved_on,
    vote,
    take_back_vote,
    publish_comment,
    remove_comment,
    restore_comment,
    withdraw_comment,
    publish_response,
    remove_response,
    withdraw_response,
    open_dispute,
    withdraw_dispute,
    dismiss_dispute,
    uphold_dispute,
    refresh_rating,
    recompute_all_ratings,
    count_voices,
    verify_more_strongly,
    coarsen_all,
    erase_the_author,
    erase_a_signature,
    erase_a_commentator,
    release_figures,
    retire_figures,
    edit_product,
    hide_product,
    rename_product,
    merge_products,
    merge_vendors,
    rename_vendor,
    rename_category,
    import_features,
]


# After these, something is shown nowhere any more.
TAKE_BACK = {
    remove_review,
    withdraw_review,
    approve_edit,
    uphold_dispute,
    coarsen_all,
    erase_the_author,
    erase_a_signature,
    retire_figures,
    hide_product,
}


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.__name__)
def test_visitors_read_it_as_it_is_after(
    site, verb, settings, django_capture_on_commit_callbacks
):
    change = verb(site)
    before = site.read()
    with django_capture_on_commit_callbacks() as on_commit:
        change()
        # Until the commit, and if its note were lost: what was kept.
        assert only_found(site.read(), before) == only_found(before, before)
    for tell in on_commit:
        tell()
    after = site.read()
    settings.PAGE_CACHE_SECONDS = 0
    anew = site.read()
    assert anew != before
    mine = (f"/products/{site.product.slug}/", "/reviews/", "/api/v1/reviews/")
    for path in anew:
        if verb in TAKE_BACK or path.startswith(mine):
            assert after[path] == anew[path], path


def hide_the_other(site: Site) -> Change:
    product = Product.objects.get(pk=site.other.pk)
    product.status = Product.Status.HIDDEN
    return lambda: catalogue.save_product(product=product, changed=["status"])


def hide_what_it_names(site: Site) -> Change:
    services.say_moved_on(review=site.review, product=site.other)
    return hide_the_other(site)


def rename_what_it_names(site: Site) -> Change:
    services.say_moved_on(review=site.review, product=site.other)
    return lambda: catalogue.rename_product(product=site.other, name="Contender")


@pytest.mark.parametrize(
    ("verb", "path"),
    [
        (hide_what_it_names, "/products/acme-desk/"),
        (hide_what_it_names, "/api/v1/reviews/?product=acme-desk"),
        (rename_what_it_names, "/products/acme-desk/"),
        (remove_response, "/api/v1/reviews/?product=acme-desk"),
        (withdraw_response, "/api/v1/reviews/?product=acme-desk"),
        (hide_the_other, "/categories/desks/guide/"),
        (hide_the_other, "/categories/desks/guide/?industry=banking"),
    ],
)
def test_what_is_made_of_pieces_shows_at_once_what_is_gone(
    site, verb, path, settings, django_capture_on_commit_callbacks
):
    change, asked = verb(site), Client(headers={"host": "testserver"})
    before = asked.get(path).content
    with django_capture_on_commit_callbacks(execute=True):
        change()
    after = asked.get(path).content
    settings.PAGE_CACHE_SECONDS = 0
    cache.clear()
    assert after == asked.get(path).content != before


def only_found(pages: Pages, before: Pages) -> Pages:
    return {path: pages[path] for path, (status, _) in before.items() if status == 200}


def test_every_marked_page_is_kept(site):
    """Otherwise the tests above would show nothing."""
    visitor, product = Client(headers={"host": "testserver"}), "/products/acme-desk/"
    more = ("alternatives/", "outcomes/", "people-like-me/")
    paths = [*site.paths, *(product + each for each in more), *OTHERS]
    for path in paths:
        asked = visitor.get(path)
        assert asked.status_code == 200, path
        assert cache.get(visitor_pages.Place(asked.wsgi_request).key), path
    assert visitor.cookies == {}
