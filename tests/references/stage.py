"""A product with customers who agreed to be drawn."""

from dataclasses import dataclass

from accounts.models import User
from products.models import Product, Vendor
from references.services import agree_to_be_reference
from reviews.models import Review
from tests.factories import ProductFactory, ReviewFactory, VendorFactory
from tests.messaging.people import member


@dataclass
class Stage:
    vendor: Vendor
    product: Product
    buyer: User
    reviews: list[Review]

    def reviewer(self, number: int) -> User:
        author = self.reviews[number].author
        assert author is not None
        return author


def customer(product: Product, number: int, **fields: object) -> Review:
    author = member(email=f"customer{number}@firm{number}.example")
    return ReviewFactory(product=product, author=author, **fields)


def agreed(review: Review) -> Review:
    agree_to_be_reference(review=review, author=review.author)
    return review


def make_stage(customers: int = 6) -> Stage:
    vendor = VendorFactory(name="Acme", slug="acme", email_domains=["acme.example"])
    product = ProductFactory(name="Acme Desk", slug="acme-desk", vendor=vendor)
    reviews = [agreed(customer(product, number)) for number in range(customers)]
    return Stage(vendor, product, member(email="buyer@hospital.example"), reviews)
