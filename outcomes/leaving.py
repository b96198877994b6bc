"""What public figures owe to those who leave: the cohorts that hold them are retired in the same transaction."""

from collections.abc import Collection, Iterable

from disclosure.services import retire
from outcomes.models import CheckIn, Delivery

RETENTION, DELIVERY = "retention", "delivery"
STATED = {RETENTION: CheckIn, DELIVERY: Delivery}


def leave_figures(
    review_ids: Iterable[int], topics: Collection[str] = tuple(STATED)
) -> None:
    """Of whatever was said with these reviews. Asked again it does nothing."""
    ids = list(review_ids)
    for topic in topics:
        rows = STATED[topic]._default_manager.filter(review__in=ids)
        behind = rows.exclude(organisation="").order_by()
        # In one order: each of them locks.
        for product_id, organisation in sorted(
            set(behind.values_list("review__product", "organisation"))
        ):
            retire(topic=topic, product_id=product_id, organisation=organisation)
