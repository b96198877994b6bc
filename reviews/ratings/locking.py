from collections.abc import Iterator, Sequence

from products.models import Product

# A batch holds the locks of its products for a fraction of a second.
BATCH = 2_000


def lock(product_ids: Sequence[int], *, skip_locked: bool = False) -> list[int]:
    rows = Product.objects.select_for_update(no_key=True, skip_locked=skip_locked)
    return list(
        rows.filter(pk__in=product_ids).order_by("pk").values_list("pk", flat=True)
    )


def batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]
