"""Stores the demo's private conversations."""

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

from django.db.models import F

from accounts.models import User
from messaging.aliases import BIRDS, COLOURS
from messaging.models import Conversation, Message, MessageDraft, Participant
from messaging.services import buyer_persona, reviewer_persona
from reviews.models import Review
from reviews_site.seed.conversations import (
    STATES,
    SeedThread,
    shown_thread,
    thread,
)
from reviews_site.seed.making import Made
from reviews_site.seed.people import Person
from reviews_site.seed.personas import Persona
from reviews_site.seed.reviews import SeedReview, random_uuid

CONVERSATIONS = 48
BUYER, REVIEWER = Participant.Role.BUYER, Participant.Role.REVIEWER
State = Conversation.State


@dataclass(frozen=True, slots=True)
class _Plan:
    thread: SeedThread
    review: SeedReview
    buyer_id: int
    reviewer_id: int


def write(
    made: Made,
    people: Sequence[Person],
    users: dict[str, User],
    user_ids: dict[int, int],
    review_ids: dict[str, int],
    now: datetime.datetime,
    rng: Random,
) -> int:
    """Those of the named members and some between others; returns how many."""
    plans = [
        *_named(made, people, users, user_ids, now, rng),
        *_others(made, people, user_ids, now, rng),
    ]
    conversations = [
        _conversation(plan, review_ids[str(plan.review.public_id)], rng)
        for plan in plans
    ]
    Conversation.objects.bulk_create(conversations)
    pairs = list(zip(plans, conversations, strict=True))
    Participant.objects.bulk_create(
        side
        for (plan, row), personas in zip(pairs, _personas(conversations), strict=True)
        for side in _sides(plan, row, personas, rng)
    )
    Message.objects.bulk_create(
        message for plan, row in pairs for message in _messages(plan, row, rng)
    )
    _quote(pairs)
    _end(pairs)
    MessageDraft.objects.bulk_create(
        draft for plan, row in pairs for draft in _drafts(plan, row, now)
    )
    return len(plans)


# --- Who asks whom --------------------------------------------------------------------------


def _named(
    made: Made,
    people: Sequence[Person],
    users: dict[str, User],
    user_ids: dict[int, int],
    now: datetime.datetime,
    rng: Random,
) -> list[_Plan]:
    """The buyer has an open thread with the reviewer, asked another and was declined by a third; somebody asks the reviewer."""
    buyer, reviewer = users["buyer"], users["reviewer"]
    own = [review for review in made.reviews if review.author.number == 0]
    if len(own) < 2:
        return []
    asking = rng.choice(people)
    asked, refused = _approachable(made, rng, 2)
    shown = shown_thread(_slots(own[0], rng), now, rng)
    waiting = thread("requested", _slots(own[1], rng), now, rng)
    request = thread("requested", _slots(asked, rng), now, rng)
    declined = thread("declined", _slots(refused, rng), now, rng)
    archived = _archived_thread(made, (asked, refused), now)
    to_asked, to_refused = (user_ids[r.author.number] for r in (asked, refused))
    return [
        _Plan(shown, own[0], buyer.pk, reviewer.pk),
        _Plan(waiting, own[1], user_ids[asking.number], reviewer.pk),
        _Plan(request, asked, buyer.pk, to_asked),
        _Plan(declined, refused, buyer.pk, to_refused),
        *(
            _Plan(said, review, buyer.pk, user_ids[review.author.number])
            for review, said in archived
        ),
    ]


def _archived_thread(
    made: Made, taken: Sequence[SeedReview], now: datetime.datetime
) -> list[tuple[SeedReview, SeedThread]]:
    """One that the buyer has put away; drawn apart, so that the rest of the demo stays as it was."""
    rng = Random(11)
    free = [r for r in _approachable(made, rng, 5) if r not in taken]
    found = [(review, thread("open", _slots(review, rng), now, rng)) for review in free]
    for _, said in found:
        said.archived_by, said.unread = BUYER, {}
    return found[:1]


def _others(
    made: Made,
    people: Sequence[Person],
    user_ids: dict[int, int],
    now: datetime.datetime,
    rng: Random,
) -> list[_Plan]:
    plans = []
    for number, review in enumerate(_approachable(made, rng, CONVERSATIONS)):
        buyer = rng.choice([p for p in rng.sample(people, 2) if p is not review.author])
        state = STATES[number % len(STATES)]
        said = thread(state, _slots(review, rng), now, rng)
        author_id = user_ids[review.author.number]
        plans.append(_Plan(said, review, user_ids[buyer.number], author_id))
    return plans


def _approachable(made: Made, rng: Random, count: int) -> list[SeedReview]:
    found = [
        review
        for review in made.reviews
        if review.status == "published"
        and review.author.accepts_messages
        and review.author.number != 0
    ]
    return rng.sample(found, min(count, len(found)))


def _slots(review: SeedReview, rng: Random) -> dict[str, str]:
    author = review.author
    spoken = Persona(
        review.perspective,
        author.job_function,
        author.organisation.size,
        author.organisation.industry,
        review.usage_duration,
    ).slots(rng)
    subject = review.product.subject
    rival = rng.choice(subject.rivals) if subject.rivals else ""
    return spoken | {"product": subject.name, "rival": rival}


# --- Rows -----------------------------------------------------------------------------------


def _conversation(plan: _Plan, review_id: int, rng: Random) -> Conversation:
    answers = [m.created_at for m in plan.thread.messages if m.sender_role == REVIEWER]
    return Conversation(
        public_id=random_uuid(rng),
        review_id=review_id,
        buyer_id=plan.buyer_id,
        # Nothing can be written where nothing goes on: _end() comes after the messages.
        state=State.OPEN if answers else State.REQUESTED,
        created_at=plan.thread.messages[0].created_at,
        last_message_at=plan.thread.messages[-1].created_at,
        accepted_at=answers[0] if answers else None,
    )


def _quote(pairs: Iterable[tuple[_Plan, Conversation]]) -> None:
    for plan, row in pairs:
        if not plan.thread.quotes:
            continue
        sent = list(row.messages.order_by("pk"))
        for later, earlier in plan.thread.quotes.items():
            row.messages.filter(pk=sent[later].pk).update(reply_to=sent[earlier])


def _drafts(
    plan: _Plan, conversation: Conversation, now: datetime.datetime
) -> Iterator[MessageDraft]:
    user_ids = {BUYER: plan.buyer_id, REVIEWER: plan.reviewer_id}
    for role, body in plan.thread.drafts.items():
        yield MessageDraft(
            user_id=user_ids[Participant.Role(role)],
            conversation=conversation,
            body=body,
            saved_at=now - datetime.timedelta(hours=2),
        )


def _end(pairs: Iterable[tuple[_Plan, Conversation]]) -> None:
    for state in (State.DECLINED, State.CLOSED):
        ended = [row.pk for plan, row in pairs if plan.thread.state == state]
        Conversation.objects.filter(pk__in=ended).update(
            state=state, ended_at=F("last_message_at")
        )


def _personas(conversations: Sequence[Conversation]) -> list[tuple[str, str]]:
    """The buyer's and the reviewer's, as the services would tell them."""
    buyers = User.objects.select_related("profile").in_bulk(
        [row.buyer_id for row in conversations]
    )
    reviews = Review.objects.in_bulk([row.review_id for row in conversations])
    return [
        (buyer_persona(buyers[row.buyer_id]), reviewer_persona(reviews[row.review_id]))
        for row in conversations
    ]


def _sides(
    plan: _Plan,
    conversation: Conversation,
    personas: tuple[str, str],
    rng: Random,
) -> list[Participant]:
    colours = rng.sample(COLOURS.split(), 2)
    birds = rng.sample(BIRDS.split(), 2)
    who = (
        (BUYER, plan.buyer_id, personas[0]),
        (REVIEWER, plan.reviewer_id, personas[1]),
    )
    return [
        Participant(
            conversation=conversation,
            user_id=user_id,
            role=role,
            alias=f"{colour} {bird}",
            persona=text,
            unread_count=plan.thread.unread.get(role, 0),
            last_read_at=_last_read(plan.thread, role),
            archived_at=plan.thread.messages[-1].created_at
            if plan.thread.archived_by == role
            else None,
        )
        for (role, user_id, text), colour, bird in zip(who, colours, birds, strict=True)
    ]


def _last_read(thread: SeedThread, role: str) -> datetime.datetime | None:
    seen = thread.messages[: len(thread.messages) - thread.unread.get(role, 0)]
    return seen[-1].created_at if seen else None


def _messages(plan: _Plan, conversation: Conversation, rng: Random) -> list[Message]:
    return [
        Message(
            public_id=random_uuid(rng),
            conversation=conversation,
            sender_id=plan.buyer_id
            if message.sender_role == BUYER
            else plan.reviewer_id,
            sender_role=message.sender_role,
            body=message.body,
            client_key=random_uuid(rng),
            created_at=message.created_at,
        )
        for message in plan.thread.messages
    ]
