import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils import timezone

from accounts.forms import LineField, TimeZoneField
from messaging.models import LONGEST_CALL, MOST_SLOTS, PLACE_LENGTH, SHORTEST_CALL
from messaging.times import (
    FARTHEST_DAYS,
    PASSED,
    TOO_FAR,
    NoSuchTime,
    TwiceThatNight,
    both_offsets,
    fault_of,
    moment_of,
)
from reviews_site.lib.time_zones import place_name

USUAL_MINUTES = (15, 30, 45, 60, 90)
# A browser without such a field of its own lets people type it.
AS_TYPED = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M")
INCOMPLETE = "This page is incomplete; load it again."
FIRST, SECOND = "first", "second"
# No zone is farther from UTC.
FARTHEST_ZONE = timedelta(days=1)


class LocalTimeField(forms.CharField):
    """A date and a time as clocks on the wall show them, in no zone yet."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"})

    def clean(self, value: Any) -> datetime | None:
        text = super().clean(value)
        if not text:
            return None
        for form in AS_TYPED:
            try:
                # The form knows in which zone.
                return datetime.strptime(text, form).replace(second=0)  # noqa: DTZ007
            except ValueError:
                continue
        raise forms.ValidationError(
            "Give a date and a time, for example 2027-01-31 14:30."
        )


class WhichOfTwo(forms.RadioSelect):
    """Who corrects the time instead needs not choose."""

    def use_required_attribute(self, initial: object) -> bool:
        return False


class CallForm(forms.Form):
    """Up to five times in one's own zone. What is proposed stands in `proposal` once the form is valid."""

    time_zone = TimeZoneField(
        label="Your time zone",
        help_text="The times below are meant on its clock. They aren’t told it: they see the same moments on theirs. "
        "Your profile keeps it, if it has none yet.",
        error_messages={"invalid_choice": "Choose a time zone of the list."},
    )
    minutes = forms.IntegerField(
        label="How many minutes",
        min_value=SHORTEST_CALL,
        max_value=LONGEST_CALL,
        initial=30,
        widget=forms.NumberInput(attrs={"list": "usual-minutes"}),
    )
    place = LineField(
        label="Where",
        max_length=PLACE_LENGTH,
        required=False,
        help_text="A meeting link, a telephone number or a place. They see what you write here, "
        "and many a meeting link shows a name: yours, or your organisation’s.",
    )
    client_key = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages={"required": INCOMPLETE, "invalid": INCOMPLETE},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.twice: set[int] = set()
        for n in range(1, MOST_SLOTS + 1):
            self.fields[f"slot_{n}"] = LocalTimeField(
                label=f"Time {n}",
                required=n == 1,
                max_length=40,
                error_messages={"required": "Propose at least one time."},
            )
            self.fields[f"which_{n}"] = forms.ChoiceField(
                label="Which of the two?",
                required=False,
                choices=[(FIRST, "The first"), (SECOND, "The second")],
                widget=WhichOfTwo,
            )

    @property
    def slots(self) -> Iterator[tuple[BoundField, BoundField | None]]:
        """Each time, with the question which of two is meant where it needs one."""
        for n in range(1, MOST_SLOTS + 1):
            yield self[f"slot_{n}"], self[f"which_{n}"] if n in self.twice else None

    @property
    def proposal(self) -> dict[str, Any]:
        names = ("time_zone", "minutes", "place", "client_key")
        return {name: self.cleaned_data[name] for name in names} | {
            "slots": sorted(self.moments)
        }

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        self.moments: dict[datetime, int] = {}
        for n in range(1, MOST_SLOTS + 1):
            if said.get(f"slot_{n}") and said.get("time_zone"):
                self._read(n, said[f"slot_{n}"], said["time_zone"])
        return said

    def _read(self, n: int, local: datetime, time_zone: str) -> None:
        try:
            moment = self._moment(n, local, time_zone)
        except forms.ValidationError as error:
            self.add_error(f"slot_{n}", error)
            return
        if (earlier := self.moments.get(moment)) is not None:
            self.add_error(f"slot_{n}", f"This is the same as time {earlier}.")
        self.moments.setdefault(moment, n)

    def _moment(self, n: int, local: datetime, time_zone: str) -> datetime:
        now = timezone.now()
        # What lies at the end of the calendar can't even be moved to another zone.
        _refuse(_far_off(local, now))
        try:
            moment = moment_of(local, time_zone, second=self._second(n))
        except NoSuchTime as error:
            raise forms.ValidationError(
                _skipped(local, time_zone, error.instead)
            ) from error
        except TwiceThatNight as error:
            self._ask_which(n, local, time_zone)
            raise forms.ValidationError(
                "The clocks show this time twice, because they go back. Say which you mean."
            ) from error
        if self._second(n) is not None:
            self._ask_which(n, local, time_zone)
        _refuse(fault_of(moment, now))
        return moment

    def _second(self, n: int) -> bool | None:
        said = self.cleaned_data.get(f"which_{n}")
        return said == SECOND if said else None

    def _ask_which(self, n: int, local: datetime, time_zone: str) -> None:
        first, second = both_offsets(local, time_zone)
        self.twice.add(n)
        self.fields[f"which_{n}"].required = True
        self.fields[f"which_{n}"].choices = [  # type: ignore[attr-defined]
            (FIRST, f"The first {local:%H:%M} ({first})"),
            (SECOND, f"The second {local:%H:%M} ({second})"),
        ]


def empty_call_form(time_zone: str, *, is_guess: bool) -> CallForm:
    form = CallForm(initial={"time_zone": time_zone, "client_key": uuid.uuid4()})
    if is_guess:
        form.fields["time_zone"].widget.attrs["data-time-zones"] = "guess"
    return form


def _refuse(fault: str | None) -> None:
    if fault:
        raise forms.ValidationError(fault)


def _far_off(local: datetime, now: datetime) -> str | None:
    about = now.astimezone(UTC).replace(tzinfo=None)
    if local < about - FARTHEST_ZONE:
        return PASSED
    farthest = about + timedelta(days=FARTHEST_DAYS) + FARTHEST_ZONE
    return TOO_FAR if local > farthest else None


def _skipped(local: datetime, time_zone: str, instead: datetime) -> str:
    same_day = local.date() == instead.date()
    meant = f"{instead:%H:%M}" if same_day else f"{instead:%Y-%m-%d %H:%M}"
    return (
        f"There is no {local:%H:%M} that day in {place_name(time_zone)}, because the clocks go forward over it. "
        f"Do you mean {meant}?"
    )
