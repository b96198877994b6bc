import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.models import User
from accounts.permissions import current_work_email
from disclosure.services import retire
from moderation.models import Decision, ReasonCode
from moderation.services import NotPossible, record_decision
from prices import emails
from prices.kinds import PRICE_REPORT
from prices.models import PriceReport
from prices.permissions import Refusal, can_report_price, may_read_report
from prices.topics import PRICE
from products.models import Product, Vendor
from reviews.models import Review

AT_ONCE = (
    "You told us from another page a moment ago. Open it again to see what is there."
)
NOT_IMPARTIAL = (
    "It is your own, or you work for the vendor of this product or for a competitor: "
    "another moderator reads it."
)


@dataclass(frozen=True, kw_only=True)
class PriceStatement:
    """What a member says about one contract; what they leave out is None or empty."""

    yearly_amount: Decimal
    currency: str
    unit: str
    quantity: int
    purchase_year: int
    term_months: int | None = None
    discount_percent: int | None = None
    auto_renewal: bool | None = None
    uplift_cap_percent: int | None = None
    exit_format: str = ""
    return_seen: str = ""


STATED = tuple(field.name for field in dataclasses.fields(PriceStatement))
EMPTIED: dict[str, object] = {
    "organisation": "",
    "company_size": "",
    **dict.fromkeys(STATED),
    **dict.fromkeys(("currency", "unit", "exit_format", "return_seen"), ""),
}


class Refused(NotPossible):
    """The member may not; `reason.label` is the sentence for them."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason.label)
        self.reason = reason


@transaction.atomic
def report_price(
    *, member: User, product: Product, statement: PriceStatement
) -> PriceReport:
    """What they said before about the same product is changed. Raises Refused or NotPossible."""
    if refusal := can_report_price(member, product):
        raise Refused(refusal)
    said = dataclasses.asdict(statement) | _organisation_of(member, product)
    standing = PriceReport.objects.standing().select_for_update()
    report = standing.filter(member=member, product=product).first()
    if report is None:
        return _create(member, product, said)
    _change(report, said)
    return report


def _organisation_of(member: User, product: Product) -> dict[str, str]:
    work_email = current_work_email(member)
    if work_email is None:
        raise Refused(Refusal.WORK_EMAIL)
    written = Review.objects.live().filter(author=member, product=product)
    size = written.values_list("company_size", flat=True).first()
    return {
        "organisation": work_email.domain,
        "company_size": member.profile.company_size or size or "",
    }


def _create(member: User, product: Product, said: dict[str, object]) -> PriceReport:
    try:
        with transaction.atomic():
            return PriceReport.objects.create(member=member, product=product, **said)
    except IntegrityError as error:
        if "one_price_report_per_product_and_member" not in str(error):
            raise
        raise NotPossible(AT_ONCE) from error


def _change(report: PriceReport, said: dict[str, object]) -> None:
    """Saved again as it was, it keeps its date. In another series or of another employer, it is no longer the same."""
    changed = [name for name, value in said.items() if getattr(report, name) != value]
    if not changed:
        return
    if {"organisation", "currency", "unit"} & set(changed):
        _retire(report)
    for name in changed:
        setattr(report, name, said[name])
    report.changed_at = timezone.now()
    report.save(update_fields=[*changed, "changed_at"])


@transaction.atomic
def withdraw_price_report(*, report: PriceReport) -> bool:
    """Empties it, and takes the figures that it stands behind off the site at once. False: it was withdrawn before."""
    standing = PriceReport.objects.standing().select_for_update()
    found = standing.filter(pk=report.pk).first()
    if found is None:
        return False
    _retire(found)
    PriceReport.objects.filter(pk=found.pk).update(
        **EMPTIED, withdrawn_at=timezone.now()
    )
    return True


def _retire(report: PriceReport) -> None:
    retire(
        topic=PRICE,
        product_id=report.product_id,
        organisation=report.organisation,
    )


def leave_figures(review_ids: Iterable[int]) -> None:
    """Of the prices that stand beside these reviews. In the caller's transaction, which also ends the reviews."""
    ended = Review.objects.filter(
        pk__in=list(review_ids), author=OuterRef("member"), product=OuterRef("product")
    )
    beside = PriceReport.objects.standing().filter(Exists(ended))
    # In one order: each of them locks.
    for report in beside.order_by("product_id", "pk"):
        _retire(report)


def withdraw_unsupported() -> int:
    """Those beside which no live review of their author stands any more. Returns how many."""
    live = Review.objects.live().filter(
        author=OuterRef("member"), product=OuterRef("product")
    )
    unsupported = PriceReport.objects.standing().filter(~Exists(live))
    return sum(withdraw_price_report(report=each) for each in unsupported.iterator())


def withdraw_of_vendor(*, member: User, vendor: Vendor) -> None:
    """Who begins to speak for a vendor no longer says what its products cost."""
    theirs = PriceReport.objects.standing().filter(
        member=member, product__vendor=vendor
    )
    for report in theirs.order_by("product_id"):
        withdraw_price_report(report=report)


@transaction.atomic
def read_price_report(*, report: PriceReport, moderator: User, reason: str) -> Decision:
    """Logs that this moderator reads it and tells its author, who sees the reason. Raises NotPossible."""
    if not may_read_report(moderator, report):
        raise NotPossible(NOT_IMPARTIAL)
    decision = record_decision(
        moderator=moderator,
        action=Decision.Action.READ_PRICE,
        target_kind=PRICE_REPORT,
        target_public_id=report.public_id,
        reason_code=ReasonCode.NO_VIOLATION,
        statement=reason,
    )
    emails.send_price_read(report, decision)
    return decision
