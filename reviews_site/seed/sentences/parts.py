"""The parts that reviews are put together from.

A sentence may begin with conditions: it is used only where all of them hold. They come from the product (`@paid`, `@oss`,
`@saas`, `@self`, `@console`, `@app`, and from its category such as `@vpn`: catalogue.py) and from the reviewer (`@buyer`,
`@user`, `@admin`, `@staff`, `@long`: personas.py). `[a|b]` is a choice, `{product}`, `{org}`, `{team}`, `{people}` and `{duration}` are filled from the reviewer.
"""

from dataclasses import dataclass

APPLICATION = frozenset({"console", "app"})
INFRASTRUCTURE = frozenset({"console"})
LIBRARY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Strength:
    aspect: str
    short: str
    says: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Flaw:
    aspect: str
    short: str
    # What a content reviewer would like better, and what an annoyed one reports.
    wishes: tuple[str, ...]
    complaints: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Topic:
    key: str
    noun: str
    strengths: tuple[Strength, ...]
    flaws: tuple[Flaw, ...]
    uses: tuple[str, ...]
    results: tuple[str, ...]
    faint: tuple[str, ...] = ()
    # What holds for software of its kind: `console` has log-ins, roles and reports; `app` also many users all day.
    kind: frozenset[str] = APPLICATION


def strength(aspect: str, short: str, *says: str) -> Strength:
    return Strength(aspect, short, says)


def flaw(aspect: str, short: str, wishes: list[str], complaints: list[str]) -> Flaw:
    return Flaw(aspect, short, tuple(wishes), tuple(complaints))
