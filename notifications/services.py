import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models.functions import Lower
from django.utils import timezone

from notifications import kinds
from notifications.links import mail_host, read_unsubscribe_token, unsubscribe_url
from notifications.models import EmailPreference, OutgoingEmail
from notifications.rendering import Rendered, render_email
from notifications.tasks import deliver_email


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
) -> OutgoingEmail | None:
    """Puts an e-mail into the outbox, in the caller's transaction; None if one with this dedupe_key is there already.

    Renders templates/emails/<kind>.{subject.txt,txt} (or those of `template`, without ending) with `context`.
    `about` holds the ids that the kind's still_wanted() needs. `address` overrides the recipient's own.
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
    )


@dataclass(frozen=True)
class ToQueue:
    """One of many e-mails of a kind."""

    recipient: Recipient
    dedupe_key: str
    context: Mapping[str, object]
    about: Mapping[str, object]


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
) -> OutgoingEmail | None:
    """As queue_email, for a text that is rendered already."""
    stored = _store([_row(kind, dedupe_key, rendered, address, recipient, about)])
    return stored[0] if stored else None


def _row(
    kind: str,
    dedupe_key: str,
    rendered: Rendered,
    address: str,
    recipient: Recipient | None,
    about: Mapping[str, object] | None,
) -> OutgoingEmail:
    public_id = uuid.uuid4()
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
    )


def _store(mails: list[OutgoingEmail]) -> list[OutgoingEmail]:
    """Those that are new."""
    # ON CONFLICT DO NOTHING: it waits for a rival that is not committed yet, and leaves the transaction usable.
    OutgoingEmail.objects.bulk_create(mails, ignore_conflicts=True)
    ids = [mail.public_id for mail in mails]
    stored = list(OutgoingEmail.objects.filter(public_id__in=ids))
    for mail in stored:
        deliver_email.delay_on_commit(mail.pk)
    return stored


@transaction.atomic
def set_preferences(*, user: Recipient, enabled: Mapping[str, bool]) -> None:
    """Only kinds that can be switched off are kept; others are ignored."""
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
    Status = OutgoingEmail.Status
    ids = list(mail_ids)
    moved = OutgoingEmail.objects.filter(pk__in=ids, status=Status.FAILED).update(
        status=Status.QUEUED, attempts=0, next_attempt_at=timezone.now(), last_error=""
    )
    for mail_id in ids:
        deliver_email.delay_on_commit(mail_id)
    return moved


def forget_address(*, addresses: Iterable[str]) -> int:
    """Deletes what was ever written to these addresses, sent or not; for erasure. Returns how many e-mails.

    Whoever reports something without an account types an address as they like: capitals make no difference.
    """
    written = OutgoingEmail.objects.annotate(to=Lower("address"))
    deleted, _ = written.filter(to__in=[each.lower() for each in addresses]).delete()
    return deleted
