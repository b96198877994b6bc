"""In what two people's circumstances are alike: the same, or next to each other on a scale."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from accounts.countries import COUNTRIES
from accounts.models import CompanySize, Industry, JobFunction, Seniority
from accounts.personas import HasPersona

# In halves: what is the same counts twice what is next to it on its scale.
SAME, NEXT = 2, 1
# Whoever takes questions only from members like them takes those with one of the first in common, and two in all. Of the
# demo's members that is one in four; without the first condition more than half.
ALIKE_IN_WORK = ("job_function", "industry")
ALIKE_IN_ALL = 2


@dataclass(frozen=True)
class Facet:
    """`next_words`: of the value before and after one's own, where the values are a scale."""

    name: str
    label: str
    choices: Mapping[str, str]
    same_words: str
    next_words: tuple[str, str] | None = None

    def neighbours(self, mine: str) -> Iterator[tuple[str, str]]:
        """(value, words)."""
        if self.next_words is None:
            return
        scale = list(self.choices)
        at = scale.index(mine)
        for position, words in zip((at - 1, at + 1), self.next_words, strict=True):
            if 0 <= position < len(scale):
                yield scale[position], words

    def match(self, mine: str, theirs: str) -> tuple[int, str]:
        """In halves, with the reason; 0 and "" for what is neither the same nor next to it, not said, or "other"."""
        if not theirs or mine not in self.choices:
            return 0, ""
        if mine == theirs:
            return SAME, self.same_words
        words = dict(self.neighbours(mine)).get(theirs, "")
        return (NEXT, words) if words else (0, "")


def _without_other(choices: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Two who are both "other" have nothing in common."""
    return {value: label for value, label in choices if value != "other"}


# Of a person; what they use of a product, and how, comes on top elsewhere.
FACETS = (
    Facet(
        "company_size",
        "Size of your organisation",
        dict(CompanySize.choices),
        "same size of organisation",
        ("an organisation one size smaller", "an organisation one size larger"),
    ),
    Facet("industry", "Industry", _without_other(Industry.choices), "same industry"),
    Facet(
        "job_function",
        "Department",
        _without_other(JobFunction.choices),
        "same department",
    ),
    Facet(
        "seniority",
        "Level",
        dict(Seniority.choices),
        "same level",
        ("one level above you", "one level below you"),
    ),
    Facet("country", "Country", COUNTRIES, "same country"),
)


def are_alike(mine: HasPersona, shown: Mapping[str, str]) -> bool:
    """`shown`: what the other one shows, empty where nothing. What they hide can't be found out here."""
    shared = {
        facet.name
        for facet in FACETS
        if facet.match(getattr(mine, facet.name), shown[facet.name])[0]
    }
    return len(shared) >= ALIKE_IN_ALL and not shared.isdisjoint(ALIKE_IN_WORK)
