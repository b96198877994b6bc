from django import forms

from notifications import kinds

NEVER = "never"


class PreferencesForm(forms.Form):
    """One box for each kind that is chosen here; a choice where one kind can be had instead of another."""

    def __init__(self, *args, choices: dict[str, bool], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for kind in kinds.optional():
            if kind.chosen_at or kind.instead_of:
                continue
            other = kinds.replacement(kind)
            self.fields[kind.name] = (
                _either(kind, other, choices)
                if other
                else forms.BooleanField(
                    label=kind.label, required=False, initial=choices[kind.name]
                )
            )

    def enabled(self) -> dict[str, bool]:
        """For each kind that is chosen here, whether it was asked for."""
        said: dict[str, bool] = {}
        for name, value in self.cleaned_data.items():
            if isinstance(value, bool):
                said[name] = value
            else:
                options = dict(self.fields[name].choices)  # type: ignore[attr-defined]
                said |= {each: each == value for each in options if each != NEVER}
        return said

    def boxes(self) -> list[forms.BoundField]:
        return [each for each in self if not each.use_fieldset]

    def either(self) -> list[forms.BoundField]:
        return [each for each in self if each.use_fieldset]


def _either(
    kind: kinds.Kind, other: kinds.Kind, choices: dict[str, bool]
) -> forms.ChoiceField:
    chosen = [each.name for each in (other, kind) if choices[each.name]]
    return forms.ChoiceField(
        label=kind.label,
        # Nothing ticked is "never", as for the boxes.
        required=False,
        choices=[(kind.name, kind.pace), (other.name, other.pace), (NEVER, "Never")],
        initial=chosen[0] if chosen else NEVER,
        widget=forms.RadioSelect,
    )
