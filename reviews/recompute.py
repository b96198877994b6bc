"""Recomputes every score of an export of public data: `python -m reviews.recompute DIR`.

No database, no Django: the standard library and reviews/scoring.py. Whoever doubts a score reads these two files.
"""

import argparse
import datetime
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from reviews import scoring

FORMAT, VERSION = "levelfield-public-data", 1
TOLERANCE = 1e-6
NAMED = 20
READ = ("categories", "products", "reviews", "scores")

Row = dict[str, Any]


class Broken(Exception):
    """The folder is not an export, or not as its manifest says."""


@dataclass
class Report:
    products: int = 0
    scored: int = 0
    figures: int = 0
    largest: float = 0.0
    problems: list[str] = field(default_factory=list)

    def compare(self, where: str, name: str, stated: Any, computed: Any) -> None:
        self.figures += 1
        difference = _difference(stated, computed)
        if difference <= TOLERANCE:
            self.largest = max(self.largest, difference)
        else:
            self.problems.append(
                f"{where}: {name} is {stated} in the file, {computed} by the reviews"
            )


def _difference(stated: Any, computed: Any) -> float:
    if isinstance(stated, float | int) and isinstance(computed, float | int):
        return abs(stated - computed)
    return 0.0 if stated == computed else float("inf")


# --- Reading --------------------------------------------------------------------------------


def read_manifest(folder: Path) -> Row:
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Broken(f"{folder} holds no manifest.json: {error}") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise Broken(f"{folder} is not an export of public data.")
    if manifest.get("version") != VERSION:
        raise Broken(
            f"The export has version {manifest.get('version')}, this code {VERSION}."
        )
    if manifest["parameters"] != json.loads(json.dumps(scoring.parameters())):
        raise Broken(
            "The export was made with other parameters than reviews/scoring.py has."
        )
    return manifest


def check_files(folder: Path, files: Mapping[str, Row]) -> None:
    """Each file is there, unchanged, with as many lines as the manifest says."""
    for name in (*files, *(f"{name}.jsonl" for name in READ)):
        if name not in files or not (folder / name).resolve().is_relative_to(
            folder.resolve()
        ):
            raise Broken(f"{name} is not a file of an export.")
        digest, lines = _digest(folder / name)
        if digest != files[name]["sha256"]:
            raise Broken(f"{name} was changed: its sha256 is not the manifest's.")
        if name.endswith(".jsonl") and lines != files[name]["rows"]:
            raise Broken(f"{name} has {lines} lines, not {files[name]['rows']}.")


def _digest(path: Path) -> tuple[str, int]:
    digest, lines = hashlib.sha256(), 0
    try:
        with path.open("rb") as file:
            while piece := file.read(1 << 20):
                digest.update(piece)
                lines += piece.count(b"\n")
    except OSError as error:
        raise Broken(f"{path.name} can't be read: {error}") from error
    return digest.hexdigest(), lines


def read_lines(folder: Path, name: str) -> Iterator[Row]:
    with (folder / f"{name}.jsonl").open(encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            try:
                yield json.loads(line)
            except ValueError as error:
                raise Broken(f"{name}.jsonl, line {number}: {error}") from error


# --- Computing ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Given:
    """What of a review the score is made of."""

    published_on: datetime.date
    stars: float
    kind: tuple[str, str, str, str]

    def weight(self, as_of: datetime.date) -> float:
        method, relationship, incentive, source = self.kind
        return scoring.weight(
            age_days=(as_of - self.published_on).days,
            method=method,
            relationship=relationship,
            incentive=incentive,
            source=source,
        )


def read_reviews(folder: Path) -> dict[str, list[Given]]:
    """By product."""
    by_product: dict[str, list[Given]] = {}
    for row in read_lines(folder, "reviews"):
        kind = (row["verified_by"] or "", row["relationship"])
        given = Given(
            datetime.date.fromisoformat(row["published_on"]),
            row["stars"],
            (*kind, row["incentive"], row["source"]),
        )
        by_product.setdefault(row["product"], []).append(given)
    return by_product


def half_star_counts(reviews: Iterable[Given]) -> list[int]:
    counts = [0] * 10
    for review in reviews:
        counts[round(review.stars * 2) - 1] += 1
    return counts


def populations(
    primary: Mapping[str, str | None], reviews: Mapping[str, list[Given]]
) -> dict[str, scoring.Population]:
    """By category, of the reviews of the products whose primary one it is."""
    counts: dict[str, list[int]] = {}
    for product, category in primary.items():
        if category is not None:
            of_product = half_star_counts(reviews.get(product, ()))
            of_category = counts.get(category, [0] * 10)
            counts[category] = [
                a + b for a, b in zip(of_category, of_product, strict=True)
            ]
    return {
        category: scoring.population(in_category)
        for category, in_category in counts.items()
    }


def prior_of(
    category: scoring.Population | None, site: scoring.Population
) -> scoring.Prior:
    own = category or scoring.Population()
    return scoring.prior_for(
        mean=own.mean,
        variance=own.variance,
        count=own.count,
        site_mean=site.mean,
        site_variance=site.variance,
        site_count=site.count,
    )


def figures(
    reviews: Iterable[Given], as_of: datetime.date, prior: scoring.Prior
) -> Row:
    rated = [scoring.Rated(given.stars, given.weight(as_of)) for given in reviews]
    score = scoring.score(rated, prior)
    return {
        "score": score and score.score,
        "low": score and score.low,
        "high": score and score.high,
        "effective_n": scoring.effective_n(one.weight for one in rated),
        "scored_count": sum(one.weight > 0 for one in rated),
    }


# --- Comparing ------------------------------------------------------------------------------


def recompute(folder: Path) -> tuple[Row, Report]:
    manifest = read_manifest(folder)
    check_files(folder, manifest["files"])
    report = Report()
    primary = {
        row["slug"]: row["primary_category"] for row in read_lines(folder, "products")
    }
    reviews = read_reviews(folder)
    for product in reviews.keys() - primary.keys():
        report.problems.append(f"{product}: has reviews and is not among the products")
    categories = populations(primary, reviews)
    site = scoring.pooled(categories.values())
    _compare_population(
        report, "the whole site", manifest["site_ratings"], asdict(site)
    )
    for row in read_lines(folder, "categories"):
        computed = asdict(categories.get(row["slug"], scoring.Population()))
        _compare_population(report, f"category {row['slug']}", row["ratings"], computed)
    missing = set(primary)
    for row in read_lines(folder, "scores"):
        missing.discard(row["product"])
        prior = prior_of(categories.get(primary.get(row["product"]) or ""), site)
        _compare_score(report, row, reviews.get(row["product"], []), prior)
    report.problems += [f"{product}: has no line in scores" for product in missing]
    return manifest, report


def _compare_population(report: Report, where: str, stated: Row, computed: Row) -> None:
    for name, value in computed.items():
        report.compare(where, name, stated[name], value)


def _compare_score(
    report: Report, row: Row, reviews: list[Given], prior: scoring.Prior
) -> None:
    where = row["product"]
    report.products += 1
    report.scored += row["score"] is not None
    _compare_figures(report, where, row, reviews, prior)
    counts = half_star_counts(reviews)
    report.compare(where, "half_star_counts", row["half_star_counts"], counts)
    report.compare(where, "count", row["count"], len(reviews))
    report.compare(where, "mean", row["mean"], scoring.population(counts).mean)
    report.compare(where, "prior mean", row["prior"]["mean"], prior.mean)
    report.compare(where, "prior variance", row["prior"]["variance"], prior.variance)
    if row["shown"]:
        shown = row["shown"]
        its_prior = scoring.Prior(shown["prior"]["mean"], shown["prior"]["variance"])
        _compare_figures(
            report, f"{where}, as its page shows it", shown, reviews, its_prior
        )


def _compare_figures(
    report: Report, where: str, stated: Row, reviews: list[Given], prior: scoring.Prior
) -> None:
    as_of = datetime.date.fromisoformat(stated["as_of"])
    computed = figures(reviews, as_of, prior)
    low, high = stated["interval"] or (None, None)
    for name, value in (stated | {"low": low, "high": high}).items():
        if name in computed:
            report.compare(where, name, value, computed[name])


# --- The command ----------------------------------------------------------------------------


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m reviews.recompute",
        description="Recomputes every score of an export of public data; exit code 1 where one differs.",
    )
    parser.add_argument("folder", type=Path, metavar="DIR")
    folder = parser.parse_args(arguments).folder
    try:
        manifest, report = recompute(folder)
    except Broken as error:
        print(error, file=sys.stderr)
        return 1
    except (KeyError, TypeError, ValueError, IndexError) as error:
        print(f"A line is not as its schema says: {error!r}", file=sys.stderr)
        return 1
    print(f"{manifest['site']['name']}, as of {manifest['as_of']}: files as listed.")
    print(
        f"{report.products:,} products, {report.scored:,} with a score; {report.figures:,} figures recomputed, "
        f"largest difference {report.largest:.1e}."
    )
    for problem in report.problems[:NAMED]:
        print(problem, file=sys.stderr)
    if len(report.problems) > NAMED:
        print(f"… and {len(report.problems) - NAMED} more", file=sys.stderr)
    return 1 if report.problems else 0


if __name__ == "__main__":
    sys.exit(main())
