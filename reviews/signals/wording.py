from reviews.models import Review, ReviewSignal
from reviews.signals.texts import Evidence

Kind = ReviewSignal.Kind
# By how much a review goes ahead: as if it had waited that much longer.
HOURS = {Kind.NEAR_COPY: 24, Kind.RING: 24, Kind.BURST: 12}


def signals_of(review: Review) -> list[ReviewSignal]:
    """What weighs most first."""
    found = ReviewSignal.objects.filter(review=review)
    return sorted(found, key=lambda signal: (-HOURS[Kind(signal.kind)], signal.kind))


def in_words(kind: str, evidence: Evidence) -> str:
    if kind == Kind.NEAR_COPY:
        likeness = evidence["similar"][0]["similarity"]
        return f"{likeness:.0%} like another text"
    if kind == Kind.BURST:
        length = "24 hours" if evidence["hours"] == 24 else "7 days"
        return f"{evidence['count']} in {length}, {evidence['expected']:g} expected"
    if evidence["rule"] == "same_products":
        return (
            f"{evidence['authors']} authors on the same {evidence['products']} products"
        )
    return f"{evidence['authors']} of {evidence['members']} members at one employer"
