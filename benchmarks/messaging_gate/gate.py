"""One crowd, one server, everybody at once; and what came of it."""

import math
import random
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.messaging_gate.asking import Answer, Question, ask_in_parallel, new_key
from benchmarks.messaging_gate.audit import Before, Verdict, judge
from benchmarks.messaging_gate.crowd import Asked, Asker, Crowd
from benchmarks.messaging_gate.oracle import PER_REVIEWER, limit_of, refusal
from benchmarks.messaging_gate.rows import Rows
from messaging.permissions import Refusal

Pairs = dict[int, list[Asked]]
LABELS = {refusal.value: str(refusal.label) for refusal in Refusal} | {
    # The page says more of it than the label does.
    "suspended": "Your private messages are suspended",
}


@dataclass(frozen=True)
class Outcome:
    verdict: Verdict
    seconds: float
    median_ms: float
    slowest_ms: float


def everybody_asks_everybody(crowd: Crowd, seed: int) -> Pairs:
    """Each asks every reviewer once, in an order of their own; some reviewers are everybody's first."""
    dice = random.Random(seed)
    pairs = {}
    for asker in crowd.askers:
        chosen = [dice.choice(several) for several in crowd.reviews]
        wanted, others = (
            chosen[: len(chosen) // 40 + 1],
            chosen[len(chosen) // 40 + 1 :],
        )
        dice.shuffle(wanted)
        dice.shuffle(others)
        pairs[asker.number] = wanted + others
    return pairs


def within_all_limits(crowd: Crowd, refused_each: int, seed: int) -> Pairs:
    """Nobody asks more than may be asked, of those that are allowed; and besides, some that are not."""
    dice = random.Random(seed)
    received = {each.number: each.received_today for each in crowd.answerers}
    pairs = {}
    for asker in crowd.askers:
        chosen = [dice.choice(several) for several in crowd.reviews]
        dice.shuffle(chosen)
        refused = [asked for asked in chosen if refusal(crowd, asker, asked)]
        mine = list(_allowed(crowd, asker, chosen, received)) + refused[:refused_each]
        dice.shuffle(mine)
        pairs[asker.number] = mine
    return pairs


def _allowed(
    crowd: Crowd, asker: Asker, chosen: Sequence[Asked], received: dict[int, int]
) -> Iterator[Asked]:
    left = limit_of(asker) - asker.begun_today
    for asked in chosen:
        full = received[asked.answerer.number] >= PER_REVIEWER
        if left and not full and not refusal(crowd, asker, asked):
            received[asked.answerer.number] += 1
            left -= 1
            yield asked


def ask(
    port: int, crowd: Crowd, rows: Rows, pairs: Pairs, seconds: float = math.inf
) -> tuple[Outcome, list[Answer]]:
    before = Before.now()
    questions = {
        number: [
            _question(number, asked, rows, "page" if turn % 2 else "api")
            for turn, asked in enumerate(wanted)
        ]
        for number, wanted in pairs.items()
    }
    began = time.monotonic()
    answers = ask_in_parallel(port, rows.credentials, questions, LABELS, seconds)
    seconds = time.monotonic() - began
    each = [1000 * (answer.ended - answer.began) for answer in answers]
    verdict = judge(crowd, rows, before, answers)
    return Outcome(verdict, seconds, statistics.median(each), max(each)), answers


def _question(asker: int, asked: Asked, rows: Rows, way: str) -> Question:
    return Question(
        asker=asker,
        review=asked.number,
        review_id=str(rows.reviews[asked.number].public_id),
        way=way,
        body=f"Question of asker {asker} about review {asked.number}.",
        client_key=new_key(),
    )
