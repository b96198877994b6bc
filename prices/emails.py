from django.urls import reverse

from moderation.models import Decision
from notifications import kinds
from notifications.links import absolute
from notifications.services import queue_email
from prices.models import PriceReport

# What staff did with private data can't be switched off.
PRICE_READ = kinds.register(
    "price_read",
    label="A moderator read what you said you pay",
    why="You get this e-mail because whoever reads a private price has to tell its author.",
    transactional=True,
)


def send_price_read(report: PriceReport, decision: Decision) -> None:
    queue_email(
        kind=PRICE_READ.name,
        recipient=report.member,
        dedupe_key=f"{PRICE_READ.name}:{decision.public_id}",
        about={"price_report": str(report.public_id)},
        context={
            "product": report.product,
            "reason": decision.statement,
            "read_on": decision.created_at,
            "prices_url": absolute(reverse("prices:mine")),
        },
    )
