from typing import Any
from uuid import UUID

from accounts.models import User
from accounts.privacy import register_eraser, register_exporter
from disclosure.services import retire
from moderation.privacy import erase_records, register_things
from prices.models import PriceReport
from prices.topics import PRICE

_EXPORTED = [
    "product__slug",
    *(
        field.name
        for field in PriceReport._meta.concrete_fields
        if field.name not in {"id", "product", "member"}
    ),
]


def export_prices(user: User) -> list[dict[str, Any]]:
    """What moderators read of it, and why, is in the export of the log's lines."""
    return list(user.price_reports.order_by("id").values(*_EXPORTED))


def things_of(user: User) -> set[UUID]:
    return set(user.price_reports.values_list("public_id", flat=True))


def erase_prices(user: User, *, keep_published: bool) -> None:
    """No figure stands on them from now on; the rows go with the user."""
    decided = things_of(user)
    standing = PriceReport.objects.standing().filter(member=user)
    for report in standing.select_for_update().order_by("product_id", "pk"):
        retire(
            topic=PRICE,
            product_id=report.product_id,
            organisation=report.organisation,
        )
    user.price_reports.all().delete()
    erase_records(decided)


register_things(things_of)
register_exporter("prices", export_prices)
register_eraser(erase_prices)
