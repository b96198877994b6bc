import re

import pytest
from django.test import Client

from accounts.coarsening import coarsen
from accounts.models import Profile
from messaging.services import reviewer_persona
from reviews import services
from reviews.cards import render_cards
from reviews.coarsening import (
    coarsen_all,
    facets_to_hide,
    public_facets,
    public_persona,
)
from reviews.models import Review, ReviewRevision
from reviews.privacy import erase_reviews
from tests.factories import (
    PendingReviewFactory,
    ProductFactory,
    ReviewFactory,
    UserFactory,
    WorkEmailFactory,
    add_members,
    confirm_email,
)
from tests.reviews.content import review_content

pytestmark = pytest.mark.django_db

# As in ReviewFactory.
FACETS = {
    "job_function": "it",
    "seniority": "c_minus_1",
    "company_size": "201-1000",
    "industry": "healthcare",
    "country": "DE",
}
WHOLE = "IT · one level below C · 201–1,000 employees · Healthcare · Germany"


@pytest.fixture
def moderator():
    return UserFactory(is_staff=True)


def described(**changes: str) -> Profile:
    return Profile(**FACETS | changes)


# --- How much may be told -------------------------------------------------------------------


def test_five_members_who_share_everything_hide_nothing():
    add_members(5, **FACETS)
    found = coarsen(described())
    assert (found.sharing, found.hidden, found.persona) == (5, [], WHOLE)


def test_facets_go_from_the_end_until_five_share_the_rest():
    add_members(2, **FACETS)
    add_members(2, **FACETS | {"country": "FR"})
    add_members(1, **FACETS | {"industry": "retail"})
    found = coarsen(described())
    assert found.sharing == 2
    assert found.hidden == ["industry", "country"]
    assert found.hidden_names == ["industry", "country"]
    assert found.persona == "IT · one level below C · 201–1,000 employees"


def test_everything_goes_where_fewer_than_five_share_even_the_department():
    add_members(4, **FACETS)
    found = coarsen(described())
    assert found.hidden == list(FACETS)
    assert found.persona == ""


def test_what_was_not_stated_is_neither_counted_nor_hidden():
    add_members(5, **FACETS | {"country": "FR"})
    assert coarsen(described(country="")).hidden == []
    assert coarsen(described(country="", industry="retail")).hidden == ["industry"]
    assert coarsen(Profile()).sharing is None


def test_coarsening_takes_one_query(django_assert_num_queries):
    add_members(5, **FACETS)
    with django_assert_num_queries(1):
        coarsen(described())


def test_who_signs_with_a_name_hides_nothing():
    review = ReviewFactory.build(is_anonymous=False)
    assert facets_to_hide(review) == []


# --- When it is worked out ------------------------------------------------------------------


def submitted(**changes) -> Review:
    member = confirm_email(UserFactory())
    WorkEmailFactory(user=member)
    return services.submit_review(
        author=member,
        product=ProductFactory(),
        content=review_content(**FACETS | changes),
        answers={},
    )


def test_it_is_worked_out_at_submission_and_again_at_publication(moderator):
    review = submitted()
    assert review.hidden_facets == list(FACETS)
    add_members(5, **FACETS | {"country": "FR"})
    services.publish_review(review=review, moderator=moderator)
    assert review.hidden_facets == ["country"]


def test_it_is_worked_out_again_for_each_edit(moderator):
    add_members(5, **FACETS)
    review = submitted()
    content = review_content(**FACETS | {"industry": "retail"})
    services.propose_edit(
        review=review, author=review.author, content=content, answers={}
    )
    review.refresh_from_db()
    assert review.hidden_facets == ["industry", "country"]
    services.publish_review(review=review, moderator=moderator)
    again = review_content(**FACETS)
    services.propose_edit(
        review=review, author=review.author, content=again, answers={}
    )
    review.refresh_from_db()
    assert review.hidden_facets == ["industry", "country"]
    services.approve_edit(revision=ReviewRevision.objects.get(), moderator=moderator)
    review.refresh_from_db()
    assert review.hidden_facets == []


def test_the_nightly_look_hides_more_of_a_group_that_has_shrunk():
    members = add_members(5, **FACETS)
    review = ReviewFactory()
    named = ReviewFactory(is_anonymous=False, display_name="Jo")
    assert coarsen_all() == 0
    members[0].delete()
    assert coarsen_all() == 1
    version = review.version
    review.refresh_from_db()
    assert (review.hidden_facets, review.version) == (list(FACETS), version + 1)
    named.refresh_from_db()
    assert named.hidden_facets == []
    assert coarsen_all() == 0


def test_the_nightly_look_never_shows_more():
    review = ReviewFactory(hidden_facets=["country"])
    add_members(9, **FACETS)
    assert coarsen_all() == 0
    review.refresh_from_db()
    assert review.hidden_facets == ["country"]


def test_one_statement_for_all_agrees_with_the_question_for_one():
    add_members(5, **FACETS)
    add_members(4, **FACETS | {"job_function": "hr", "country": "FR"})
    add_members(1, **FACETS | {"job_function": "hr", "seniority": "c_level"})
    add_members(6, **FACETS | {"company_size": "1-50", "country": ""})
    for job_function in ("it", "hr", "sales"):
        for company_size in ("201-1000", "1-50"):
            for country in ("DE", "FR", ""):
                ReviewFactory(
                    job_function=job_function,
                    company_size=company_size,
                    country=country,
                )
    coarsen_all()
    reviews = list(Review.objects.order_by("pk"))
    assert [review.hidden_facets for review in reviews] == [
        facets_to_hide(review) for review in reviews
    ]
    assert len({tuple(review.hidden_facets) for review in reviews}) > 4


def test_one_statement_takes_one_query(django_assert_num_queries):
    ReviewFactory.create_batch(3)
    with django_assert_num_queries(1):
        assert coarsen_all() == 3


# --- Nothing hidden leaves the site ---------------------------------------------------------

HIDDEN = ["industry", "country"]
SHOWN = "IT · one level below C · 201–1,000 employees"


def test_public_facets_and_persona_leave_out_what_is_hidden():
    review = ReviewFactory.build(hidden_facets=HIDDEN)
    assert public_facets(review) == FACETS | {"industry": "", "country": ""}
    assert public_persona(review) == SHOWN
    assert reviewer_persona(review) == SHOWN


@pytest.mark.parametrize(
    "address",
    ["/", "/products/ledger/", "/reviews/{id}/", "/api/v1/reviews/", "/api/v1/reviews/{id}/"],
)  # fmt: skip
def test_no_public_page_has_a_hidden_facet(client, address):
    review = ReviewFactory(
        product=ProductFactory(slug="ledger"),
        industry="pharma",
        country="MT",
        hidden_facets=HIDDEN,
    )
    page = client.get(address.format(id=review.public_id)).content.decode()
    assert review.headline in page
    for told in ("Pharma", '"pharma"', "Malta", '"MT"'):
        assert told not in page


def test_no_filter_finds_a_hidden_facet(client):
    ReviewFactory(headline="Coarse", hidden_facets=HIDDEN)
    ReviewFactory(headline="Whole")
    found = client.get("/api/v1/reviews/?industry=healthcare").json()["results"]
    assert [review["headline"] for review in found] == ["Whole"]
    both = client.get("/api/v1/reviews/?job_function=it").json()["results"]
    assert {review["headline"] for review in both} == {"Coarse", "Whole"}


def without_addresses(card: str) -> str:
    card = re.sub(r"<a [^>]*>|</a>", "", card)
    return re.sub(r"\w{8}(-\w{4}){3}-\w{12}|Headline \d+", "", card)


def test_two_anonymous_reviews_by_one_member_share_no_more_than_two_by_two(client):
    add_members(5, **FACETS)
    one = UserFactory()
    mine = [ReviewFactory(author=one), ReviewFactory(author=one)]
    others = [ReviewFactory(), ReviewFactory()]
    cards = render_cards([review.pk for review in mine + others])
    texts = {without_addresses(cards[review.pk]) for review in mine + others}
    assert len(texts) == 1
    for review in mine:
        for address in (f"/reviews/{review.public_id}/", f"/api/v1/reviews/{review.public_id}/"):  # fmt: skip
            page = client.get(address).content.decode()
            for told in (str(one.public_id), one.email, one.email.partition("@")[2]):
                assert told not in page
            other = next(each for each in mine if each != review)
            assert str(other.public_id) not in page


# --- The author is told ---------------------------------------------------------------------


def test_author_is_told_what_is_left_out_and_sees_the_public_card(client, moderator):
    add_members(2, **FACETS)
    add_members(3, **FACETS | {"industry": "retail"})
    author = confirm_email(UserFactory())
    WorkEmailFactory(user=author)
    review = PendingReviewFactory(author=author)
    client.force_login(author)
    page = client.get(f"/reviews/{review.public_id}/edit/?step=send").content.decode()
    assert "Only 2 members here match all of these details" in page
    assert "industry, country" in page
    assert f"Readers see: <b>{SHOWN}</b>" in page
    preview = page[page.index('<article class="review-card"') : page.index("</article>")]  # fmt: skip
    services.publish_review(review=review, moderator=moderator)
    public = render_cards([review.pk])[review.pk]
    assert words(preview) == words(public).partition(" · published on ")[0]


def words(card: str) -> str:
    """As read, without what only a published card leads to."""
    card = card.partition('<p class="review-actions">')[0]
    return " ".join(re.sub(r"<[^>]+>", " ", card).split())


def test_author_with_enough_others_is_told_nothing(client):
    add_members(5, **FACETS)
    author = confirm_email(UserFactory())
    review = PendingReviewFactory(author=author)
    client.force_login(author)
    page = client.get(f"/reviews/{review.public_id}/edit/?step=send").content.decode()
    assert "we show fewer" not in page


def test_a_visitor_reads_the_same_as_its_author_may(client):
    """No switch of the reader shows more: the card is the same bytes for both."""
    review = ReviewFactory(author=confirm_email(UserFactory()), hidden_facets=HIDDEN)
    own = Client()
    own.force_login(review.author)
    address = f"/api/v1/reviews/{review.public_id}/"
    assert own.get(address).json() == client.get(address).json()


def test_erasure_that_takes_the_name_hides_what_would_give_it_back():
    review = ReviewFactory(is_anonymous=False, display_name="Jo")
    erase_reviews(review.author, keep_published=True)
    review.refresh_from_db()
    assert (review.display_name, review.is_anonymous) == ("", True)
    assert review.hidden_facets == list(FACETS)
