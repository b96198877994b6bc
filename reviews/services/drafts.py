from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from accounts.models import User
from products.models import Product
from reviews.models import ReviewDraft


def save_draft(
    *, author: User, product: Product, data: Mapping[str, Any]
) -> ReviewDraft:
    """`data` is kept as it was typed, valid or not; NUL, which Postgres can't store, is dropped."""
    kept = {str(name): _storable(value) for name, value in data.items()}
    draft, _ = ReviewDraft.objects.update_or_create(
        product=product,
        author=author,
        defaults={"data": kept, "saved_at": timezone.now()},
    )
    return draft


def _storable(value: Any) -> Any:
    if isinstance(value, list):
        return [_storable(item) for item in value]
    return value.replace("\x00", "") if isinstance(value, str) else value


def discard_draft(*, author: User, product: Product) -> None:
    ReviewDraft.objects.filter(author=author, product=product).delete()
