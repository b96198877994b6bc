from typing import Any

from django import forms

from messaging.models import MessageReport

BODY_LENGTH = 4000
QUERY_LENGTH = 100


class TextForm(forms.Form):
    body = forms.CharField(
        label="Your message",
        max_length=BODY_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": " "}),
        error_messages={"required": "Write something first."},
    )
    client_key = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages={
            "required": "This page is incomplete; load it again.",
            "invalid": "This page is incomplete; load it again.",
        },
    )

    def clean_body(self) -> str:
        # Browsers send a line break as two characters.
        return str(self.cleaned_data["body"]).replace("\r\n", "\n")


class MessageForm(TextForm):
    """An answer in a conversation."""

    reply_to = forms.UUIDField(
        required=False,
        widget=forms.HiddenInput,
        error_messages={"invalid": "This page is incomplete; load it again."},
    )


class QuestionForm(TextForm):
    """What begins a conversation."""

    body = forms.CharField(
        label="Your question",
        max_length=BODY_LENGTH,
        help_text="What would you like to know that the review doesn't say? One message, until they answer.",
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": "Write your question first."},
    )


class DraftForm(TextForm):
    """What can't be sent yet can be kept; nothing typed means that nothing is to be kept."""

    body = forms.CharField(required=False, max_length=BODY_LENGTH)


class SearchForm(forms.Form):
    q = forms.CharField(
        label="Search the inbox", max_length=QUERY_LENGTH, required=False
    )


class ReportForm(forms.ModelForm):
    class Meta:
        model = MessageReport
        fields = ["reason", "details"]
        widgets = {"details": forms.Textarea(attrs={"rows": 4})}
        labels = {
            "reason": "What is wrong with it?",
            "details": "What else we should know",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"] = forms.ChoiceField(
            label="What is wrong with it?",
            choices=MessageReport.Reason.choices,
            widget=forms.RadioSelect,
        )
