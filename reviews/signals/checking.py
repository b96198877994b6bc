import datetime
from collections.abc import Mapping

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from moderation.models import QueueItem
from moderation.services import raise_item
from reviews.fingerprints import bands
from reviews.kinds import REVIEW, REVISION
from reviews.models import Review, ReviewRevision, ReviewSignal, TextFingerprint
from reviews.signals.bursts import burst, submitted_with
from reviews.signals.near_copies import near_copy
from reviews.signals.rings import ring
from reviews.signals.texts import Evidence, texts_in, texts_of, with_answers
from reviews.signals.wording import HOURS, in_words, signals_of

Kind = ReviewSignal.Kind


def check_review(review_id: int) -> None:
    """Of one that waits. May run twice, or after it was decided: then nothing happens."""
    waiting = Review.objects.filter(pk=review_id, status=Review.Status.PENDING)
    review = waiting.select_related("product").first()
    if review is None:
        return
    texts = texts_of(review)
    found = {
        Kind.NEAR_COPY: near_copy(review, texts),
        Kind.BURST: burst(review),
        Kind.RING: ring(review),
    }
    for kind, evidence in found.items():
        _keep(review, kind, evidence)
    _raise(review)
    if in_a_burst := found[Kind.BURST]:
        _tell_the_burst(review, in_a_burst)
    # Last: the sweep looks again at what has no fingerprint.
    _keep_fingerprints({review.pk: (review.version, texts)})


def _tell_the_burst(review: Review, evidence: Evidence) -> None:
    """To those that came when it wasn't one yet; each review tells at most the last 20, so 10,000 posts stay cheap."""
    unaware = submitted_with(review, evidence["hours"]).filter(
        status=Review.Status.PENDING
    )
    unaware = unaware.exclude(signals__kind=Kind.BURST).order_by("-id")
    for other in sorted(unaware[:20], key=lambda other: other.pk):
        _keep(other, Kind.BURST, evidence)
        _raise(other)


def check_revision(revision_id: int) -> None:
    """A new text may be a copy; that its author came in a burst was known before."""
    waiting = ReviewRevision.objects.filter(
        pk=revision_id, status=ReviewRevision.Status.PENDING
    )
    revision = waiting.select_related("review").first()
    if revision is None:
        return
    evidence = near_copy(revision.review, texts_in(revision.content))
    if evidence:
        _keep(revision.review, Kind.NEAR_COPY, evidence)
        raise_item(
            kind=REVISION,
            target_public_id=revision.public_id,
            signals=[_for_the_queue(Kind.NEAR_COPY, evidence)],
        )
    waiting.update(checked_at=timezone.now())


def _keep(review: Review, kind: Kind, evidence: Evidence | None) -> None:
    if evidence is None:
        ReviewSignal.objects.filter(review=review, kind=kind).delete()
        return
    ReviewSignal.objects.update_or_create(
        review=review, kind=kind, defaults={"evidence": evidence}
    )


def _raise(review: Review) -> None:
    signals = [
        _for_the_queue(Kind(signal.kind), signal.evidence)
        for signal in signals_of(review)
    ]
    item = QueueItem.objects.waiting().filter(
        kind=REVIEW, target_public_id=review.public_id
    )
    if signals or item.exclude(signals=[]).exists():
        raise_item(kind=REVIEW, target_public_id=review.public_id, signals=signals)


def _for_the_queue(kind: Kind, evidence: Evidence) -> dict[str, object]:
    return {"kind": kind, "text": in_words(kind, evidence), "hours": HOURS[kind]}


# --- What was left over ---------------------------------------------------------------------

# Younger ones have their own task on the way.
LEFT_OVER_AFTER = datetime.timedelta(minutes=1)
MOST_LEFT_OVER = 200
BATCH = 500
MOST_BATCHES = 40


def check_left_over() -> None:
    before = timezone.now() - LEFT_OVER_AFTER
    reviews = _without_fingerprint(Review.Status.PENDING).filter(
        submitted_at__lt=before
    )
    for pk in reviews.values_list("pk", flat=True)[:MOST_LEFT_OVER]:
        check_review(pk)
    revisions = ReviewRevision.objects.filter(
        status=ReviewRevision.Status.PENDING,
        checked_at__isnull=True,
        created_at__lt=before,
    )
    for pk in revisions.values_list("pk", flat=True)[:MOST_LEFT_OVER]:
        check_revision(pk)


def fingerprint_left_over() -> int:
    """Of what is public and came by another way than the form; returns how many."""
    done = 0
    for _ in range(MOST_BATCHES):
        left = _without_fingerprint(Review.Status.PUBLISHED).order_by("pk")[:BATCH]
        reviews = list(left.only("pk", "version", "pros", "cons"))
        if not reviews:
            break
        _keep_fingerprints(with_answers(reviews))
        done += len(reviews)
    return done


def _without_fingerprint(status: Review.Status) -> QuerySet[Review]:
    """Who rewrites a text takes its fingerprint away; a vote or a comment moves the version alone."""
    return Review.objects.filter(status=status, fingerprint=None)


@transaction.atomic
def _keep_fingerprints(texts: Mapping[int, tuple[int, Mapping[str, str]]]) -> None:
    """But of what was changed since it was read none: the sweep comes back to it."""
    held = Review.objects.select_for_update(no_key=True).filter(pk__in=texts)
    versions = dict(held.order_by("pk").values_list("pk", "version"))
    TextFingerprint.objects.bulk_create(
        [
            TextFingerprint(review_id=pk, version=version, bands=bands(by.values()))
            for pk, (version, by) in texts.items()
            if versions.get(pk) == version
        ],
        update_conflicts=True,
        unique_fields=["review"],
        update_fields=["version", "bands"],
    )
