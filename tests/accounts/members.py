"""Members who can sign in."""

import re

from allauth.account.models import EmailAddress

from accounts.models import User
from notifications.models import OutgoingEmail
from tests.factories import UserFactory

PASSWORD = "four-unrelated-words"


def member(email: str = "ann@buyer.example", **fields) -> User:
    user = UserFactory(email=email, password=PASSWORD, **fields)
    EmailAddress.objects.create(
        user=user, email=user.email, verified=True, primary=True
    )
    return user


def sign_in(client, email: str, password: str = PASSWORD, **more):
    return client.post(
        "/accounts/login/", {"login": email, "password": password, **more}
    )


def last_mail(address: str) -> OutgoingEmail:
    return OutgoingEmail.objects.filter(address=address).latest("pk")


def link_in(mail: OutgoingEmail, part: str) -> str:
    """The path of the link that has this in it."""
    found = re.search(rf"http://testserver(/\S*{part}\S*)", mail.text)
    assert found, mail.text
    return found[1]


def prove(client) -> None:
    """What concerns the protection of the account asks for the password once more."""
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
