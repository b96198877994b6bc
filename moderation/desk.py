"""What can lie on a moderator's desk. Each app has a desks module, imported at start, that registers one Desk per kind.

The queue, its page, the batches and the appeals know nothing of reviews or messages: they ask the desk of the kind.

The page of an item is the desk's `template` (templates/admin/desks/<kind>.html). It extends
"admin/moderation/item.html" and fills two blocks:

    item    what is decided on, at the left: headings from <h2> on, <div class="m-text"> around what members wrote
    facts   boxes beside it: <section class="m-box"><h2>…</h2><dl class="m-facts"><dt>…</dt><dd>…</dd></dl></section>

Everything else is the frame's: the title, signals, who holds it, the decision with its reasons and the preview of the
e-mail, the keyboard. In the template stand `target`, `queue_item` (None for what waits no longer), `desk`, and all that
context() returned. These keys of context() the frame draws by itself, below `facts`, where they are there:

    author      a reviews.queue.AuthorFile (admin/moderation/author.html), with `persona`
    similar     [{title, url, text, percent}]: what resembles it (admin/moderation/similar.html)

`history` is drawn as well (admin/moderation/history.html). While needs_opening() says something, neither block is
drawn and context() isn't called.

{% load moderation %} gives, for whatever members wrote:

    {{ text|marked }}                 paragraphs, in which characters that nobody would see stand as marks
    {{ text|marked_line }}            the same without paragraphs
    {% changes before after %}        the two texts as one, with the words that went and came
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User
from moderation.models import Decision, ReasonCode
from moderation.reasons import GROUNDS_FOR_REFUSAL, STATEMENTS


@dataclass(frozen=True)
class Verb:
    """One thing a moderator can decide."""

    name: str
    label: str
    # A refusal needs its ground and sends a statement of reasons; "a" on the keyboard is the first that is none.
    is_refusal: bool = False
    # What it does, in a sentence beside the button.
    explain: str = ""
    # No refusal, but its outcome is explained to somebody: a field with these words, which the moderator may change.
    words: str = ""


@dataclass(frozen=True)
class Choice:
    """What a moderator chose, ready for the service."""

    verb: str
    moderator: User
    reason_code: ReasonCode | None = None
    # Never empty for a refusal: without words of their own those of grounds().
    statement: str = ""
    seen_version: int | None = None
    # Of a refusal: one of sanctions(), or none.
    sanction: str = ""

    @property
    def ground(self) -> ReasonCode:
        """For a refusal, which always has one."""
        assert self.reason_code is not None
        return self.reason_code


class Desk(ABC):
    kind: ClassVar[str]
    label: ClassVar[str]
    plural: ClassVar[str]
    # Draws the item: the page gives it what context() returns.
    template: ClassVar[str]
    # Whether several may be decided at once, unread one by one; not where each needs a look of its own.
    allows_bulk: ClassVar[bool] = True

    @abstractmethod
    def load(self, public_ids: Collection[UUID]) -> Mapping[UUID, Any]:
        """The targets with all that title() and subtitle() need, in a fixed number of queries."""

    @abstractmethod
    def title(self, target: Any) -> str: ...

    def subtitle(self, target: Any) -> str:
        return ""

    def version(self, target: Any) -> int | None:
        """What goes up when its author changes it, so that nobody decides on a text they have not read."""
        return None

    @abstractmethod
    def verbs(self, target: Any) -> tuple[Verb, ...]:
        """In the order of the buttons; empty when there is nothing left to decide. No queries: the queue asks too."""

    def grounds(self, target: Any) -> Mapping[ReasonCode, str]:
        """The rules that a refusal can name, each with its canned words; a desk narrows or rewords them."""
        return {code: STATEMENTS[code] for code in GROUNDS_FOR_REFUSAL}

    def sanctions(self, target: Any) -> Mapping[str, str]:
        """What a refusal can do to its author besides, each with its words; never without being asked for."""
        return {}

    @abstractmethod
    def context(self, target: Any, moderator: User) -> dict[str, Any]:
        """Everything needed to decide, for `template`."""

    def history(self, target: Any) -> QuerySet[Decision]:
        """The log's lines about it, newest first."""
        return Decision.objects.filter(
            target_kind=self.kind, target_public_id=target.public_id
        ).select_related("record__moderator")

    @abstractmethod
    def decide(self, target: Any, choice: Choice) -> Decision:
        """Calls the service. Raises moderation.services.Conflict or NotPossible, and then nothing has changed."""

    def preview(self, target: Any, choice: Choice) -> Any:
        """The e-mail that would be sent (subject, text), or None where nobody is told."""
        return None

    def may_decide(self, target: Any, moderator: User) -> bool:
        """Not on one's own."""
        return True

    def needs_opening(self, target: Any, moderator: User) -> str:
        """A sentence when the content is shown only after the moderator asks, which is logged; else empty.

        Until then nothing can be decided either.
        """
        return ""

    def open(self, target: Any, moderator: User) -> None:
        """Logs that this moderator looks at what needs_opening() named. Raises NotPossible."""
        return

    def affected(self, decision: Decision) -> User | None:
        """Whom the decision restricts: who may appeal against it."""
        return None

    def describe(self, decision: Decision) -> str:
        """What it restricts, within a sentence for affected(): your review “…” of …"""
        return f"your {self.label[:1].lower()}{self.label[1:]}"

    def reverse(
        self, decision: Decision, *, moderator: User, statement: str
    ) -> Decision | None:
        """Takes back what the decision did, for an appeal that was granted. Raises Conflict or NotPossible.

        None: nothing is left to take back.
        """
        return None


_DESKS: dict[str, Desk] = {}


def register(desk: Desk) -> None:
    if desk.kind in _DESKS:
        raise ValueError(f"A desk for {desk.kind!r} is registered twice.")
    _DESKS[desk.kind] = desk


def get(kind: str) -> Desk:
    """Raises LookupError for a kind nobody registered."""
    try:
        return _DESKS[kind]
    except KeyError:
        raise LookupError(f"No desk for {kind!r} is registered.") from None


def kinds() -> list[Desk]:
    return sorted(_DESKS.values(), key=lambda desk: desk.plural)
