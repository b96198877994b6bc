"""How use was verified, and proofs of it that wait: pictures that say that they are made up."""

import datetime
import io
from random import Random
from uuid import UUID

from PIL import Image, ImageDraw

from moderation.models import Decision, ReasonCode
from reviews import kinds
from reviews.models import ProofPage, Verification
from reviews_site.seed import rows
from reviews_site.seed.log import Subject
from reviews_site.seed.reviews import SeedReview, random_uuid
from reviews_site.seed.stored import Stored

_COLUMNS = ("public_id", "review_id", "method", "status", "created_at", "checked_at", "evidence_deleted_at")  # fmt: skip
PROOF = "proof_of_use"


def write(stored: Stored) -> None:
    """A moderator looked at each proof before the review was published; after that it was deleted."""
    rng = stored.rng("verifications")
    lines = []
    for review in stored.made.reviews:
        method = review.verification_method
        if not method:
            continue
        public_id = random_uuid(rng)
        checked_at = review.published_at or review.submitted_at
        if method == PROOF:
            checked_at = _looked_at(stored, public_id, review, checked_at)
        lines.append(
            (public_id, stored.id_of(review), method, "passed", review.submitted_at,
             checked_at, checked_at if method == PROOF else None)
        )  # fmt: skip
    rows.copy_rows("reviews_verification", _COLUMNS, lines)
    _write_waiting(stored, rng)


def _looked_at(
    stored: Stored, public_id: UUID, review: SeedReview, before: datetime.datetime
) -> datetime.datetime:
    at = review.submitted_at + (before - review.submitted_at) * 0.9
    subject = Subject(kinds.PROOF, public_id, review.submitted_at)
    made = stored.log.decided(subject, at, Decision.Action.ACCEPT_PROOF)
    seen_at = at - (at - review.submitted_at) * 0.01
    stored.log.noted(
        subject,
        seen_at,
        Decision.Action.VIEW_PROOF,
        ReasonCode.MEETS_GUIDELINES,
        made.moderator,
    )
    return at


def _write_waiting(stored: Stored, rng: Random) -> None:
    for review in stored.made.reviews:
        if review.status != "pending" or review.verification_method:
            continue
        proof = Verification.objects.create(
            public_id=random_uuid(rng),
            review_id=stored.id_of(review),
            method=PROOF,
            created_at=review.submitted_at,
        )
        page = ProofPage.objects.create(
            verification=proof, position=0, image=picture(review)
        )
        ProofPage.objects.filter(pk=page.pk).update(uploaded_at=review.submitted_at)
        stored.log.waits(Subject(kinds.PROOF, proof.public_id, review.submitted_at))


def picture(review: SeedReview) -> bytes:
    """A page as a vendor might print it, with nothing on it that could be taken for real."""
    image = Image.new("RGB", (900, 560), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 900, 84), fill="#24364b")
    draw.text((36, 24), "Made-up invoice (demo)", fill="white", font_size=32)
    lines = (
        f"For: {review.author.organisation.name}",
        f"Product: {review.product.name}",
        f"Users: {20 + review.author.number % 180}",
        f"Period: {review.last_used_on:%B %Y}",
        "This document was drawn for the demo. Nobody ever paid it.",
    )
    for number, line in enumerate(lines):
        draw.text((36, 130 + 74 * number), line, fill="#1c2733", font_size=26)
    kept = io.BytesIO()
    image.save(kept, "PNG", optimize=True)
    return kept.getvalue()
