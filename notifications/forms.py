from django import forms

from notifications import kinds


class PreferencesForm(forms.Form):
    """One box for each kind that is chosen here."""

    def __init__(self, *args, choices: dict[str, bool], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for kind in kinds.optional():
            if kind.chosen_at:
                continue
            self.fields[kind.name] = forms.BooleanField(
                label=kind.label, required=False, initial=choices[kind.name]
            )
