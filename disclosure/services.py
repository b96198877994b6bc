from django.db import transaction

from disclosure import releasing


@transaction.atomic
def retire(*, topic: str, product_id: int, organisation: str) -> None:
    """A row of the organisation is withdrawn or erased: call it in that transaction, on any path.

    Every figure that the organisation stood behind goes at once, and what was kept of it for them is emptied. It
    locks: for several products call it in the order of their ids.
    """
    releasing.retire_organisation(product_id, topic, organisation)
