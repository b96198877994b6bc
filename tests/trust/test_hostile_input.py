"""300 hostile texts through every field: each is taken or refused, and no answer holds one as anything but text."""

import inspect
from collections.abc import Iterator

import pytest
from django import forms
from django.db import transaction
from django.test import override_settings
from django.urls import get_resolver
from rest_framework import serializers

from reviews_site.lib.api import StrictSerializer
from tests.trust import hostile
from tests.trust.hostile_site import AUTHORS, HostileSite, Person, foreign_in, profile

OUR_APPS = ("accounts", "following", "messaging", "moderation", "notifications", "products", "reviews", "reviews_site")  # fmt: skip
# Reached only after the password or a second step, or through another site; they hold a code or an address.
NOT_SENT = {
    "accounts.sign_in_forms.ActivateTOTPForm.code",
    "accounts.sign_in_forms.AddEmailForm.email",
    "accounts.sign_in_forms.AuthenticateForm.code",
    "accounts.sign_in_forms.ChangeEmailForm.email",
    "accounts.sign_in_forms.ReauthenticateByCodeForm.code",
    "accounts.sign_in_forms.SocialSignupForm.email",
    # There are no user names.
    "accounts.sign_in_forms.SignupForm.username",
    "accounts.sign_in_forms.SocialSignupForm.username",
    # Sent as well, and answered before the form is asked.
    "moderation.panel.forms.DecisionForm.preview",
    "moderation.panel.forms.DecisionForm.verb",
}


def test_there_are_300_texts_and_all_differ():
    assert len(hostile.TEXTS) == len(set(hostile.TEXTS)) == 300


def test_the_quick_look_finds_what_a_text_puts_into_a_page():
    unescaped = [text for text in hostile.TEXTS if foreign_in(f"<p>{text}</p>")]
    assert len(unescaped) > 150


# --- Through every field --------------------------------------------------------------------


def everything_below(base: type) -> Iterator[type]:
    for each in base.__subclasses__():
        yield each
        yield from everything_below(each)


def name_of(field_owner: type, field: str) -> str:
    return f"{field_owner.__module__}.{field_owner.__name__}.{field}"


def writable_fields() -> set[str]:
    """Each field of text that a form or a serializer of ours takes."""
    assert get_resolver().url_patterns
    found = set()
    for form in everything_below(forms.BaseForm):
        if form.__module__.split(".")[0] in OUR_APPS and not inspect.isabstract(form):
            for name, field in getattr(form, "base_fields", {}).items():
                is_password = isinstance(field.widget, forms.PasswordInput)
                is_id = isinstance(field, forms.UUIDField)
                if isinstance(field, forms.CharField) and not is_password and not is_id:
                    found.add(name_of(form, name))
    for serializer in everything_below(StrictSerializer):
        for name, field in serializer._declared_fields.items():  # type: ignore[attr-defined]
            if isinstance(field, serializers.CharField):
                found.add(name_of(serializer, name))
    return found - NOT_SENT


def note_what_is_sent(patch: pytest.MonkeyPatch) -> set[str]:
    """The fields through which a hostile text came: noted where Django and DRF take in what was sent."""
    seen: set[str] = set()
    clean, validate = forms.BaseForm.full_clean, serializers.Serializer.run_validation

    def note(owner: type, data: object) -> None:
        for name, value in dict(data or {}).items():  # type: ignore[call-overload]
            text = value[-1] if isinstance(value, list) and value else value
            if isinstance(text, str) and ("ran(" in text or "<" in text or "{" in text):
                seen.update(name_of(each, name) for each in owner.__mro__)

    def noting_clean(form: forms.BaseForm) -> None:
        if form.is_bound:
            note(type(form), form.data)
        clean(form)

    def noting_validation(self: serializers.Serializer, data: object) -> object:
        note(type(self), data)
        return validate(self, data)

    patch.setattr(forms.BaseForm, "full_clean", noting_clean)
    patch.setattr(serializers.Serializer, "run_validation", noting_validation)
    return seen


@pytest.fixture(scope="module")
def sent_in(
    django_db_setup, django_db_blocker
) -> Iterator[tuple[HostileSite, set[str]]]:
    """Sent once for the tests that need no browser, and taken back after them."""
    with (
        django_db_blocker.unblock(),
        override_settings(ACCOUNT_RATE_LIMITS=False),
        transaction.atomic(),
        pytest.MonkeyPatch.context() as patch,
    ):
        seen = note_what_is_sent(patch)
        yield HostileSite(AUTHORS), seen
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_every_field_takes_or_refuses_every_text(sent_in):
    _, sent = sent_in

    assert writable_fields() - sent == set()


@pytest.mark.django_db
def test_a_text_that_is_too_long_is_refused_and_kept(sent_in):
    site, _ = sent_in
    review = site.review_path
    fields = [
        (site.reader, "/me/profile/", profile(), "company_name", 120),
        (site.reader, "/products/hostile/reviews/new/", {"step": "rating"}, "headline", 100),
        (site.reader, "/products/hostile/reviews/new/", {"step": "good"}, "pros", 4_000),
        (site.reader, "/products/hostile/reviews/new/", {"step": "details"}, "answer_use_case", 2_000),
        (site.reader, f"{review}comments/", {"signed": "persona"}, "body", 1_200),
        (site.reader, f"{review}report/", {"reason": "other"}, "details", 2_000),
        (site.reader, site.thread, {"client_key": "00000000-0000-4000-8000-000000000099"}, "body", 4_000),
        (site.reader, f"{site.thread}draft/", {"client_key": "00000000-0000-4000-8000-000000000099"}, "body", 4_000),
        (site.reader, f"{site.thread}calls/new/", {"minutes": "30"}, "place", 300),
        (site.reader, f"{site.thread}contacts/", {"step": "preview", "share_name": "on"}, "name", 60),
        (site.representative, f"{review}respond/", {}, "body", 3_000),
        (site.representative, f"/reviews/{site.published[20].public_id}/dispute/", {"ground": "copied"}, "statement", 4_000),
        (site.authors[30], "/vendors/hostile/claim/", {"address": "a@hostile.example", "role": "x"}, "note", 1_000),
        (site.reader, "/me/tokens/", {}, "name", 60),
        (site.reader, f"{site.shortlist}rename/", {}, "name", 80),
        (site.reader, f"{site.shortlist}hostile/note/", {}, "note", 2_000),
    ]  # fmt: skip
    for who, path, others, field, longest in fields:
        text = ("Zx<i>" * longest)[: longest + 1]
        answer = who.post(path, others | {field: text})
        page = answer.content.decode()
        assert answer.status_code in (200, 422), (path, field)
        # Escaped, whole.
        assert page.count("Zx&lt;i&gt;") >= longest // 5, (path, field)
        assert f"{longest:,}" in page or str(longest) in page, (path, field)
        refused_at_the_door(who, path, others, field)


def refused_at_the_door(who: Person, path: str, others: dict, field: str) -> None:
    """A megabyte, and what Postgres can't store."""
    assert 400 <= who.post(path, others | {field: "<script>" * 131_072}).status_code < 500  # fmt: skip
    for text in hostile.UNSTORABLE:
        assert who.post(path, others | {field: text}).status_code < 500
