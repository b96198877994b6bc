from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms

from accounts.models import User
from moderation.batches import APPROVE, REFUSE
from moderation.deciding import verb_named
from moderation.desk import Choice, Desk
from moderation.models import ReasonCode
from moderation.reasons import GROUNDS_FOR_REFUSAL
from moderation.services import LARGEST_BATCH

STATEMENT_LENGTH = 4000
CHOOSE_RULE = "Choose the rule that it breaks."


class DecisionForm(forms.Form):
    """One form for all desks; a refusal needs its ground, the rest needs no words."""

    verb = forms.CharField(max_length=30, required=False)
    # In place of `verb`: only the e-mail that it would send.
    preview = forms.CharField(max_length=30, required=False)
    seen_version = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1)
    reason_code = forms.ChoiceField(required=False)
    statement = forms.CharField(
        required=False,
        max_length=STATEMENT_LENGTH,
        error_messages={
            "max_length": f"At most {STATEMENT_LENGTH} characters.",
        },
    )
    sanction = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, desk: Desk, target: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.desk, self.target = desk, target
        self.grounds = desk.grounds(target)
        self.sanctions = desk.sanctions(target)
        self._offer("reason_code", [(c.value, c.label) for c in self.grounds])
        self._offer("sanction", list(self.sanctions.items()))

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", ""), *choices]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        verb = verb_named(self.desk, self.target, self.asked_for)
        if verb and verb.is_refusal and not data.get("reason_code"):
            self.add_error("reason_code", CHOOSE_RULE)
        return data

    @property
    def asked_for(self) -> str:
        return self.data.get("preview") or self.data.get("verb", "")

    @property
    def refuses(self) -> bool:
        """Whether its words belong to the refusal: there are several forms on the page."""
        verb = verb_named(self.desk, self.target, self.asked_for)
        return verb is not None and verb.is_refusal

    def choice(self, moderator: User) -> Choice:
        """Without words of the moderator's own those of the rule, or of the verb."""
        data = self.cleaned_data
        code = ReasonCode(data["reason_code"]) if data["reason_code"] else None
        verb = verb_named(self.desk, self.target, self.asked_for)
        words, sanction = data["statement"].strip(), data["sanction"]
        if verb and verb.is_refusal and code:
            words = words or self.grounds[code]
        elif verb:
            code, words, sanction = None, words or verb.words, ""
        seen = data["seen_version"]
        return Choice(self.asked_for, moderator, code, words, seen, sanction)


class BatchForm(forms.Form):
    verb = forms.ChoiceField(choices=[(APPROVE, APPROVE), (REFUSE, REFUSE)])
    reason_code = forms.ChoiceField(
        required=False,
        choices=[("", "")] + [(c.value, c.label) for c in GROUNDS_FOR_REFUSAL],
    )
    statement = forms.CharField(required=False, max_length=STATEMENT_LENGTH)
    items = forms.MultipleChoiceField(
        error_messages={"required": "Select at least one."}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        items = self.fields["items"]
        assert isinstance(items, forms.MultipleChoiceField)
        # Whatever was ticked; clean_items() reads it.
        items.valid_value = lambda value: True  # type: ignore[method-assign]

    def clean_items(self) -> Mapping[UUID, int | None]:
        ticked = self.cleaned_data["items"]
        if len(ticked) > LARGEST_BATCH:
            raise forms.ValidationError(f"At most {LARGEST_BATCH} at once.")
        try:
            return dict(_item(value) for value in ticked)
        except ValueError as error:
            raise forms.ValidationError("The selection can’t be read.") from error

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("verb") == REFUSE and not data.get("reason_code"):
            self.add_error("reason_code", CHOOSE_RULE)
        return data

    @property
    def refuses(self) -> bool:
        return self.data.get("verb") == REFUSE


def _item(value: str) -> tuple[UUID, int | None]:
    """The id of an item and, behind a colon, the version that the moderator saw."""
    public_id, _, version = value.partition(":")
    if not version:
        return UUID(public_id), None
    if not (version.isascii() and version.isdecimal() and len(version) < 10):
        raise ValueError(value)
    return UUID(public_id), int(version)
