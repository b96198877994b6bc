from django import forms

from messaging.forms import BODY_LENGTH


class DrawForm(forms.Form):
    question = forms.CharField(
        label="Your question to all three",
        max_length=BODY_LENGTH,
        help_text="One message to each, until they answer.",
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": "Write your question first."},
    )

    def clean_question(self) -> str:
        # Browsers send a line break as two characters.
        return str(self.cleaned_data["question"]).replace("\r\n", "\n")
