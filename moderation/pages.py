"""The stored figures of one day as the tables and pictures of /transparency/. Nothing is counted here."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from moderation import desk
from moderation.models import TransparencyDay
from moderation.transparency import PERIODS

NONE = "–"
# The picture of the gap reaches to the first of these, in stars, that holds all of it.
REACHES = (0.25, 0.5, 1.0, 2.0, 4.0)

Figures = dict[str, Any]
Pick = Callable[[Figures], Any]


@dataclass(frozen=True)
class Row:
    label: str
    cells: list[str]
    meaning: str = ""
    # One of several that the row above sums up.
    is_part: bool = False
    # Of 100, in all time; drawn as a bar.
    bar: float | None = None


@dataclass(frozen=True)
class Table:
    title: str
    intro: str
    rows: list[Row] = field(default_factory=list)


@dataclass(frozen=True)
class GapLine:
    """One period's gap between the means, in the picture's coordinates: 0 to 100 from left to right."""

    period: str
    text: str
    low: float | None = None
    middle: float | None = None
    high: float | None = None

    @property
    def width(self) -> float:
        return round((self.high or 0) - (self.low or 0), 2)


def period_names() -> list[str]:
    return ["All time" if n is None else f"{n} days" for n in PERIODS.values()]


def tables(day: TransparencyDay) -> list[Table]:
    page = _Page(day.figures)
    return [
        page.reviews(),
        page.speed(),
        page.ratings(),
        page.reports(),
        page.appeals(),
        page.suspensions(),
        page.disputes(),
        page.rewards(),
        page.shown(),
        page.looks(),
    ]


def key_figures(day: TransparencyDay) -> list[tuple[str, str]]:
    """Four that say most, each with what it is; of the last year."""
    year = day.figures["365"]
    return [
        (number(year["reviews"]["submitted"]), "reviews sent in"),
        (hours(year["speed"]["median_hours"]), "median time to a decision"),
        (percent(year["speed"]["in_time_share"]), "decided by the promised deadline"),
        (percent(year["appeals"]["granted_share"]), "of appeals granted"),
    ]


def gap_reach(day: TransparencyDay) -> float:
    """How far the picture of the gap reaches to both sides, in stars."""
    rewards = [day.figures[name]["rewards"] for name in PERIODS]
    furthest = max(
        abs(one[end] or 0) for one in rewards for end in ("gap_low", "gap_high")
    )
    return next((reach for reach in REACHES if reach >= furthest), REACHES[-1])


def gap_lines(day: TransparencyDay) -> list[GapLine]:
    reach = gap_reach(day)
    names = zip(period_names(), PERIODS, strict=True)
    return [_gap_line(name, day.figures[key]["rewards"], reach) for name, key in names]


def _gap_line(period: str, rewards: Figures, reach: float) -> GapLine:
    if rewards["gap"] is None:
        return GapLine(period, "too few to compare")
    ends = (rewards[name] for name in ("gap_low", "gap", "gap_high"))
    places = [round((stars + reach) / (2 * reach) * 100, 2) for stars in ends]
    return GapLine(period, gap(rewards), *places)


# --- Numbers as text ----------------------------------------------------------------------------


def number(count: int) -> str:
    return f"{count:,}"


def percent(share: float | None) -> str:
    if share is None:
        return NONE
    return f"{share * 100:.0f} %" if share in (0, 1) else f"{share * 100:.1f} %"


def hours(value: float | None) -> str:
    if value is None:
        return NONE
    return f"{value:.1f} h" if value < 48 else f"{value / 24:.1f} days"


def stars(value: float | None) -> str:
    return NONE if value is None else f"{value:.2f}"


def signed(value: float) -> str:
    return f"{value:+.2f}".replace("-", "−")


def gap(rewards: Figures) -> str:
    if rewards["gap"] is None:
        return NONE
    ends = f"{signed(rewards['gap_low'])} to {signed(rewards['gap_high'])}"
    return f"{signed(rewards['gap'])} ({ends})"


# --- The tables ---------------------------------------------------------------------------------


class _Page:
    def __init__(self, figures: Figures) -> None:
        self.periods = [figures[name] for name in PERIODS]
        self.whole = figures["all"]

    def row(
        self,
        label: str,
        pick: Pick,
        show: Callable[[Any], str] = number,
        **more: Any,
    ) -> Row:
        return Row(label, [show(pick(period)) for period in self.periods], **more)

    def parts(
        self,
        pick: Pick,
        value: str = "count",
        show: Callable[[Any], str] = number,
        empty: Any = 0,
    ) -> list[Row]:
        """A row for each of a breakdown; all time has all that there are."""
        return [
            self.row(
                one["label"],
                _picker(pick, one["key"], value, empty),
                show,
                is_part=True,
                bar=None if one.get("share") is None else one["share"] * 100,
            )
            for one in pick(self.whole)
        ]

    def reviews(self) -> Table:
        return Table(
            "Reviews",
            "Every review is read by a moderator before it is public, whatever its rating.",
            [
                self.row(
                    "Sent in",
                    lambda p: p["reviews"]["submitted"],
                    meaning="By members; imported reviews are not among them.",
                ),
                self.row(
                    "Published",
                    lambda p: p["reviews"]["published"],
                    meaning="Became public for the first time, imported ones included.",
                ),
                self.row(
                    "Refused",
                    lambda p: p["reviews"]["refused"]["count"],
                    meaning="Never became public; by the rule they broke:",
                ),
                *self.parts(lambda p: p["reviews"]["refused"]["by_reason"]),
                self.row(
                    "Removed",
                    lambda p: p["reviews"]["removed"]["count"],
                    meaning="Were public before; by the rule they broke:",
                ),
                *self.parts(lambda p: p["reviews"]["removed"]["by_reason"]),
            ],
        )

    def speed(self) -> Table:
        kinds = self.whole["speed"]["by_kind"]
        parts = [
            self.row(
                _plural(kind),
                _median_of(kind),
                hours,
                is_part=True,
            )
            for kind in sorted(kinds, key=_plural)
        ]
        return Table(
            "How long people waited",
            "From the moment something arrived to a moderator’s decision, nights and weekends included. We promise three working days, and seven for a vendor’s dispute.",
            [
                self.row("Decisions", lambda p: p["speed"]["decided"]),
                self.row(
                    "By the deadline",
                    lambda p: p["speed"]["in_time_share"],
                    percent,
                    meaning="Share decided within the promise.",
                ),
                self.row(
                    "Median time",
                    lambda p: p["speed"]["median_hours"],
                    hours,
                    meaning="Half were decided sooner; by what was decided:",
                ),
                *parts,
            ],
        )

    def ratings(self) -> Table:
        def pick(period: Figures) -> Any:
            return period["reviews"]["by_rating"]

        return Table(
            "Good and bad ratings",
            "They go the same way at the same speed. If one side were held back, it would show here.",
            [
                Row(
                    "Published",
                    [],
                    "Share of the reviews decided on for the first time.",
                ),
                *self.parts(pick, "published_share", percent, None),
                Row("Median time", [], "From sending in to that decision."),
                *self.parts(pick, "median_hours", hours, None),
            ],
        )

    def reports(self) -> Table:
        def pick(period: Figures) -> Any:
            return period["reports"]["by_reporter"]

        return Table(
            "Reports",
            "Anybody can report what they think breaks a rule. A report hides nothing; a moderator decides.",
            [
                self.row("Received", lambda p: p["reports"]["received"]),
                *self.parts(pick, "received"),
                self.row(
                    "Upheld",
                    lambda p: p["reports"]["upheld_share"],
                    percent,
                    meaning="Share of those decided in which a rule was broken.",
                ),
                *self.parts(pick, "upheld_share", percent, None),
            ],
        )

    def appeals(self) -> Table:
        return Table(
            "Appeals",
            "Whoever is restricted can appeal once, for six months. Another moderator decides.",
            [
                self.row("Received", lambda p: p["appeals"]["received"]),
                self.row("Decided", lambda p: p["appeals"]["decided"]),
                self.row(
                    "Granted",
                    lambda p: p["appeals"]["granted_share"],
                    percent,
                    meaning="Share of those decided in which we took the first decision back.",
                ),
            ],
        )

    def suspensions(self) -> Table:
        # Days counted before there were any don't have them.
        return Table(
            "Suspensions",
            "Whoever breaks the rules in private messages may lose the right to write them, for a week, a month or for good.",
            [
                self.row(
                    "Imposed",
                    lambda p: p.get("suspensions", {}).get("imposed", 0),
                    meaning="Each with a statement of reasons; reading, leaving and reporting stay possible.",
                ),
                self.row(
                    "Lifted",
                    lambda p: p.get("suspensions", {}).get("lifted", 0),
                    meaning="Because an appeal was granted. The others end by themselves.",
                ),
            ],
        )

    def disputes(self) -> Table:
        return Table(
            "Disputes by vendors",
            "A disputed review stays public, labelled, and counts as before until a moderator decides.",
            [
                self.row("Opened", lambda p: p["disputes"]["opened"]),
                self.row(
                    "Upheld",
                    lambda p: p["disputes"]["upheld_share"],
                    percent,
                    meaning="Share of those decided. How all of them ended:",
                ),
                *self.parts(lambda p: p["disputes"]["by_outcome"]),
            ],
        )

    def rewards(self) -> Table:
        return Table(
            "Rewards",
            "Whether people who were given something for reviewing rate higher. No reward may depend on the rating; a rewarded review says so and weighs less.",
            [
                self.row(
                    "Rewarded",
                    lambda p: p["rewards"]["rewarded_share"],
                    percent,
                    meaning="Share of the reviews public today, imported ones left out.",
                ),
                self.row(
                    "Mean, rewarded", lambda p: p["rewards"]["mean_rewarded"], stars
                ),
                self.row("Mean, others", lambda p: p["rewards"]["mean_others"], stars),
            ],
        )

    def shown(self) -> Table:
        return Table(
            "Who the public reviews are from",
            "Of the reviews that are public today, by when they were published.",
            [
                self.row("Public today", lambda p: p["reviews"]["shown"]["count"]),
                self.row(
                    "Without a name",
                    lambda p: p["reviews"]["shown"]["anonymous_share"],
                    percent,
                    meaning="We know who wrote them; readers see function, level, size and industry.",
                ),
                self.row(
                    "Invited",
                    lambda p: p["reviews"]["shown"]["invited_share"],
                    percent,
                    meaning="The vendor asked for a review; the others came by themselves.",
                ),
                Row("Verified by", [], "What showed that the author uses the product."),
                *self.parts(
                    lambda p: p["reviews"]["shown"]["by_method"], "share", percent, None
                ),
            ],
        )

    def looks(self) -> Table:
        return Table(
            "What staff looked at",
            "Private things, each look a line of the log.",
            [
                self.row(
                    "Reported messages read",
                    lambda p: p["looks"]["private_messages"],
                    meaning="Only after a participant reported one; both see that it was read.",
                ),
                self.row(
                    "Proofs of use looked at",
                    lambda p: p["looks"]["proofs"],
                    meaning="Deleted when they are decided on.",
                ),
                self.row(
                    "Private price reports read",
                    # Days counted before there were any don't have them.
                    lambda p: p["looks"].get("prices", 0),
                    meaning="Only with a reason, which the member reads.",
                ),
            ],
        )


def _of(parts: list[Figures], key: str, value: str, empty: Any) -> Any:
    return next((one[value] for one in parts if one["key"] == key), empty)


def _picker(pick: Pick, key: str, value: str, empty: Any) -> Pick:
    return lambda period: _of(pick(period), key, value, empty)


def _median_of(kind: str) -> Pick:
    return lambda period: period["speed"]["by_kind"].get(kind, {}).get("median_hours")


def _plural(kind: str) -> str:
    try:
        return desk.get(kind).plural
    except LookupError:
        return kind.replace("_", " ").capitalize()
