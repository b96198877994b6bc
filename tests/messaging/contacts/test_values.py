"""What may be shared as a name, a work e-mail or a telephone."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import WorkEmail
from messaging.sharing import (
    clean_contact,
)
from tests.factories import WorkEmailFactory
from tests.messaging.contacts.sharing import (
    OF_BUYER,
    OF_REVIEWER,
    choose,
    contacts_url,
    form_of,
    rows,
)


def test_only_a_confirmed_work_email_can_be_chosen(buyer, reviewer, conversation):
    WorkEmailFactory(user=buyer, address="new@hospital.example", verified_at=None)
    too_old = timezone.now() - timedelta(days=366)
    WorkEmailFactory(user=buyer, address="old@hospital.example", verified_at=too_old)
    WorkEmailFactory(
        user=buyer, address="gone@hospital.example", lapsed_at=timezone.now()
    )
    for address in (
        "new@hospital.example",
        "old@hospital.example",
        "gone@hospital.example",
        OF_REVIEWER["work_email"],
        buyer.email,
        OF_BUYER["work_email"].upper(),
        "",
    ):
        with pytest.raises(ValidationError) as wrong:
            choose(conversation, buyer, {"work_email": address, "name": "Somebody"})
        assert list(wrong.value.message_dict) == ["work_email"]
    assert rows() == []
    choose(conversation, buyer, {"work_email": OF_BUYER["work_email"]})
    assert rows() == [("buyer", "work_email", OF_BUYER["work_email"])]


def test_the_form_offers_ones_own_confirmed_addresses_only(
    client, buyer, reviewer, conversation
):
    WorkEmailFactory(user=buyer, address="new@hospital.example", verified_at=None)
    client.force_login(buyer)
    text = client.get(contacts_url(conversation)).content.decode()
    assert text.count("<option") == 1
    assert OF_BUYER["work_email"] in text
    foreign = form_of({"work_email": OF_REVIEWER["work_email"]})
    answer = client.post(contacts_url(conversation), foreign)
    assert "Choose one of your confirmed addresses at work." in answer.content.decode()
    assert rows() == []


def test_without_a_confirmed_address_the_page_says_where_to_confirm_one(
    client, buyer, conversation
):
    WorkEmail.objects.all().delete()
    client.force_login(buyer)
    text = client.get(contacts_url(conversation)).content.decode()
    assert "only a confirmed one can be shared" in text
    assert "share_work_email" not in text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("+49 30 901820", "+49 30 901820"),
        ("+4930901820", "+49 30 901820"),
        ("+49 (0)30 / 901820 ext. 12", "+49 30 901820 ext. 12"),
        ("+44 20 8366 1177\u202e", "+44 20 8366 1177"),
        ("+٤٩ ٣٠ ٩٠١٨٢٠", "+49 30 901820"),
    ],
)
def test_a_telephone_is_kept_as_it_is_called(buyer, typed, kept):
    assert clean_contact(buyer, "telephone", typed) == kept
    assert clean_contact(buyer, "telephone", kept) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "901820",
        "030 901820",
        "+999 123456",
        "+49",
        "+49 30 901820<script>alert(1)</script>",
        "+49 30 901820 or +49 30 901821",
        "call me",
        "+" * 60,
        "+1" * 5000,
        "\x00",
        "+49 30\x00 901820 <b>",
        "javascript:alert(1)",
        "+1 900 555 1234",
        "\ud800",
    ],
)
def test_what_is_no_telephone_is_refused(buyer, typed):
    with pytest.raises(ValidationError):
        clean_contact(buyer, "telephone", typed)


@pytest.mark.parametrize(
    "typed", ["", "   ", "\u200b", "x" * 61, "Levelfield Support", "me@home.example"]
)
def test_what_is_no_name_is_refused(buyer, typed):
    with pytest.raises(ValidationError):
        clean_contact(buyer, "name", typed)


def test_a_name_is_one_visible_line(buyer):
    assert clean_contact(buyer, "name", " Mar\u202eguerite\n Oye\x00laran ") == (
        "Mar guerite Oye laran"
    )


def test_there_are_three_details_and_no_other(buyer, conversation):
    with pytest.raises(ValidationError):
        choose(conversation, buyer, {"password": "hunter2"})
    assert rows() == []
