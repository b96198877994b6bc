"""What was promised, each beside the figure that shows it. A goal without a figure is "not measured", never hidden."""

import operator
from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.figures import Spread

AT_LEAST, AT_MOST = "at least", "at most"
_COMPARED = {AT_LEAST: operator.ge, AT_MOST: operator.le}


@dataclass(frozen=True)
class Goal:
    """Met if the median of `figure` (a name of Results.found()) is on the right side of `wanted`."""

    promise: str
    figure: str
    wanted: float
    side: str = AT_LEAST
    unit: str = ""
    # Said only where it is missed.
    why_not: str = ""

    def is_met(self, found: Mapping[str, Spread]) -> bool | None:
        """None: not measured."""
        spread = found.get(self.figure)
        return spread and bool(_COMPARED[self.side](spread.median, self.wanted))


def _share(promise: str, page: str, wanted: float, why_not: str = "") -> Goal:
    text = f"{promise}: share of the bare view"
    return Goal(text, f"share of {page}", wanted, why_not=why_not)


_MADE_ANEW = (
    "in a round after which what fills its frame is made anew, its few hundred requests pay for that, "
    "from all products of a large category"
)
_FOUND = "most of it is Postgres, which finds up to 400 matches and their scores on the same cores"


GOALS = (
    _share("product page, made for each request", "product, 20 reviews", 0.20,
           "middleware and the look for its pieces take half of what is left"),
    _share("product page from the shared cache", "product, 20 reviews, from the shared cache", 0.60),
    _share("product page that the browser has (304)", "product, 20 reviews, 304", 0.60),
    _share("category page", "category ranking", 0.20, _MADE_ANEW),
    _share("listing", "product list", 0.20),
    _share("search, a word in few products", "search, word in 0.5 to 5 %", 0.08, _FOUND),
    _share("search, a word in many products", "search, word in over 10 %", 0.08, _FOUND),
    _share("search, a misspelt name", "search, misspelt", 0.08, _FOUND),
    Goal("search: Postgres' time at the median, words of any frequency (the slowest kind)", "search in Postgres", 15, AT_MOST, "ms"),
    _share("comparison of 4", "comparison of 4", 0.10),
    _share("inbox of a member", "inbox", 0.10),
    _share("thread of a member", "thread", 0.10,
           "it draws 30 messages anew each time, since nothing private lies in a cache"),
    _share("API, a product's reviews", "API, reviews of a product", 0.15,
           "its own work was halved; middleware, the framework's and Postgres' remain"),
    Goal("from 1 % of the set to all of it no page costs more than so many times the CPU (the worst page)",
         "growth", 1.3, AT_MOST, "times", _MADE_ANEW),
    Goal("no page slower than at the start: CPU of the page that lost most, by that at the start (a tenth is noise)",
         "slowest beside the start", 1.1, AT_MOST, "times",
         "the cause of the difference was not found yet; the table of pages has both shares"),
    Goal("posts on one product over 16 connections: acknowledged and not there", "posts lost", 0, AT_MOST),
    Goal("the same: 99th percentile by median", "posts, tail", 20, AT_MOST, "times"),
    Goal("rating of one product with 10,000 reviews, refreshed in Postgres", "refresh", 25, AT_MOST, "ms",
         "it reads every one of the 10,000 reviews again instead of adding up what changed"),
    Goal("all ratings recomputed at night", "nightly", 300, AT_MOST, "s"),
    Goal("meanwhile no batch holds a reader: 99th percentile of a page while it runs, by its median without it",
         "readers meanwhile", 20, AT_MOST, "times"),
    Goal("seed_demo tells its rate", "seed_demo", 1, AT_LEAST, "reviews/s"),
    Goal("import_catalog tells its rate", "import_catalog", 1, AT_LEAST, "products/s"),
    Goal("the whole benchmark", "minutes", 20, AT_MOST, "min"),
)  # fmt: skip
