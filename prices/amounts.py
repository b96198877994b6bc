"""Numbers as people write them: "12,500", "12 500.00", "12.500,00 €", "12k"."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from prices.models import Currency

LONGEST = 40
# What nobody pays and no column holds is refused before it is computed with.
MOST_DIGITS = 20
# What each sign may stand for; the field beside it says which.
SIGNS: dict[str, frozenset[str]] = {
    "€": frozenset({"EUR"}),
    "£": frozenset({"GBP"}),
    "¥": frozenset({"JPY"}),
    "₹": frozenset({"INR"}),
    "₪": frozenset({"ILS"}),
    "$": frozenset({"USD", "CAD", "AUD", "NZD", "SGD", "BRL", "MXN"}),
    "R$": frozenset({"BRL"}),
    "US$": frozenset({"USD"}),
    "KR": frozenset({"SEK", "NOK", "DKK"}),
    "ZŁ": frozenset({"PLN"}),
    "KČ": frozenset({"CZK"}),
    "R": frozenset({"ZAR"}),
    "FR.": frozenset({"CHF"}),
    **{code: frozenset({code}) for code in Currency.values},
}
_SIGN = "|".join(re.escape(sign) for sign in sorted(SIGNS, key=len, reverse=True))
_WRITTEN = re.compile(
    rf"(?P<before>{_SIGN})?(?P<digits>[0-9.,']*[0-9])(?P<times>K(?!R)|M)?(?P<after>{_SIGN})?(?:[.,]?-)?"
)
_TIMES = {None: 1, "K": 1_000, "M": 1_000_000}
_MARKS = re.compile(r"[.,']")
_GROUPED = re.compile(r"[0-9]{1,3}(?:[.,'][0-9]{3})+")
# As in India: 12,50,000.
_GROUPED_BY_TWO = re.compile(r"[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}")
_CENT = Decimal("0.01")
_UNCLEAR = "It isn't clear which of the points and commas is the decimal one. Write it like 12500.00."


class Unreadable(ValueError):
    """Its text is a sentence for whoever typed it."""


@dataclass(frozen=True)
class Amount:
    value: Decimal
    # Which the sign beside it allows; empty without a sign.
    currencies: frozenset[str] = frozenset()


def read_amount(text: str) -> Amount:
    """Raises Unreadable."""
    found = _WRITTEN.fullmatch(_squeezed(text))
    if found is None:
        raise Unreadable(
            "This can't be read as an amount. Write it like 12,500 or 12500.00."
        )
    times = _TIMES[found["times"]]
    value = (_read_digits(found["digits"], is_part=times > 1) * times).quantize(
        _CENT, ROUND_HALF_UP
    )
    allowed = [SIGNS[sign] for sign in (found["before"], found["after"]) if sign]
    both = frozenset.intersection(*allowed) if allowed else frozenset()
    if allowed and not both:
        raise Unreadable(
            "It names two currencies. Leave both out and choose one below."
        )
    return Amount(value, both)


def read_whole(text: str) -> int:
    """Raises Unreadable. "1.500" is fifteen hundred."""
    squeezed = _squeezed(text)
    if not re.fullmatch(r"[0-9.,']+[KM]?", squeezed):
        raise Unreadable("This can't be read as a number. Write it like 1500.")
    times = _TIMES[squeezed[-1] if squeezed[-1].isalpha() else None]
    value = _read_digits(squeezed.rstrip("KM"), is_part=times > 1) * times
    if value != int(value):
        raise Unreadable("Please give a whole number.")
    return int(value)


def read_percent(text: str) -> int:
    """Raises Unreadable. Rounded to whole per cent."""
    squeezed = _squeezed(text).removesuffix("%").removesuffix("PERCENT")
    if not re.fullmatch(r"[0-9]{1,3}(?:[.,][0-9]{1,4})?", squeezed):
        raise Unreadable("This can't be read as a percentage. Write it like 15.")
    value = Decimal(squeezed.replace(",", "."))
    if value > 100:
        raise Unreadable("A percentage here is between 0 and 100.")
    return int(value.quantize(Decimal(1), ROUND_HALF_UP))


def _squeezed(text: str) -> str:
    """Without spaces of any kind, in capitals, one kind of apostrophe and of digits."""
    text = unicodedata.normalize("NFKC", text).replace("’", "'").replace("–", "-")
    text = "".join(
        str(unicodedata.digit(sign)) if sign.isdigit() else sign for sign in text
    )
    return re.sub(r"\s", "", text).upper()


def _read_digits(digits: str, *, is_part: bool) -> Decimal:
    """`is_part`: thousands or millions follow, so that "1.250" has three decimals."""
    marks = [sign for sign in digits if not sign.isdigit()]
    if len(digits) == len(marks):
        raise Unreadable("There is no number in it.")
    if len(digits) - len(marks) > MOST_DIGITS:
        raise Unreadable("This has more digits than any number here needs.")
    if not marks:
        return Decimal(digits)
    whole, mark, decimals = _split_at_last_mark(digits)
    if _is_grouped(digits) and not (is_part or whole == "0"):
        return Decimal(re.sub(_MARKS, "", digits))
    if mark == "'" or mark in whole or not decimals.isdigit():
        raise Unreadable(_UNCLEAR)
    if len(marks) > 1 and not _is_grouped(whole):
        raise Unreadable(_UNCLEAR)
    return Decimal(
        f"{re.sub(r'[.,]', '', whole).replace(chr(39), '') or '0'}.{decimals}"
    )


def _split_at_last_mark(digits: str) -> tuple[str, str, str]:
    place = max(digits.rfind(mark) for mark in ".,'")
    return digits[:place], digits[place], digits[place + 1 :]


def _is_grouped(digits: str) -> bool:
    """In threes, by one kind of mark."""
    marks = {sign for sign in digits if not sign.isdigit()}
    return len(marks) == 1 and bool(
        _GROUPED.fullmatch(digits) or _GROUPED_BY_TWO.fullmatch(digits)
    )
