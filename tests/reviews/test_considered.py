import pytest
from django.utils import timezone

from products.models import ProductAlias, ProductCategory
from products.services import merge_products
from reviews.cards import render_cards
from reviews.differences import differences
from reviews.models import ConsideredProduct, Review, ReviewRevision
from reviews.privacy import erase_reviews, export_reviews
from reviews.public_data.rows import review_rows
from reviews.services import (
    answers_of,
    approve_edit,
    considered_of,
    content_of,
    propose_edit,
    publish_review,
    say_moved_on,
    submit_review,
    withdraw_review,
)
from tests.factories import (
    CategoryFactory,
    ProductFactory,
    ReviewFactory,
    UserFactory,
    WorkEmailFactory,
    complete_profile,
    confirm_email,
)
from tests.reviews.content import review_content
from tests.reviews.test_wizard import ADDRESS, fill, post, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def author():
    user = confirm_email(UserFactory())
    complete_profile(user)
    WorkEmailFactory(user=user)
    return user


@pytest.fixture
def moderator():
    return UserFactory(is_staff=True)


@pytest.fixture
def product():
    return ProductFactory(slug="ledger", name="Ledger")


@pytest.fixture
def others():
    return [ProductFactory(slug=slug, name=slug.title()) for slug in ("abacus", "tally", "quill")]  # fmt: skip


def submitted(author, product, **considered):
    return submit_review(
        author=author,
        product=product,
        content=review_content(),
        answers={},
        considered=considered,
    )


def edit(review, **considered):
    return propose_edit(
        review=review,
        author=review.author,
        content=content_of(review),
        answers=answers_of(review),
        considered=considered,
    )


def named(review) -> set[tuple[str, str]]:
    return set(review.considered.values_list("kind", "product__slug"))


# --- Through the life of a review -----------------------------------------------------------


def test_statements_go_with_the_review_from_submission_to_publication(
    author, moderator, product, others
):
    review = submitted(
        author, product, compared=["tally", "abacus"], switched_from=["quill"]
    )

    assert considered_of(review) == {
        "compared": ["tally", "abacus"],
        "switched_from": ["quill"],
    }
    publish_review(review=review, moderator=moderator)
    assert considered_of(review) == {
        "compared": ["tally", "abacus"],
        "switched_from": ["quill"],
    }


def test_statements_of_a_review_that_waits_are_replaced_in_place(
    author, product, others
):
    review = submitted(author, product, compared=["tally"], switched_from=["quill"])

    edit(review, compared=["abacus"], switched_from=[])

    assert named(review) == {("compared", "abacus")}


def test_statements_of_a_published_review_change_with_the_approved_edit(
    author, moderator, product, others
):
    review = submitted(author, product, compared=["tally"])
    publish_review(review=review, moderator=moderator)

    revision = edit(review, compared=["abacus"], switched_from=["quill"])
    assert named(review) == {("compared", "tally")}
    approve_edit(revision=revision, moderator=moderator)

    assert named(review) == {("compared", "abacus"), ("switched_from", "quill")}
    revision.refresh_from_db()
    assert revision.replaced["considered"] == {
        "compared": ["tally"],
        "switched_from": [],
    }


def test_an_edit_that_says_nothing_of_other_products_leaves_them(
    author, moderator, product, others
):
    """As the edits that waited before they could be named."""
    review = submitted(author, product, compared=["tally"])
    publish_review(review=review, moderator=moderator)
    revision = propose_edit(
        review=review, author=author, content=content_of(review), answers={}
    )

    approve_edit(revision=revision, moderator=moderator)

    assert "considered" not in ReviewRevision.objects.get().content
    assert named(review) == {("compared", "tally")}


def test_an_edit_leaves_what_its_author_moved_on_to(author, moderator, product, others):
    review = submitted(author, product, compared=["tally"])
    publish_review(review=review, moderator=moderator)
    say_moved_on(review=review, product=others[2])

    approve_edit(revision=edit(review, compared=[]), moderator=moderator)

    assert named(review) == {("switched_to", "quill")}


def test_the_reviewed_product_itself_and_what_is_gone_are_left_out(
    author, product, others
):
    review = submitted(author, product, compared=["ledger", "gone", "tally", "tally"])

    assert named(review) == {("compared", "tally")}


def test_more_than_the_form_asks_for_is_cut_off(author, product):
    slugs = [ProductFactory(slug=f"other-{n}").slug for n in range(7)]

    review = submitted(author, product, compared=slugs, switched_from=slugs)

    assert considered_of(review) == {
        "compared": slugs[:5],
        "switched_from": slugs[:1],
    }


def test_a_renamed_product_is_found_by_its_old_address(author, product, others):
    ProductAlias.objects.create(product=others[0], slug="counting-frame")

    review = submitted(author, product, compared=["counting-frame", "abacus"])

    assert named(review) == {("compared", "abacus")}


def test_statements_follow_a_product_that_is_merged(author, product, others):
    abacus, tally, _ = others
    review = submitted(author, product, compared=["abacus", "tally"])
    other = ReviewFactory(product=abacus)
    ConsideredProduct.objects.create(review=other, product=tally, kind="compared")
    alone = ReviewFactory()
    ConsideredProduct.objects.create(review=alone, product=tally, kind="switched_to")

    merge_products(kept=abacus, merged=tally)

    assert named(review) == {("compared", "abacus")}
    # A review of Abacus that compared it with itself would make no sense.
    assert named(other) == set()
    assert named(alone) == {("switched_to", "abacus")}


# --- Moved on -------------------------------------------------------------------------------


def test_moving_on_is_said_once_and_the_last_word_counts(others):
    review = ReviewFactory()
    abacus, tally, _ = others

    say_moved_on(review=review, product=abacus)
    say_moved_on(review=review, product=abacus)
    review.refresh_from_db()
    assert (named(review), review.version) == ({("switched_to", "abacus")}, 2)

    say_moved_on(review=review, product=tally)
    assert named(review) == {("switched_to", "tally")}

    say_moved_on(review=review, product=None)
    review.refresh_from_db()
    assert (named(review), review.version) == (set(), 4)


def test_nobody_moves_on_to_the_product_itself():
    review = ReviewFactory()

    say_moved_on(review=review, product=review.product)

    review.refresh_from_db()
    assert (named(review), review.version) == (set(), 1)


# --- On the card ----------------------------------------------------------------------------


def card_of(review: Review) -> str:
    return " ".join(render_cards([review.pk])[review.pk].split())


def test_card_names_them_with_links(others):
    review = ReviewFactory()
    for product, kind in zip(others, ("compared", "compared", "switched_from"), strict=True):  # fmt: skip
        ConsideredProduct.objects.create(review=review, product=product, kind=kind)
    say_moved_on(review=review, product=ProductFactory(slug="sum", name="<Sum> & Co"))

    assert (
        '<p class="review-considered">Compared with <a href="/products/abacus/">Abacus</a> and '
        '<a href="/products/tally/">Tally</a> · used <a href="/products/quill/">Quill</a> before · '
        'moved on to <a href="/products/sum/">&lt;Sum&gt; &amp; Co</a></p>'
    ) in card_of(review)


def test_card_of_three_reads_as_a_sentence(others):
    review = ReviewFactory()
    for product in others:
        ConsideredProduct.objects.create(
            review=review, product=product, kind="compared"
        )

    text = card_of(review)
    assert '>Abacus</a>, <a href="/products/tally/">Tally</a> and <a ' in text


def test_card_without_them_says_nothing(others):
    review = ReviewFactory()
    others[0].status = "hidden"
    others[0].save()
    ConsideredProduct.objects.create(review=review, product=others[0], kind="compared")

    assert "review-considered" not in card_of(review)


def test_cards_take_no_query_more_for_them(others, django_assert_num_queries):
    reviews = [ReviewFactory() for _ in range(3)]
    for review in reviews:
        say_moved_on(review=review, product=others[0])

    with django_assert_num_queries(1):
        render_cards([reviews[0].pk])
    with django_assert_num_queries(1):
        render_cards([review.pk for review in reviews])


# --- What is kept of them -------------------------------------------------------------------


def test_withdrawn_review_keeps_them_out_of_sight(author, moderator, product, others):
    review = submitted(author, product, compared=["tally"])
    publish_review(review=review, moderator=moderator)

    withdraw_review(review=review, author=author)

    assert render_cards([review.pk]) == {}


# --- Typed by name --------------------------------------------------------------------------


@pytest.fixture
def writer(client, product):
    user = confirm_email(UserFactory())
    complete_profile(user)
    client.force_login(user)
    return user


def details(client, address: str = ADDRESS, **typed: str):
    return post(client, "details", address, **typed)


def page(response) -> str:
    return " ".join(response.content.decode().split())


def test_names_are_typed_previewed_and_sent(client, writer, others):
    fill(client)
    details(
        client, compared_1="  ABACUS ", compared_3="tally", used_before="Quill"
    )  # fmt: skip

    preview = page(client.get(f"{ADDRESS}?step=send"))
    assert "Compared with Abacus and Tally · used Quill before</p>" in preview
    send(client)
    assert named(Review.objects.get()) == {
        ("compared", "abacus"),
        ("compared", "tally"),
        ("switched_from", "quill"),
    }


def test_a_former_name_and_an_address_name_a_product(client, writer, others):
    ProductAlias.objects.create(product=others[0], slug="frame", name="Counting Frame")

    assert details(client, compared_1="counting frame").status_code == 302
    assert details(client, compared_1="frame").status_code == 302
    assert details(client, compared_1="abacus").status_code == 302


def test_an_unknown_name_is_an_error_that_loses_nothing(client, writer, others):
    response = details(client, compared_1="Abacus", compared_2="Zzyzx", used_before="Quill", answer_use_case="Closing.")  # fmt: skip

    assert response.status_code == 422
    shown = page(response)
    assert "There is no product “Zzyzx” here. Check the spelling, or leave it out." in shown  # fmt: skip
    for value in ("Abacus", "Zzyzx", "Quill"):
        assert f'value="{value}"' in shown
    assert "Closing." in shown
    later = page(client.get(f"{ADDRESS}?step=details"))
    assert 'value="Zzyzx"' in later
    assert "There is no product" not in later


def test_an_unknown_name_stops_the_review_and_says_where(client, writer, others):
    fill(client)
    details(client, compared_2="Zzyzx")

    assert send(client).status_code == 422
    shown = page(client.get(f"{ADDRESS}?step=send"))
    assert "“Compared product 2” There is no product “Zzyzx” here." in shown
    assert not Review.objects.exists()


def test_a_misspelt_name_offers_those_that_look_like_it(client, writer, others):
    response = details(client, compared_1="Abbacus")

    shown = page(response)
    assert response.status_code == 422
    assert "There is no product “Abbacus” here. Did you mean one of these?" in shown
    assert 'name="choose" value="compared_1=Abacus"' in shown

    chosen = client.post(
        ADDRESS,
        {"step": "details", "choose": "compared_1=Abacus", "compared_1": "Abbacus", "used_before": "Quill"},
    )  # fmt: skip
    assert chosen["Location"] == f"{ADDRESS}?step=details"
    back = page(client.get(chosen["Location"]))
    assert 'value="Abacus"' in back and 'value="Quill"' in back
    assert details(client, compared_1="Abacus").status_code == 302


def test_products_of_one_name_are_told_apart_by_their_vendor(client, writer):
    one, other = (ProductFactory(name="Atlas", slug=slug) for slug in ("atlas", "atlas-2"))  # fmt: skip

    shown = page(details(client, compared_1="atlas"))
    assert "More than one product is called “atlas”. Choose which." in shown
    for product in (one, other):
        typed = f"Atlas ({product.vendor.name})"
        assert f'value="compared_1={typed}"' in shown
        assert details(client, compared_1=typed).status_code == 302


def test_the_product_itself_is_refused(client, writer, product):
    shown = page(details(client, used_before="LEDGER"))

    assert "This is the product that you review." in shown


def test_hidden_products_are_not_known(client, writer):
    ProductFactory(name="Secret", slug="secret", status="hidden")

    response = details(client, compared_1="Secret")

    assert response.status_code == 422
    assert "secret" not in page(response).lower().replace('value="secret"', "").replace("“secret”", "")  # fmt: skip


@pytest.mark.parametrize(
    "typed",
    [
        "<script>alert(1)</script>",
        "%s %(value)s {0}",
        "' OR 1=1 --",
        "\u202eabacus",
        "x" * 200,
        "👩‍💻",
        "\\",
        "a\tb",
        '-" or :*',
    ],
)
def test_hostile_names_are_errors_and_kept_as_typed(client, writer, others, typed):
    response = details(client, compared_1=typed)

    assert response.status_code == 422
    assert "<script>alert" not in page(response)
    assert client.get(f"{ADDRESS}?step=details").status_code == 200


@pytest.mark.parametrize("typed", ["a\x00b", "x" * 5_000])
def test_what_no_field_takes_is_refused(client, writer, typed):
    assert details(client, compared_1=typed).status_code in (400, 413, 422)


@pytest.mark.parametrize(
    "choice", ["", "=", "headline=Stolen", "compared_9=x", "compared_1"]
)
def test_a_choice_changes_no_other_field(client, writer, choice):
    client.post(ADDRESS, {"step": "details", "choose": choice, "compared_1": "Mine"})

    draft = writer.review_drafts.get()
    assert "headline" not in draft.data
    assert draft.data["compared_1"] in ("Mine", "")


def test_an_edit_starts_from_what_the_review_names(client, writer, product, others):
    WorkEmailFactory(user=writer)
    review = ReviewFactory(author=writer, product=product)
    for other, kind in zip(others, ("compared", "switched_from", "switched_to"), strict=True):  # fmt: skip
        ConsideredProduct.objects.create(review=review, product=other, kind=kind)
    address = f"/reviews/{review.public_id}/edit/"

    start = page(client.get(f"{address}?step=details"))
    assert 'name="compared_1" value="Abacus"' in start
    assert 'name="used_before" value="Tally"' in start
    assert "Quill" not in start.partition("<form")[2].partition("</datalist>")[2]
    assert "Compared with Abacus · used Tally before · moved on to Quill" in page(
        client.get(f"{address}?step=send")
    )

    details(client, address, compared_1="", compared_2="Tally", used_before="")
    send(client, address)
    revision = ReviewRevision.objects.get()
    assert revision.content["considered"] == {
        "compared": ["tally"],
        "switched_from": [],
    }
    # What waits goes before what is public.
    again = page(client.get(f"{address}?step=details"))
    assert 'name="compared_1" value="Tally"' in again


def test_the_moderator_sees_what_an_edit_changes(author, moderator, product, others):
    review = ReviewFactory(author=author, product=product)
    ConsideredProduct.objects.create(review=review, product=others[0], kind="compared")

    revision = edit(review, compared=["tally", "quill"], switched_from=[])

    rows = {row.label: (row.before, row.after) for row in differences(revision)}
    assert rows["Compared with"] == ("Abacus", "Tally, Quill")
    assert "Used before" not in rows


def test_suggestions_are_the_neighbours_in_the_catalogue(client, writer, product):
    category = CategoryFactory()
    ProductCategory.objects.create(product=product, category=category)
    ProductFactory(name="Neighbour", category=category)
    ProductFactory(name="Stranger", category=CategoryFactory())

    shown = page(client.get(f"{ADDRESS}?step=details"))
    assert '<datalist id="known-products"><option value="Neighbour"></option></datalist>' in shown  # fmt: skip


# --- Data that belong to somebody -----------------------------------------------------------


def test_export_has_the_statements_and_erasure_takes_them(author, product, others):
    review = submitted(author, product, compared=["tally"], switched_from=["quill"])
    elsewhere = ReviewFactory(product=others[0])
    say_moved_on(review=elsewhere, product=product)

    assert export_reviews(author)["products_named"] == [
        {"review__public_id": review.public_id, "kind": "compared", "product__slug": "tally"},
        {"review__public_id": review.public_id, "kind": "switched_from", "product__slug": "quill"},
    ]  # fmt: skip
    erase_reviews(author, keep_published=True)

    assert named(review) == set()
    assert named(elsewhere) == {("switched_to", "ledger")}


def test_erasure_that_leaves_public_reviews_leaves_what_they_name(
    author, moderator, product, others
):
    review = submitted(author, product, compared=["tally"])
    publish_review(review=review, moderator=moderator)

    erase_reviews(author, keep_published=True)
    assert named(review) == {("compared", "tally")}

    erase_reviews(author, keep_published=False)
    assert named(review) == set()


def test_public_data_have_the_statements_by_slug(others):
    review = ReviewFactory()
    for other, kind in zip(others, ("switched_to", "compared", "compared"), strict=True):  # fmt: skip
        ConsideredProduct.objects.create(review=review, product=other, kind=kind)
    others[2].status = "hidden"
    others[2].save()

    (row,) = review_rows()
    assert row["named"] == [
        {"product": "tally", "kind": "compared"},
        {"product": "abacus", "kind": "switched_to"},
    ]


# --- In the API -----------------------------------------------------------------------------


def posted(client, author, **changes):
    client.force_login(author)
    body = {
        "product": "ledger", "headline": "Does the job", "pros": "p" * 40, "cons": "c" * 40, "half_stars": 9,
        "would_recommend": 8, "perspective": "buyer", "job_function": "it", "seniority": "c_level",
        "company_size": "51-200", "industry": "energy", "usage_duration": "over_2_years",
        "last_used_on": timezone.now().date().isoformat(), "relationship": "customer", "incentive": "none",
        "affirmed": True,
    }  # fmt: skip
    return client.post("/api/v1/reviews/", body | changes, content_type="application/json")  # fmt: skip


def test_api_takes_slugs_and_gives_them_back(client, author, product, others):
    response = posted(client, author, compared=["tally"], switched_from="quill")

    assert response.status_code == 201
    assert response.json()["considered"] == [
        {"kind": "compared", "slug": "tally", "name": "Tally"},
        {"kind": "switched_from", "slug": "quill", "name": "Quill"},
    ]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"compared": ["nothing"]}, "compared"),
        ({"compared": ["ledger"]}, "compared"),
        ({"compared": ["tally"] * 6}, "compared"),
        ({"compared": "tally"}, "compared"),
        ({"compared": [{"slug": "tally"}]}, "compared"),
        ({"compared": None}, "compared"),
        ({"switched_from": "ledger"}, "switched_from"),
        ({"switched_from": "nothing"}, "switched_from"),
        ({"switched_from": ["quill"]}, "switched_from"),
    ],
)
def test_api_refuses_what_names_no_other_product(
    client, author, product, others, changes, field
):
    response = posted(client, author, **changes)

    assert response.status_code == 400
    assert list(response.json()["errors"]) == [field]
    assert not Review.objects.exists()
