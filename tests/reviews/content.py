"""A review as the form hands it over."""

import datetime
from typing import Any

from django.utils import timezone

from reviews.services import ReviewContent


def review_content(**changes: Any) -> ReviewContent:
    return ReviewContent(
        **{
            "headline": "Does the job, slowly",
            "pros": "Reports are easy to read, and the audit trail is complete.",
            "cons": "Imports of more than a thousand rows take minutes.",
            "half_stars": 7,
            "would_recommend": 8,
            "perspective": "administrator",
            "job_function": "it",
            "seniority": "c_minus_2",
            "company_size": "201-1000",
            "industry": "healthcare",
            "country": "DE",
            "usage_duration": "over_2_years",
            "last_used_on": timezone.now().date() - datetime.timedelta(days=3),
        }
        | changes
    )
