import datetime

import pytest
from django.utils import timezone

from notifications.models import EmailPreference, OutgoingEmail
from notifications.permissions import choices_of
from notifications.services import set_preferences
from reviews import services
from reviews.models import Review
from tests.factories import ReviewFactory, UserFactory

pytestmark = pytest.mark.django_db

KIND = "review_update_reminder"


def ago(days: int) -> datetime.datetime:
    return timezone.now() - datetime.timedelta(days=days)


@pytest.fixture
def author():
    user = UserFactory()
    services.ask_for_emails(author=user, kinds=[KIND])
    return user


def test_nobody_is_reminded_who_did_not_ask():
    ReviewFactory(published_at=ago(400))
    assert services.remind_authors() == 0
    assert not EmailPreference.objects.exists()
    assert choices_of(UserFactory().pk)[KIND] is False


def test_author_is_asked_a_year_after_publication_and_once_a_year(author):
    review = ReviewFactory(author=author, published_at=ago(366))
    ReviewFactory(author=author, published_at=ago(364))
    assert services.remind_authors() == 1
    mail = OutgoingEmail.objects.get()
    assert (mail.kind, mail.recipient) == (KIND, author)
    assert f"/reviews/{review.public_id}/edit/" in mail.text
    assert "unsubscribe" in mail.text
    assert services.remind_authors() == 0
    Review.objects.filter(pk=review.pk).update(reminded_at=ago(366))
    assert services.remind_authors() == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"edited_at": ago(100)},
        {"reminded_at": ago(100)},
        {"status": "withdrawn"},
        {"status": "removed"},
    ],
)
def test_no_reminder_of_what_changed_or_left(author, changes):
    ReviewFactory(author=author, published_at=ago(800), **changes)
    assert services.remind_authors() == 0


def test_no_reminder_after_it_was_switched_off(author):
    ReviewFactory(author=author, published_at=ago(400))
    set_preferences(user=author, enabled={KIND: False})
    assert services.remind_authors() == 0


def test_no_reminder_of_an_erased_member():
    ReviewFactory(author=None, published_at=ago(400))
    assert services.remind_authors() == 0


def test_reminding_takes_a_fixed_number_of_queries_for_each(
    author, django_assert_num_queries
):
    with django_assert_num_queries(1):
        services.remind_authors()
    ReviewFactory(author=author, published_at=ago(400))
    # To look, and for this one: savepoint and its end, the move, the e-mail and its row, and its unsubscribe link.
    with django_assert_num_queries(6):
        services.remind_authors()
