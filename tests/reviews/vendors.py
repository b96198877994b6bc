"""A vendor with a product, and somebody who speaks for it."""

from dataclasses import dataclass

from accounts.models import User
from moderation.models import ReasonCode
from products.models import Product, Vendor
from reviews import services
from reviews.models import Dispute, Review, VendorResponse
from tests.factories import (
    ProductFactory,
    ReviewFactory,
    UserFactory,
    VendorFactory,
    VendorRepresentativeFactory,
    confirm_email,
)

BODY = "Thank you. Single sign-on is a matter of minutes since March."
STATEMENT = "The second paragraph names one of our employees, who is a private person."
GROUND = ReasonCode.PRIVATE_DATA


@dataclass
class Stage:
    vendor: Vendor
    product: Product
    review: Review
    eva: User
    moderator: User

    def respond(self, body: str = BODY, **more: object) -> VendorResponse:
        return services.respond(review=self.review, user=self.eva, body=body, **more)

    def publish(self, response: VendorResponse) -> None:
        services.publish_response(response=response, moderator=self.moderator)

    def dispute(self, review: Review | None = None) -> Dispute:
        return services.open_dispute(
            review=review or self.review,
            user=self.eva,
            ground=GROUND,
            statement=STATEMENT,
        )


def make_stage() -> Stage:
    vendor = VendorFactory(name="Acme", slug="acme")
    product = ProductFactory(name="Acme Desk", slug="acme-desk", vendor=vendor)
    review = ReviewFactory(
        product=product,
        author=confirm_email(UserFactory()),
        headline="Solid, but slow to set up",
    )
    eva = confirm_email(UserFactory(email="eva@private.example"))
    VendorRepresentativeFactory(vendor=vendor, user=eva)
    return Stage(vendor, product, review, eva, UserFactory(is_staff=True))


def columns(review: Review) -> dict[str, object]:
    """All of the row but the key of its prepared card."""
    (row,) = Review.objects.filter(pk=review.pk).values()
    del row["version"]
    return row
