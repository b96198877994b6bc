"""All pages in turn, round after round, so that a machine that slows down slows down everything."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from benchmarks.cpu import TICKS, tree_seconds
from benchmarks.figures import BARE, Timing
from benchmarks.load import Page, Question, WrongAnswer, run, warm_up
from benchmarks.servers import Server

BARE_PAGE = Page(BARE, ("/",), b"ok")
# So often the yardstick is measured anew: what happens on the machine meanwhile happens to both.
PAGES_PER_YARDSTICK = 8


@dataclass(frozen=True)
class Subject:
    """A page on a server. `group` tells the same page of two sets apart."""

    group: str
    server: Server
    page: Page
    # Kept for a minute only, so asked for once more right before each measurement.
    expires: bool = False

    @property
    def key(self) -> "Key":
        return self.group, self.page.name


Key = tuple[str, str]
Timings = dict[Key, list[Timing]]


@dataclass
class Rounds:
    bare: Server
    subjects: Sequence[Subject]
    seconds: float
    asked: dict[Key, list[Question]] = field(default_factory=dict)
    timings: Timings = field(default_factory=dict)
    # Pages that answered wrongly, and how: they are not measured any further, and no figure of theirs is told.
    wrong: dict[Key, str] = field(default_factory=dict)

    def measure(self, rounds: int) -> Timings:
        yardstick = Subject("bare", self.bare, BARE_PAGE)
        for subject in (yardstick, *self.subjects):
            self.timings[subject.key] = []
            self._guarded(subject, self._prepare)
        for number in range(rounds):
            print(f"round {number + 1} of {rounds}", file=sys.stderr, flush=True)
            for place, subject in enumerate(self.subjects):
                if place % PAGES_PER_YARDSTICK == 0:
                    self._guarded(yardstick, self._measure)
                self._guarded(subject, self._measure)
        return {key: found for key, found in self.timings.items() if key not in self.wrong}  # fmt: skip

    def _guarded(self, subject: Subject, work: Callable[[Subject], None]) -> None:
        if subject.key in self.wrong:
            return
        try:
            work(subject)
        except (WrongAnswer, OSError) as error:
            self.wrong[subject.key] = str(error)
            print(f"WRONG: {error}", file=sys.stderr, flush=True)

    def _prepare(self, subject: Subject) -> None:
        self.asked[subject.key] = warm_up(subject.server.port, subject.page)
        measure(subject, self.asked[subject.key], self.seconds / 2)

    def _measure(self, subject: Subject) -> None:
        if subject.expires:
            warm_up(subject.server.port, subject.page)
        rate, cpu_ms = measure(subject, self.asked[subject.key], self.seconds)
        bare = self.timings["bare", BARE]
        beside = rate if subject.page is BARE_PAGE else bare[-1].rate
        self.timings[subject.key].append(Timing(rate, cpu_ms, beside))


def measure(
    subject: Subject, questions: Sequence[Question], seconds: float
) -> tuple[float, float]:
    """(answers a second, CPU milliseconds of the server's processes for each)."""
    before = tree_seconds(subject.server.pid)
    done = run(subject.server.port, subject.page, questions, seconds)
    # The kernel counts in ticks: of a few answers there may be none.
    spent = max(tree_seconds(subject.server.pid) - before, 1 / TICKS)
    return done.rate, spent / done.answers * 1000
