"""Answers, rows and oracle beside one another: whatever doesn't fit is named."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from benchmarks.messaging_gate.asking import DELIVERED, THROTTLED, Answer
from benchmarks.messaging_gate.crowd import Asked, Asker, Crowd
from benchmarks.messaging_gate.oracle import (
    PER_REVIEWER,
    REVIEWER_LIMIT,
    limit_code,
    limit_of,
    refusal,
)
from benchmarks.messaging_gate.rows import Rows
from messaging.models import Conversation, Message, Participant
from notifications.models import OutgoingEmail

REQUEST = "message_request"


@dataclass(frozen=True)
class Before:
    """The last of each kind of row before anybody asked."""

    conversation: int
    message: int
    mail: int

    @classmethod
    def now(cls) -> "Before":
        return cls(*(_last(model) for model in (Conversation, Message, OutgoingEmail)))


@dataclass
class Verdict:
    figures: dict[str, int]
    # By code, the answers that were right.
    answers: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def judge(
    crowd: Crowd, rows: Rows, before: Before, answers: Sequence[Answer]
) -> Verdict:
    asked = {each.number: each for several in crowd.reviews for each in several}
    final = [answer for answer in answers if answer.code != THROTTLED]
    delivered = [answer for answer in final if answer.code == DELIVERED]
    verdict = Verdict(
        figures={
            "asked": len(final),
            "delivered": len(delivered),
            "by_page": sum(answer.question.way == "page" for answer in final),
            "by_api": sum(answer.question.way == "api" for answer in final),
            "api_said_slow_down": len(answers) - len(final),
            "allowed_by_static_rules": sum(
                not refusal(crowd, *_pair(crowd, asked, answer)) for answer in final
            ),
        },
        answers=Counter(answer.code for answer in final),
    )
    verdict.wrong += _against_the_rules(crowd, asked, final)
    verdict.wrong += _against_the_limits(crowd, asked, final)
    verdict.wrong += _against_the_rows(rows, asked, before, delivered)
    return verdict


# --- Each answer is what the rules say --------------------------------------------------------


def _against_the_rules(
    crowd: Crowd, asked: dict[int, Asked], answers: Sequence[Answer]
) -> Iterator[str]:
    for answer in answers:
        asker, wanted = _pair(crowd, asked, answer)
        limits = (limit_code(asker), REVIEWER_LIMIT)
        expected = refusal(crowd, asker, wanted)
        allowed = (expected,) if expected else (DELIVERED, *limits)
        if answer.code not in allowed:
            yield f"{_name(answer)}: {answer.code}, not {allowed}"
        if answer.code == DELIVERED and answer.again != answer.conversation:
            yield f"{_name(answer)}: asked again with the same key: {answer.again}"


# --- Limits hold exactly, and refuse nobody too early ------------------------------------------


def _against_the_limits(
    crowd: Crowd, asked: dict[int, Asked], answers: Sequence[Answer]
) -> Iterator[str]:
    arrived: dict[int, list[Answer]] = {each.number: [] for each in crowd.answerers}
    for answer in answers:
        if answer.code == DELIVERED:
            arrived[asked[answer.question.review].answerer.number].append(answer)
    yield from _too_many_arrived(crowd, arrived)
    for asker in crowd.askers:
        own = [each for each in answers if each.question.asker == asker.number]
        yield from _against_own_limit(asker, own)
    for answer in answers:
        if answer.code == REVIEWER_LIMIT:
            answerer = asked[answer.question.review].answerer
            # Those that were on their way when this one was answered, and might have been there.
            there = sum(e.began < answer.ended for e in arrived[answerer.number])
            if answerer.received_today + there < PER_REVIEWER:
                yield f"{_name(answer)}: refused, although only {there} had come"


def _too_many_arrived(crowd: Crowd, arrived: dict[int, list[Answer]]) -> Iterator[str]:
    for answerer in crowd.answerers:
        count = answerer.received_today + len(arrived[answerer.number])
        if arrived[answerer.number] and count > PER_REVIEWER:
            yield f"reviewer {answerer.number} got {count}"


def _against_own_limit(asker: Asker, own: Sequence[Answer]) -> Iterator[str]:
    """Their questions came one after the other, so what had been delivered is known at each."""
    begun = asker.begun_today
    for answer in own:
        if answer.code == DELIVERED:
            begun += 1
            if begun > limit_of(asker):
                yield f"asker {asker.number} began {begun}"
        elif answer.code == limit_code(asker) and begun < limit_of(asker):
            yield f"{_name(answer)}: refused, although only {begun} were begun"
        elif answer.code == REVIEWER_LIMIT and begun >= limit_of(asker):
            yield f"{_name(answer)}: the sender's own limit comes first"


# --- What was delivered is there, once, and nothing else ---------------------------------------


def _against_the_rows(
    rows: Rows, asked: dict[int, Asked], before: Before, delivered: Sequence[Answer]
) -> Iterator[str]:
    expected = Counter(
        (
            answer.conversation,
            rows.askers[answer.question.asker].pk,
            rows.answerers[asked[answer.question.review].answerer.number].pk,
            rows.reviews[answer.question.review].pk,
            answer.question.body,
        )
        for answer in delivered
    )
    new_messages = Message.objects.filter(pk__gt=before.message)
    found = Counter(
        (str(row[0]), *row[1:])
        for row in new_messages.values_list(
            "conversation__public_id",
            "sender",
            "conversation__review__author",
            "conversation__review",
            "body",
        )
    )
    for row, count in ((expected - found) | (found - expected)).items():
        yield f"{row} is {'not there' if row in expected else 'too many'}, {count} times"
    yield from _each_has_two_sides(before, len(delivered))
    yield from _one_email_each(before)


def _each_has_two_sides(before: Before, delivered: int) -> Iterator[str]:
    new = Conversation.objects.filter(pk__gt=before.conversation)
    if new.count() != delivered:
        yield f"{new.count()} conversations for {delivered} deliveries"
    sides = Counter(
        Participant.objects.filter(conversation__in=new).values_list(
            "role", "unread_count"
        )
    )
    if sides != Counter({("buyer", 0): delivered, ("reviewer", 1): delivered}):
        yield f"sides: {sides}"


def _one_email_each(before: Before) -> Iterator[str]:
    mails = OutgoingEmail.objects.filter(pk__gt=before.mail)
    queued = Counter(mails.values_list("kind", "recipient", "dedupe_key"))
    messages = Message.objects.filter(pk__gt=before.message)
    expected = Counter(
        (REQUEST, author, f"{REQUEST}:{public_id}")
        for author, public_id in messages.values_list(
            "conversation__review__author", "public_id"
        )
    )
    for mail, count in ((expected - queued) | (queued - expected)).items():
        yield f"e-mail {mail}: {'missing' if mail in expected else 'too many'}, {count}"


def _pair(crowd: Crowd, asked: dict[int, Asked], answer: Answer) -> tuple[Asker, Asked]:
    return crowd.askers[answer.question.asker], asked[answer.question.review]


def _name(answer: Answer) -> str:
    question = answer.question
    return f"asker {question.asker}, review {question.review}, by {question.way}"


def _last(model: type[Conversation] | type[Message] | type[OutgoingEmail]) -> int:
    return (
        model._default_manager.order_by("-pk").values_list("pk", flat=True).first() or 0
    )
