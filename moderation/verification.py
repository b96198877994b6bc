"""Recomputes the chain of the decision log (docs/moderation-log.md)."""

import datetime
from dataclasses import dataclass

from moderation.models import Decision, DecisionRecord, TransparencyDay
from moderation.services import FIRST_PREVIOUS_HASH, commitment, entry_hash


@dataclass
class LogReport:
    lines: int = 0
    # Lines whose record was emptied when somebody was erased: their place in the chain still holds.
    erased: int = 0
    # The hash of the last line: whoever noted it can tell later that nothing before it was cut off.
    head: str = FIRST_PREVIOUS_HASH
    problem: str | None = None
    expected_was_found: bool = False


def verify_log(expected: str = "") -> LogReport:
    """`expected`: a hash noted earlier, which must still be in the chain; so must the published roots of each day."""
    report = LogReport(expected_was_found=expected == FIRST_PREVIOUS_HASH)
    published = dict(TransparencyDay.objects.values_list("log_root", "day"))
    published.pop(FIRST_PREVIOUS_HASH, None)
    lines = Decision.objects.select_related("record__moderator").order_by("id")
    for decision in lines.iterator(chunk_size=2_000):
        report.problem = _problem_of(decision, report.head)
        if report.problem:
            return report
        report.lines += 1
        report.erased += decision.record.erased_at is not None
        report.head = decision.hash
        report.expected_was_found |= decision.hash == expected
        published.pop(decision.hash, None)
    report.problem = _missing(expected, report, published)
    return report


def _missing(
    expected: str, report: LogReport, published: dict[str, datetime.date]
) -> str | None:
    if expected and not report.expected_was_found:
        return f"No line has the hash {expected}: lines after it are gone or the log is another one."
    if published:
        root, day = min(published.items(), key=lambda item: item[1])
        return f"No line has the hash {root}, which was published as the root of {day}."
    return None


def _problem_of(decision: Decision, head: str) -> str | None:
    if decision.previous_hash != head:
        return f"Line {decision.public_id} does not follow the line before it: one is missing or was added."
    if decision.hash != entry_hash(decision):
        return f"Line {decision.public_id} was changed after it was written."
    record = getattr(decision, "record", None)
    if record is None:
        return f"Line {decision.public_id} has lost its record."
    if record.erased_at is None and not _opens(decision, record):
        return (
            f"The record of line {decision.public_id} was changed after it was written."
        )
    return None


def _opens(decision: Decision, record: DecisionRecord) -> bool:
    if record.moderator is None:
        return False
    return decision.commitment == commitment(
        salt=record.salt,
        moderator_public_id=record.moderator.public_id,
        statement=record.statement,
        content_hash=record.content_hash,
    )
