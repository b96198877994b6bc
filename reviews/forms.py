"""The review form, one topic a page. Each page is a form of its own; what is typed is kept as a draft, valid or not."""

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.validators import MinLengthValidator
from django.utils import timezone

from accounts.countries import COUNTRY_CHOICES
from accounts.models import CompanySize, Industry, JobFunction, Profile, Seniority
from products.models import Deployment
from reviews.models import Question, Review
from reviews.services import ReviewContent

SHORTEST_SIDE = 40
LONGEST_SIDE = 4000
LONGEST_ANSWER = 2000
TOO_LONG = (
    "Please write at most %(limit_value)s characters; you have written %(show_value)s."
)
# The affirmation speaks of the last twelve months; the form offers no earlier one.
MONTHS_BACK = 12

HALF_STARS = [(half, f"{half / 2:g} out of 5 stars") for half in range(1, 11)]
SCALE = [(number, str(number)) for number in range(11)]


def _text(shortest: int, longest: int, **kwargs: Any) -> forms.CharField:
    too_short = (
        f"Please write at least {shortest} characters; you have written %(show_value)s."
    )
    return forms.CharField(
        max_length=longest,
        error_messages={"max_length": TOO_LONG},
        widget=forms.Textarea(attrs={"rows": kwargs.pop("rows", 10)}),
        validators=[MinLengthValidator(shortest, too_short)],
        **kwargs,
    )


def _radio(choices: Iterable[tuple[Any, Any]], **kwargs: Any) -> forms.ChoiceField:
    return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **kwargs)


def _half_stars(label: str, *, required: bool = False) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        choices=HALF_STARS,
        coerce=int,
        empty_value=None,
        required=required,
        widget=forms.RadioSelect,
    )


def _one_of(choices: list[tuple[str, Any]], **kwargs: Any) -> forms.ChoiceField:
    return forms.ChoiceField(choices=[("", "Please choose"), *choices], **kwargs)


def recent_months(today: datetime.date) -> list[tuple[str, str]]:
    """The running month and the eleven before it, as (first day in ISO 8601, "November 2026")."""
    months = []
    first = today.replace(day=1)
    for _ in range(MONTHS_BACK):
        months.append((first.isoformat(), f"{first:%B %Y}"))
        first = (first - datetime.timedelta(days=1)).replace(day=1)
    return months


class StepForm(forms.Form):
    """`kept_month` (a first day in ISO 8601) is when the author of an edited review last used the product."""

    use_required_attribute = False
    intro = ""
    star_fields: tuple[str, ...] = ()

    def __init__(
        self,
        *args: Any,
        profile: Profile,
        questions: list[Question],
        kept_month: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.profile = profile
        self.questions = questions
        self.kept_month = kept_month
        self.prepare()

    def prepare(self) -> None:
        """What depends on who writes and when."""


class UseForm(StepForm):
    perspective = _radio(
        Review.Perspective.choices,
        label="From which side do you know it?",
        help_text="Who buys it, who works with it and who runs it see different things.",
    )
    usage_duration = _one_of(
        Review.UsageDuration.choices, label="How long have you used it?"
    )
    last_used_on = forms.TypedChoiceField(
        label="When did you last use it?", coerce=datetime.date.fromisoformat
    )
    deployment = forms.ChoiceField(
        choices=[("", "I don't know"), *Deployment.choices],
        label="How does it run at your organisation?",
        required=False,
    )

    def prepare(self) -> None:
        months = recent_months(timezone.now().date())
        if self.kept_month and self.kept_month not in dict(months):
            kept = datetime.date.fromisoformat(self.kept_month)
            months.append((self.kept_month, f"{kept:%B %Y}"))
        self.fields["last_used_on"].choices = [("", "Please choose"), *months]  # type: ignore[attr-defined]


class RatingForm(StepForm):
    star_fields = ("half_stars", "ease_of_use", "features", "support", "value")

    half_stars = _half_stars("Your rating", required=True)
    headline = forms.CharField(
        label="In one line",
        min_length=5,
        max_length=100,
        help_text="What you would say in the corridor.",
        error_messages={
            "min_length": "Please write at least 5 characters.",
            "max_length": TOO_LONG,
        },
    )
    would_recommend = forms.TypedChoiceField(
        label="How likely are you to recommend it to a colleague?",
        help_text="0: not at all. 10: without being asked.",
        choices=SCALE,
        coerce=int,
        widget=forms.RadioSelect,
    )
    ease_of_use = _half_stars("Ease of use")
    features = _half_stars("Features")
    support = _half_stars("Support")
    value = _half_stars("Value for money")


class GoodForm(StepForm):
    pros = _text(
        SHORTEST_SIDE,
        LONGEST_SIDE,
        label="What is good about it?",
        help_text="An example tells more than praise: what you do with it, and what came of it.",
    )


class NotGoodForm(StepForm):
    cons = _text(
        SHORTEST_SIDE,
        LONGEST_SIDE,
        label="What is not good about it?",
        help_text="Every product has something. What would you have liked to know before?",
    )


class DetailsForm(StepForm):
    intro = "Answer what you have something to say about, and leave out the rest."

    def prepare(self) -> None:
        for question in self.questions:
            self.fields[answer_field(question.key)] = forms.CharField(
                label=question.text,
                help_text=question.hint,
                max_length=LONGEST_ANSWER,
                error_messages={"max_length": TOO_LONG},
                required=False,
                widget=forms.Textarea(attrs={"rows": 4}),
            )


class AboutYouForm(StepForm):
    intro = "Readers see this instead of your name. It goes with this review only; your page stays as it is."

    job_function = _one_of(JobFunction.choices, label="Your department")
    seniority = _one_of(Seniority.choices, label="Your level")
    company_size = _one_of(CompanySize.choices, label="Size of your organisation")
    industry = _one_of(Industry.choices, label="Industry")
    country = forms.ChoiceField(
        choices=COUNTRY_CHOICES, label="Country", required=False
    )
    relationship = _radio(
        Review.Relationship.choices,
        label="What are you to the vendor?",
        help_text="Reviews by partners, resellers and consultants are shown and labelled, and don't count in the score.",
    )
    incentive = _radio(
        Review.Incentive.choices,
        label="Do you get anything for this review?",
        help_text="It is shown beside the review. A reward that depends on the rating is not allowed.",
    )
    source = _radio(
        [
            (Review.Source.ORGANIC, "I came by myself"),
            (Review.Source.INVITED, "Somebody invited me"),
        ],
        label="What brought you here?",
    )
    is_anonymous = _radio([], label="How is the review signed?")

    def prepare(self) -> None:
        choices = [("yes", "By department, level, organisation and industry alone")]
        name = self.profile.display_name
        if name:
            choices.append(("no", f"With your name as well: {name}"))
        else:
            self.fields[
                "is_anonymous"
            ].help_text = "To sign with a name, add one to your profile first."
        self.fields["is_anonymous"].choices = choices  # type: ignore[attr-defined]

    def clean_is_anonymous(self) -> bool:
        return self.cleaned_data["is_anonymous"] == "yes"


class SendForm(StepForm):
    affirmed = forms.BooleanField(
        label="I used this product myself within the last 12 months, I work neither for its vendor nor for a "
        "competitor, and nobody offered me anything for a particular rating.",
        error_messages={"required": "Without this we can't take the review."},
    )


def answer_field(key: str) -> str:
    return f"answer_{key}"


def content_from(cleaned: Mapping[str, Any]) -> ReviewContent:
    """From the cleaned data of all pages together."""
    return ReviewContent(
        headline=cleaned["headline"],
        pros=cleaned["pros"],
        cons=cleaned["cons"],
        half_stars=cleaned["half_stars"],
        would_recommend=cleaned["would_recommend"],
        perspective=cleaned["perspective"],
        job_function=cleaned["job_function"],
        seniority=cleaned["seniority"],
        company_size=cleaned["company_size"],
        industry=cleaned["industry"],
        usage_duration=cleaned["usage_duration"],
        last_used_on=cleaned["last_used_on"],
        ease_of_use=cleaned["ease_of_use"],
        features=cleaned["features"],
        support=cleaned["support"],
        value=cleaned["value"],
        country=cleaned["country"],
        deployment=cleaned["deployment"],
        relationship=cleaned["relationship"],
        incentive=cleaned["incentive"],
        is_anonymous=cleaned["is_anonymous"],
    )


def answers_from(
    cleaned: Mapping[str, Any], questions: Iterable[Question]
) -> dict[str, str]:
    return {
        question.key: cleaned.get(answer_field(question.key), "")
        for question in questions
    }
