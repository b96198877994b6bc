"""The link of the e-mail: it opens without signing in, changes nothing until a button is pressed, and ends."""

import re

import pytest
from django.core import signing
from django.test import Client

from notifications.models import OutgoingEmail
from outcomes import services
from outcomes.links import answer_url, token
from outcomes.models import CheckIn
from reviews.models import ConsideredProduct, Review
from tests.factories import ProductFactory, UserFactory, WorkEmailFactory
from tests.outcomes.customers import ago, answered, asked, customer, review_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def product():
    return ProductFactory(name="Grafana", slug="grafana")


@pytest.fixture
def review(product):
    return review_of(product, customer(domain="harbour.example"))


@pytest.fixture
def check_in(review):
    return asked(review)


def path(check_in: CheckIn) -> str:
    return f"/check-ins/{token(check_in)}/"


def stored(check_in: CheckIn) -> tuple:
    check_in.refresh_from_db()
    after = check_in.replaced_by
    return (
        check_in.still_using,
        check_in.use,
        after and after.slug,
        check_in.buy_again,
        check_in.organisation,
    )


UNANSWERED = (None, "", None, "", "")


@pytest.mark.parametrize("method", ["get", "head", "options"])
@pytest.mark.parametrize("query", ["", "?still=yes", "?still=no", "?still=nonsense"])
def test_opening_the_link_changes_nothing(client, check_in, method, query):
    page = getattr(client, method)(path(check_in) + query)

    assert page.status_code == (405 if method == "options" else 200)
    assert stored(check_in) == UNANSWERED
    assert check_in.answered_at is None


@pytest.mark.parametrize(
    ("still", "chosen"), [("yes", "yes"), ("no", "no"), ("", ""), ("maybe", "")]
)
def test_the_two_links_fill_the_first_question_in(client, check_in, still, chosen):
    page = client.get(f"{path(check_in)}?still={still}").content.decode()

    ticked = re.findall(r'name="still_using" value="(\w+)"[^>]*checked', page)
    assert ticked == ([chosen] if chosen else [])


def test_the_emails_links_lead_to_that_page(client, product):
    review_of(product)
    services.ask_authors()
    mail = OutgoingEmail.objects.get()
    check_in = CheckIn.objects.get()

    assert answer_url(check_in, still_using=True) in mail.text
    assert answer_url(check_in, still_using=False) in mail.html.replace("&amp;", "&")


def test_an_answer_is_kept_without_signing_in(client, check_in):
    page = client.post(
        path(check_in), {"still_using": "yes", "use": "grew", "buy_again": "yes"}
    )

    assert (page.status_code, page["Location"]) == (302, path(check_in))
    assert stored(check_in) == (True, "grew", None, "yes", "harbour.example")


def test_the_first_question_is_enough_and_needed(client, check_in):
    page = client.post(path(check_in), {"use": "grew"})

    assert page.status_code == 422
    assert stored(check_in) == UNANSWERED
    client.post(path(check_in), {"still_using": "no"})
    assert stored(check_in) == (False, "", None, "", "harbour.example")


def test_what_is_asked_of_the_others_is_not_kept(client, check_in):
    ProductFactory(name="Prometheus")
    client.post(
        path(check_in),
        {"still_using": "yes", "use": "same", "replaced_by": "Prometheus"},
    )
    assert stored(check_in) == (True, "same", None, "", "harbour.example")


@pytest.mark.parametrize("typed", ["Prometheus", "prometheus", " PROMETHEUS ", "prom"])
def test_what_replaced_it_is_found_by_name_or_slug(client, check_in, typed):
    ProductFactory(name="Prometheus", slug="prom")

    client.post(path(check_in), {"still_using": "no", "replaced_by": typed})

    assert stored(check_in) == (False, "", "prom", "", "harbour.example")
    assert not ConsideredProduct.objects.exists()


def moved_on(review: Review) -> list[tuple[str, str]]:
    return list(review.considered.values_list("kind", "product__slug"))


def test_what_replaced_it_stands_on_the_review_if_its_author_says_so(client, review):
    ProductFactory(name="Prometheus", slug="prom")
    client.force_login(review.author)
    left = {"still_using": "no", "replaced_by": "Prometheus"}
    client.post(own(review), left)
    assert moved_on(review) == []

    client.post(own(review), left | {"is_shown": "on"})
    assert moved_on(review) == [("switched_to", "prom")]
    page = client.get(own(review)).content.decode()
    assert re.search(r'<input[^>]*name="is_shown"[^>]*checked', page)

    client.post(own(review), left)
    assert moved_on(review) == []


def test_an_answer_taken_back_takes_that_from_the_review(client, review):
    ProductFactory(name="Prometheus", slug="prom")
    client.force_login(review.author)
    client.post(
        own(review), {"still_using": "no", "replaced_by": "prom", "is_shown": "on"}
    )
    client.post(own(review, more="take-back/"))

    assert moved_on(review) == []


def test_nothing_is_ticked_beforehand(client, check_in):
    page = client.get(path(check_in)).content.decode()
    assert re.search(r'<input[^>]*name="is_shown"[^>]*>', page)
    assert not re.search(r'<input[^>]*name="is_shown"[^>]*checked', page)


def test_a_misspelt_name_is_asked_about(client, check_in):
    ProductFactory(name="Prometheus", slug="prometheus")

    page = client.post(
        path(check_in), {"still_using": "no", "replaced_by": "Promethius"}
    )

    assert page.status_code == 422
    assert (
        "There is no product “Promethius” here. Did you mean Prometheus?"
        in page.content.decode()
    )
    assert stored(check_in) == UNANSWERED


def test_what_was_typed_is_shown_as_text(client, check_in):
    typed = {"still_using": "no", "replaced_by": "<script>ran(1)</script>"}
    page = client.post(path(check_in), typed)

    assert page.status_code == 422
    assert b"<script>ran" not in page.content
    assert b"&lt;script&gt;ran(1)" in page.content


def test_a_product_did_not_replace_itself(client, check_in):
    page = client.post(path(check_in), {"still_using": "no", "replaced_by": "Grafana"})

    assert page.status_code == 422
    assert stored(check_in) == UNANSWERED


@pytest.mark.parametrize(
    "data",
    [
        {"still_using": "perhaps"},
        {"still_using": "yes", "use": "x" * 300},
        {"still_using": "no", "replaced_by": "\x00"},
        {"still_using": "no", "replaced_by": "x" * 5000},
        {"still_using": "no", "buy_again": "\x00"},
    ],
)
def test_nonsense_is_refused(client, check_in, data):
    assert client.post(path(check_in), data).status_code == 422
    assert stored(check_in) == UNANSWERED


# --- Used, old, forged ----------------------------------------------------------------------


def test_a_used_link_shows_no_answer_and_takes_none(client, check_in):
    client.post(path(check_in), {"still_using": "no", "buy_again": "no"})
    before = stored(check_in)

    page = client.get(path(check_in))
    again = client.post(path(check_in), {"still_using": "yes"})

    for shown in (page, again):
        assert shown.status_code == 200
        assert b"This is answered" in shown.content
        assert b"still_using" not in shown.content
    assert page.content.replace(b"\n", b"") != b""
    assert stored(check_in) == before


def gone(client: Client, address: str) -> bytes:
    page = client.get(address)
    assert page.status_code == 404
    assert client.post(address, {"still_using": "yes"}).status_code == 404
    return page.content


def test_every_link_that_is_not_good_gets_the_same_answer(client, product, check_in):
    other = review_of(product)
    named = check_in.public_id.hex
    forged = signing.Signer(salt="other").sign(named)
    whose = f"outcomes.check-in:{other.author.public_id}"
    swapped = signing.Signer(salt=whose).sign(named)
    old = asked(review_of(product, days=260), days=61)
    withdrawn = asked(review_of(product))
    addresses = [
        path(old),
        path(withdrawn),
        f"/check-ins/{forged}/",
        f"/check-ins/{swapped}/",
        "/check-ins/x/",
        f"/check-ins/{named}/",
        f"/check-ins/{named}:/",
    ]
    addresses += [path(check_in)[:-3] + "/"]
    Review.objects.filter(pk=withdrawn.review_id).update(status="withdrawn")

    assert len({gone(client, address) for address in addresses}) == 1
    assert not CheckIn.objects.answered().exists()


def test_a_link_ends_with_the_row_or_the_author(client, check_in):
    address = path(check_in)
    Review.objects.filter(pk=check_in.review_id).update(author=None)
    gone(client, address)
    check_in.delete()
    gone(client, address)


def test_no_cache_keeps_the_page(client, check_in):
    assert "no-store" in client.get(path(check_in))["Cache-Control"]


def test_who_is_signed_in_as_somebody_else_answers_for_the_author(client, check_in):
    client.force_login(UserFactory())
    client.post(path(check_in), {"still_using": "yes"})

    assert stored(check_in) == (True, "", None, "", "harbour.example")


# --- Which organisation ---------------------------------------------------------------------


def test_without_a_current_work_email_it_is_kept_but_counts_for_nobody(
    client, check_in
):
    check_in.review.author.work_emails.update(lapsed_at=ago(1))
    client.post(path(check_in), {"still_using": "yes"})

    assert stored(check_in) == (True, "", None, "", "")


def test_who_works_elsewhere_by_now_counts_for_nobody(client, check_in):
    author = check_in.review.author
    author.work_emails.update(created_at=ago(900), lapsed_at=ago(1))
    WorkEmailFactory(user=author, domain="new.example", address="me@new.example")
    client.post(path(check_in), {"still_using": "no"})

    assert stored(check_in) == (False, "", None, "", "")


# --- Signed in ------------------------------------------------------------------------------


def own(review: Review, month: int = 6, more: str = "") -> str:
    return f"/me/check-ins/{review.public_id}/{month}/{more}"


def test_author_answers_and_corrects_signed_in(client, review):
    client.force_login(review.author)
    assert client.get("/me/check-ins/").status_code == 200
    assert (
        client.post(own(review), {"still_using": "yes", "use": "grew"}).status_code
        == 302
    )
    check_in = CheckIn.objects.get()
    assert stored(check_in) == (True, "grew", None, "", "harbour.example")

    ProductFactory(name="Prometheus", slug="prometheus")
    client.post(
        own(review),
        {"still_using": "no", "replaced_by": "Prometheus", "buy_again": "no"},
    )

    assert stored(check_in) == (False, "", "prometheus", "no", "harbour.example")
    page = client.get(own(review)).content.decode()
    assert re.findall(r'name="still_using" value="(\w+)"[^>]*checked', page) == ["no"]
    assert 'value="Prometheus"' in page


def test_author_takes_an_answer_back(client, review):
    check_in = answered(review, use="same", organisation="harbour.example")
    client.force_login(review.author)

    assert client.get(own(review, more="take-back/")).status_code == 200
    assert stored(check_in)[0] is True
    assert client.post(own(review, more="take-back/")).status_code == 302
    assert stored(check_in) == UNANSWERED
    assert client.post(own(review, more="take-back/")).status_code == 404


@pytest.mark.parametrize("who", ["other", "stranger"])
@pytest.mark.parametrize("more", ["", "take-back/"])
def test_nobody_else_sees_or_changes_it(client, product, review, who, more):
    check_in = answered(review)
    if who == "other":
        client.force_login(review_of(product).author)
    expected = 404 if who == "other" else 302
    before = stored(check_in)

    assert client.get(own(review, more=more)).status_code == expected
    assert (
        client.post(own(review, more=more), {"still_using": "no"}).status_code
        == expected
    )
    assert stored(check_in) == before


@pytest.mark.parametrize(
    ("changes", "month", "status"),
    [
        ({"days": 100}, 6, 403),
        ({"days": 300}, 6, 403),
        ({"days": 200}, 12, 403),
        ({"days": 200}, 7, 404),
        ({"days": 200}, 0, 404),
        ({"days": 200, "relationship": "reseller"}, 6, 403),
        ({"days": 200, "status": "removed"}, 6, 403),
        ({"days": 200}, 6, 200),
    ],
)
def test_a_question_is_open_in_its_own_time_only(
    client, product, changes, month, status
):
    review = review_of(product, **changes)
    client.force_login(review.author)

    assert client.get(own(review, month)).status_code == status
    posted = client.post(own(review, month), {"still_using": "yes"}).status_code
    assert posted == (302 if status == 200 else status)
    assert CheckIn.objects.count() == (1 if status == 200 else 0)


def test_huge_numbers_are_nobodys_month(client, review):
    client.force_login(review.author)
    assert (
        client.get(f"/me/check-ins/{review.public_id}/{'9' * 40}/").status_code == 404
    )


@pytest.mark.parametrize("count", [1, 3])
def test_own_questions_take_a_fixed_number_of_queries(
    client, count, django_assert_num_queries
):
    author = customer()
    for _ in range(count):
        review = review_of(ProductFactory(), author, days=370)
        answered(review, 6)
        asked(review, 12)
    client.force_login(author)

    # The session and its member, the reviews, the check-ins, unread messages.
    with django_assert_num_queries(5):
        page = client.get("/me/check-ins/")
    assert page.content.count(b"Correct it") == count
