import uuid
from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from notifications.rendering import Rendered, one_line
from notifications.services import store_email


class OutboxBackend(BaseEmailBackend):
    """EMAIL_BACKEND: whatever is sent the Django way goes into the outbox, one row per recipient."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        return sum(1 for message in email_messages if _store(message))


class KeepBackend(BaseEmailBackend):
    """Takes every e-mail and sends none: in the demo they are read at /dev/mail/."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        return len(email_messages)


def _store(message: EmailMessage) -> bool:
    if message.attachments:
        raise ValueError("An e-mail with attachments does not fit into the outbox.")
    addresses = message.recipients()
    for address in addresses:
        store_email(
            kind="system",
            dedupe_key=f"system:{uuid.uuid4()}",
            rendered=_as_rendered(message),
            address=address,
        )
    return bool(addresses)


def _as_rendered(message: EmailMessage) -> Rendered:
    html = [
        str(part.content)
        for part in getattr(message, "alternatives", [])
        if part.mimetype == "text/html"
    ]
    return Rendered(
        one_line(str(message.subject)), str(message.body), html[0] if html else ""
    )
