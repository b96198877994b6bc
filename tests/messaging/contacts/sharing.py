"""What the tests of shared details do again and again."""

from django.test import Client
from django.urls import reverse

from messaging import services
from messaging.models import ContactShare
from notifications.models import OutgoingEmail

FIELDS = ("name", "work_email", "telephone")
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


def shared_by_both(conversation, buyer, reviewer):
    choose(conversation, buyer, OF_BUYER)
    choose(conversation, reviewer, OF_REVIEWER)


def assert_nothing_is_left(*conversations):
    shares = ContactShare.objects.filter(participant__conversation__in=conversations)
    assert not shares.exclude(value="").exists()
    assert not shares.filter(revoked_at=None).exists()


def mails():
    return list(
        OutgoingEmail.objects.filter(kind__startswith="contact_")
        .order_by("pk")
        .values_list("kind", "address")
    )
