"""Who of the demo's customers agreed to be drawn as a reference."""

import datetime

from reviews_site.seed import rows
from reviews_site.seed.stored import Stored

SHARE_THAT_AGREES = 0.4


def write(stored: Stored) -> None:
    rng = stored.rng("references")
    rows.copy_rows(
        "references_referenceconsent",
        ("review_id", "given_at"),
        (
            (
                stored.id_of(review),
                min(
                    stored.now,
                    review.published_at + datetime.timedelta(days=rng.randint(0, 20)),
                ),
            )
            for review in stored.published()
            if review.published_at
            and review.relationship == "customer"
            and rng.random() < SHARE_THAT_AGREES
        ),
    )
