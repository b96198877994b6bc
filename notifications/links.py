from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.crypto import salted_hmac

# No expiry: an unsubscribe link must work in an old e-mail too, and all it can do is switch one kind off.
_signer = signing.Signer(salt="notifications.unsubscribe")


def absolute(path: str) -> str:
    """Links in e-mails start from SITE_URL, never from the Host header of whoever caused the e-mail."""
    return f"{settings.SITE_URL}{path}"


def mail_host() -> str:
    return urlsplit(settings.SITE_URL).hostname or "localhost"


def thread_id(name: str, reader: object) -> str:
    """A Message-ID that no e-mail has and that heads a thread in the mailbox of one reader.

    Another reader's differs, and without our key nobody can tell that both are about the same thing, or guess one.
    """
    digest = salted_hmac("notifications.thread", f"{reader}:{name}", algorithm="sha256")
    return f"<{digest.hexdigest()[:32]}@{mail_host()}>"


def unsubscribe_token(user_public_id: object, kind: str) -> str:
    return _signer.sign_object([str(user_public_id), kind])


def read_unsubscribe_token(token: str) -> tuple[str, str] | None:
    try:
        user_public_id, kind = _signer.unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return str(user_public_id), str(kind)


def unsubscribe_url(user_public_id: object, kind: str) -> str:
    token = unsubscribe_token(user_public_id, kind)
    return absolute(reverse("notifications:unsubscribe", args=[token]))
