"""Proofs of use: a file becomes pictures, and the pictures go."""

import json
import logging
import subprocess
import sys
from datetime import datetime, timedelta

from django.db import models
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from moderation.models import Decision
from moderation.services import NotPossible, close_item
from reviews import drawing
from reviews.kinds import PROOF
from reviews.models import ProofPage, Review, Verification

logger = logging.getLogger(__name__)

# The longest that a proof lies here, decided or not.
KEPT_FOR = timedelta(days=30)
# Drawing takes a second or two; a file made to take for ever is cut off.
SECONDS_TO_DRAW = 20


class FileRefusal(models.TextChoices):
    """Why a file is not taken; the label is the sentence for the member."""

    EMPTY = "empty", "This file is empty."
    TOO_LARGE = "too_large", "This file is larger than 5 MB. A smaller picture does."
    WRONG_TYPE = (
        "wrong_type",
        "This is neither a PNG, JPEG or WebP picture nor a PDF, whatever its name says.",
    )
    BROKEN = (
        "broken",
        "This file can't be read: it is broken or a part of it is missing. Please save it anew.",
    )
    TWO_FILES = (
        "two_files",
        "There is another file behind this picture. Please save the picture alone.",
    )
    ANIMATED = "animated", "This picture moves. Please send one that stands still."
    TOO_MANY_PIXELS = (
        "too_many_pixels",
        "This picture has more than 40 megapixels. Please make it smaller.",
    )
    TOO_MANY_PAGES = (
        "too_many_pages",
        "This PDF has more than 10 pages. Please send only those that show your use.",
    )
    LOCKED = "locked", "This PDF asks for a password. Please save it without one."
    TOO_COSTLY = (
        "too_costly",
        "This file takes too long to draw. Please send a plain screenshot instead.",
    )


class UnusableFile(NotPossible):
    def __init__(self, reason: FileRefusal) -> None:
        super().__init__(reason.label)
        self.reason = reason


def draw_pages(data: bytes) -> list[bytes]:
    """PNG pictures of the file's pages, drawn in a process apart. Raises UnusableFile."""
    if len(data) > drawing.MAX_BYTES:
        raise UnusableFile(FileRefusal.TOO_LARGE)
    try:
        done = subprocess.run(
            [sys.executable, "-I", drawing.__file__],
            input=data,
            capture_output=True,
            timeout=SECONDS_TO_DRAW,
            env={},
            cwd="/",
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise UnusableFile(FileRefusal.TOO_COSTLY) from error
    return _read_answer(done)


def _read_answer(done: subprocess.CompletedProcess[bytes]) -> list[bytes]:
    line, _, pictures = done.stdout.partition(b"\n")
    if done.returncode or not line:
        # Killed at a limit, or a fault of the library: either way not this file.
        logger.warning("Drawing a proof ended with code %s", done.returncode)
        raise UnusableFile(FileRefusal.TOO_COSTLY)
    answer = json.loads(line)
    if "refusal" in answer:
        raise UnusableFile(FileRefusal(answer["refusal"]))
    pages, start = [], 0
    for size in answer["pages"]:
        pages.append(pictures[start : start + size])
        start += size
    return pages


def waiting_proofs() -> QuerySet[Verification]:
    return Verification.objects.filter(
        method=Review.Method.PROOF_OF_USE, status=Verification.Status.PENDING
    )


def proof_of(review: Review) -> Verification | None:
    return review.verifications.filter(method=Review.Method.PROOF_OF_USE).first()


def uploaded_at(verification: Verification) -> datetime | None:
    pages = verification.pages.order_by("position")
    return pages.values_list("uploaded_at", flat=True).first()


def newest_page(verification: Verification) -> int | None:
    """Another one once the author sent another file."""
    return verification.pages.aggregate(newest=models.Max("pk"))["newest"]


def was_looked_at(verification: Verification, moderator: User) -> bool:
    """By this moderator, since the file that lies here now was sent."""
    since = uploaded_at(verification)
    return (
        since is not None
        and Decision.objects.filter(
            target_kind=PROOF,
            target_public_id=verification.public_id,
            action=Decision.Action.VIEW_PROOF,
            record__moderator=moderator,
            created_at__gte=since,
        ).exists()
    )


def delete_pages(verifications: QuerySet[Verification]) -> None:
    """In the transaction of whatever ended the check."""
    kept = list(verifications.values_list("pk", flat=True))
    deleted, _ = ProofPage.objects.filter(verification__in=kept).delete()
    if deleted:
        Verification.objects.filter(pk__in=kept).update(
            evidence_deleted_at=timezone.now()
        )


def drop_proofs(reviews: QuerySet[Review]) -> None:
    """For reviews that are taken back, refused or erased: what waits goes as if it had never been sent."""
    waiting = waiting_proofs().filter(review__in=reviews)
    for public_id in waiting.values_list("public_id", flat=True):
        close_item(kind=PROOF, target_public_id=public_id)
    delete_pages(Verification.objects.filter(review__in=reviews))
    waiting.delete()
