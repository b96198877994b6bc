from typing import Any

from django import forms

from following.models import NAME_LENGTH, NOTE_LENGTH, Shortlist

NEW = "new"
FIRST_NAME = "My shortlist"


class NoteField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 4})
        super().__init__(
            required=False, max_length=NOTE_LENGTH, widget=widget, **kwargs
        )

    def to_python(self, value: Any) -> str:
        # Browsers count a line break as one character and send two.
        return (super().to_python(value) or "").replace("\r\n", "\n")


class NameForm(forms.Form):
    name = forms.CharField(label="Its name", max_length=NAME_LENGTH)


class NoteForm(forms.Form):
    note = NoteField(label="Note", help_text="Only you can read it.")


class AddForm(forms.Form):
    """`shortlists`: the member's own; without any, the first is made on the fly."""

    # The browser would insist on a name that isn't asked for.
    use_required_attribute = False
    shortlist = forms.ChoiceField(label="Shortlist", widget=forms.RadioSelect)
    name = forms.CharField(
        label="Name of the new shortlist",
        max_length=NAME_LENGTH,
        error_messages={"required": "Give the new shortlist a name."},
    )
    note = NoteField(
        label="Note",
        help_text="What speaks for it, what to ask. Only you can read it.",
    )

    def __init__(self, *args: Any, shortlists: list[Shortlist], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_id = {str(each.public_id): each for each in shortlists}
        choices = [(key, each.name) for key, each in self.by_id.items()]
        field = self.fields["shortlist"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [*choices, (NEW, "A new shortlist")]
        field.initial = choices[0][0] if choices else NEW
        if not choices:
            field.widget = forms.HiddenInput()
            self.fields["name"].initial = FIRST_NAME
        # Of a list that is there already nobody asks the name.
        if self.is_bound and self.data.get("shortlist") in self.by_id:
            self.fields["name"].required = False

    @property
    def chosen(self) -> Shortlist | None:
        """None for a new one."""
        return self.by_id.get(self.cleaned_data["shortlist"])
