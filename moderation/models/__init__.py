from moderation.models.appeals import Appeal
from moderation.models.batches import DecisionBatch
from moderation.models.decisions import Decision, DecisionRecord, ReasonCode
from moderation.models.queue import QueueItem, QueueItemQuerySet
from moderation.models.reports import Report
from moderation.models.transparency import TransparencyDay

__all__ = [
    "Appeal",
    "Decision",
    "DecisionBatch",
    "DecisionRecord",
    "QueueItem",
    "QueueItemQuerySet",
    "ReasonCode",
    "Report",
    "TransparencyDay",
]
