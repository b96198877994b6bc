from accounts.coarsening import coarsen
from accounts.models import User
from accounts.personas import persona
from reviews.coarsening import public_facets
from reviews.models import Review


def buyer_persona(buyer: User) -> str:
    """Never so much that fewer than 5 members are meant; the country isn't told at all."""
    return persona(**coarsen(buyer.profile).shown | {"country": ""})


def reviewer_persona(review: Review) -> str:
    return persona(**public_facets(review) | {"country": ""})
