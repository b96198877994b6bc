"""The review form, one topic a page. Each page is a form of its own; what is typed is kept as a draft, valid or not."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import MinLengthValidator
from django.utils import timezone

from accounts.countries import COUNTRY_CHOICES
from accounts.models import CompanySize, Industry, JobFunction, Profile, Seniority
from moderation.models import Report
from products.models import Deployment, Product
from reviews.drawing import MAX_BYTES
from reviews.models import COMMENT_LENGTH, RESPONSE_LENGTH, Question, Review
from reviews.proofs import FileRefusal
from reviews.services import Offer, ReviewContent
from reviews.standing import DISPUTE_GROUNDS, DISPUTE_LENGTH

SHORTEST_SIDE = 40
LONGEST_SIDE = 4000
LONGEST_ANSWER = 2000
TOO_LONG = (
    "Please write at most %(limit_value)s characters; you have written %(show_value)s."
)
# The affirmation speaks of the last twelve months; the form takes no earlier one.
MONTHS_BACK = 12
TOO_LONG_AGO = (
    "Products change: a review here rests on use within the last 12 months. If you used it in one of the months of "
    "the list, choose that one; otherwise we can't take the review."
)
LONGEST_REWARD = 120
# Of a change to a review that is older: nobody is made to say what isn't so.
AFFIRMED_LATER = (
    "I used this product myself within 12 months before I first wrote about it, and I work neither for its vendor "
    "nor for a competitor."
)

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
    """`product` is the reviewed one.

    `kept_month` (a first day in ISO 8601) is when the author of an edited review last used the product.

    `knows_source`: an invitation brought them, or it was said when the review was sent. `promised` is what an
    invitation promises, `offers` the e-mails that they may ask for.
    """

    use_required_attribute = False
    intro = ""
    star_fields: tuple[str, ...] = ()
    naming_fields: tuple[str, ...] = ()

    def __init__(
        self,
        *args: Any,
        profile: Profile,
        questions: list[Question],
        product: Product | None = None,
        kept_month: str = "",
        knows_source: bool = False,
        promised: str = "",
        offers: Sequence[Offer] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.profile = profile
        self.questions = questions
        self.product = product
        self.kept_month = kept_month
        self.knows_source = knows_source
        self.promised = promised
        self.offers = offers
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
        label="When did you last use it?",
        coerce=datetime.date.fromisoformat,
        error_messages={"invalid_choice": TOO_LONG_AGO},
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
        # No date, so choosing it gives the sentence that says why not.
        months.append(("earlier", "Earlier than that"))
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
    incentive_detail = forms.CharField(
        label="What is it?",
        help_text="Readers see these words: “a voucher of 25 euros”.",
        max_length=LONGEST_REWARD,
        error_messages={
            "required": "Say what it is: readers see it beside the review.",
            "max_length": TOO_LONG,
        },
    )
    rewarded_by = _radio(
        [(value, label.capitalize()) for value, label in Review.RewardedBy.choices],
        label="Who gives it?",
        error_messages={"required": "Say who gives it: readers see that too."},
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
        if self.knows_source:
            del self.fields["source"]
        if self.promised:
            self._leave_no_way_round_the_promise()
        if self.is_bound and not self._is_rewarded():
            self._ask_for_the_reward(False)

    def _leave_no_way_round_the_promise(self) -> None:
        incentive = self.fields["incentive"]
        incentive.choices = Review.Incentive.choices[1:]  # type: ignore[attr-defined]
        incentive.help_text = (
            f"The invitation promised you “{self.promised}”, whatever you write. Readers are told, whether or not "
            "you take it."
        )
        incentive.error_messages["invalid_choice"] = incentive.help_text

    def _ask_for_the_reward(self, required: bool) -> None:
        for name in ("incentive_detail", "rewarded_by"):
            self.fields[name].required = required

    def _is_rewarded(self) -> bool:
        return self.data.get("incentive") not in ("", None, Review.Incentive.NONE)

    def clean(self) -> dict[str, Any]:
        """Without a reward there is nothing to say of it, whatever stood there before."""
        if not self._is_rewarded():
            self.cleaned_data |= {"incentive_detail": "", "rewarded_by": ""}
        # Shown again after an error elsewhere, they are not called optional: who ticks a reward has to say.
        self._ask_for_the_reward(True)
        return self.cleaned_data

    def clean_is_anonymous(self) -> bool:
        return self.cleaned_data["is_anonymous"] == "yes"


class SendForm(StepForm):
    affirmed = forms.BooleanField(
        label="I used this product myself within the last 12 months, and I work neither for its vendor nor for a "
        "competitor.",
        error_messages={"required": "Without this we can't take the review."},
    )
    affirmed_free = forms.BooleanField(
        label="Nobody made a reward depend on what I write or on how many stars I give.",
        error_messages={"required": "Without this we can't take the review either."},
    )

    def prepare(self) -> None:
        for offer in self.offers:
            self.fields[offer_field(offer)] = forms.BooleanField(
                label=offer.label, help_text=offer.hint, required=False
            )
        recent = dict(recent_months(timezone.now().date()))
        if self.kept_month and self.kept_month not in recent:
            self.fields["affirmed"].label = AFFIRMED_LATER

    def accepted(self) -> list[str]:
        """The kinds of e-mail that they ask for."""
        return [
            offer.kind.name
            for offer in self.offers
            if self.cleaned_data.get(offer_field(offer))
        ]


def offer_field(offer: Offer) -> str:
    return f"ask_{offer.kind.name}"


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
        incentive_detail=cleaned["incentive_detail"],
        rewarded_by=cleaned["rewarded_by"],
        is_anonymous=cleaned["is_anonymous"],
    )


def answers_from(
    cleaned: Mapping[str, Any], questions: Iterable[Question]
) -> dict[str, str]:
    return {
        question.key: cleaned.get(answer_field(question.key), "")
        for question in questions
    }


# --- Under a review -------------------------------------------------------------------------


class CommentForm(forms.Form):
    """`display_name` is what the commenter may sign with; the review's own author signs with nothing."""

    use_required_attribute = False

    body = forms.CharField(
        label="Your comment",
        max_length=COMMENT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "Write something first.", "max_length": TOO_LONG},
    )
    parent = forms.UUIDField(required=False, widget=forms.HiddenInput)
    signed = forms.ChoiceField(
        label="How is it signed?", widget=forms.RadioSelect, initial="persona"
    )

    def __init__(
        self, *args: Any, display_name: str = "", is_reviewer: bool = False, **kw: Any
    ) -> None:
        super().__init__(*args, **kw)
        if is_reviewer or not display_name:
            del self.fields["signed"]
            return
        self.fields["signed"].choices = [  # type: ignore[attr-defined]
            ("persona", "By my department, level, organisation and industry alone"),
            ("name", f"With my name as well: {display_name}"),
        ]

    def clean_body(self) -> str:
        # Browsers send a line break as two characters.
        return str(self.cleaned_data["body"]).replace("\r\n", "\n")

    def shows_name(self) -> bool:
        return self.cleaned_data.get("signed") == "name"


class ReportForm(forms.Form):
    """A visitor may leave an address; a member is written to at their own."""

    use_required_attribute = False

    reason = _radio(
        Report.Reason.choices,
        label="What is wrong with it?",
        error_messages={"required": "Choose what fits best."},
    )
    details = forms.CharField(
        label="What else we should know",
        help_text="Which passage, and how you know.",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"max_length": TOO_LONG},
    )
    email = forms.EmailField(
        label="Your e-mail address",
        help_text="For a receipt and the outcome, and for nothing else. Three months after these two it is gone everywhere.",
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def __init__(self, *args: Any, is_member: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_member:
            del self.fields["email"]


class ProseField(forms.CharField):
    """A browser sends a line break as two characters; here it is one, also where they are counted."""

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n")


def _prose(shortest: int, longest: int, rows: int, **kwargs: Any) -> ProseField:
    return ProseField(
        max_length=longest,
        error_messages={"max_length": TOO_LONG},
        widget=forms.Textarea(attrs={"rows": rows}),
        validators=[
            MinLengthValidator(
                shortest,
                f"Please write at least {shortest} characters; you have written %(show_value)s.",
            )
        ],
        **kwargs,
    )


class ResponseForm(forms.Form):
    use_required_attribute = False

    body = _prose(20, RESPONSE_LENGTH, 10, label="The answer")
    replaces = forms.UUIDField(required=False, widget=forms.HiddenInput)


class DisputeForm(forms.Form):
    use_required_attribute = False

    ground = _radio(
        [(code.value, code.label) for code in DISPUTE_GROUNDS],
        label="Which rule does the review break?",
    )
    statement = _prose(
        40,
        DISPUTE_LENGTH,
        8,
        label="What makes you say so",
        help_text="Name the passage and the facts. Moderators read it, and the author of the review does.",
    )


class ProofForm(forms.Form):
    # What it is, is found out by drawing it, and said in the member's words (reviews.proofs).
    file = forms.FileField(
        label="Picture or PDF",
        allow_empty_file=True,
        widget=forms.FileInput(
            attrs={"accept": "image/png,image/jpeg,image/webp,application/pdf"}
        ),
        error_messages={
            "required": "Choose a file first.",
            "invalid": "Choose a file first.",
        },
    )

    def clean_file(self) -> UploadedFile:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(FileRefusal.TOO_LARGE.label)
        return file
