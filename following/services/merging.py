"""What members keep of a product or a vendor goes on with the one that it is merged into."""

from django.db.models import Model

from following.models import Follow, ShortlistItem
from products.models import Product, Vendor


def move_items_and_followers(kept: Product, merged: Product) -> None:
    """Where a shortlist has both, the kept one's row stays, with the other's note where it has none."""
    theirs = ShortlistItem.objects.filter(product=merged)
    own = ShortlistItem.objects.filter(product=kept, note="")
    for shortlist_id, note in theirs.exclude(note="").values_list("shortlist", "note"):
        own.filter(shortlist=shortlist_id).update(note=note)
    has = ShortlistItem.objects.filter(product=kept).values("shortlist")
    theirs.exclude(shortlist__in=has).update(product=kept)
    _move_followers("product", kept, merged)


def move_followers(kept: Vendor, merged: Vendor) -> None:
    _move_followers("vendor", kept, merged)


def _move_followers(kind: str, kept: Model, merged: Model) -> None:
    follows = Follow.objects.filter(**{kind: kept}).values("follower")
    theirs = Follow.objects.filter(**{kind: merged})
    theirs.exclude(follower__in=follows).update(**{kind: kept})
