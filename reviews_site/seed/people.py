"""Made-up members and their jobs. Display names say what they are: "Demo Otter 412"."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from reviews_site.seed.distributions import weighted
from reviews_site.seed.organisations import Organisation

JOB_FUNCTION = {
    "it": 0.26, "engineering": 0.25, "security": 0.07, "operations": 0.10, "finance": 0.06, "hr": 0.05, "sales": 0.05,
    "marketing": 0.06, "customer": 0.05, "procurement": 0.03, "other": 0.02,
}  # fmt: skip
SENIORITY = {"c_level": 0.06, "c_minus_1": 0.18, "c_minus_2": 0.34, "c_minus_3": 0.42}
ACCEPTS_MESSAGES_SHARE = 0.82
_JOB_TITLES = {
    "it": ("IT manager", "System administrator", "IT architect"),
    "engineering": ("Developer", "Platform engineer", "Engineering manager"),
    "security": ("Security analyst", "Security engineer"),
    "operations": ("Operations manager", "Service manager"),
    "finance": ("Controller", "Accountant"),
    "hr": ("HR partner", "HR manager"),
    "sales": ("Account manager", "Sales manager"),
    "marketing": ("Marketing manager", "Content editor"),
    "customer": ("Support lead", "Service agent"),
    "procurement": ("Buyer", "Category manager"),
    "other": ("Project manager", "Case worker"),
}
_ANIMALS = [
    "Otter",
    "Heron",
    "Badger",
    "Finch",
    "Lynx",
    "Marten",
    "Plover",
    "Stoat",
    "Wren",
    "Ibex",
    "Magpie",
    "Newt",
    "Osprey",
    "Puffin",
    "Quail",
    "Raven",
    "Seal",
    "Tern",
    "Vole",
    "Weasel",
    "Beaver",
    "Curlew",
    "Dormouse",
    "Egret",
    "Ferret",
    "Grouse",
    "Hare",
    "Jackdaw",
    "Kestrel",
    "Lapwing",
]
# Who uses what: the functions that write about a topic.
_TECHNICAL = {"it": 0.34, "engineering": 0.42, "operations": 0.14, "security": 0.07, "procurement": 0.03}  # fmt: skip
_SAFETY = {"security": 0.40, "it": 0.32, "engineering": 0.15, "operations": 0.09, "procurement": 0.04}  # fmt: skip
_FIGURES = {"it": 0.22, "engineering": 0.18, "finance": 0.18, "marketing": 0.13, "sales": 0.10, "operations": 0.16, "procurement": 0.03}  # fmt: skip
AUDIENCES: Mapping[str, Mapping[str, float]] = {
    "security": _SAFETY,
    "identity": _SAFETY,
    "endpoints": {"it": 0.62, "operations": 0.18, "security": 0.12, "engineering": 0.08},
    "models": {"engineering": 0.62, "it": 0.20, "operations": 0.10, "other": 0.08},
    "agents": {"engineering": 0.44, "it": 0.22, "customer": 0.12, "operations": 0.12, "marketing": 0.10},
    "pipelines": _FIGURES,
    "analytics": _FIGURES,
    "collaboration": {**JOB_FUNCTION, "engineering": 0.15, "it": 0.18, "security": 0.01},
    "communication": {"it": 0.28, "customer": 0.30, "sales": 0.14, "operations": 0.18, "hr": 0.10},
    "crm": {"sales": 0.42, "marketing": 0.34, "customer": 0.12, "it": 0.12},
    "service": {"customer": 0.40, "it": 0.38, "operations": 0.22},
    "people": {"hr": 0.66, "it": 0.14, "finance": 0.08, "operations": 0.12},
    "finance": {"finance": 0.62, "procurement": 0.22, "it": 0.16},
    "content": {"marketing": 0.50, "it": 0.26, "engineering": 0.12, "customer": 0.06, "other": 0.06},
    "cases": {"operations": 0.38, "other": 0.26, "it": 0.16, "customer": 0.12, "finance": 0.08},
    "business": JOB_FUNCTION,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Person:
    number: int
    organisation: Organisation
    job_function: str
    seniority: str
    accepts_messages: bool
    display_name: str

    @property
    def email(self) -> str:
        return f"member{self.number}@people.example"

    @property
    def work_address(self) -> str:
        return f"member{self.number}@{self.organisation.domain}"

    @property
    def job_title(self) -> str:
        titles = _JOB_TITLES[self.job_function]
        return titles[self.number % len(titles)]


def make_people(
    count: int, organisations: Sequence[Organisation], rng: Random
) -> list[Person]:
    return [
        Person(
            number=number,
            organisation=rng.choice(organisations),
            job_function=weighted(JOB_FUNCTION, rng),
            seniority=weighted(SENIORITY, rng),
            accepts_messages=rng.random() < ACCEPTS_MESSAGES_SHARE,
            display_name=f"Demo {rng.choice(_ANIMALS)} {number}",
        )
        for number in range(1, count + 1)
    ]


def writes_about(person: Person, topic: str) -> bool:
    return person.job_function in AUDIENCES.get(topic, _TECHNICAL)


class Audience:
    """Gives each product authors whose job fits it, none twice."""

    def __init__(self, people: Sequence[Person]) -> None:
        self._people = people
        self._by_function: dict[str, list[Person]] = {}
        for person in people:
            self._by_function.setdefault(person.job_function, []).append(person)

    def authors(self, topic: str, count: int, rng: Random) -> Iterator[Person]:
        """At most as many as there are people."""
        shares = AUDIENCES.get(topic, _TECHNICAL)
        taken: set[int] = set()
        for _ in range(min(count, len(self._people))):
            person = self._one(shares, taken, rng)
            taken.add(person.number)
            yield person

    def _one(self, shares: Mapping[str, float], taken: set[int], rng: Random) -> Person:
        for _ in range(40):
            bucket = self._by_function.get(weighted(shares, rng))
            if bucket:
                person = rng.choice(bucket)
                if person.number not in taken:
                    return person
        return rng.choice([p for p in self._people if p.number not in taken])
