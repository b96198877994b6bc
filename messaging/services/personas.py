from accounts.models import User
from accounts.personas import persona
from reviews.coarsening import public_facets
from reviews.models import Review


def buyer_persona(buyer: User) -> str:
    facets = buyer.profile
    return persona(
        facets.job_function, facets.seniority, facets.company_size, facets.industry
    )


def reviewer_persona(review: Review) -> str:
    return persona(**public_facets(review) | {"country": ""})
