"""Which organisations enter public figures together: pure functions. Why so, and why it is enough: docs/disclosure.md.

All of it is about one field of one series of one product.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from disclosure.measures import FEWEST


@dataclass(frozen=True)
class Candidate:
    """What an organisation says, long enough that it may enter a cohort."""

    organisation: str
    value: Any
    band: str = ""


@dataclass(frozen=True)
class Live:
    """A cohort whose members all still stand."""

    key: int
    band: str
    organisations: Set[str]


@dataclass(frozen=True)
class History:
    """Of all cohorts there ever were."""

    # Organisations that were in one; also those that were in another series and have moved to this one.
    known: Set[str]
    # What each said in them; of whom that was emptied, nobody knows any more.
    said: Mapping[str, Sequence[Any]]
    emptied: Set[str] = frozenset()

    def is_new(self, said: Candidate) -> bool:
        name = said.organisation
        return name not in self.emptied and said.value not in self.said.get(name, ())


@dataclass(frozen=True)
class Formed:
    band: str
    members: tuple[Candidate, ...]
    # The keys of the live cohorts that it takes the place of.
    replaces: tuple[int, ...] = ()


def plan(
    live: Sequence[Live], candidates: Iterable[Candidate], history: History
) -> list[Formed]:
    """Candidates are in an order that nobody outside can know or choose: neighbours may come into one cohort."""
    by_name = {each.organisation: each for each in candidates}
    taken = {name for cohort in live for name in cohort.organisations}
    free = [each for name, each in by_name.items() if name not in taken]
    return [*_new(free, history.known), *_renewed(live, by_name, history)]


# --- New: at least 5 organisations that were never in a cohort ------------------------------


def _new(free: Sequence[Candidate], known: Set[str]) -> list[Formed]:
    """Of one band where it has 5; the others together. Those left of retired cohorts may join, in any number."""
    by_band: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in free:
        by_band[candidate.band].append(candidate)
    mixture = by_band.pop("", [])
    formed: list[Formed] = []
    for band, members in sorted(by_band.items()):
        if _first_timers(members, known) < FEWEST:
            mixture += members
        else:
            formed += _divided(band, members, known)
    if _first_timers(mixture, known) >= FEWEST:
        formed += _divided("", mixture, known)
    return formed


def _first_timers(members: Iterable[Candidate], known: Set[str]) -> int:
    return sum(each.organisation not in known for each in members)


def _divided(
    band: str, members: Sequence[Candidate], known: Set[str]
) -> Iterable[Formed]:
    """As many cohorts as there are fives: when one retires, few others go with it."""
    first = [each for each in members if each.organisation not in known]
    others = [each for each in members if each.organisation in known]
    count = len(first) // FEWEST
    for i in range(count):
        yield Formed(band, (*first[i::count], *others[i::count]))


# --- Renewed: the same organisations, at least 5 of which say something new -----------------


def _renewed(
    live: Sequence[Live],
    by_name: Mapping[str, Candidate],
    history: History,
) -> Iterable[Formed]:
    """A cohort, or several of one band together, in which too little changed; never a part of one."""
    changed: dict[str, list[tuple[int, Live]]] = defaultdict(list)
    for cohort in live:
        if news := _news(cohort, by_name, history):
            changed[cohort.band].append((news, cohort))
    for band, cohorts in sorted(changed.items()):
        cohorts.sort(key=lambda pair: (-pair[0], pair[1].key))
        together: list[Live] = []
        total = 0
        for news, cohort in cohorts:
            together.append(cohort)
            total += news
            if total >= FEWEST:
                yield _joined(band, together, by_name)
                together, total = [], 0


def _news(cohort: Live, by_name: Mapping[str, Candidate], history: History) -> int:
    """How many say what they never said before; 0 while one of them has just changed and must wait."""
    if not cohort.organisations <= by_name.keys():
        return 0
    return sum(history.is_new(by_name[name]) for name in cohort.organisations)


def _joined(
    band: str, together: Sequence[Live], by_name: Mapping[str, Candidate]
) -> Formed:
    names = sorted(name for cohort in together for name in cohort.organisations)
    return Formed(
        band,
        tuple(by_name[name] for name in names),
        tuple(cohort.key for cohort in together),
    )
