import json

import pytest
from django.core.serializers.json import DjangoJSONEncoder

from accounts import privacy
from following.models import DigestSubscription, Follow, Shortlist, ShortlistItem
from tests.factories import CategoryFactory, ProductFactory, ReviewFactory
from tests.following.keeping import follows, put, shortlist, subscribe
from tests.stored_text import places_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def ledger():
    return ProductFactory(slug="ledger", name="Ledger", category=CategoryFactory())


def keep_everything(user, product, text: str) -> None:
    put(shortlist(user, name=f"List of {text}"), f"Note of {text}", product=product)
    for target in (product, product.vendor, product.categories.get()):
        follows(user, target)
    subscribe(user)


def test_the_export_has_all_that_one_keeps_and_nothing_of_others(owner, other, ledger):
    keep_everything(owner, ledger, "canaryowner")
    keep_everything(other, ledger, "canaryother")
    exported = privacy.export(owner)
    (mine,) = exported["shortlists"]
    assert mine["name"] == "List of canaryowner"
    assert mine["items"][0]["product__slug"] == "ledger"
    assert mine["items"][0]["note"] == "Note of canaryowner"
    assert [row["product__slug"] for row in exported["follows"]] == ["ledger", None, None]  # fmt: skip
    assert set(exported["weekly_email"]) == {"requested_at", "confirmed_at", "covered_until"}  # fmt: skip
    assert exported["email_preferences"] == {"digest": True}
    assert "canaryother" not in json.dumps(exported, cls=DjangoJSONEncoder)


def test_whoever_keeps_nothing_exports_nothing(owner):
    exported = privacy.export(owner)
    assert (exported["shortlists"], exported["follows"]) == ([], [])
    assert exported["weekly_email"] is None


@pytest.mark.parametrize("keep_published", [True, False])
def test_erasure_leaves_nothing_and_touches_nobody_else(
    owner, other, ledger, keep_published
):
    keep_everything(owner, ledger, "canaryowner")
    keep_everything(other, ledger, "canaryother")
    privacy.erase(owner, keep_published=keep_published)
    owner.delete()
    assert places_with("canaryowner") == []
    for model, who in ((Shortlist, "owner"), (Follow, "follower"), (DigestSubscription, "subscriber")):  # fmt: skip
        assert set(model.objects.values_list(who, flat=True)) == {other.pk}
    assert ShortlistItem.objects.get().note == "Note of canaryother"


def test_the_erasure_of_an_author_takes_nothing_from_a_list(owner, other, ledger):
    ReviewFactory(product=ledger, author=other)
    mine = shortlist(owner, ledger)
    privacy.erase(other, keep_published=True)
    other.delete()
    assert mine.items.count() == 1
