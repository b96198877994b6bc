"""Name, work e-mail, telephone: shown are exactly the fields that both chose, to both, and nothing before."""

import threading
import uuid
from datetime import timedelta
from itertools import combinations

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Profile, WorkEmail
from messaging import services
from messaging.models import ContactShare, Conversation
from messaging.permissions import CONTACTS_PER_SIDE_AND_DAY, Refusal
from messaging.sharing import (
    SharedContact,
    clean_contact,
    contacts_of,
    erase_contacts,
    export_contacts,
    is_waiting,
    my_choice,
    shared_contacts,
)
from notifications import kinds
from notifications.models import OutgoingEmail
from tests.factories import ReviewFactory, WorkEmailFactory
from tests.messaging.people import ask, seen_by, write

FIELDS = ("name", "work_email", "telephone")
SUBSETS = [set(s) for n in range(4) for s in combinations(FIELDS, n)]
LABELS = {"name": "Name", "work_email": "Work e-mail", "telephone": "Telephone"}
OF_BUYER = {
    "name": "Marguerite Oyelaran",
    "work_email": "m.oyelaran@hospital.example",
    "telephone": "+49 30 901820",
}
OF_REVIEWER = {
    "name": "Thaddeus Quillfeather",
    "work_email": "t.quillfeather@bank.example",
    "telephone": "+44 20 8366 1177",
}


@pytest.fixture
def buyer(buyer):
    Profile.objects.filter(user=buyer).update(display_name=OF_BUYER["name"])
    WorkEmailFactory(
        user=buyer, domain="hospital.example", address=OF_BUYER["work_email"]
    )
    return buyer


@pytest.fixture
def reviewer(reviewer):
    WorkEmailFactory(
        user=reviewer, domain="bank.example", address=OF_REVIEWER["work_email"]
    )
    return reviewer


def choose(conversation, user, values):
    services.choose_contacts(conversation=conversation, member=user, values=values)


def revoke(conversation, user):
    services.revoke_contacts(conversation=conversation, member=user)


def only(values, fields):
    return {field: values[field] for field in fields}


def page_of(user, conversation):
    client = Client()
    client.force_login(user)
    return client.get(conversation.get_absolute_url()).content.decode()


def form_of(values, step="share"):
    ticks = {f"share_{field}": "on" for field in values}
    return {**ticks, **values, "step": step}


def contacts_url(conversation):
    return reverse("messaging:contacts", args=[conversation.public_id])


def rows():
    return list(
        ContactShare.objects.order_by("pk").values_list(
            "participant__role", "field", "value"
        )
    )


# What is shown


@pytest.mark.parametrize("mine", SUBSETS, ids=lambda s: "+".join(sorted(s)) or "none")
def test_shown_is_exactly_what_both_chose(buyer, reviewer, conversation, mine):
    for theirs in SUBSETS:
        choose(conversation, buyer, only(OF_BUYER, mine))
        choose(conversation, reviewer, only(OF_REVIEWER, theirs))
        both = [field for field in FIELDS if field in mine & theirs]
        assert [
            (c.field, c.label, c.mine, c.theirs)
            for c in shared_contacts(seen_by(buyer, conversation))
        ] == [(f, LABELS[f], OF_BUYER[f], OF_REVIEWER[f]) for f in both]
        assert [
            (c.field, c.label, c.mine, c.theirs)
            for c in shared_contacts(seen_by(reviewer, conversation))
        ] == [(f, LABELS[f], OF_REVIEWER[f], OF_BUYER[f]) for f in both]
        for reader, of_other in ((buyer, OF_REVIEWER), (reviewer, OF_BUYER)):
            text = page_of(reader, conversation)
            seen = {field for field in FIELDS if of_other[field] in text}
            assert seen == set(both), (mine, theirs)
        ContactShare.objects.all().delete()


def test_an_offer_tells_its_fields_and_no_value(buyer, reviewer, conversation):
    choose(conversation, buyer, only(OF_BUYER, ["name", "telephone"]))
    theirs = seen_by(reviewer, conversation)
    assert is_waiting(theirs)
    assert contacts_of(theirs).offered == ["name", "telephone"]
    assert my_choice(theirs) == {}
    text = page_of(reviewer, conversation)
    assert "is ready to share their name and telephone, if you share yours." in text
    assert not any(value in text for value in OF_BUYER.values())
    mine = seen_by(buyer, conversation)
    assert not is_waiting(mine)
    assert my_choice(mine) == only(OF_BUYER, ["name", "telephone"])
    assert shared_contacts(mine) == []


def test_shown_since_the_later_choice(buyer, reviewer, conversation):
    choose(conversation, buyer, only(OF_BUYER, ["name"]))
    choose(conversation, reviewer, only(OF_REVIEWER, ["name"]))
    later = ContactShare.objects.latest("pk")
    assert shared_contacts(seen_by(buyer, conversation)) == [
        SharedContact(
            "name", "Name", OF_BUYER["name"], OF_REVIEWER["name"], later.chosen_at
        )
    ]


def test_a_row_keeps_whether_it_was_ever_shown(buyer, reviewer, conversation):
    choose(conversation, buyer, only(OF_BUYER, ["name", "telephone"]))
    assert not ContactShare.objects.exclude(shown_at=None).exists()
    choose(conversation, reviewer, only(OF_REVIEWER, ["name", "work_email"]))
    shown = ContactShare.objects.exclude(shown_at=None).values_list("field", flat=True)
    assert list(shown) == ["name", "name"]


def test_links_are_made_of_what_is_shared(buyer, reviewer, conversation):
    choose(conversation, buyer, OF_BUYER)
    choose(conversation, reviewer, OF_REVIEWER | {"telephone": "+49 30 901820 ext. 5"})
    hrefs = {c.field: c.href for c in shared_contacts(seen_by(buyer, conversation))}
    assert hrefs == {
        "name": "",
        "work_email": "mailto:t.quillfeather@bank.example",
        "telephone": "tel:+49-30-901820;ext=5",
    }


# Changing and taking back


def test_a_choice_replaces_the_one_before(buyer, conversation):
    choose(conversation, buyer, OF_BUYER)
    name = ContactShare.objects.get(field="name")
    choose(
        conversation,
        buyer,
        {"name": OF_BUYER["name"], "telephone": "+44 20 8366 1177"},
    )
    assert rows() == [
        ("buyer", "name", OF_BUYER["name"]),
        ("buyer", "work_email", ""),
        ("buyer", "telephone", ""),
        ("buyer", "telephone", "+44 20 8366 1177"),
    ]
    # What didn't change keeps its date.
    assert ContactShare.objects.get(field="name").chosen_at == name.chosen_at


def test_a_repeated_choice_changes_nothing(buyer, reviewer, conversation):
    choose(conversation, buyer, OF_BUYER)
    before = list(ContactShare.objects.order_by("pk").values())
    choose(conversation, buyer, OF_BUYER)
    assert list(ContactShare.objects.order_by("pk").values()) == before
    assert OutgoingEmail.objects.filter(kind="contact_offered").count() == 1


def test_taking_back_is_at_once_and_empties_the_values(buyer, reviewer, conversation):
    choose(conversation, buyer, only(OF_BUYER, ["name", "telephone"]))
    choose(conversation, reviewer, only(OF_REVIEWER, ["name"]))
    assert OF_BUYER["name"] in page_of(reviewer, conversation)
    revoke(conversation, buyer)
    text = page_of(reviewer, conversation)
    assert not any(value in text for value in OF_BUYER.values())
    assert "<strong>Withdrawn:</strong> the name of" in text
    assert "What you have read before can’t be unread" in text
    # What was never shown isn't named as withdrawn.
    assert contacts_of(seen_by(reviewer, conversation)).theirs_withdrawn == ["name"]
    assert OF_REVIEWER["name"] not in page_of(buyer, conversation)
    assert rows() == [
        ("buyer", "name", ""),
        ("buyer", "telephone", ""),
        ("reviewer", "name", OF_REVIEWER["name"]),
    ]
    assert ContactShare.objects.filter(revoked_at=None).count() == 1


def test_taking_back_twice_changes_nothing(buyer, conversation):
    choose(conversation, buyer, OF_BUYER)
    revoke(conversation, buyer)
    before = list(ContactShare.objects.order_by("pk").values())
    revoke(conversation, buyer)
    assert list(ContactShare.objects.order_by("pk").values()) == before


def test_offering_again_is_not_withdrawn_any_more(buyer, reviewer, conversation):
    choose(conversation, buyer, only(OF_BUYER, ["name"]))
    choose(conversation, reviewer, only(OF_REVIEWER, ["name"]))
    revoke(conversation, buyer)
    choose(conversation, buyer, only(OF_BUYER, ["name"]))
    theirs = contacts_of(seen_by(reviewer, conversation))
    assert theirs.theirs_withdrawn == []
    assert [c.theirs for c in theirs.shared] == [OF_BUYER["name"]]


def test_so_often_a_day_and_taking_back_always(buyer, conversation):
    for n in range(CONTACTS_PER_SIDE_AND_DAY):
        choose(conversation, buyer, {"name": f"Name {n:03}"})
    with pytest.raises(services.MessageRefused) as refused:
        choose(conversation, buyer, {"name": "One more"})
    assert refused.value.refusal is Refusal.CONTACT_LIMIT
    assert my_choice(seen_by(buyer, conversation)) == {
        "name": f"Name {CONTACTS_PER_SIDE_AND_DAY - 1:03}"
    }
    revoke(conversation, buyer)
    ContactShare.objects.update(chosen_at=timezone.now() - timedelta(hours=25))
    choose(conversation, buyer, {"name": "One more"})
    assert my_choice(seen_by(buyer, conversation)) == {"name": "One more"}


# What ends it


def shared_by_both(conversation, buyer, reviewer):
    choose(conversation, buyer, OF_BUYER)
    choose(conversation, reviewer, OF_REVIEWER)


def assert_nothing_is_left(*conversations):
    shares = ContactShare.objects.filter(participant__conversation__in=conversations)
    assert not shares.exclude(value="").exists()
    assert not shares.filter(revoked_at=None).exists()


@pytest.mark.parametrize("who", ["buyer", "reviewer"])
@pytest.mark.parametrize("how", ["leave", "block", "close"])
def test_what_ends_the_conversation_ends_the_sharing(
    buyer, reviewer, conversation, who, how
):
    shared_by_both(conversation, buyer, reviewer)
    actor = {"buyer": buyer, "reviewer": reviewer}[who]
    if how == "leave":
        services.leave_conversation(conversation=conversation, member=actor)
    elif how == "block":
        services.block_member(blocker=actor, conversation=conversation)
    else:
        services.close_conversations(member=actor)
    assert_nothing_is_left(conversation)
    assert OF_BUYER["name"] not in page_of(reviewer, conversation)
    assert OF_REVIEWER["name"] not in page_of(buyer, conversation)


def test_a_block_ends_it_in_the_other_conversations_of_the_two(
    buyer, reviewer, conversation
):
    another = ask(buyer, ReviewFactory(author=reviewer))
    write(another, reviewer)
    shared_by_both(another, buyer, reviewer)
    services.block_member(blocker=reviewer, conversation=conversation)
    assert_nothing_is_left(another)


def test_unblocking_shows_nothing_again(buyer, reviewer, conversation):
    shared_by_both(conversation, buyer, reviewer)
    services.block_member(blocker=buyer, conversation=conversation)
    services.unblock_member(blocker=buyer, conversation=conversation)
    conversation.refresh_from_db()
    assert conversation.state == Conversation.State.OPEN
    assert shared_contacts(seen_by(buyer, conversation)) == []


def test_nothing_is_shown_of_a_closed_conversation_whatever_a_row_says(
    buyer, reviewer, conversation
):
    shared_by_both(conversation, buyer, reviewer)
    Conversation.objects.update(state=Conversation.State.CLOSED)
    assert shared_contacts(seen_by(buyer, conversation)) == []
    assert my_choice(seen_by(buyer, conversation)) == {}


def test_another_conversation_of_the_two_shows_nothing(buyer, reviewer, conversation):
    another = ask(buyer, ReviewFactory(author=reviewer))
    write(another, reviewer)
    shared_by_both(conversation, buyer, reviewer)
    assert contacts_of(seen_by(buyer, another)).offered == []
    assert OF_REVIEWER["name"] not in page_of(buyer, another)


# Who may


def test_a_request_shares_nothing(buyer, reviewer, request_):
    for user, values in ((buyer, OF_BUYER), (reviewer, OF_REVIEWER)):
        with pytest.raises(services.MessageRefused) as refused:
            choose(request_, user, values)
        assert refused.value.refusal is Refusal.NOT_OPEN_YET
    assert rows() == []


def test_the_database_refuses_a_row_outside_of_an_open_conversation(buyer, request_):
    side = request_.participants.get(user=buyer)
    with pytest.raises(IntegrityError), transaction.atomic():
        ContactShare.objects.create(participant=side, field="name", value="Somebody")
    assert rows() == []


def test_a_closed_conversation_shares_nothing(buyer, conversation):
    services.leave_conversation(conversation=conversation, member=buyer)
    with pytest.raises(services.MessageRefused) as refused:
        choose(conversation, buyer, OF_BUYER)
    assert refused.value.refusal is Refusal.CLOSED
    assert rows() == []


def test_whoever_takes_no_part_gets_404(client, buyer, stranger, conversation):
    choose(conversation, buyer, OF_BUYER)
    client.force_login(stranger)
    url = contacts_url(conversation)
    nowhere = reverse("messaging:contacts", args=[uuid.uuid4()])
    assert client.get(url).status_code == 404
    assert client.post(url, form_of({"name": "Me"})).status_code == 404
    assert client.post(f"{url}revoke/").status_code == 404
    assert client.get(nowhere).status_code == 404
    assert my_choice(seen_by(buyer, conversation)) == OF_BUYER
    with pytest.raises(Conversation.DoesNotExist):
        choose(conversation, stranger, {"name": "Me"})


def test_whoever_is_signed_out_is_led_to_the_log_in(client, conversation):
    url = contacts_url(conversation)
    assert client.get(url).status_code == 302
    assert client.post(f"{url}revoke/").status_code == 302


def test_a_moderator_with_a_report_sees_no_value(
    client, buyer, reviewer, moderator, conversation
):
    shared_by_both(conversation, buyer, reviewer)
    message = conversation.messages.order_by("id").first()
    report = (
        services.report_message(
            message=message, reporter=reviewer, reason="spam", details=""
        )
        or message.reports.get()
    )
    services.read_reported_message(report=report, moderator=moderator)
    client.force_login(moderator)
    texts = [
        client.get(address, follow=True).content.decode()
        for address in (
            conversation.get_absolute_url(),
            contacts_url(conversation),
            "/admin/moderation/queue/",
            "/admin/messaging/",
            "/admin/messaging/messagereport/",
        )
    ]
    for value in (*OF_BUYER.values(), *OF_REVIEWER.values()):
        assert not any(value in text for text in texts)


# What is taken


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


# The page


def test_the_form_shows_what_they_will_see_before_it_shares(
    client, buyer, reviewer, conversation
):
    choose(conversation, reviewer, only(OF_REVIEWER, ["name"]))
    client.force_login(buyer)
    url = contacts_url(conversation)
    values = only(OF_BUYER, ["name", "telephone"])
    preview = client.post(url, form_of(values, "preview")).content.decode()
    assert "At once, as they offer the same" in preview
    alias = seen_by(buyer, conversation).me.alias
    assert f"{alias} also offers their telephone: shown once you choose" in preview
    assert OF_REVIEWER["name"] not in preview
    assert my_choice(seen_by(buyer, conversation)) == {}
    # Back to the form, with all that was typed.
    again = client.post(url, form_of(values, "change")).content.decode()
    assert 'value="+49 30 901820"' in again
    assert my_choice(seen_by(buyer, conversation)) == {}
    answer = client.post(url, form_of(values))
    assert answer.url == f"{conversation.get_absolute_url()}#contacts"
    assert my_choice(seen_by(buyer, conversation)) == values
    # A double click.
    assert client.post(url, form_of(values)).status_code == 302
    assert ContactShare.objects.filter(participant__role="buyer").count() == 2


def test_the_form_on_the_preview_shares_what_it_shows(client, buyer, conversation):
    client.force_login(buyer)
    url = contacts_url(conversation)
    values = only(OF_BUYER, ["name", "work_email"])
    preview = client.post(url, form_of(values, "preview"))
    posted = {
        bound.html_name: "" if bound.value() is None else str(bound.value())
        for bound in preview.context["form"]
    }
    assert posted["share_telephone"] == "False"
    client.post(url, posted | {"step": "share"})
    assert my_choice(seen_by(buyer, conversation)) == values


def test_nothing_is_ticked_beforehand(client, buyer, conversation):
    client.force_login(buyer)
    text = client.get(contacts_url(conversation)).content.decode()
    assert f'value="{OF_BUYER["name"]}"' in text
    assert "checked" not in text


def test_an_error_keeps_what_was_typed(client, buyer, conversation):
    client.force_login(buyer)
    url = contacts_url(conversation)
    data = form_of({"name": "Somebody Else", "telephone": "030 901820"}, "preview")
    text = client.post(url, data).content.decode()
    assert 'value="Somebody Else"' in text
    assert 'value="030 901820"' in text
    assert "Type the whole number" in text
    assert rows() == []


def test_a_tick_is_needed(client, buyer, conversation):
    client.force_login(buyer)
    answer = client.post(contacts_url(conversation), OF_BUYER | {"step": "share"})
    assert "Tick what you are ready to share." in answer.content.decode()
    assert rows() == []


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"step": "\x00"},
        {"step": "share", "share_name": "on"},
        {"step": "share", "share_name": "on", "name": "\x00"},
        {"step": "share", "share_work_email": "on", "work_email": "\x00"},
        {"step": "share", "share_work_email": "on", "work_email": ["a", "b"]},
        {"step": "share", "share_telephone": "on", "telephone": "9" * 100_000},
        {"step": "preview", "share_telephone": "on", "telephone": "\x00+1"},
    ],
)
def test_hostile_forms_are_answered_and_change_nothing(
    client, buyer, conversation, data
):
    client.force_login(buyer)
    assert client.post(contacts_url(conversation), data).status_code == 200
    assert rows() == []


def test_a_refused_choice_shows_what_was_typed(client, buyer, reviewer, conversation):
    services.leave_conversation(conversation=conversation, member=reviewer)
    client.force_login(buyer)
    url = contacts_url(conversation)
    answer = client.post(url, form_of({"name": "Somebody Else"}))
    assert answer.status_code == 403
    assert "Somebody Else" in answer.content.decode()
    assert client.get(url).status_code == 403
    assert rows() == []


def test_the_limit_is_answered_with_429(client, buyer, conversation):
    for n in range(CONTACTS_PER_SIDE_AND_DAY):
        choose(conversation, buyer, {"name": f"Name {n:03}"})
    client.force_login(buyer)
    answer = client.post(contacts_url(conversation), form_of({"name": "One more"}))
    assert answer.status_code == 429


def test_taking_back_by_the_page(client, buyer, reviewer, conversation):
    shared_by_both(conversation, buyer, reviewer)
    client.force_login(buyer)
    url = f"{contacts_url(conversation)}revoke/"
    assert client.get(url).status_code == 405
    assert my_choice(seen_by(buyer, conversation)) == OF_BUYER
    assert client.post(url).url == f"{conversation.get_absolute_url()}#contacts"
    assert my_choice(seen_by(buyer, conversation)) == {}
    history = client.get(contacts_url(conversation)).content.decode()
    assert history.count("withdrawn on") == 3
    assert OF_BUYER["work_email"] in history
    assert OF_BUYER["work_email"] not in history.partition("What you chose")[2]
    assert 'value="+49' not in history


def test_what_others_typed_is_text(buyer, reviewer, conversation):
    hostile = "<img src=x onerror=alert(1)>"
    choose(conversation, buyer, {"name": hostile})
    choose(conversation, reviewer, only(OF_REVIEWER, ["name"]))
    text = page_of(reviewer, conversation)
    assert hostile not in text
    assert "&lt;img src=x onerror=alert(1)&gt;" in text


@pytest.mark.parametrize("times", [0, 1, 5])
def test_the_thread_asks_once_for_contacts_however_often_they_changed(
    client, buyer, reviewer, conversation, django_assert_num_queries, times
):
    for n in range(times):
        choose(conversation, buyer, OF_BUYER | {"name": f"Name {n:03}"})
        choose(conversation, reviewer, OF_REVIEWER | {"name": f"Other {n:03}"})
    seen = seen_by(buyer, conversation)
    with django_assert_num_queries(1):
        contacts_of(seen)
    client.force_login(buyer)
    client.get(conversation.get_absolute_url())
    with CaptureQueriesContext(connection) as asked:
        client.get(conversation.get_absolute_url())
    about = [q for q in asked if 'FROM "messaging_contactshare"' in q["sql"]]
    assert len(about) == min(times, 1)


def test_the_thread_of_a_request_asks_nothing_of_contacts(client, buyer, request_):
    client.force_login(buyer)
    with CaptureQueriesContext(connection) as asked:
        client.get(request_.get_absolute_url())
    assert not [q for q in asked if 'FROM "messaging_contactshare"' in q["sql"]]


# E-mails


def mails():
    return list(
        OutgoingEmail.objects.filter(kind__startswith="contact_")
        .order_by("pk")
        .values_list("kind", "address")
    )


def test_the_other_side_is_told_without_a_field_or_value(buyer, reviewer, conversation):
    choose(conversation, buyer, OF_BUYER)
    choose(conversation, reviewer, OF_REVIEWER)
    assert mails() == [
        ("contact_offered", reviewer.email),
        ("contact_shared", buyer.email),
    ]
    sides = [seen_by(buyer, conversation).me, seen_by(buyer, conversation).other]
    for mail in OutgoingEmail.objects.filter(kind__startswith="contact_"):
        text = f"{mail.subject} {mail.text} {mail.html}"
        for word in (*OF_BUYER.values(), *OF_REVIEWER.values(), "telephone"):
            assert word not in text
        assert not any(side.alias in text for side in sides)


def test_offering_and_taking_back_all_day_is_one_email(buyer, reviewer, conversation):
    for _ in range(3):
        choose(conversation, buyer, only(OF_BUYER, ["name"]))
        revoke(conversation, buyer)
    assert mails() == [("contact_offered", reviewer.email)]


def test_a_changed_value_is_no_new_email(buyer, reviewer, conversation):
    shared_by_both(conversation, buyer, reviewer)
    before = mails()
    choose(conversation, buyer, OF_BUYER | {"telephone": "+44 20 8366 1177"})
    assert mails() == before


def why_not(kind):
    mail = OutgoingEmail.objects.get(kind=kind)
    return kinds.get(kind).still_wanted(mail)


def test_an_offer_is_told_while_it_stands_unanswered(buyer, reviewer, conversation):
    choose(conversation, buyer, OF_BUYER)
    assert why_not("contact_offered") is None
    choose(conversation, reviewer, only(OF_REVIEWER, ["name"]))
    assert why_not("contact_offered") is None
    choose(conversation, reviewer, OF_REVIEWER)
    assert why_not("contact_offered") == "the offer was answered or taken back"
    assert why_not("contact_shared") is None
    revoke(conversation, buyer)
    assert why_not("contact_offered") == "the offer was answered or taken back"
    assert why_not("contact_shared") == "what was shared is withdrawn"


def test_whoever_muted_or_left_is_not_told(buyer, reviewer, conversation):
    choose(conversation, buyer, OF_BUYER)
    services.set_muted(conversation=conversation, member=reviewer, muted=True)
    assert why_not("contact_offered") == "the recipient muted it"
    services.set_muted(conversation=conversation, member=reviewer, muted=False)
    services.leave_conversation(conversation=conversation, member=buyer)
    assert why_not("contact_offered") == "the conversation is closed"


def test_both_kinds_can_be_switched_off_and_are_on(db):
    for kind in ("contact_offered", "contact_shared"):
        assert kinds.get(kind) in kinds.optional()
        assert kinds.get(kind).on_by_default


# One's own data


def test_the_export_has_ones_own_values_only(buyer, reviewer, conversation):
    shared_by_both(conversation, buyer, reviewer)
    choose(conversation, buyer, only(OF_BUYER, ["name"]))
    exported = export_contacts(buyer)
    assert [(row["field"], row["value"]) for row in exported] == [
        ("name", OF_BUYER["name"]),
        ("work_email", ""),
        ("telephone", ""),
    ]
    assert {row["conversation"] for row in exported} == {str(conversation.public_id)}


def test_erasure_empties_what_both_shared(buyer, reviewer, conversation):
    shared_by_both(conversation, buyer, reviewer)
    erase_contacts(buyer)
    assert_nothing_is_left(conversation)


# At once


@pytest.mark.django_db(transaction=True)
def test_two_choices_at_once_are_both_whole(buyer, reviewer, conversation):
    def work(user, values):
        try:
            choose(conversation, user, values)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=work, args=args)
        for args in (
            (buyer, OF_BUYER),
            (reviewer, OF_REVIEWER),
            (buyer, OF_BUYER),
            (reviewer, only(OF_REVIEWER, ["name"])),
        )
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    active = ContactShare.objects.active()
    assert active.filter(participant__role="buyer").count() == 3
    of_reviewer = my_choice(seen_by(reviewer, conversation))
    assert of_reviewer in (OF_REVIEWER, only(OF_REVIEWER, ["name"]))
    shared = shared_contacts(seen_by(buyer, conversation))
    assert {c.field for c in shared} == set(of_reviewer)
    # Whatever both chose is known to have been shown.
    assert not active.filter(field__in=of_reviewer, shown_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_choosing_and_leaving_at_once_leaves_nothing(buyer, reviewer, conversation):
    def work(verb, *args, **kwargs):
        try:
            verb(*args, **kwargs)
        except services.MessageRefused:
            pass
        finally:
            connection.close()

    for _ in range(5):
        Conversation.objects.update(state=Conversation.State.OPEN, ended_at=None)
        threads = [
            threading.Thread(target=work, args=(choose, conversation, buyer, OF_BUYER)),
            threading.Thread(
                target=work,
                args=(services.leave_conversation,),
                kwargs={"conversation": conversation, "member": reviewer},
            ),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert_nothing_is_left(conversation)
