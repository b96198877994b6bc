"""Name, work e-mail, telephone: shown are exactly the fields that both chose, to both, and nothing before."""

from datetime import timedelta
from itertools import combinations

import pytest
from django.utils import timezone

from messaging import services
from messaging.models import ContactShare
from messaging.permissions import CONTACTS_PER_SIDE_AND_DAY, Refusal
from messaging.sharing import (
    SharedContact,
    contacts_of,
    is_waiting,
    my_choice,
    shared_contacts,
)
from notifications.models import OutgoingEmail
from tests.messaging.contacts.sharing import (
    FIELDS,
    LABELS,
    OF_BUYER,
    OF_REVIEWER,
    choose,
    only,
    page_of,
    revoke,
    rows,
)
from tests.messaging.people import seen_by

SUBSETS = [set(s) for n in range(4) for s in combinations(FIELDS, n)]


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
