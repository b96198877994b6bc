"""The command. That each check names what is planted, and the demo breaks none, is in test_seed_demo.py."""

import io
import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.services import create_token
from reviews.models import ProductRating, Review
from reviews.ratings import recompute_all_ratings
from reviews_site.integrity import CHECKS
from tests.accounts.members import member, sign_in
from tests.factories import ReviewFactory
from tests.notifications.outbox import queue

pytestmark = pytest.mark.django_db


def check(*arguments: str) -> tuple[int, str]:
    """(exit code, what it printed)"""
    out = io.StringIO()
    try:
        call_command("check_integrity", *arguments, stdout=out)
    except CommandError as error:
        return error.returncode, out.getvalue()
    return 0, out.getvalue()


def test_nothing_is_found_where_nothing_is_broken():
    assert check() == (0, f"{len(CHECKS)} checks, 0 broken.\n")


def test_what_is_broken_is_named_with_at_most_twenty_rows():
    long_ago = timezone.now() - timedelta(minutes=11)
    mails = [queue(next_attempt_at=long_ago) for _ in range(21)]
    code, printed = check("--json")
    assert code == 1
    told = json.loads(printed)
    assert (told["ok"], told["checks"]) == (False, len(CHECKS))
    [found] = told["found"]
    assert (found["name"], found["more"]) == ("email_not_taken", True)
    assert found["rows"] == [str(mail.public_id) for mail in mails[:20]]


def test_it_says_in_a_sentence_what_does_not_hold():
    mail = queue(next_attempt_at=timezone.now() - timedelta(minutes=11))
    assert check("--only", "email_not_taken", "log_chain") == (
        1,
        "email_not_taken: not so: An e-mail that is due, or whose worker died, is taken by a worker within ten "
        f"minutes.\n    {mail.public_id}\n2 checks, 1 broken.\n",
    )


def test_a_check_that_is_not_there_is_refused():
    with pytest.raises(CommandError, match="No check is called nonsense"):
        call_command("check_integrity", "--only", "nonsense")


def test_ratings_are_compared_with_their_reviews():
    review = ReviewFactory()
    recompute_all_ratings()
    assert check("--only", "rating")[0] == 0
    Review.objects.filter(pk=review.pk).update(half_stars=1)
    ProductRating.objects.filter(count=1).update(mean=5)
    code, printed = check("--only", "rating")
    assert code == 1
    assert f"    {review.product.slug}: half_star_counts, mean" in printed


def test_an_account_that_is_disabled_leaves_no_way_in(client, admin_client):
    ann = member()
    sign_in(client, ann.email)
    create_token(user=ann, name="Mine")
    admin_client.post(
        f"/admin/accounts/user/{ann.pk}/change/", {"is_superuser": "", "is_staff": ""}
    )
    ann.refresh_from_db()
    assert not ann.is_active
    assert check()[0] == 0
    ann.is_active = True
    ann.save(update_fields=["is_active"])
    assert client.get("/me/").status_code == 302
    assert ann.api_tokens.filter(revoked_at=None).count() == 0
