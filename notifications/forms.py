from dataclasses import dataclass

from django import forms

from notifications import kinds

NEVER = "never"


@dataclass(frozen=True)
class Topic:
    name: str
    either: list[forms.BoundField]
    boxes: list[forms.BoundField]


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

    def topics(self) -> list[Topic]:
        """In the order of their headings; within each the choices come before the boxes."""
        names = sorted({kinds.get(name).topic for name in self.fields})
        return [self._topic(name) for name in names]

    def _topic(self, name: str) -> Topic:
        bound = [each for each in self if kinds.get(each.name).topic == name]
        either = [each for each in bound if each.use_fieldset]
        return Topic(name, either, [each for each in bound if each not in either])


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
