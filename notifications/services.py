import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Case, F, When
from django.db.models.functions import Least, Lower
from django.utils import timezone

from notifications import kinds
from notifications.links import (
    mail_host,
    read_unsubscribe_token,
    thread_id,
    unsubscribe_url,
)
from notifications.models import (
    EmailPreference,
    OutgoingEmail,
    OutgoingEmailQuerySet,
)
from notifications.rendering import Rendered, render_email
from notifications.tasks import deliver_email

Status = OutgoingEmail.Status
AT_ONCE = timedelta()


class Recipient(Protocol):
    """A User; this layer knows no more of it than this."""

    pk: Any
    email: str
    public_id: uuid.UUID


def queue_email(
    *,
    kind: str,
    dedupe_key: str,
    context: Mapping[str, object] | None = None,
    recipient: Recipient | None = None,
    address: str = "",
    about: Mapping[str, object] | None = None,
    template: str = "",
    thread: str = "",
    after: timedelta = AT_ONCE,
) -> OutgoingEmail | None:
    """Puts an e-mail into the outbox, in the caller's transaction; None if one with this dedupe_key is there already.

    Renders templates/emails/<kind>.{subject.txt,txt} (or those of `template`, without ending) with `context`.
    `about` holds the ids that the kind's still_wanted() needs. `address` overrides the recipient's own.
    Mail programs show those of one `thread` together. It waits `after` long; still_wanted() is asked then.
    """
    known = kinds.get(kind)
    if recipient is None and not known.transactional:
        raise ValueError("Only a member, who can switch it off, gets such an e-mail.")
    link = "" if known.transactional else unsubscribe_url(recipient.public_id, kind)  # type: ignore[union-attr]
    rendered = render_email(known, template or f"emails/{kind}", context or {}, link)
    return store_email(
        kind=kind,
        dedupe_key=dedupe_key,
        rendered=rendered,
        address=address or (recipient.email if recipient else ""),
        recipient=recipient,
        about=about,
        thread=thread,
        after=after,
    )


@dataclass(frozen=True)
class ToQueue:
    """One of many e-mails of a kind."""

    recipient: Recipient
    dedupe_key: str
    context: Mapping[str, object]
    about: Mapping[str, object]
    thread: str = ""


def queue_emails(*, kind: str, mails: Iterable[ToQueue]) -> int:
    """As queue_email for members, in two queries however many there are; returns how many are new."""
    known = kinds.get(kind)
    rows = []
    for mail in mails:
        link = (
            ""
            if known.transactional
            else unsubscribe_url(mail.recipient.public_id, kind)
        )
        rendered = render_email(known, f"emails/{kind}", mail.context, link)
        rows.append(
            _row(
                kind,
                mail.dedupe_key,
                rendered,
                mail.recipient.email,
                mail.recipient,
                mail.about,
                mail.thread,
            )
        )
    return len(_store(rows))


def store_email(
    *,
    kind: str,
    dedupe_key: str,
    rendered: Rendered,
    address: str,
    recipient: Recipient | None = None,
    about: Mapping[str, object] | None = None,
    thread: str = "",
    after: timedelta = AT_ONCE,
) -> OutgoingEmail | None:
    """As queue_email, for a text that is rendered already."""
    row = _row(kind, dedupe_key, rendered, address, recipient, about, thread, after)
    stored = _store([row])
    return stored[0] if stored else None


def _row(
    kind: str,
    dedupe_key: str,
    rendered: Rendered,
    address: str,
    recipient: Recipient | None,
    about: Mapping[str, object] | None,
    thread: str = "",
    after: timedelta = AT_ONCE,
) -> OutgoingEmail:
    public_id = uuid.uuid4()
    now = timezone.now()
    return OutgoingEmail(
        public_id=public_id,
        recipient_id=recipient.pk if recipient else None,
        address=address,
        kind=kind,
        about=dict(about or {}),
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        dedupe_key=dedupe_key,
        message_id=f"<{public_id}@{mail_host()}>",
        thread=thread_id(thread, recipient.public_id if recipient else address)
        if thread
        else "",
        created_at=now,
        next_attempt_at=now + after,
    )


def _store(mails: list[OutgoingEmail]) -> list[OutgoingEmail]:
    """Those that are new."""
    # ON CONFLICT DO NOTHING: it waits for a rival that is not committed yet, and leaves the transaction usable.
    OutgoingEmail.objects.bulk_create(mails, ignore_conflicts=True)
    ids = [mail.public_id for mail in mails]
    stored = list(OutgoingEmail.objects.filter(public_id__in=ids))
    now = timezone.now()
    for mail in stored:
        if mail.next_attempt_at <= now:
            deliver_email.delay_on_commit(mail.pk)
    return stored


def hasten_email(
    *, kind: str, thread: str, recipient: Recipient, after: timedelta
) -> bool:
    """Whether one of this kind and thread waits for them; then it goes out after that time at the latest.

    The row stays locked until the caller commits: a worker that is about to ask whether it is still wanted sees what
    the caller did. One that failed before keeps its distance to the server.
    """
    waiting = _of_thread(thread, recipient).filter(kind=kind, status=Status.QUEUED)
    sooner = Least("next_attempt_at", timezone.now() + after)
    moved = waiting.update(
        next_attempt_at=Case(
            When(attempts=0, then=sooner), default=F("next_attempt_at")
        )
    )
    return moved > 0


def last_email_at(*, thread: str, recipient: Recipient) -> datetime | None:
    """When the last of this thread went out to them; now, if it is on its way."""
    gone = _of_thread(thread, recipient).filter(
        status__in=[Status.SENDING, Status.SENT]
    )
    last = gone.order_by("-id").first()
    if last is None:
        return None
    return last.sent_at or timezone.now()


def _of_thread(thread: str, recipient: Recipient) -> OutgoingEmailQuerySet:
    root = thread_id(thread, recipient.public_id)
    return OutgoingEmail.objects.filter(recipient_id=recipient.pk, thread=root)


@transaction.atomic
def set_preferences(*, user: Recipient, enabled: Mapping[str, bool]) -> None:
    """Only kinds that can be switched off are kept; others are ignored.

    Whoever takes one kind instead of another has the other switched off: the link that ends the one brings no other.
    """
    enabled = _without_doubles(enabled)
    allowed = {kind.name for kind in kinds.optional()}
    EmailPreference.objects.bulk_create(
        [
            EmailPreference(user_id=user.pk, kind=name, enabled=on)
            for name, on in sorted(enabled.items())
            if name in allowed
        ],
        update_conflicts=True,
        unique_fields=["user", "kind"],
        update_fields=["enabled"],
    )


def _without_doubles(enabled: Mapping[str, bool]) -> dict[str, bool]:
    said = dict(enabled)
    for kind in kinds.optional():
        if not kind.instead_of:
            continue
        if said.get(kind.name):
            said[kind.instead_of] = False
        elif said.get(kind.instead_of):
            said[kind.name] = False
    return said


def unsubscribe(*, token: str) -> kinds.Kind | None:
    """Switches off the kind that the token names; None if the token is not ours or its member is gone."""
    found = find_unsubscribe(token)
    if found is None:
        return None
    user, kind = found
    set_preferences(user=user, enabled={kind.name: False})
    return kind


def find_unsubscribe(token: str) -> tuple[Recipient, kinds.Kind] | None:
    named = read_unsubscribe_token(token)
    if named is None:
        return None
    user = get_user_model().objects.filter(public_id=named[0]).first()
    try:
        kind = kinds.get(named[1])
    except LookupError:
        return None
    return None if user is None or kind.transactional else (user, kind)


@transaction.atomic
def queue_again(*, mail_ids: Iterable[int]) -> int:
    """Gives e-mails that were given up another round of attempts; returns how many."""
    ids = list(mail_ids)
    moved = OutgoingEmail.objects.filter(pk__in=ids, status=Status.FAILED).update(
        status=Status.QUEUED, attempts=0, next_attempt_at=timezone.now(), last_error=""
    )
    for mail_id in ids:
        deliver_email.delay_on_commit(mail_id)
    return moved


def cancel_waiting(*, reason: str) -> int:
    """Everything that was not sent yet; its dedupe keys stay, so nothing of it is queued again. Returns how many."""
    waiting = OutgoingEmail.objects.filter(status__in=[Status.QUEUED, Status.SENDING])
    return waiting.update(
        status=Status.CANCELLED, leased_until=None, last_error=reason[:500]
    )


def forget_address(*, addresses: Iterable[str]) -> int:
    """Deletes what was ever written to these addresses, sent or not; for erasure. Returns how many e-mails.

    Whoever reports something without an account types an address as they like: capitals make no difference.
    """
    written = OutgoingEmail.objects.annotate(to=Lower("address"))
    deleted, _ = written.filter(to__in=[each.lower() for each in addresses]).delete()
    return deleted
