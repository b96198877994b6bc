import uuid

import pytest

from messaging.models import Conversation
from references.models import ReferenceConsent, ReferenceDraw
from references.services import draw_references
from tests.messaging.people import member
from tests.references.stage import customer, make_stage

QUESTION = "How long did it take until everybody used it?"


@pytest.fixture
def stage(db):
    return make_stage()


@pytest.fixture
def made(stage):
    return draw_references(buyer=stage.buyer, product=stage.product, question=QUESTION)


def page_of(stage):
    return f"/products/{stage.product.slug}/references/"


def test_visitor_reads_how_it_works_and_is_asked_to_sign_in(client, stage):
    answer = client.get(page_of(stage))
    assert answer.status_code == 200
    assert "Sign in to draw references." in answer.content.decode()
    assert client.post(page_of(stage), {"question": QUESTION}).status_code == 302
    assert not ReferenceDraw.objects.exists()


def test_renamed_product_leads_to_its_draw(client, stage):
    stage.product.aliases.create(name="Old name", slug="old-name")
    answer = client.get("/products/old-name/references/")
    assert (answer.status_code, answer["Location"]) == (301, page_of(stage))
    assert client.get("/products/nothing/references/").status_code == 404


def test_buyer_draws_and_sees_seed_pool_and_conversations(client, stage):
    client.force_login(stage.buyer)
    answer = client.post(page_of(stage), {"question": QUESTION}, follow=True)
    made = ReferenceDraw.objects.get()
    text = answer.content.decode()
    assert answer.redirect_chain == [(f"/me/references/{made.public_id}/", 302)]
    assert made.seed in text and made.pool_hash in text
    assert all(str(public_id) in text for public_id in made.pool)
    assert text.count("Open the conversation") == 3
    assert "no-store" in answer["Cache-Control"]


def test_empty_question_draws_nothing_and_says_so(client, stage):
    client.force_login(stage.buyer)
    answer = client.post(page_of(stage), {"question": "  "})
    assert answer.status_code == 422
    assert "Write your question first." in answer.content.decode()
    assert not ReferenceDraw.objects.exists()


def test_refused_draw_keeps_what_was_written(client, stage, made):
    client.force_login(stage.buyer)
    answer = client.post(page_of(stage), {"question": QUESTION})
    assert answer.status_code == 429
    assert QUESTION in answer.content.decode()
    assert ReferenceDraw.objects.count() == 1


def test_log_names_nobody(client, stage, made):
    text = client.get(page_of(stage)).content.decode()
    assert made.pool_hash in text
    assert made.seed not in text
    assert not any(str(public_id) in text for public_id in made.pool)
    assert str(made.public_id) not in text


def test_draw_is_its_buyers_alone(client, stage, made):
    page = f"/me/references/{made.public_id}/"
    assert client.get(page).status_code == 302
    for other in (stage.reviewer(0), member(email="staff@site.example", is_staff=True)):
        client.force_login(other)
        assert client.get(page).status_code == 404
    assert client.get(f"/me/references/{uuid.uuid4()}/").status_code == 404
    client.force_login(stage.buyer)
    assert client.get(page).status_code == 200


def test_author_agrees_and_takes_it_back(client, stage):
    review = customer(stage.product, 70)
    page = f"/reviews/{review.public_id}/reference/"
    client.force_login(review.author)
    assert "Be drawn as a reference?" in client.get(page).content.decode()
    assert not ReferenceConsent.objects.filter(review=review).exists()
    client.post(page, {"answer": "yes"})
    assert ReferenceConsent.objects.standing().filter(review=review).exists()
    assert "You agreed on" in client.get(page).content.decode()
    client.post(page, {"answer": "no"})
    assert not ReferenceConsent.objects.standing().filter(review=review).exists()


@pytest.mark.parametrize("answer", ["", "maybe"])
def test_agreement_must_be_said(client, stage, answer):
    review = customer(stage.product, 72)
    page = f"/reviews/{review.public_id}/reference/"
    client.force_login(review.author)
    assert client.post(page, {"answer": answer}).status_code == 400
    assert not ReferenceConsent.objects.filter(review=review).exists()


def test_agreement_of_another_is_404_and_of_a_partner_403(client, stage):
    partner = customer(stage.product, 71, relationship="partner")
    page = f"/reviews/{partner.public_id}/reference/"
    client.force_login(stage.buyer)
    assert client.post(page, {"answer": "yes"}).status_code == 404
    client.force_login(partner.author)
    assert client.post(page, {"answer": "yes"}).status_code == 403
    assert not ReferenceConsent.objects.filter(review=partner).exists()


@pytest.mark.parametrize("number", [1, 3])
def test_page_takes_the_same_queries_for_any_log(
    client, stage, number, django_assert_num_queries
):
    for place in range(number):
        buyer = member(email=f"buyer{place}@b{place}.example")
        draw_references(buyer=buyer, product=stage.product, question=QUESTION)
        Conversation.objects.all().delete()
    # The product, who agreed, the log.
    with django_assert_num_queries(3):
        assert client.get(page_of(stage)).status_code == 200


@pytest.mark.parametrize("path", ["nothing-here", "a\x00b"])
def test_unknown_products_are_not_found(client, db, path):
    assert client.get(f"/products/{path}/references/").status_code in (400, 404)
