"""What the rules say, from the plain values of the crowd: written from docs, not from the code that it judges."""

from benchmarks.messaging_gate.crowd import Asked, Asker, Crowd

REVIEWER_LIMIT = "reviewer_limit"
PER_SENDER, PER_REVIEWER = 5, 3
SIZES = ("1-50", "51-200", "201-1000", "1001-5000", "5001-10000", "10001+")
LEVELS = ("c_level", "c_minus_1", "c_minus_2", "c_minus_3")
# Of these accounts a moderator took the right to write.
SUSPENDED = ("suspended", "suspended_for_good")
# Nobody reaches these, and nobody is told why.
OUT_OF_REACH = ("nobody", "speaks_for_vendor", "deactivated", "erased", "suspended")
NOT_PUBLIC = ("withdrawn", "removed")


def refusal(crowd: Crowd, asker: Asker, asked: Asked) -> str:
    """Why this one may not ask there, whatever the limits; "" if they may."""
    if asker.kind == "deactivated":
        return "signed_out"
    if asked.answerer.kind in NOT_PUBLIC:
        return "not_there"
    return _of_asker(asker) or _of_both(crowd, asker, asked)


def limit_of(asker: Asker) -> int:
    """New conversations a day: 2 after 3 declined questions in 30 days, 1 after 6."""
    if asker.declined_before >= 6:
        return 1
    return 2 if asker.declined_before >= 3 else PER_SENDER


def limit_code(asker: Asker) -> str:
    return "sender_limit" if limit_of(asker) == PER_SENDER else "slowed_down"


def _of_asker(asker: Asker) -> str:
    if asker.kind == "unconfirmed":
        return "email_not_confirmed"
    if asker.kind == "speaks_for_vendor":
        return "representative"
    return "suspended" if asker.kind in SUSPENDED else ""


def _of_both(crowd: Crowd, asker: Asker, asked: Asked) -> str:
    if stake := _stake(crowd, asker, asked):
        return stake
    if asked.answerer.kind in OUT_OF_REACH:
        return "not_accepting"
    pair = (asker.number, asked.answerer.number)
    if pair in crowd.blocked_by_asker or pair in crowd.blocked_by_answerer:
        return "not_accepting"
    if (asker.number, asked.number) in crowd.asked_before:
        return "already_asked"
    takes_only_alike = asked.answerer.kind == "like_me"
    return "not_alike" if takes_only_alike and not _are_alike(asker, asked) else ""


def _stake(crowd: Crowd, asker: Asker, asked: Asked) -> str:
    """The product is that of the vendor where they work, or shares a category with one of its products."""
    if asker.kind not in ("works_at_vendor", "signs_in_at_vendor"):
        return ""
    own = [each for each in crowd.products if each.vendor == asker.vendor]
    product = crowd.products[asked.product]
    if product in own:
        return "vendor_domain"
    competes = any(product.categories & each.categories for each in own)
    return "competitor" if competes else ""


def _are_alike(asker: Asker, asked: Asked) -> bool:
    """Two things in common of five, one of them department or industry; next to each other counts for size and level."""
    mine, theirs = asker.facets, asked.answerer.facets
    of_work = [
        mine.job_function == theirs.job_function,
        mine.industry == theirs.industry,
    ]
    others = [
        abs(SIZES.index(mine.company_size) - SIZES.index(theirs.company_size)) < 2,
        abs(LEVELS.index(mine.seniority) - LEVELS.index(theirs.seniority)) < 2,
        mine.country == theirs.country,
    ]
    return any(of_work) and sum(of_work + others) >= 2
