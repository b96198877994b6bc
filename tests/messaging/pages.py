"""Pages of messages, asked for in tests."""

import uuid

from django.urls import reverse

INBOX = "/messages/"


def as_(client, user):
    client.force_login(user)
    return client


def url(name, conversation):
    return reverse(f"messaging:{name}", args=[conversation.public_id])


def ask_url(review):
    return f"/reviews/{review.public_id}/message/"


def question(**changes):
    return {"body": "How long did it take?", "client_key": str(uuid.uuid4())} | changes


def text(response):
    return response.content.decode()
