from django import forms
from django.conf import settings

from accounts.countries import COUNTRY_CHOICES
from accounts.models import Profile, User
from reviews_site.lib.text import one_line
from reviews_site.lib.time_zones import by_region, is_zone

_OFFICIAL = {"moderator", "moderators", "administrator", "admin", "support", "staff"}


class LineField(forms.CharField):
    """One line of visible text."""

    def to_python(self, value: object) -> str:
        return one_line(super().to_python(value) or "")


def plain_name(name: str) -> str:
    """A name that others read; raises ValidationError where it pretends, or is an address."""
    words = set(name.casefold().split())
    if words & {*_OFFICIAL, settings.SITE_NAME.casefold()}:
        raise forms.ValidationError(
            "This name would look as if the site itself were speaking."
        )
    if "//" in name or "@" in name:
        raise forms.ValidationError("A name has no address in it.")
    return name


class TimeZoneField(forms.ChoiceField):
    """Of the zones, a city each; one that isn't offered any more is taken as well.

    With `guess` the browser may choose its own where none is chosen yet (static/js/time-zones.js).
    """

    def __init__(self, *, none: str = "", **kwargs) -> None:
        empty = [("", none)] if none else []
        super().__init__(choices=[*empty, *by_region()], **kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, str]:
        return {**super().widget_attrs(widget), "data-time-zones": ""}

    def prepare_value(self, value: object) -> object:
        self._offer(value)
        return value

    def valid_value(self, value: object) -> bool:
        return value == "" or is_zone(str(value))

    def _offer(self, value: object) -> None:
        if isinstance(value, str) and is_zone(value) and not super().valid_value(value):
            self.choices = [*self.choices, (value, value)]  # type: ignore[misc]


class ProfileForm(forms.ModelForm):
    display_name = LineField(
        max_length=60,
        required=False,
        label="Name to show",
        help_text="Stands beside what you publish under your name. You can also review without it.",
    )
    job_title = LineField(
        max_length=80,
        required=False,
        label="Job title",
        help_text="Not shown to readers.",
    )
    company_name = LineField(
        max_length=120,
        required=False,
        label="Organisation",
        help_text="Never shown. It helps a moderator when something has to be checked.",
    )
    country = forms.ChoiceField(
        choices=COUNTRY_CHOICES, required=False, label="Country"
    )
    time_zone = TimeZoneField(
        none="Not given",
        required=False,
        label="Time zone",
        help_text="Never shown to anybody else. Times of calls and meetings are shown to you in it.",
    )

    class Meta:
        model = Profile
        fields = [
            "job_function",
            "seniority",
            "company_size",
            "industry",
            "country",
            "display_name",
            "job_title",
            "company_name",
            "accepts_messages",
            "time_zone",
        ]
        labels = {
            "job_function": "Department",
            "seniority": "Level",
            "company_size": "Size of your organisation",
            "industry": "Industry",
            "accepts_messages": "Who may ask you about your reviews",
        }
        help_texts = {
            "job_function": "",
            "accepts_messages": "They see how you are described above, not who you are. Members like you share the "
            "department or the industry that your review shows, and one thing more: the other of the two, the country, or "
            "level or size give or take one step.",
        }

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for name in ["job_function", "seniority", "company_size", "industry"]:
            choices = list(self.fields[name].choices)  # type: ignore[attr-defined]
            self.fields[name].choices = [("", "Not given"), *choices[1:]]  # type: ignore[attr-defined]

    def clean_display_name(self) -> str:
        return plain_name(self.cleaned_data["display_name"])


class WorkEmailForm(forms.Form):
    address = forms.EmailField(
        max_length=254,
        label="Your address at work",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class TokenForm(forms.Form):
    name = LineField(
        max_length=60,
        label="What it is for",
        help_text="For example: nightly export. Only you see it.",
    )


class EraseForm(forms.Form):
    keep_published = forms.BooleanField(
        required=False,
        label="Leave my published reviews here, without my name",
        help_text="Otherwise they are withdrawn and readers no longer see them.",
    )
    password = forms.CharField(
        label="Your password",
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    address = forms.EmailField(
        label="The address of your account",
        help_text="You have no password here, so type the address to show that you mean it.",
    )

    def __init__(self, *args, user: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        # Who signs in through others has no password.
        del self.fields["address" if user.has_usable_password() else "password"]

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        if not self.user.check_password(password):
            raise forms.ValidationError("This is not your password.")
        return password

    def clean_address(self) -> str:
        address = self.cleaned_data["address"]
        if address.strip().lower() != self.user.email:
            raise forms.ValidationError("This is not the address of your account.")
        return address
