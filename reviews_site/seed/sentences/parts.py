"""The parts that reviews are put together from.

A sentence may begin with conditions (`@paid`, `@oss`, `@saas`, `@self`, `@buyer`, `@user`, `@admin`): it is used only where all of
them hold. `[a|b]` is a choice, `{product}`, `{org}`, `{team}`, `{people}` and `{duration}` are filled from the reviewer.
"""

from dataclasses import dataclass


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
    # Whether people log in to it: single sign-on, roles and screens mean nothing for a library.
    is_application: bool = True


def strength(aspect: str, short: str, *says: str) -> Strength:
    return Strength(aspect, short, says)


def flaw(aspect: str, short: str, wishes: list[str], complaints: list[str]) -> Flaw:
    return Flaw(aspect, short, tuple(wishes), tuple(complaints))
