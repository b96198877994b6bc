"""Rows for the tests of the outbox."""

from notifications import services
from notifications.models import OutgoingEmail
from notifications.rendering import Rendered


def queue(
    address: str = "ann@buyer.example", kind: str = "system", recipient=None, **changes
) -> OutgoingEmail:
    mail = services.store_email(
        kind=kind,
        dedupe_key=changes.pop("dedupe_key", f"test:{OutgoingEmail.objects.count()}"),
        rendered=Rendered(
            changes.pop("subject", "Subject"), "Text.\n", changes.pop("html", "")
        ),
        address=address,
        recipient=recipient,
        about=changes.pop("about", None),
        thread=changes.pop("thread", ""),
        after=changes.pop("after", services.AT_ONCE),
    )
    assert mail is not None
    if changes:
        OutgoingEmail.objects.filter(pk=mail.pk).update(**changes)
        mail.refresh_from_db()
    return mail


def status(mail: OutgoingEmail) -> str:
    mail.refresh_from_db()
    return mail.status
