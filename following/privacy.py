"""All of it goes with the member: each foreign key to them cascades."""

from typing import Any

from accounts.models import User
from accounts.privacy import register_exporter
from following.models import DigestSubscription, Follow, Shortlist, ShortlistItem


def export_shortlists(user: User) -> list[dict[str, Any]]:
    return [
        {
            "public_id": each.public_id,
            "name": each.name,
            "created_at": each.created_at,
            "items": list(
                ShortlistItem.objects.filter(shortlist=each)
                .order_by("added_at", "id")
                .values("product__slug", "product__name", "note", "added_at")
            ),
        }
        for each in Shortlist.objects.of(user).order_by("created_at", "pk")
    ]


def export_follows(user: User) -> list[dict[str, Any]]:
    columns = (
        "product__slug",
        "category__slug",
        "vendor__slug",
        "created_at",
        "seen_score",
    )
    return list(Follow.objects.filter(follower=user).order_by("pk").values(*columns))


def export_digest(user: User) -> dict[str, Any] | None:
    columns = ("requested_at", "confirmed_at", "covered_until")
    return DigestSubscription.objects.filter(pk=user.pk).values(*columns).first()


register_exporter("shortlists", export_shortlists)
register_exporter("follows", export_follows)
register_exporter("weekly_email", export_digest)
