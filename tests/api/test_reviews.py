import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import IdempotencyKey, Profile
from products.models import Invitation, Product
from reviews.models import Answer, Question, Review
from tests.factories import (
    CommentFactory,
    PendingReviewFactory,
    ProductFactory,
    ReviewFactory,
    VendorRepresentativeFactory,
)

SIDE = "It does the main job without fuss, and the reports are easy to read."


def posted(product, /, **changes):
    return {
        "product": product.slug,
        "headline": "Does the job",
        "pros": SIDE,
        "cons": SIDE,
        "half_stars": 8,
        "would_recommend": 9,
        "perspective": "buyer",
        "job_function": "it",
        "seniority": "c_minus_1",
        "company_size": "201-1000",
        "industry": "healthcare",
        "usage_duration": "under_2_years",
        "last_used_on": timezone.now().date().isoformat(),
        "relationship": "customer",
        "incentive": "none",
        "affirmed": True,
    } | changes


@pytest.fixture
def product(db):
    # The migrations make the questions, but a test of transactions empties every table.
    for position, key in enumerate(("use_case", "pricing")):
        Question.objects.get_or_create(
            key=key, defaults={"text": key, "position": position}
        )
    return ProductFactory(slug="grafana")


# --- Reading --------------------------------------------------------------------------------


def test_a_review_is_what_its_page_shows(api, product, reviewer):
    Profile.objects.filter(user=reviewer).update(display_name="Rita Reviewer")
    review = ReviewFactory(product=product, author=reviewer)
    question = Question.objects.get(key="use_case")
    Answer.objects.create(review=review, question=question, text="Dashboards.")
    found = api().get(f"reviews/{review.public_id}/").json()
    assert found == {
        "public_id": str(review.public_id),
        "url": f"http://testserver/reviews/{review.public_id}/",
        "product": "grafana",
        "status": "published",
        "headline": review.headline,
        "pros": review.pros,
        "cons": review.cons,
        "answers": [
            {"key": "use_case", "question": question.text, "text": "Dashboards."}
        ],
        "half_stars": 8,
        "ease_of_use": None,
        "features": None,
        "support": None,
        "value": None,
        "would_recommend": 8,
        "perspective": "buyer",
        "author": "",
        "is_anonymous": True,
        "persona": "IT · one level below C · 201–1,000 employees · Healthcare · Germany",
        "job_function": "it",
        "seniority": "c_minus_1",
        "company_size": "201-1000",
        "industry": "healthcare",
        "country": "DE",
        "usage_duration": "under_2_years",
        "last_used_on": review.last_used_on.isoformat(),
        "deployment": "",
        "considered": [],
        "relationship": "customer",
        "incentive": "none",
        "source": "organic",
        "verification_method": "work_email",
        "verified_in": f"{review.verified_on:%Y-%m}",
        "published_at": review.published_at.isoformat().replace("+00:00", "Z"),
        "edited_at": None,
        "incentive_detail": "",
        "invited_by": "",
        "rewarded_by": "",
        "open_dispute": None,
        "vendor_response": None,
        "helpful_count": 0,
        "comment_count": 0,
    }


def test_an_anonymous_review_does_not_depend_on_its_author(
    api, product, reviewer, stranger
):
    review = ReviewFactory(product=product, author=reviewer, display_name="Left behind")
    before = api().get(f"reviews/{review.public_id}/").content
    assert b"Left behind" not in before
    Review.objects.update(author=stranger)
    assert api().get(f"reviews/{review.public_id}/").content == before


def test_a_signed_review_carries_the_name(api, product, reviewer):
    review = ReviewFactory(
        product=product, author=reviewer, is_anonymous=False, display_name="Rita R."
    )
    assert api().get(f"reviews/{review.public_id}/").json()["author"] == "Rita R."


@pytest.mark.parametrize("status", ["pending", "rejected", "withdrawn", "removed"])
def test_what_is_not_published_is_for_its_author_alone(
    api, product, reviewer, stranger, status
):
    review = PendingReviewFactory(product=product, author=reviewer)
    Review.objects.update(status=status)
    path = f"reviews/{review.public_id}/"
    assert api().get(path).status_code == 404
    assert api(stranger).get(path).status_code == 404
    assert api(reviewer).get(path).json()["status"] == status
    assert api(reviewer).get("reviews/").json()["results"] == []


def test_what_a_token_reads_is_kept_by_no_cache(api, product, reviewer):
    assert "Cache-Control" not in api().get("reviews/")
    assert api(reviewer).get("reviews/")["Cache-Control"] == "private, no-store"


def test_reviews_come_newest_first_and_page_by_key(api, product):
    now = timezone.now()
    made = [
        ReviewFactory(product=product, published_at=now - timedelta(hours=n // 2))
        for n in range(5)
    ]
    expected = [
        str(review.public_id)
        for review in sorted(
            made, key=lambda r: (r.published_at, r.public_id), reverse=True
        )
    ]
    seen, path = [], "reviews/?page_size=2"
    while path:
        page = api().get(path).json()
        seen += [row["public_id"] for row in page["results"]]
        path = page["next"] and page["next"].removeprefix("http://testserver/api/v1/")
    assert seen == expected


@pytest.mark.parametrize(
    ("query", "amount"),
    [
        ("product=grafana", 1),
        ("perspective=buyer", 2),
        ("perspective=end_user", 0),
        ("industry=healthcare&company_size=201-1000&job_function=it", 2),
    ],
)
def test_reviews_are_narrowed_by_listed_parameters(api, product, query, amount):
    ReviewFactory(product=product)
    ReviewFactory()
    assert len(api().get(f"reviews/?{query}").json()["results"]) == amount


@pytest.mark.parametrize(
    "query",
    ["author=1", "country=DE", "ordering=author", "product=none", "industry=nonsense"],
)
def test_reviews_refuse_other_parameters(api, db, query):
    assert api().get(f"reviews/?{query}").status_code == 400


@pytest.mark.parametrize("cursor", ["WyJ4IiwieSJd", "WyIyMDI2LTAxLTAxIiwieSJd", "x"])
def test_reviews_refuse_a_cursor_that_is_none(api, db, cursor):
    assert api().get(f"reviews/?cursor={cursor}").status_code == 400


@pytest.mark.parametrize("amount", [1, 3])
def test_prepared_reviews_take_one_query(
    api, product, amount, django_assert_num_queries
):
    question = Question.objects.get(key="use_case")
    for _ in range(amount):
        review = ReviewFactory()
        Answer.objects.create(review=review, question=question, text="Dashboards.")
    visitor = api()
    # Their keys, and once for each version the reviews themselves.
    with django_assert_num_queries(2):
        found = visitor.get("reviews/")
    assert len(found.json()["results"]) == amount
    with django_assert_num_queries(1):
        assert visitor.get("reviews/").content == found.content


def test_a_products_reviews_are_the_same_however_they_are_asked_for(
    api, product, django_assert_num_queries
):
    for _ in range(22):
        ReviewFactory(product=product)
    ReviewFactory()
    first = api().get(f"reviews/?product={product.slug}")
    with django_assert_num_queries(1):
        assert api().get(f"reviews/?product={product.slug}").content == first.content
    sized = api().get(f"reviews/?product={product.slug}&page_size=20").json()
    assert sized["results"] == first.json()["results"]
    path = first.json()["next"].removeprefix("http://testserver/api/v1/")
    second = api().get(path).json()
    seen = [row["public_id"] for row in first.json()["results"] + second["results"]]
    mine = Review.objects.filter(product=product).order_by(
        "-published_at", "-public_id"
    )
    assert seen == [str(found) for found in mine.values_list("public_id", flat=True)]
    assert (len(second["results"]), second["next"]) == (2, None)


def test_a_product_without_reviews_has_none_and_one_that_is_not_there_is_said(
    api, product
):
    assert api().get(f"reviews/?product={product.slug}").json()["results"] == []
    hidden = ReviewFactory(product__status=Product.Status.HIDDEN).product
    for slug in ("none", hidden.slug):
        for more in ("", "&perspective=buyer"):
            answer = api().get(f"reviews/?product={slug}{more}")
            said = {"product": [f"There is no product “{slug}”."]}
            assert (answer.status_code, answer.json()["errors"]) == (400, said)


def test_list_has_each_review_as_its_own_address_has_it(api, product):
    invitation = Invitation.objects.create(product=product, inviter="site")
    ReviewFactory(product=product, headline="Ünïcode & “quotes” </script> \u2028")
    ReviewFactory(product=product, invitation=invitation, source="invited")
    found = api().get("reviews/")
    assert found["Content-Type"] == "application/json"
    results = found.json()["results"]
    alone = [api().get(f"reviews/{one['public_id']}/") for one in results]
    assert results == [answer.json() for answer in alone]
    listed = b'{"next":null,"results":[' + b",".join(a.content for a in alone) + b"]}"
    assert found.content == listed


def test_list_shows_a_changed_review_and_a_renamed_product_at_once(api, product):
    review = ReviewFactory(product=product, headline="Before the change")
    assert api().get("reviews/").json()["results"][0]["product"] == "grafana"
    Product.objects.filter(pk=product.pk).update(slug="grafana-2")
    assert api().get("reviews/").json()["results"][0]["product"] == "grafana-2"
    Review.objects.filter(pk=review.pk).update(headline="After it", version=99)
    assert api().get("reviews/").json()["results"][0]["headline"] == "After it"


# --- Posting --------------------------------------------------------------------------------


def test_posting_makes_a_pending_review(api, product, author):
    answers = {"use_case": "Dashboards.", "pricing": ""}
    response = api(author).post("reviews/", posted(product, answers=answers, support=7))
    assert response.status_code == 201, response.content
    review = Review.objects.get()
    assert response["Location"] == f"/api/v1/reviews/{review.public_id}/"
    assert response.json()["status"] == "pending"
    assert (review.author, review.product, review.support) == (author, product, 7)
    assert [a["key"] for a in response.json()["answers"]] == ["use_case"]


def test_posting_twice_is_409(api, product, author):
    writer = api(author)
    assert writer.post("reviews/", posted(product)).status_code == 201
    response = writer.post("reviews/", posted(product))
    assert response.status_code == 409
    assert Review.objects.count() == 1


def test_posting_twice_under_one_key_is_the_same_review(api, product, author):
    writer = api(author)
    answers = [
        writer.post("reviews/", posted(product), Idempotency_Key="k-1")
        for _ in range(2)
    ]
    assert [a.status_code for a in answers] == [201, 201]
    assert answers[0].content == answers[1].content
    assert Review.objects.count() == 1


def test_another_request_under_the_same_key_is_422(api, product, author):
    writer = api(author)
    writer.post("reviews/", posted(product), Idempotency_Key="k-1")
    other = posted(ProductFactory())
    response = writer.post("reviews/", other, Idempotency_Key="k-1")
    assert response.status_code == 422
    assert Review.objects.count() == 1


def test_a_key_is_ones_own(api, product, author, stranger):
    for user in (author, stranger):
        response = api(user).post("reviews/", posted(product), Idempotency_Key="k-1")
        assert response.status_code == 201
    assert Review.objects.count() == 2


def test_a_refused_request_leaves_its_key_free(api, product, author):
    representative = VendorRepresentativeFactory(user=author, vendor=product.vendor)
    writer = api(author)
    refused = writer.post("reviews/", posted(product), Idempotency_Key="k-1")
    assert refused.status_code == 403
    assert IdempotencyKey.objects.count() == 0
    representative.delete()
    again = writer.post("reviews/", posted(product), Idempotency_Key="k-1")
    assert again.status_code == 201


def test_a_key_is_forgotten_after_a_day(api, product, author):
    writer = api(author)
    writer.post("reviews/", posted(product), Idempotency_Key="k-1")
    IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(hours=25))
    other = posted(ProductFactory())
    assert writer.post("reviews/", other, Idempotency_Key="k-1").status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 201, "ü"])
def test_a_key_that_is_none_is_400(api, product, author, key):
    response = api(author).post("reviews/", posted(product), Idempotency_Key=key)
    assert response.status_code == 400
    assert list(response.json()["errors"]) == ["Idempotency-Key"]


@pytest.mark.django_db(transaction=True)
def test_a_request_repeated_at_once_is_done_once(api, product, author):
    writer = api(author)

    def post(_):
        try:
            return writer.post("reviews/", posted(product), Idempotency_Key="k-1")
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(post, range(6)))
    assert [a.status_code for a in answers] == [201] * 6
    assert len({a.json()["public_id"] for a in answers}) == 1
    assert Review.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"product": "nonsense"}, "product"),
        ({"headline": "No"}, "headline"),
        ({"pros": "Too short."}, "pros"),
        ({"half_stars": 0}, "half_stars"),
        ({"half_stars": 11}, "half_stars"),
        ({"would_recommend": 11}, "would_recommend"),
        ({"last_used_on": "2020-01-01"}, "last_used_on"),
        ({"last_used_on": "2999-01-01"}, "last_used_on"),
        ({"country": "XX"}, "country"),
        ({"source": "imported"}, "source"),
        ({"is_anonymous": False}, "is_anonymous"),
        ({"answers": {"nonsense": "x"}}, "answers"),
        ({"affirmed": False}, "affirmed"),
        ({"incentive": "gift", "incentive_detail": "A mug"}, "rewarded_by"),
        ({"incentive": "gift", "rewarded_by": "vendor"}, "incentive_detail"),
        ({"rewarded_by": "me"}, "rewarded_by"),
        ({"invitation": "nonsense"}, "invitation"),
        ({"invitation": str(uuid.uuid4())}, "invitation"),
        ({"author": 1}, "author"),
    ],
)
def test_posting_holds_to_the_limits_of_the_form(api, product, author, changes, name):
    response = api(author).post("reviews/", posted(product, **changes))
    assert response.status_code == 400
    assert list(response.json()["errors"]) == [name]
    assert Review.objects.count() == 0


def test_posting_by_an_invitation_marks_the_review(api, product, author):
    invitation = Invitation.objects.create(product=product, incentive="A mug")
    said = posted(product, invitation=str(invitation.public_id))
    response = api(author).post("reviews/", said)
    assert list(response.json()["errors"]) == ["incentive"]
    reward = {"incentive": "gift", "incentive_detail": "A mug", "rewarded_by": "vendor"}
    found = api(author).post("reviews/", said | reward).json()
    told = {name: found[name] for name in (*reward, "source", "invited_by")}
    assert told == reward | {"source": "invited", "invited_by": "vendor"}
    assert Review.objects.get().invitation == invitation


def test_invitation_to_another_product_is_refused(api, product, author):
    other = Invitation.objects.create(product=ProductFactory())
    said = posted(product, invitation=str(other.public_id))
    response = api(author).post("reviews/", said)
    assert list(response.json()["errors"]) == ["invitation"]
    assert Review.objects.count() == 0


def test_a_vendors_own_people_are_refused(api, product, author):
    VendorRepresentativeFactory(user=author, vendor=product.vendor)
    response = api(author).post("reviews/", posted(product))
    assert response.status_code == 403
    assert "represent this vendor" in response.json()["detail"]
    assert Review.objects.count() == 0


# --- Comments -------------------------------------------------------------------------------


def test_comments_are_what_the_page_shows(api, product, reviewer):
    review = ReviewFactory(product=product, author=reviewer)
    asked = CommentFactory(review=review, display_name="Rita R.", body="How long?")
    answer = CommentFactory(
        review=review,
        parent=asked,
        author=reviewer,
        is_by_reviewer=True,
        # Stored by mistake; never shown.
        display_name="Anna Known",
        body="A week.",
    )
    CommentFactory(review=review, status="pending", body="Waits")
    CommentFactory(body="Elsewhere")
    found = api().get(f"reviews/{review.public_id}/comments/").json()
    assert found["next"] is None
    assert found["results"] == [
        {
            "public_id": str(comment.public_id),
            "url": f"http://testserver/comments/{comment.public_id}/",
            "answers": answers,
            "is_by_reviewer": answers is not None,
            "author": author,
            "persona": persona,
            "body": comment.body,
            "published_at": comment.published_at.isoformat().replace("+00:00", "Z"),
        }
        for comment, answers, author, persona in (
            (asked, None, "Rita R.", "Finance"),
            (answer, str(asked.public_id), "", ""),
        )
    ]


def test_comments_of_a_hidden_review_are_not_found(api, product, reviewer):
    review = PendingReviewFactory(product=product, author=reviewer)
    CommentFactory(review=review)
    for user in (None, reviewer):
        assert api(user).get(f"reviews/{review.public_id}/comments/").status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_comments_take_two_queries(api, product, django_assert_num_queries, number):
    review = ReviewFactory(product=product)
    parent = CommentFactory(review=review)
    for _ in range(number):
        CommentFactory(review=review, parent=parent)
    with django_assert_num_queries(2):
        found = api().get(f"reviews/{review.public_id}/comments/").json()
    assert len(found["results"]) == number + 1
