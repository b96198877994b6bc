"""The pages of the review form over one draft: what each shows, and what still stops the review."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.http import QueryDict

from accounts.coarsening import Coarsened, coarsen
from accounts.models import User
from products.models import Invitation, Product
from reviews.cards import NamedProduct, card
from reviews.details_form import (
    NAMING_FIELDS,
    DetailsForm,
    considered_from,
    named_as_typed,
)
from reviews.forms import (
    AboutYouForm,
    GoodForm,
    NotGoodForm,
    RatingForm,
    SendForm,
    StepForm,
    UseForm,
    answer_field,
    answers_from,
    content_from,
)
from reviews.models import (
    ConsideredProduct,
    Question,
    Review,
    ReviewDraft,
    ReviewRevision,
)
from reviews.services import (
    CONTENT_FIELDS,
    Considered,
    Offer,
    ReviewContent,
    answers_of,
    badge_of,
    considered_of,
    content_of,
    offers_to,
)

# No field takes as much; what is longer was not typed.
LONGEST_VALUE = 20_000


@dataclass(frozen=True)
class Step:
    key: str
    title: str
    form_class: type[StepForm]


STEPS = (
    Step("use", "Product and use", UseForm),
    Step("rating", "The rating", RatingForm),
    Step("good", "What is good", GoodForm),
    Step("not-good", "What is not", NotGoodForm),
    Step("details", "Details", DetailsForm),
    Step("you", "About you", AboutYouForm),
    Step("send", "Check and send", SendForm),
)
BY_KEY = {step.key: step for step in STEPS}
PROFILE_FACETS = ("job_function", "seniority", "company_size", "industry", "country")


@dataclass
class Problem:
    step: Step
    label: str
    message: str


class Wizard:
    """`review` is given when a review is edited; then its content is what the pages start from.

    `invited_by` is the public id in the address that an invitation leads to, as it came.
    """

    def __init__(
        self,
        author: User,
        product: Product,
        review: Review | None = None,
        invited_by: str = "",
    ) -> None:
        self.author = author
        self.product = product
        self.review = review
        self.invited_by = invited_by
        self.draft = ReviewDraft.objects.filter(author=author, product=product).first()

    @cached_property
    def questions(self) -> list[Question]:
        return list(Question.objects.filter(is_active=True))

    @cached_property
    def invitation(self) -> Invitation | None:
        """Kept in the draft from the first page on, so that it outlives a sign-up and a change of device.

        One that has ended meanwhile still brought them here.
        """
        if self.review is not None:
            return self.review.invitation
        known = self.draft.data.get("invitation", "") if self.draft else ""
        try:
            public_id = UUID(self.invited_by or known)
        except ValueError:
            return None
        return Invitation.objects.filter(
            public_id=public_id, product=self.product
        ).first()

    @cached_property
    def offers(self) -> list[Offer]:
        relationship = self.typed.get("relationship")
        is_customer = relationship == Review.Relationship.CUSTOMER
        return offers_to(self.author, is_customer=is_customer)

    @cached_property
    def typed(self) -> dict[str, Any]:
        """Field name to text: the draft over what the pages start from."""
        return self._start() | (self.draft.data if self.draft else {})

    def _start(self) -> dict[str, Any]:
        if self.review is not None:
            return _typed_from_review(self.review)
        profile = self.author.profile
        start = {name: getattr(profile, name) for name in PROFILE_FACETS}
        if self.invitation and self.invitation.incentive:
            start["incentive_detail"] = self.invitation.incentive
            start["rewarded_by"] = self.invitation.inviter
        return start

    def form(self, step: Step) -> StepForm:
        """As it was left, without errors: nobody is told off for what they haven't finished."""
        return self._make(step, initial=self.typed)

    def posted(self, step: Step, data: QueryDict) -> StepForm:
        return self._make(step, data=data, initial=self.typed)

    def _make(self, step: Step, **kwargs: Any) -> StepForm:
        used = self.review.last_used_on if self.review else None
        invitation = self.invitation
        return step.form_class(
            profile=self.author.profile,
            questions=self.questions,
            product=self.product,
            kept_month=used.replace(day=1).isoformat() if used else "",
            knows_source=invitation is not None or self.review is not None,
            promised=invitation.incentive if invitation else "",
            offers=self.offers if step == STEPS[-1] else (),
            **kwargs,
        )

    def merged(self, data: QueryDict) -> dict[str, Any]:
        """The draft with what was typed now; names that no page has are left out. ValueError when it is too long."""
        known = {name for step in STEPS[:-1] for name in self.form(step).fields}
        known.add("invitation")
        typed = {name: data[name] for name in data if name in known}
        if any(len(value) > LONGEST_VALUE for value in typed.values()):
            raise ValueError("too long")
        return (self.draft.data if self.draft else {}) | typed

    def forget(self) -> None:
        """What was worked out from an older draft."""
        for name in ("typed", "invitation", "_checked", "_cleaned"):
            self.__dict__.pop(name, None)

    @cached_property
    def _checked(self) -> list[tuple[Step, StepForm]]:
        return [
            (step, self._make(step, data=self.typed, initial=self.typed))
            for step in STEPS[:-1]
        ]

    def problems(self) -> list[Problem]:
        return [
            Problem(step, str(form.fields[name].label), " ".join(map(str, errors)))
            for step, form in self._checked
            for name, errors in form.errors.items()
        ]

    def first_unfinished(self) -> Step:
        if self.draft is None:
            return STEPS[0]
        return next((problem.step for problem in self.problems()), STEPS[-1])

    def done(self) -> set[str]:
        """The pages that nothing is missing on; the one where all is optional counts from the first answer."""
        typed = self.draft.data if self.draft else {}
        return {
            step.key
            for step, form in self._checked
            if any(typed.get(name) for name in form.fields) and form.is_valid()
        }

    @cached_property
    def _cleaned(self) -> dict[str, Any]:
        return {
            name: value
            for _, form in self._checked
            for name, value in form.cleaned_data.items()
        }

    def content(self) -> ReviewContent:
        """Only without problems()."""
        return content_from(self._cleaned)

    def answers(self) -> dict[str, str]:
        return answers_from(self._cleaned, self.questions)

    def considered(self) -> Considered:
        return considered_from(self._cleaned)

    def _named(self) -> list[NamedProduct]:
        """With what the author moved on to, which no page of the form asks for."""
        named = [
            NamedProduct(kind, product.slug, product.name)
            for kind, products in self._cleaned["considered"].items()
            for product in products
        ]
        if self.review is None:
            return named
        moved_on = ConsideredProduct.objects.select_related("product").filter(
            review=self.review, kind=ConsideredProduct.Kind.SWITCHED_TO
        )
        return [
            *named,
            *(NamedProduct(m.kind, m.product.slug, m.product.name) for m in moved_on),
        ]

    def source(self) -> Review.Source:
        if self.review is not None:
            return Review.Source(self.review.source)
        if self.invitation is not None:
            return Review.Source.INVITED
        return Review.Source(self._cleaned["source"])

    @cached_property
    def coarsened(self) -> Coarsened | None:
        """What of their facets readers will see; None for who signs with a name. Only without problems()."""
        content = self.content()
        return coarsen(content) if content.is_anonymous else None

    def preview(self) -> str:
        """The card as the public will see it; only without problems()."""
        content = self.content()
        name = "" if content.is_anonymous else self.author.profile.display_name
        columns = {field: getattr(content, field) for field in CONTENT_FIELDS}
        review = Review(
            product=self.product,
            display_name=name,
            source=self.source(),
            invitation=self.invitation,
            hidden_facets=self.coarsened.hidden if self.coarsened else [],
            **columns,
            **self._verification(),
        )
        given = self.answers()
        answered = [
            {"question": question.text, "text": given[question.key]}
            for question in self.questions
            if given[question.key]
        ]
        return card(review, answered, named=self._named(), is_preview=True)

    def _verification(self) -> dict[str, Any]:
        """What is vouched for already, else what would be if it were sent now."""
        if self.review is not None and self.review.verification_method:
            return {
                "verification_method": self.review.verification_method,
                "verified_on": self.review.verified_on,
            }
        return badge_of(self.author)


def with_choice(data: QueryDict) -> QueryDict:
    """What was typed; the one chosen of several offered products in the place of a name that fitted none."""
    field, _, name = data.get("choose", "").partition("=")
    if field not in NAMING_FIELDS:
        return data
    changed = data.copy()
    changed[field] = name
    return changed


def _typed_from_review(review: Review) -> dict[str, Any]:
    """The review as somebody would type it; a proposed edit that still waits goes before what is public."""
    waiting = review.revisions.filter(status=ReviewRevision.Status.PENDING).first()
    if waiting is not None:
        columns, answers = dict(waiting.content), waiting.content.get("answers", {})
        considered = waiting.content.get("considered")
    else:
        content = content_of(review)
        columns = {name: getattr(content, name) for name in CONTENT_FIELDS}
        answers, considered = answers_of(review), None
    typed = {name: _as_typed(columns.get(name)) for name in CONTENT_FIELDS}
    typed["last_used_on"] = typed["last_used_on"][:7] + "-01"
    typed["is_anonymous"] = "yes" if columns["is_anonymous"] else "no"
    typed["source"] = review.source
    if considered is None:
        considered = considered_of(review)
    typed |= named_as_typed(considered)
    return typed | {answer_field(key): text for key, text in answers.items()}


def _as_typed(value: Any) -> str:
    return "" if value is None else str(value)


def step_after(step: Step) -> Step:
    position = STEPS.index(step)
    return STEPS[min(position + 1, len(STEPS) - 1)]


def step_before(step: Step) -> Step:
    return STEPS[max(STEPS.index(step) - 1, 0)]


def steps_with_state(current: Step, done: set[str]) -> list[Mapping[str, Any]]:
    return [
        {"step": step, "is_current": step == current, "is_done": step.key in done}
        for step in STEPS
    ]
