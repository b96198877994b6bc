import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.models import User
from prices.models import PriceReport
from prices.services import PriceStatement
from products.models import Product
from tests.factories import (
    ReviewFactory,
    UserFactory,
    WorkEmailFactory,
    complete_profile,
    confirm_email,
)

TYPED = {
    "yearly_amount": "12,500",
    "currency": "EUR",
    "unit": "user",
    "quantity": "100",
    "purchase_year": "2025",
    "term_months": "36",
    "discount_percent": "15",
    "auto_renewal": "yes",
    "uplift_cap_percent": "5",
    "exit_format": "open",
    "return_seen": "gain",
}


def customer(product: Product, domain: str = "", size: str = "201-1000") -> User:
    """Has reviewed the product, with a current work e-mail."""
    user = confirm_email(UserFactory())
    complete_profile(user, company_size=size)
    WorkEmailFactory(
        user=user, **({"domain": domain, "address": f"{user.pk}@{domain}"} if domain else {})
    )  # fmt: skip
    ReviewFactory(product=product, author=user, company_size=size)
    return user


def statement(**changes: Any) -> PriceStatement:
    said: dict[str, Any] = {
        "yearly_amount": Decimal(12500),
        "currency": "EUR",
        "unit": "user",
        "quantity": 100,
        "purchase_year": 2025,
    }
    return PriceStatement(**said | changes)


def told(product: Product, user: User, *, days: int = 200, **said: Any) -> PriceReport:
    """A report of so many days ago."""
    at = timezone.now() - datetime.timedelta(days=days)
    email = user.work_emails.get()
    return PriceReport.objects.create(
        product=product,
        member=user,
        organisation=said.pop("organisation", email.domain),
        company_size=user.profile.company_size,
        created_at=at,
        changed_at=at,
        **{
            "yearly_amount": Decimal(12500),
            "currency": "EUR",
            "unit": "user",
            "quantity": 100,
            "purchase_year": at.year,
        }
        | said,
    )
