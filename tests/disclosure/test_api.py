import datetime

import pytest

from disclosure.models import Cell
from products.models import ProductAlias
from tests.factories import ProductFactory

pytestmark = pytest.mark.django_db

FIGURES = {"unit_price": {"median": 87, "low": 73, "high": 110, "organisations": 5}}


def cell(product, **changes) -> Cell:
    return Cell.objects.create(
        product=product,
        **{
            "topic": "price",
            "series": "user/EUR",
            "band": "",
            "organisations": 5,
            "figures": FIGURES,
            "released_on": datetime.date(2026, 10, 1),
        }
        | changes,
    )


def test_figures_of_a_product(client):
    product = ProductFactory(slug="ledger")
    cell(product)
    cell(product, band="small")
    cell(ProductFactory())
    told = {
        "topic": "price",
        "series": "user/EUR",
        "organisations": 5,
        "figures": FIGURES,
        "released_on": "2026-10-01",
    }
    assert client.get("/api/v1/products/ledger/figures/").json() == {
        "product": "ledger",
        "method": "http://testserver/about/figures/",
        "cells": [told | {"band": ""}, told | {"band": "small"}],
    }


@pytest.mark.parametrize("cells", [1, 3])
def test_figures_take_two_queries(client, django_assert_num_queries, cells):
    product = ProductFactory(slug="ledger")
    for n in range(cells):
        cell(product, series=f"series {n}")
    with django_assert_num_queries(2):
        client.get("/api/v1/products/ledger/figures/")


def test_no_figures_are_an_empty_list(client):
    ProductFactory(slug="ledger")
    assert client.get("/api/v1/products/ledger/figures/").json()["cells"] == []


def test_figures_of_a_hidden_product_are_not_there(client):
    cell(ProductFactory(slug="ledger", status="hidden"))
    assert client.get("/api/v1/products/ledger/figures/").status_code == 404


def test_figures_of_a_renamed_product_are_where_it_is_now(client):
    ProductAlias.objects.create(product=ProductFactory(slug="new"), slug="old")
    answer = client.get("/api/v1/products/old/figures/")
    assert (answer.status_code, answer["Location"]) == (
        301,
        "/api/v1/products/new/figures/",
    )


def test_figures_can_not_be_filtered(client):
    ProductFactory(slug="ledger")
    answer = client.get("/api/v1/products/ledger/figures/?organisation=acme.example")
    assert answer.status_code == 400


def test_figures_are_read_only(client):
    ProductFactory(slug="ledger")
    assert client.post("/api/v1/products/ledger/figures/").status_code in (401, 405)


def test_page_explains_how_figures_are_made(client):
    page = client.get("/about/figures/").content.decode()
    for section in (
        "prices",
        "retention",
        "delivery",
        "alternatives",
        "people-like-me",
        "references",
        "voice",
        "compare",
    ):
        assert f'id="{section}"' in page
    assert (
        "<b>€ 86 for a user and year, the middle half between € 73 and € 110;" in page
    )
    assert 'href="/about/figures/"' in client.get("/about/ratings/").content.decode()
