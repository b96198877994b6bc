"""Which items of a landscape are organisations: members, partners, supporters and hosts of a foundation."""

import re
from collections.abc import Iterable

from products.importers.items import Path

NAME_ENDINGS = re.compile(
    r"\((member|supporter|contributor|hosting|sponsor|partner|adopter|end user|kcsp|kcntp|ktp)\)$",
    re.IGNORECASE,
)
CATEGORY_WORDS = re.compile(
    r"\b(members?|member compan(?:y|ies)|hosting companies|service providers?|training partners?|"
    r"supporters?|sponsors?)$",
    re.IGNORECASE,
)


def why_organisation(
    name: str,
    paths: Iterable[Path],
    members_categories: frozenset[str],
    *,
    guess: bool = False,
) -> str:
    """The reason in a sentence, or "" for a product. `guess` also goes by what a landscape calls its categories."""
    ending = NAME_ENDINGS.search(name)
    if ending:
        return f"It is an organisation: its name ends in “{ending[0]}”."
    for category in next(iter(paths), ()):
        if category.casefold() in members_categories or (
            guess and CATEGORY_WORDS.search(category)
        ):
            return f"It is an organisation: it is listed under “{category}”."
    return ""
