"""The same selection has the same figures wherever it is asked for, and those are the method's own."""

import datetime
import random
import re
from urllib.parse import urlencode

import pypdfium2
import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.coarsening import FACETS as PERSONAL
from products.categories import category_tree
from products.models import Category, Product
from products.rankings import shared_ranks
from research.ranking import LARGEST, Ranking, node_of, ranking_of
from research.selection import (
    EVERYTHING,
    FACETS,
    BadSelection,
    Selection,
    selection_from,
)
from reviews import recompute, scoring
from reviews.models import CategoryRating, Review
from reviews.ratings import recompute_all_ratings
from reviews_site.lib.visitor_pages import everything_changed
from tests.factories import (
    CategoryFactory,
    ProductFactory,
    ReviewFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

SELECTIONS = [
    "company_size=51-200",
    "company_size=1-50&company_size=51-200",
    "country=DE",
    "perspective=buyer&deployment=saas",
    "industry=finance&industry=retail&seniority=c_level",
    "job_function=it&country=FR&country=DE&company_size=51-200",
]
VALUES = {
    "company_size": ["1-50", "51-200", "10001+"],
    "industry": ["finance", "retail"],
    "job_function": ["it", "hr"],
    "seniority": ["c_level", "c_minus_1"],
    "perspective": ["buyer", "end_user", "administrator"],
    "deployment": ["", "saas", "self_hosted"],
    "country": ["", "DE", "FR"],
}


def selected(query: str) -> Selection:
    return selection_from(QueryDict(query))


def asked(category: Category, query: str = "") -> Ranking:
    return ranking_of(node_of(category, category_tree()), selected(query))


def fill(category: Category, seed: int, products: int = 5, reviews: int = 40) -> None:
    """Reviews of all kinds, some anonymous with hidden facets; the stored ratings belong to them."""
    made = random.Random(seed)
    today = timezone.now()
    rows = []
    for number in range(products):
        product = ProductFactory(category=category, name=f"Product {number}")
        for _ in range(made.randrange(reviews)):
            hidden = PERSONAL[made.randrange(len(PERSONAL) + 1) :]
            is_anonymous = made.random() < 0.5
            rows.append(
                ReviewFactory.build(
                    product=product,
                    author=None,
                    half_stars=made.randint(1, 10),
                    published_at=today - datetime.timedelta(days=made.randrange(900)),
                    verification_method=made.choice(["work_email", "proof_of_use"]),
                    relationship=made.choice(["customer"] * 4 + ["partner"]),
                    incentive=made.choice(["none", "none", "gift"]),
                    is_anonymous=is_anonymous,
                    hidden_facets=list(hidden) if is_anonymous else [],
                    **{name: made.choice(values) for name, values in VALUES.items()},
                )
            )
    Review.objects.bulk_create(rows)
    recompute_all_ratings()


def fits(review: Review, selection: Selection) -> bool:
    return all(
        getattr(review, name) in values and name not in review.hidden_facets
        for name, values in selection.chosen
    )


def by_hand(category: Category, selection: Selection) -> dict[str, dict]:
    """By reviews.recompute, which knows no database; the prior is the category's, whatever was selected."""
    given: dict[str, list[recompute.Given]] = {}
    for review in Review.objects.published().select_related("product"):
        if fits(review, selection):
            kind = (review.verification_method, review.relationship)
            given.setdefault(review.product.name, []).append(
                recompute.Given(
                    review.published_at.astimezone(datetime.UTC).date(),
                    review.stars,
                    (*kind, review.incentive, review.source),
                )
            )
    stored = CategoryRating.objects.get(category=category)
    own = scoring.Population(stored.count, stored.mean, stored.variance)
    prior = recompute.prior_of(own, scoring.pooled([own]))
    today = timezone.now().astimezone(datetime.UTC).date()
    return {
        name: recompute.figures(rows, today, prior) | {"count": len(rows)}
        for name, rows in given.items()
    }


# --- Figures --------------------------------------------------------------------------------


@pytest.mark.parametrize("query", SELECTIONS)
def test_ranking_of_a_selection_is_what_the_method_makes_of_the_matching_reviews(query):
    category = CategoryFactory()
    fill(category, seed=len(query))
    expected = by_hand(category, selected(query))
    ranking = asked(category, query)
    for place in ranking.places:
        figures = expected[place.name]
        assert place.count == figures["count"]
        assert place.scored_count == figures["scored_count"]
        assert place.score == pytest.approx(figures["score"], abs=1e-9)
        assert place.interval_low == pytest.approx(figures["low"], abs=1e-9)
        assert place.interval_high == pytest.approx(figures["high"], abs=1e-9)
        assert place.effective_n == pytest.approx(figures["effective_n"], abs=1e-9)
    scored = {name for name, one in expected.items() if one["score"] is not None}
    assert {place.name for place in ranking.places} == scored
    assert {one.name: one.count for one in ranking.too_few} == {
        name: one["count"] for name, one in expected.items() if name not in scored
    }


def test_ranking_of_everything_chosen_is_the_stored_one():
    category = CategoryFactory()
    fill(category, seed=3)
    Review.objects.update(is_anonymous=False, hidden_facets=[])
    sizes = urlencode({"company_size": VALUES["company_size"]}, doseq=True)
    chosen, stored = asked(category, sizes), asked(category)
    assert [(p.rank, p.name, p.count) for p in chosen.places] == [
        (p.rank, p.name, p.count) for p in stored.places
    ]
    for one, other in zip(chosen.places, stored.places, strict=True):
        assert one.score == pytest.approx(other.score, abs=1e-9)
        assert one.effective_n == pytest.approx(other.effective_n, abs=1e-9)
    assert chosen.remaining.matching == stored.remaining.total


def test_ranking_of_a_selection_shares_ranks_where_intervals_overlap():
    category = CategoryFactory()
    fill(category, seed=11, products=8, reviews=90)
    places = asked(category, "perspective=buyer&perspective=end_user").places
    intervals = [(place.interval_low, place.interval_high) for place in places]
    assert [place.rank for place in places] == shared_ranks(intervals)
    assert [place.score for place in places] == sorted(
        (place.score for place in places), reverse=True
    )
    for place in places:
        sharing = [one for one in places if one.rank == place.rank]
        assert place.is_shared == (len(sharing) > 1)


@pytest.mark.parametrize("query", ["", *SELECTIONS])
def test_each_choice_says_how_many_reviews_would_remain(query):
    category = CategoryFactory()
    fill(category, seed=5)
    selection = selected(query)
    remaining = asked(category, query).remaining
    reviews = list(Review.objects.published())
    assert remaining.total == len(reviews)
    assert remaining.matching == sum(fits(one, selection) for one in reviews)
    for name, facet in FACETS.items():
        for value in facet.choices:
            alone = Selection(
                (*[c for c in selection.chosen if c[0] != name], (name, (value,)))
            )
            expected = sum(fits(one, alone) for one in reviews)
            assert remaining.by_choice[name].get(value, 0) == expected


@pytest.mark.parametrize("name", PERSONAL)
def test_a_hidden_facet_never_matches_and_is_never_counted(client, name):
    category = CategoryFactory(slug="crm")
    product = ProductFactory(category=category, name="Named")
    ReviewFactory.create_batch(3, product=product, is_anonymous=False)
    secret = ProductFactory(category=category, name="Secret")
    ReviewFactory.create_batch(4, product=secret, hidden_facets=[name])
    recompute_all_ratings()
    query = f"{name}={getattr(ReviewFactory.build(author=None), name)}"
    ranking = asked(category, query)
    assert [(place.name, place.count) for place in ranking.places] == [("Named", 3)]
    assert ranking.too_few == []
    assert (ranking.remaining.matching, ranking.remaining.total) == (3, 7)
    assert list(ranking.remaining.by_choice[name].values()) == [3]
    page = client.get(f"/categories/crm/?{query}").content.decode()
    assert "Secret" not in page


def test_what_is_not_public_is_never_counted():
    category = CategoryFactory()
    product = ProductFactory(category=category)
    for status in ("published", "withdrawn", "removed", "rejected"):
        ReviewFactory.create_batch(3, product=product, status=status)
    ReviewFactory.create_batch(
        3, product=ProductFactory(category=category, status=Product.Status.HIDDEN)
    )
    ranking = asked(category, "country=DE")
    assert [place.count for place in ranking.places] == [3]
    assert ranking.remaining.total == 3


# --- The same everywhere --------------------------------------------------------------------


def pdf_text(content: bytes) -> str:
    pages = pypdfium2.PdfDocument(content)
    return "\n".join(page.get_textpage().get_text_range() for page in pages)


def rows_of(page: str) -> list[tuple[str, int]]:
    """(name, reviews) of a ranking in HTML."""
    found = re.findall(
        r'<th scope="row"><a href="[^"]+">([^<]+)</a>.*?/about/verification/">([\d,]+)<',
        page,
        re.DOTALL,
    )
    return [(name, int(count.replace(",", ""))) for name, count in found]


@pytest.mark.parametrize("query", SELECTIONS)
def test_a_selection_has_the_same_n_on_page_guide_pdf_and_api(client, query):
    category = CategoryFactory(slug="crm")
    fill(category, seed=8, products=4, reviews=120)
    api = client.get(f"/api/v1/categories/crm/ranking/?{query}").json()
    page = client.get(f"/categories/crm/?{query}").content.decode()
    guide = client.get(f"/categories/crm/guide/?{query}").content.decode()
    pdf = client.get(f"/categories/crm/guide.pdf?{query}")
    text = pdf_text(pdf.content)
    n = (api["matching"], api["reviews"])
    assert n == (
        sum(fits(one, selected(query)) for one in Review.objects.published()),
        Review.objects.published().count(),
    )
    said = '<b class="num">{}</b> of {} reviews fit'.format(*n)
    assert said in page
    assert said in guide
    assert "from {} of {} published reviews".format(*n) in " ".join(text.split())
    counts = [(place["name"], place["count"]) for place in api["ranking"]]
    assert counts
    assert rows_of(page) == counts
    assert rows_of(guide) == counts
    for name, count in counts:
        assert re.search(rf"{name}\b.*?\s{count}\s", text, re.DOTALL)


def test_api_answers_with_the_figures_of_the_page(client):
    category = CategoryFactory(slug="crm")
    fill(category, seed=2, products=3, reviews=60)
    answer = client.get("/api/v1/categories/crm/ranking/").json()
    ranking = asked(category)
    assert [
        (p["rank"], p["slug"], p["count"], p["score"], p["effective_n"])
        for p in answer["ranking"]
    ] == [(p.rank, p.slug, p.count, p.score, p.effective_n) for p in ranking.places]
    assert answer["selection"] == {}
    assert answer["matching"] == answer["reviews"] == ranking.remaining.total
    sizes = {
        one["value"]: one["reviews"] for one in answer["remaining"]["company_size"]
    }
    assert sizes == ranking.remaining.by_choice["company_size"]


# --- The page -------------------------------------------------------------------------------


def test_page_says_what_is_left_and_offers_to_remove_each_choice(client):
    category = CategoryFactory(slug="crm", name="Customers")
    product = ProductFactory(category=category, name="Alpha")
    ReviewFactory.create_batch(3, product=product, company_size="1-50")
    ReviewFactory.create_batch(2, product=product, company_size="51-200", country="FR")
    few = ProductFactory(category=category, name="Beta")
    ReviewFactory.create_batch(2, product=few, company_size="1-50")
    recompute_all_ratings()
    page = client.get("/categories/crm/?company_size=1-50&country=DE").content.decode()
    assert '<b class="num">5</b> of 7 reviews fit' in page
    assert 'href="/categories/crm/?company_size=1-50"' in page
    assert 'href="/categories/crm/?country=DE"' in page
    assert 'href="/categories/crm/guide.pdf?company_size=1-50&amp;country=DE"' in page
    assert rows_of(page) == [("Alpha", 3)]
    after = page[page.index("Too few of these reviews") :]
    assert re.search(r'Beta</a> <span class="num">2<', after)


def test_a_choice_that_nothing_is_left_of_is_disabled(client):
    category = CategoryFactory(slug="crm")
    ReviewFactory(product=ProductFactory(category=category), company_size="1-50")
    page = client.get("/categories/crm/").content.decode()
    assert re.search(r'value="1-50" id="[^"]+">', page)
    assert re.search(r'value="51-200" id="[^"]+" disabled>', page)
    # Of 250 countries those without a review are left out.
    assert 'value="DE"' in page
    assert 'value="FR"' not in page


def test_a_selection_without_a_match_ranks_nothing(client):
    category = CategoryFactory(slug="crm")
    ReviewFactory.create_batch(3, product=ProductFactory(category=category))
    response = client.get("/categories/crm/?country=FR")
    assert response.status_code == 200
    page = response.content.decode()
    assert '<b class="num">0</b> of 3 reviews fit' in page
    assert "No ranking from these reviews" in page


def test_an_address_with_empty_choices_leads_to_the_short_one(client):
    CategoryFactory(slug="crm")
    response = client.get("/categories/crm/?country=&company_size=1-50&industry=")
    assert response.status_code == 302
    assert response.url == "/categories/crm/?company_size=1-50"
    assert client.get("/categories/crm/guide/?country=").url == "/categories/crm/guide/"


HOSTILE = [
    ("x=1", "There is no filter “x”."),
    ("sort=name", "There is no filter “sort”."),
    ("company_size[]=1-50", "There is no filter “company_size[]”."),
    ("company_size=9", "“9” is not one of the choices of “Company size”."),
    ("country=de", "“de” is not one of the choices of “Country”."),
    ("country=DE&country=XX", "“XX” is not one of the choices of “Country”."),
    ("industry=%27+OR+1%3D1--", "“&#x27; OR 1=1--” is not one of the choices"),
    ("industry=" + "9" * 5000, "is not one of the choices"),
    ("hidden_facets=country", "There is no filter “hidden_facets”."),
    ("%3Cscript%3E=1", "There is no filter “&lt;script&gt;”."),
]


@pytest.mark.parametrize(("query", "sentence"), HOSTILE)
def test_an_unknown_filter_is_refused_and_everything_is_ranked(client, query, sentence):
    category = CategoryFactory(slug="crm")
    ReviewFactory.create_batch(
        3, product=ProductFactory(name="Alpha", category=category)
    )
    recompute_all_ratings()
    for address in (
        "/categories/crm/",
        "/categories/crm/guide/",
        "/categories/crm/guide.pdf",
    ):
        response = client.get(f"{address}?{query}")
        assert response.status_code == 400
        page = response.content.decode()
        assert sentence in page
        assert rows_of(page) == [("Alpha", 3)]
    answer = client.get(f"/api/v1/categories/crm/ranking/?{query}")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "query", ["country=%00", "%00=1", "country=%ff", "country=D%0AE"]
)
def test_bytes_that_are_no_text_are_refused(client, query):
    CategoryFactory(slug="crm")
    for address in ("/categories/crm/", "/api/v1/categories/crm/ranking/"):
        assert client.get(f"{address}?{query}").status_code == 400


def test_htmx_is_shown_the_sentence_of_a_refused_filter(client):
    CategoryFactory(slug="crm")
    response = client.get("/categories/crm/?x=1", headers={"HX-Request": "true"})
    assert response.status_code == 200
    assert "There is no filter “x”." in response.content.decode()


def test_a_category_of_too_many_products_is_not_filtered(client):
    CategoryFactory(slug="all", product_count=LARGEST + 1)
    assert b"too wide" in client.get("/categories/all/").content
    response = client.get("/categories/all/?country=DE")
    assert response.status_code == 400
    assert b"choose a category within it" in response.content
    answer = client.get("/api/v1/categories/all/ranking/?country=DE")
    assert answer.status_code == 400
    assert client.get("/api/v1/categories/all/ranking/").json()["reviews"] is None


# --- Addresses ------------------------------------------------------------------------------


def test_a_selection_has_one_address_whatever_the_order():
    one = selected(
        "country=FR&company_size=51-200&company_size=1-50&country=DE&industry="
    )
    assert one == selected(
        "company_size=1-50&country=DE&company_size=51-200&country=FR"
    )
    assert one.query == "company_size=1-50&company_size=51-200&country=FR&country=DE"
    assert selected(one.query) == one
    assert one.sentence == (
        "Company size: 1–50 employees or 51–200 employees; Country: France or Germany"
    )
    assert one.without("country", "FR").query == (
        "company_size=1-50&company_size=51-200&country=DE"
    )
    assert selected("country=DE").without("country", "DE") == EVERYTHING


def test_a_refused_selection_names_each_parameter():
    with pytest.raises(BadSelection) as refused:
        selected("x=1&country=XX&company_size=1-50")
    assert set(refused.value.errors) == {"x", "country"}


# --- Cost -----------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(
    ("address", "queries"),
    [
        # The category, the tree, its products, their figures, names of the ranked and of the others; by facet.
        ("/categories/crm/?country=DE", 7),
        ("/api/v1/categories/crm/ranking/?country=DE", 7),
        ("/api/v1/categories/crm/ranking/", 6),
    ],
)
def test_ranking_takes_as_many_queries_for_three_products_as_for_one(
    client, django_assert_num_queries, number, address, queries
):
    category = CategoryFactory(slug="crm")
    for _ in range(number):
        ReviewFactory.create_batch(3, product=ProductFactory(category=category))
        ReviewFactory(product=ProductFactory(category=category))
    recompute_all_ratings()
    with django_assert_num_queries(queries):
        assert client.get(address).status_code == 200


def test_a_selection_that_was_asked_for_is_kept(client, django_assert_num_queries):
    category = CategoryFactory(slug="crm")
    ReviewFactory.create_batch(3, product=ProductFactory(category=category))
    first = client.get("/categories/crm/?country=DE").content
    with django_assert_num_queries(0):
        assert client.get("/categories/crm/?country=DE").content == first


@pytest.mark.parametrize("seconds", [0, 60])
def test_kept_page_of_a_category_ends_with_a_change(
    client, settings, django_capture_on_commit_callbacks, seconds
):
    settings.PAGE_CACHE_SECONDS = seconds
    member = UserFactory()
    client.force_login(member)
    product = ProductFactory(category=CategoryFactory(slug="crm"), name="Hidden soon")
    ReviewFactory.create_batch(3, product=product)
    recompute_all_ratings()
    assert b"Hidden soon" in client.get("/categories/crm/").content
    Product.objects.filter(pk=product.pk).update(status=Product.Status.HIDDEN)
    assert b"Hidden soon" in client.get("/categories/crm/").content
    with django_capture_on_commit_callbacks(execute=True):
        everything_changed()
    assert b"Hidden soon" not in client.get("/categories/crm/").content


def test_page_of_a_category_is_kept_for_each_selection_and_never_with_problems(client):
    category = CategoryFactory(slug="crm")
    ReviewFactory.create_batch(3, product=ProductFactory(category=category))
    everything = client.get("/categories/crm/").content
    assert client.get("/categories/crm/?country=ZZ").status_code == 400
    assert client.get("/categories/crm/?country=DE").content != everything
    assert client.get("/categories/crm/").content == everything
    assert client.get("/categories/none/").status_code == 404


def test_a_selection_never_reads_all_reviews():
    """Postgres would scan them for a category of this size if the lookups were not kept apart."""
    category = CategoryFactory()
    products = [ProductFactory(category=category) for _ in range(60)]
    Review.objects.bulk_create(
        ReviewFactory.build(product=product, author=None)
        for product in products
        for _ in range(50)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE reviews_review")
    with CaptureQueriesContext(connection) as captured:
        asked(category, "country=DE")
    of_reviews = [q["sql"] for q in captured if "reviews_review" in q["sql"]]
    assert len(of_reviews) == 2
    for sql in of_reviews:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {sql}")
            plan = "\n".join(row[0] for row in cursor.fetchall())
        assert "reviews_review" in plan
        assert "Seq Scan on reviews_review" not in plan
