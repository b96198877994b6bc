"""Rows by chance, and every published figure counted from them as docs/transparency.md says, in plain loops."""

import datetime
import random
import statistics
import uuid
from collections import Counter

import time_machine

from moderation.models import Appeal, Decision, QueueItem, ReasonCode, Report
from moderation.services import record_decision
from reviews.models import Dispute, Review, ReviewReport
from reviews.transparency import FEWEST_TO_COMPARE, welch
from tests.factories import ProductFactory, ReviewFactory, UserFactory, VendorFactory

DAY = datetime.date(2026, 11, 20)
END = datetime.datetime(2026, 11, 21, tzinfo=datetime.UTC)
Action = Decision.Action


# --- Rows, by chance ----------------------------------------------------------------------------


class World:
    """Rows of every kind around the edges of the periods, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.moderator = UserFactory(is_staff=True)
        self.author = UserFactory()
        self.product = ProductFactory()
        self.vendors = [VendorFactory() for _ in range(40)]
        self.reviews = [self.review() for _ in range(60)]
        self.decisions = [self.decision() for _ in range(60)]
        self.items = [self.item() for _ in range(60)]
        self.reports = [self.report() for _ in range(40)]
        self.appeals = [self.appeal(one) for one in self.decisions[:25]]
        self.disputes = [self.dispute(vendor) for vendor in self.vendors]

    def moment(self) -> datetime.datetime:
        """Often just at an edge, where counting goes wrong."""
        edges = [END, *(END - datetime.timedelta(days=n) for n in (30, 90, 365))]
        if self.rng.random() < 0.4:
            offset = self.rng.choice([-1, 0, 1])
            return self.rng.choice(edges) + datetime.timedelta(microseconds=offset)
        return END - datetime.timedelta(days=self.rng.uniform(-5, 700))

    def later(self, moment: datetime.datetime) -> datetime.datetime:
        return moment + datetime.timedelta(hours=self.rng.expovariate(1 / 40))

    def review(self) -> Review:
        source = self.rng.choice(Review.Source.values)
        status = self.rng.choice(["published", "published", "pending", "removed"])
        published = status != "pending"
        method = "" if source == "imported" else self.rng.choice(Review.Method.values)
        return ReviewFactory(
            product=self.product,
            author=UserFactory() if status in ("published", "pending") else self.author,
            status=status,
            source=source,
            submitted_at=self.moment(),
            published_at=self.moment() if published else None,
            verification_method=method,
            verified_on=DAY if method else None,
            half_stars=self.rng.randint(1, 10),
            incentive=self.rng.choice(["none", "none", "gift", "discount"]),
            is_anonymous=self.rng.random() < 0.5,
        )

    def decision(self) -> Decision:
        with time_machine.travel(self.moment(), tick=False):
            return record_decision(
                moderator=self.moderator,
                action=self.rng.choice(
                    [Action.REJECT, Action.REMOVE, Action.PUBLISH]
                    + [Action.READ_MESSAGE, Action.VIEW_PROOF, Action.READ_PRICE]
                    + [Action.SUSPEND_MESSAGING, Action.LIFT_SUSPENSION]
                ),
                target_kind=self.rng.choice(["review", "comment", "message_report"]),
                target_public_id=uuid.uuid4(),
                reason_code=self.rng.choice(list(ReasonCode)),
                statement="",
            )

    def item(self) -> QueueItem:
        """Of a review or of something else; waiting, decided or taken back."""
        opened = self.moment()
        state = self.rng.choice(["waiting", "decided", "decided", "taken back"])
        is_review = self.rng.random() < 0.7
        target = self.rng.choice(self.reviews).public_id if is_review else uuid.uuid4()
        decided = state == "decided"
        if state == "waiting":
            target = uuid.uuid4()
        return QueueItem.objects.create(
            kind="review" if is_review else "comment",
            target_public_id=target,
            opened_at=opened,
            sort_at=opened,
            due_at=opened + datetime.timedelta(hours=72),
            closed_at=None if state == "waiting" else self.later(opened),
            outcome=self.rng.choice(["publish", "reject"]) if decided else "",
        )

    def report(self) -> Report:
        status = self.rng.choice(Report.Status.values)
        sent = self.moment()
        return ReviewReport.objects.create(
            review=self.rng.choice(self.reviews),
            reporter_kind=self.rng.choice(Report.ReporterKind.values),
            reason="spam",
            status=status,
            created_at=sent,
            resolved_at=None if status == "open" else self.later(sent),
        )

    def appeal(self, decision: Decision) -> Appeal:
        status = self.rng.choice(Appeal.Status.values)
        sent = self.moment()
        return Appeal.objects.create(
            decision=decision,
            author=self.author,
            text="Wrong",
            status=status,
            created_at=sent,
            decided_at=None if status == "open" else self.later(sent),
        )

    def dispute(self, vendor) -> Dispute:
        status = self.rng.choice(Dispute.Status.values)
        opened = self.moment()
        return Dispute.objects.create(
            review=self.rng.choice(self.reviews),
            vendor=vendor,
            ground="copied",
            statement="Ours",
            status=status,
            opened_at=opened,
            due_at=self.later(opened),
            decided_at=None if status == "open" else self.later(opened),
        )


# --- The same figures, counted plainly ----------------------------------------------------------


def ratio(part: int, whole: int):
    return round(part / whole, 4) if whole else None


class Plain:
    """What docs/transparency.md says, as loops."""

    def __init__(self, world: World, days: int | None) -> None:
        start = END - datetime.timedelta(days=days) if days else None
        self.world = world
        self.within = lambda t: t is not None and t < END and (not start or t >= start)

    def figures(self) -> dict:
        return {
            "decisions": self.decisions(),
            "reports": self.reports(),
            "appeals": self.appeals(),
            "speed": self.speed_by_kind(),
            "suspensions": {
                "imposed": self.acts("suspend_messaging"),
                "lifted": self.acts("lift_suspension"),
            },
            "looks": {
                "private_messages": self.acts("read_message"),
                "proofs": self.acts("view_proof"),
                "prices": self.acts("read_price"),
            },
            "reviews": self.reviews(),
            "rewards": self.rewards(),
            "disputes": self.disputes(),
        }

    def lines(self) -> list[Decision]:
        return [one for one in self.world.decisions if self.within(one.created_at)]

    def acts(self, action: str) -> int:
        return len([one for one in self.lines() if one.action == action])

    def decisions(self) -> dict:
        table: dict = {}
        for one in self.lines():
            grounds = table.setdefault(one.target_kind, {}).setdefault(
                str(one.action), {}
            )
            grounds[str(one.reason_code)] = grounds.get(str(one.reason_code), 0) + 1
        return table

    def reports(self) -> dict:
        kinds = []
        for kind, label in Report.ReporterKind.choices:
            theirs = [one for one in self.world.reports if one.reporter_kind == kind]
            kinds.append({"key": kind, "label": label, **self.counts(theirs)})
        return self.counts(self.world.reports) | {"by_reporter": kinds}

    def counts(self, reports: list) -> dict:
        decided = [one for one in reports if self.within(one.resolved_at)]
        upheld = [one for one in decided if one.status == "upheld"]
        return {
            "received": len([one for one in reports if self.within(one.created_at)]),
            "decided": len(decided),
            "upheld": len(upheld),
            "upheld_share": ratio(len(upheld), len(decided)),
        }

    def appeals(self) -> dict:
        all_ = self.world.appeals
        decided = [one for one in all_ if self.within(one.decided_at)]
        granted = [one for one in decided if one.status == "granted"]
        return {
            "received": len([one for one in all_ if self.within(one.created_at)]),
            "decided": len(decided),
            "granted": len(granted),
            "granted_share": ratio(len(granted), len(decided)),
        }

    def decided(self) -> list[QueueItem]:
        return [
            one
            for one in self.world.items
            if one.outcome and self.within(one.closed_at)
        ]

    def speed(self, items: list[QueueItem]) -> dict:
        took = [(one.closed_at - one.opened_at).total_seconds() / 3600 for one in items]
        in_time = [one for one in items if one.closed_at <= one.due_at]
        return {
            "decided": len(items),
            "median_hours": round(statistics.median(took), 4) if took else None,
            "in_time_share": ratio(len(in_time), len(items)),
        }

    def speed_by_kind(self) -> dict:
        items = self.decided()
        kinds = {one.kind for one in items}
        by_kind = {
            kind: self.speed([one for one in items if one.kind == kind])
            for kind in kinds
        }
        return self.speed(items) | {"by_kind": by_kind}

    def breakdown(self, values, labels: dict) -> list[dict]:
        counts = Counter(values)
        total = sum(counts.values())
        ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        return [
            {"key": k, "label": labels[k], "count": n, "share": ratio(n, total)}
            for k, n in ranked
        ]

    def reviews(self) -> dict:
        all_ = self.world.reviews
        shown = self.shown()
        return {
            "submitted": len(
                [
                    one
                    for one in all_
                    if self.within(one.submitted_at) and one.source != "imported"
                ]
            ),
            "published": len([one for one in all_ if self.within(one.published_at)]),
            "refused": self.of_reviews("reject"),
            "removed": self.of_reviews("remove"),
            "shown": {
                "count": len(shown),
                "anonymous": len([one for one in shown if one.is_anonymous]),
                "anonymous_share": ratio(
                    len([one for one in shown if one.is_anonymous]), len(shown)
                ),
                "invited": len([one for one in shown if one.source == "invited"]),
                "invited_share": ratio(
                    len([one for one in shown if one.source == "invited"]), len(shown)
                ),
                "by_method": self.breakdown(
                    [one.verification_method for one in shown],
                    dict(Review.Method.choices) | {"": "Not verified (imported)"},
                ),
            },
            "by_rating": [
                self.by_rating("low", "½ to 2½ stars", 1, 5),
                self.by_rating("middle", "3 and 3½ stars", 6, 7),
                self.by_rating("high", "4 to 5 stars", 8, 10),
            ],
        }

    def shown(self) -> list[Review]:
        return [
            one
            for one in self.world.reviews
            if one.status == "published" and self.within(one.published_at)
        ]

    def of_reviews(self, action: str) -> dict:
        lines = [
            str(one.reason_code)
            for one in self.lines()
            if one.action == action and one.target_kind == "review"
        ]
        labels = dict(ReasonCode.choices)
        return {"count": len(lines), "by_reason": self.breakdown(lines, labels)}

    def by_rating(self, key: str, label: str, low: int, high: int) -> dict:
        stars = {one.public_id: one.half_stars for one in self.world.reviews}
        items = [
            one
            for one in self.decided()
            if one.kind == "review"
            and low <= stars.get(one.target_public_id, 0) <= high
        ]
        published = [one for one in items if one.outcome == "publish"]
        return {
            "key": key,
            "label": label,
            **self.speed(items),
            "published_share": ratio(len(published), len(items)),
        }

    def rewards(self) -> dict:
        told = [one for one in self.shown() if one.source != "imported"]
        rewarded = [one.half_stars / 2 for one in told if one.incentive != "none"]
        others = [one.half_stars / 2 for one in told if one.incentive == "none"]
        low = gap = high = None
        if min(len(rewarded), len(others)) >= FEWEST_TO_COMPARE:
            low, gap, high = welch(*(sample(each) for each in (rewarded, others)))
        return {
            "reviews": len(told),
            "rewarded": len(rewarded),
            "rewarded_share": ratio(len(rewarded), len(told)),
            "mean_rewarded": mean(rewarded),
            "mean_others": mean(others),
            "gap": rounded(gap),
            "gap_low": rounded(low),
            "gap_high": rounded(high),
        }

    def disputes(self) -> dict:
        all_ = self.world.disputes
        ended = [one for one in all_ if self.within(one.decided_at)]
        by = Counter(one.status for one in ended)
        decided = by["upheld"] + by["dismissed"]
        return {
            "opened": len([one for one in all_ if self.within(one.opened_at)]),
            "decided": decided,
            "upheld": by["upheld"],
            "upheld_share": ratio(by["upheld"], decided),
            "by_outcome": self.breakdown(
                [one.status for one in ended], dict(Dispute.Status.choices)
            ),
        }


def sample(stars: list[float]) -> tuple[int, float, float]:
    return len(stars), statistics.fmean(stars), statistics.variance(stars)


def mean(stars: list[float]):
    return rounded(statistics.fmean(stars)) if stars else None


def rounded(number):
    return None if number is None else round(number, 4)
