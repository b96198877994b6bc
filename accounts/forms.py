import unicodedata

from django import forms
from django.conf import settings

from accounts.countries import COUNTRY_CHOICES
from accounts.models import Profile, User

# Format characters: they hide, or turn the direction of, what stands beside them.
_INVISIBLE = {"Cf", "Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
_OFFICIAL = {"moderator", "moderators", "administrator", "admin", "support", "staff"}


class LineField(forms.CharField):
    """One line of visible text."""

    def to_python(self, value: object) -> str:
        text = super().to_python(value) or ""
        seen = (c if unicodedata.category(c) not in _INVISIBLE else " " for c in text)
        return " ".join("".join(seen).split())


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
            "accepts_messages": "They see how you are described above, not who you are.",
        }

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for name in ["job_function", "seniority", "company_size", "industry"]:
            choices = list(self.fields[name].choices)  # type: ignore[attr-defined]
            self.fields[name].choices = [("", "Not given"), *choices[1:]]  # type: ignore[attr-defined]

    def clean_display_name(self) -> str:
        name = self.cleaned_data["display_name"]
        words = set(name.casefold().split())
        if words & {*_OFFICIAL, settings.SITE_NAME.casefold()}:
            raise forms.ValidationError(
                "This name would look as if the site itself were speaking."
            )
        if "//" in name or "@" in name:
            raise forms.ValidationError("A name has no address in it.")
        return name


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
