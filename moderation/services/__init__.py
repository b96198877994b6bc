"""A row changes because somebody did something: one verb per function, atomic, by keyword."""

from moderation.errors import Conflict, NotPossible
from moderation.services.appeals import dismiss_appeal, grant_appeal, submit_appeal
from moderation.services.batches import (
    LARGEST_BATCH,
    UNDO_WITHIN,
    start_batch,
    undo_batch,
)
from moderation.services.log import (
    FIRST_PREVIOUS_HASH,
    commitment,
    entry_hash,
    record_decision,
)
from moderation.services.queue import (
    HOLD,
    WORKING_DAYS_TO_DECIDE,
    close_item,
    hold_item,
    open_item,
    raise_item,
    release_item,
)

__all__ = [
    "FIRST_PREVIOUS_HASH",
    "HOLD",
    "LARGEST_BATCH",
    "UNDO_WITHIN",
    "WORKING_DAYS_TO_DECIDE",
    "Conflict",
    "NotPossible",
    "close_item",
    "commitment",
    "dismiss_appeal",
    "entry_hash",
    "grant_appeal",
    "hold_item",
    "open_item",
    "raise_item",
    "record_decision",
    "release_item",
    "start_batch",
    "submit_appeal",
    "undo_batch",
]
