"""Real conversations as a source of e-mails: each is read and answered only once its last e-mail was sent.

So no e-mail is ever unwanted, and each of those that were queued must arrive.
"""

import random
import uuid
from dataclasses import dataclass

from benchmarks.faults.people import verified_review
from messaging.models import Conversation, Message
from messaging.services import mark_read, send_message, start_conversation
from notifications.models import OutgoingEmail
from reviews.ratings import refresh_product_rating
from tests.factories import ProductFactory
from tests.messaging.people import member


@dataclass
class Talk:
    buyer: object
    review: object
    conversation: Conversation | None = None
    last: Message | None = None
    # dedupe_key of the e-mail about the last message.
    awaits: str = ""

    def go_on(self) -> str:
        """Writes the next message; returns the dedupe_key of the e-mail that it causes."""
        if self.last is None:
            self.conversation = start_conversation(
                buyer=self.buyer, review=self.review, body="?", client_key=uuid.uuid4()
            )
            self.last = self.conversation.messages.get()
            self.awaits = f"message_request:{self.last.public_id}"
        else:
            self.last = self._answer()
            self.awaits = f"message_new:{self.last.public_id}"
        return self.awaits

    def _answer(self) -> Message:
        sides = [self.buyer, self.review.author]
        writer = sides[self.last.sender_id == self.buyer.pk]
        mark_read(conversation=self.conversation, member=writer, up_to=self.last)
        return send_message(
            conversation=self.conversation,
            sender=writer,
            body=".",
            client_key=uuid.uuid4(),
        )


class Traffic:
    def __init__(self, talks: int) -> None:
        product = ProductFactory()
        self.talks = [
            Talk(member(), verified_review(member(), product)) for _ in range(talks)
        ]
        refresh_product_rating(product.pk)
        self.expected: list[str] = []

    def one_more(self, dice: random.Random) -> bool:
        """False where all wait for an e-mail."""
        ready = self._ready()
        if ready:
            self.expected.append(dice.choice(ready).go_on())
        return bool(ready)

    def _ready(self) -> list[Talk]:
        awaited = [talk.awaits for talk in self.talks if talk.awaits]
        sent = OutgoingEmail.objects.filter(
            dedupe_key__in=awaited, status=OutgoingEmail.Status.SENT
        )
        arrived = {"", *sent.values_list("dedupe_key", flat=True)}
        return [talk for talk in self.talks if talk.awaits in arrived]

    def unsent(self) -> int:
        sent = OutgoingEmail.objects.filter(
            dedupe_key__in=self.expected, status=OutgoingEmail.Status.SENT
        )
        return len(self.expected) - sent.count()
