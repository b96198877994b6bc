"""The five members of the demo that a visitor may log in as. Their passwords are public: they exist only in a demo."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DemoMember:
    email: str
    password: str
    role: str
    # What one can try as this member.
    what: str


DEMO_MEMBERS: tuple[DemoMember, ...] = (
    DemoMember(
        "buyer@demo.example",
        "demo-buyer-2026",
        "Buyer",
        "reads, compares, writes a first review, asks reviewers in private",
    ),
    DemoMember(
        "reviewer@demo.example",
        "demo-reviewer-2026",
        "Reviewer",
        "has published reviews and answers the buyer's questions",
    ),
    DemoMember(
        "representative@demo.example",
        "demo-vendor-2026",
        "Vendor representative",
        "speaks for a vendor and can't write to reviewers",
    ),
    DemoMember(
        "moderator@demo.example",
        "demo-moderator-2026",
        "Moderator",
        "decides what waits in the queue at /admin/",
    ),
    DemoMember(
        "colleague@demo.example",
        "demo-colleague-2026",
        "Second moderator",
        "decides appeals against what the first one decided",
    ),
)
