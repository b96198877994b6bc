"""Sends what lies in the outbox.

One e-mail is leased by a conditional UPDATE, its right to go out is checked again, the server is called, the lease is
extended, then the e-mail is handed over. A worker that dies after the server accepted and before the row says so leaves
a lease that runs out; the sweep then sends it again under the same Message-ID. That is the only way to a second copy: at
most one per lease that was lost. Leases are in the database's time: the clocks of two machines differ.
"""

import logging
import smtplib
import time
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from notifications import kinds
from notifications.links import unsubscribe_url
from notifications.models import OutgoingEmail, OutgoingEmailQuerySet
from notifications.permissions import wants

logger = logging.getLogger(__name__)

Status = OutgoingEmail.Status

# What is asked of the server once the lease is extended: EHLO, MAIL, RCPT, DATA and the text, each within EMAIL_TIMEOUT.
# So 50 s; docs/email.md has the arithmetic of what a killed worker delays.
ROUND_TRIPS = 5
# 1, 2, 4 … 256 minutes, then every 6 hours: a server may be away for 20 hours before anything is given up.
MAX_ATTEMPTS = 12
LONGEST_WAIT = timedelta(hours=6)
# A sweep ends before the next one begins, and looks up no more than it could send until then.
SHARE_OF_INTERVAL = 0.8
MOST_A_SECOND = 150
# What was sent is kept for questions of the kind "did you ever tell me"; a dedupe key lives as long.
KEPT_FOR = timedelta(days=90)


class ServerAway(Exception):
    """The server can't be reached or broke off: the other e-mails would fare the same now."""


def backoff(attempts: int) -> timedelta:
    """How long to wait after that many attempts, 1 or more."""
    first = timedelta(seconds=settings.EMAIL_RETRY_SECONDS)
    return min(first * 2 ** (attempts - 1), LONGEST_WAIT)


def lease_time() -> timedelta:
    return timedelta(seconds=ROUND_TRIPS * settings.EMAIL_TIMEOUT)


def connect() -> BaseEmailBackend:
    return get_connection(settings.DELIVERY_BACKEND)


def deliver(mail_id: int, connection: BaseEmailBackend | None = None) -> str:
    """Takes one e-mail as far as it goes now and returns its status, or "" if it was not ours to send.

    Raises ServerAway after noting the attempt.
    """
    mail = _lease(mail_id)
    if mail is None:
        return ""
    if connection is not None:
        return _deliver(mail, connection)
    connection = connect()
    try:
        return _deliver(mail, connection)
    finally:
        _close(connection)


def sweep(batch: int | None = None) -> int:
    """Delivers what is due for most of an interval, what a dead worker left before the rest; returns how many it touched."""
    _give_up()
    seconds = SHARE_OF_INTERVAL * settings.OUTBOX_SWEEP_SECONDS
    due = OutgoingEmail.objects.due().order_by(
        F("leased_until").asc(nulls_last=True), "next_attempt_at", "id"
    )
    until = time.monotonic() + seconds
    batch = batch or MOST_A_SECOND * settings.OUTBOX_SWEEP_SECONDS
    touched = 0
    connection = connect()
    try:
        for mail_id in list(due.values_list("pk", flat=True)[:batch]):
            if time.monotonic() > until:
                break
            touched += 1
            deliver(mail_id, connection)
    except ServerAway as error:
        logger.warning("Mail server away (%s); the rest waits.", error)
    finally:
        _close(connection)
    return touched


def purge() -> int:
    """Deletes what was sent or cancelled a while ago; what failed stays for the operator to see."""
    old = OutgoingEmail.objects.filter(
        status__in=[Status.SENT, Status.CANCELLED],
        created_at__lt=timezone.now() - KEPT_FOR,
    )
    deleted, _ = old.delete()
    return deleted


def why_not(mail: OutgoingEmail) -> str | None:
    """The reason to cancel: asked when sending, because rights and wishes change after the e-mail was queued."""
    kind = kinds.get(mail.kind)
    user = mail.recipient
    if user is not None and not kind.transactional:
        if not user.is_active:
            return "The account is disabled."
        if not wants(user.pk, kind):
            return "The member switched this kind of e-mail off."
    return kind.still_wanted(mail)


def is_server_away(error: Exception) -> bool:
    if isinstance(error, smtplib.SMTPResponseException):
        return isinstance(
            error, (smtplib.SMTPConnectError, smtplib.SMTPAuthenticationError)
        )
    if isinstance(error, smtplib.SMTPException):
        return isinstance(error, smtplib.SMTPServerDisconnected)
    return isinstance(error, OSError)


def is_final(error: Exception) -> bool:
    """The server refused this recipient or this text for good (5xx): asking again would only annoy it."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(500 <= code < 600 for code, _ in error.recipients.values())
    return isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500


def _deliver(mail: OutgoingEmail, connection: BaseEmailBackend) -> str:
    try:
        reason = why_not(mail)
        if reason:
            return _finish(mail, Status.CANCELLED, last_error=reason[:500])
        if not _send(mail, connection):
            return ""
    # One poisonous e-mail, whatever it raises, must not stop the others.
    except Exception as error:
        status = _note_failure(mail, error)
        if is_server_away(error):
            raise ServerAway(type(error).__name__) from error
        return status
    return _finish(mail, Status.SENT, sent_at=timezone.now(), **_emptied(mail))


def _lease(mail_id: int) -> OutgoingEmail | None:
    moved = (
        OutgoingEmail.objects.due()
        .filter(pk=mail_id, attempts__lt=MAX_ATTEMPTS)
        .update(
            status=Status.SENDING,
            leased_until=Now() + lease_time(),
            attempts=F("attempts") + 1,
        )
    )
    if not moved:
        return None
    return OutgoingEmail.objects.select_related("recipient").get(pk=mail_id)


def _leased(mail: OutgoingEmail) -> OutgoingEmailQuerySet:
    """The lease is the token: a worker that was so slow that another took over finds nothing."""
    return OutgoingEmail.objects.filter(
        pk=mail.pk, status=Status.SENDING, leased_until=mail.leased_until
    )


def _extend(mail: OutgoingEmail) -> bool:
    """False where another took over."""
    moved = _leased(mail).update(leased_until=Now() + lease_time())
    mail.refresh_from_db(fields=["leased_until"])
    return moved > 0


def _finish(mail: OutgoingEmail, status: OutgoingEmail.Status, **fields: object) -> str:
    _leased(mail).update(status=status, leased_until=None, **fields)
    return status.value


def _note_failure(mail: OutgoingEmail, error: Exception) -> str:
    text = f"{type(error).__name__}: {error}".replace("\x00", "")[:500]
    # Not its words, which quote the address; the row has them.
    kind = type(error).__name__
    logger.warning("E-mail %s, attempt %s: %s", mail.public_id, mail.attempts, kind)
    if is_final(error) or mail.attempts >= MAX_ATTEMPTS:
        return _finish(mail, Status.FAILED, last_error=text)
    again = timezone.now() + backoff(mail.attempts)
    return _finish(mail, Status.QUEUED, last_error=text, next_attempt_at=again)


def _give_up() -> None:
    """What killed its worker at each attempt is not tried for ever."""
    OutgoingEmail.objects.due().filter(attempts__gte=MAX_ATTEMPTS).update(
        status=Status.FAILED, leased_until=None, last_error="Given up."
    )


def _emptied(mail: OutgoingEmail) -> dict[str, str]:
    """A link that opens an account is not kept in the database once it is in the mailbox; the demo has no mailbox."""
    if settings.DEMO or not kinds.get(mail.kind).secret:
        return {}
    return {"text": "", "html": ""}


def _send(mail: OutgoingEmail, connection: BaseEmailBackend) -> bool:
    """False where calling the server took so long that another worker has the e-mail."""
    message = as_message(mail)
    try:
        connection.open()
        if not _extend(mail):
            return False
        sent = connection.send_messages([message])
    except Exception:
        # The next e-mail over this connection must not inherit a half-finished conversation.
        _close(connection)
        raise
    if not sent:
        raise OSError("The mail server took nothing.")
    return True


def _close(connection: BaseEmailBackend) -> None:
    try:
        connection.close()
    except (OSError, smtplib.SMTPException):
        logger.info("The mail server had gone before the connection was closed.")


def as_message(mail: OutgoingEmail) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[mail.address],
        headers=_headers(mail),
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    return message


def _headers(mail: OutgoingEmail) -> dict[str, str]:
    headers = {"Message-ID": mail.message_id, "Auto-Submitted": "auto-generated"}
    if mail.thread:
        headers["In-Reply-To"] = headers["References"] = mail.thread
    if mail.recipient is not None and not kinds.get(mail.kind).transactional:
        url = unsubscribe_url(mail.recipient.public_id, mail.kind)
        headers["List-Unsubscribe"] = f"<{url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers
