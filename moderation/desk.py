"""What can lie on a moderator's desk. Each app has a desks.py, imported at start, that registers one Desk per kind.

The queue, its page, the batches and the appeals know nothing of reviews or messages: they ask the desk of the kind.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from accounts.models import User
from moderation.models import Decision, ReasonCode


@dataclass(frozen=True)
class Verb:
    """One thing a moderator can decide."""

    name: str
    label: str
    # A refusal needs its ground and sends a statement of reasons; "a" on the keyboard is the first that is none.
    is_refusal: bool = False
    # What it does, in a sentence beside the button.
    explain: str = ""


@dataclass(frozen=True)
class Choice:
    """What a moderator chose, ready for the service."""

    verb: str
    moderator: User
    reason_code: ReasonCode | None = None
    statement: str = ""
    seen_version: int | None = None


class Desk(ABC):
    kind: ClassVar[str]
    label: ClassVar[str]
    plural: ClassVar[str]
    # Draws the item: the page gives it what context() returns.
    template: ClassVar[str]

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
        """In the order of the buttons; empty when there is nothing left to decide."""

    @abstractmethod
    def context(self, target: Any, moderator: User) -> dict[str, Any]:
        """Everything needed to decide, for `template`."""

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
        """A sentence when the content is shown only after the moderator asks, which is logged; else empty."""
        return ""

    def open(self, target: Any, moderator: User) -> None:
        """Logs that this moderator looks at what needs_opening() named."""
        return

    def affected(self, decision: Decision) -> User | None:
        """Whom the decision restricts: who may appeal against it."""
        return None

    def reverse(
        self, decision: Decision, *, moderator: User, statement: str
    ) -> Decision | None:
        """Takes back what the decision did, for an appeal that was granted. Raises Conflict or NotPossible."""
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
