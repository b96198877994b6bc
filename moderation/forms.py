from django import forms

APPEAL_LENGTH = 4000


class AppealForm(forms.Form):
    text = forms.CharField(
        label="What did we get wrong?",
        help_text="Name facts that we overlooked, or say why the rule doesn’t apply. Only moderators read it.",
        max_length=APPEAL_LENGTH,
        widget=forms.Textarea(attrs={"rows": 10}),
        error_messages={"required": "Say what we got wrong."},
    )

    def clean_text(self) -> str:
        # Browsers send a line break as two characters.
        return str(self.cleaned_data["text"]).replace("\r\n", "\n")
