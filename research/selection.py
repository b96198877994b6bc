"""Which reviews a reader wants to count: facets in the address, the same on page, API and PDF."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlencode

from accounts.countries import COUNTRIES
from accounts.models import CompanySize, Industry, JobFunction, Seniority
from products.models import Deployment
from reviews.models import Review
from reviews.ratings import Remaining

LONGEST_QUOTED = 60


@dataclass(frozen=True)
class Facet:
    name: str
    label: str
    choices: dict[str, str]


FACETS = {
    facet.name: facet
    for facet in (
        Facet("company_size", "Company size", dict(CompanySize.choices)),
        Facet("industry", "Industry", dict(Industry.choices)),
        Facet("job_function", "Department", dict(JobFunction.choices)),
        Facet("seniority", "Level", dict(Seniority.choices)),
        Facet("perspective", "Perspective", dict(Review.Perspective.choices)),
        Facet("deployment", "Deployment", dict(Deployment.choices)),
        Facet("country", "Country", COUNTRIES),
    )
}


class Given(Protocol):
    """A QueryDict, as far as it is read here."""

    def __iter__(self): ...
    def getlist(self, key: str) -> Sequence[str]: ...


class BadSelection(Exception):
    """By parameter the sentences for whoever asked."""

    def __init__(self, errors: Mapping[str, list[str]]) -> None:
        super().__init__(errors)
        self.errors = dict(errors)

    @property
    def sentences(self) -> list[str]:
        return [sentence for found in self.errors.values() for sentence in found]


@dataclass(frozen=True)
class Chip:
    label: str
    value: str
    without: str
    """The query string of the same page without this choice."""


@dataclass(frozen=True)
class Selection:
    """Facets and their chosen values, both in the order of FACETS: one selection has one address."""

    chosen: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.chosen)

    def choices(self) -> dict[str, tuple[str, ...]]:
        return dict(self.chosen)

    @property
    def query(self) -> str:
        return urlencode(self.choices(), doseq=True)

    @property
    def suffix(self) -> str:
        """ "?…", or nothing, to be put behind an address."""
        return f"?{self.query}" if self else ""

    @property
    def sentence(self) -> str:
        """ "Company size: 1–50 employees or 51–200 employees; Country: Germany"."""
        return "; ".join(
            f"{FACETS[name].label}: "
            + " or ".join(FACETS[name].choices[value] for value in values)
            for name, values in self.chosen
        )

    def without(self, name: str, value: str) -> "Selection":
        left = {
            facet: tuple(v for v in values if (facet, v) != (name, value))
            for facet, values in self.chosen
        }
        return Selection(tuple((facet, vs) for facet, vs in left.items() if vs))

    def chips(self) -> list[Chip]:
        return [
            Chip(
                FACETS[name].label,
                FACETS[name].choices[value],
                self.without(name, value).suffix,
            )
            for name, values in self.chosen
            for value in values
        ]


EVERYTHING = Selection()


def selection_from(given: Given) -> Selection:
    """Raises BadSelection for what it doesn't know: figures of another choice than asked for would mislead."""
    errors = {
        name: [f"There is no filter “{_short(name)}”."]
        for name in given
        if name not in FACETS
    }
    chosen = []
    for name, facet in FACETS.items():
        values = {value for value in given.getlist(name) if value}
        if unknown := sorted(values - facet.choices.keys()):
            errors[name] = [_no_choice(value, facet) for value in unknown[:3]]
        elif values:
            chosen.append((name, tuple(v for v in facet.choices if v in values)))
    if errors:
        raise BadSelection(errors)
    return Selection(tuple(chosen))


def _no_choice(value: str, facet: Facet) -> str:
    return f"“{_short(value)}” is not one of the choices of “{facet.label}”."


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_QUOTED else f"{text[:LONGEST_QUOTED]}…"


# --- What can be chosen ---------------------------------------------------------------------


@dataclass(frozen=True)
class Option:
    value: str
    text: str
    count: int
    is_chosen: bool

    @property
    def is_empty(self) -> bool:
        return self.count == 0 and not self.is_chosen


@dataclass(frozen=True)
class Options:
    name: str
    label: str
    options: list[Option]

    @property
    def is_open(self) -> bool:
        return self.name in FIRST_ASKED or any(one.is_chosen for one in self.options)


# Open from the start: what most readers filter by.
FIRST_ASKED = {"company_size", "perspective"}
# There are 250 countries: those without a review are left out rather than shown as empty.
OPEN_ENDED = {"country"}


def facet_options(selection: Selection, remaining: Remaining) -> list[Options]:
    chosen = selection.choices()
    found = []
    for facet in FACETS.values():
        counts = remaining.by_choice[facet.name]
        options = [
            Option(
                value, text, counts.get(value, 0), value in chosen.get(facet.name, ())
            )
            for value, text in facet.choices.items()
        ]
        if facet.name in OPEN_ENDED:
            options = [option for option in options if not option.is_empty]
        found.append(Options(facet.name, facet.label, options))
    return found
