from django.db.models import QuerySet
from django.utils.crypto import salted_hmac

from disclosure.models import CohortMember


def code(product_id: int, topic: str, organisation: str) -> str:
    """Stands for the organisation where its name may not; it can't be computed without the site's secret key."""
    text = f"{product_id}:{topic}:{organisation}"
    return f"code:{salted_hmac('disclosure.organisation', text, algorithm='sha256').hexdigest()}"


def empty(members: "QuerySet[CohortMember]", code_of_it: str) -> None:
    """What it said is forgotten; that it was here is not, or it could come back and be taken for a new one."""
    members.update(organisation=code_of_it, value=None)
