"""Who somebody is at work, in one line: all that readers learn of a person unless that person says more."""

from typing import Protocol

from accounts.countries import COUNTRIES
from accounts.models import CompanySize, Industry, JobFunction, Seniority

SEPARATOR = " · "


# Once: Django makes the lists of a class of choices anew each time they are asked for.
FUNCTIONS, LEVELS = dict(JobFunction.choices), dict(Seniority.choices)
SIZES, INDUSTRIES = dict(CompanySize.choices), dict(Industry.choices)


def _inside_a_line(label: str) -> str:
    """ "One level below C" in the middle of a line; "C-level" keeps its capital."""
    return label if label.startswith("C-") else label[:1].lower() + label[1:]


def persona(
    job_function: str,
    seniority: str,
    company_size: str,
    industry: str,
    country: str = "",
) -> str:
    """ "IT · one level below C · 201–1,000 employees · Healthcare · Germany".

    Takes the stored values of a Profile or a Review; what is empty or unknown is left out.
    """
    function = FUNCTIONS.get(job_function, "") if job_function != "other" else ""
    level = LEVELS.get(seniority, "")
    parts = [
        function,
        _inside_a_line(level) if function else level,
        SIZES.get(company_size, ""),
        INDUSTRIES.get(industry, "") if industry != "other" else "",
        COUNTRIES.get(country, ""),
    ]
    return SEPARATOR.join(part for part in parts if part)


class HasPersona(Protocol):
    @property
    def job_function(self) -> str: ...
    @property
    def seniority(self) -> str: ...
    @property
    def company_size(self) -> str: ...
    @property
    def industry(self) -> str: ...
    @property
    def country(self) -> str: ...


def persona_of(described: HasPersona) -> str:
    """The same for a Profile or a Review."""
    return persona(
        described.job_function,
        described.seniority,
        described.company_size,
        described.industry,
        described.country,
    )


def missing_facets(described: HasPersona) -> list[str]:
    """What readers would look for and don't find, in words."""
    facets = [
        ("department", described.job_function),
        ("level", described.seniority),
        ("size of your organisation", described.company_size),
        ("industry", described.industry),
        ("country", described.country),
    ]
    return [name for name, value in facets if not value]
