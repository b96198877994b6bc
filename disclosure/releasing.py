"""When cohorts and cells are written; nothing else writes them. A release is made once a quarter, as of its first day.

Whoever changes the cohorts of a product's topic holds the lock of its Release row, and reads rows only then.
"""

import datetime
import logging
from collections.abc import Callable
from typing import Any

from django.db import transaction

from disclosure import topics
from disclosure.cells import write_cells
from disclosure.models import Cohort, CohortMember, Release
from disclosure.organisations import code, empty
from disclosure.pool import Pool, today
from products.models import Product
from reviews_site.lib.visitor_pages import everything_changed

# Whatever an organisation says waits so long before it enters a figure.
WAIT = datetime.timedelta(days=90)

logger = logging.getLogger(__name__)


def quarter_of(day: datetime.date) -> datetime.date:
    """Its first day."""
    return datetime.date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)


@transaction.atomic
def release(product_id: int, topic: str, as_of: datetime.date) -> bool:
    """False where one of this day or a later one was made already."""
    made = _locked(product_id, topic)
    if made is None or (made.as_of is not None and made.as_of >= as_of):
        return False
    pool = Pool(topics.get(topic), product_id)
    pool.retire_fallen()
    pool.form(as_of - WAIT, as_of)
    made.as_of = as_of
    made.save(update_fields=["as_of"])
    write_cells(made)
    return True


@transaction.atomic
def check(product_id: int, topic: str) -> bool:
    """Whether a member of a live cohort stands no longer, by whatever path; such cohorts are retired."""
    made = _locked(product_id, topic)
    if made is None or not Pool(topics.get(topic), product_id).retire_fallen():
        return False
    write_cells(made)
    # Comparisons and guides tell figures too.
    everything_changed()
    return True


def retire_organisation(product_id: int, topic: str, organisation: str) -> None:
    """In the caller's transaction, which also ends the organisation's row."""
    made = _locked(product_id, topic)
    if made is None:
        return
    members = CohortMember.objects.filter(
        cohort__topic=topic, cohort__product=product_id, organisation=organisation
    )
    holding = list(members.values_list("cohort", flat=True))
    empty(members, code(product_id, topic, organisation))
    if Cohort.objects.live().filter(pk__in=holding).update(retired_on=today()):
        write_cells(made)
        everything_changed()


def release_due(day: datetime.date) -> int:
    """This quarter's releases that aren't made yet, then a look at those made before.

    One transaction a product: broken off, it goes on where it was. Returns how many products changed.
    """
    as_of = quarter_of(day)
    waiting, to_check = [], []
    for topic in topics.all_topics():
        live = set(
            Cohort.objects.live()
            .filter(topic=topic.name)
            .values_list("product_id", flat=True)
        )
        made = Release.objects.filter(topic=topic.name, as_of__gte=as_of)
        done = set(made.values_list("product_id", flat=True))
        # Products with cohorts too: their rows may all be gone.
        has_rows = set(topic.product_ids())
        waiting += [(pk, topic.name) for pk in sorted((has_rows | live) - done)]
        to_check += [(pk, topic.name) for pk in sorted(live & done)]
    released = sum(_safely(release, *each, as_of) for each in waiting)
    return released + sum(_safely(check, *each) for each in to_check)


def _safely(work: Callable[..., bool], product_id: int, topic: str, *more: Any) -> bool:
    """What is wrong with one product doesn't keep the others."""
    try:
        return work(product_id, topic, *more)
    except Exception as error:
        # Not its text: a database's own words quote the row, which is private.
        kind = type(error).__name__
        logger.error("Product %s: no figures of %s: %s", product_id, topic, kind)
        return False


def _locked(product_id: int, topic: str) -> Release | None:
    """Until the end of the transaction; None where the product is gone."""
    if not Product.objects.filter(pk=product_id).exists():
        return None
    # Waits for whoever makes the same row just now.
    Release.objects.bulk_create(
        [Release(product_id=product_id, topic=topic)], ignore_conflicts=True
    )
    return Release.objects.select_for_update().get(product=product_id, topic=topic)
