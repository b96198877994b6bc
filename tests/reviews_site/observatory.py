"""The score that Mozilla's HTTP Observatory would give, by its published rules (docs/monitoring.md has the addresses).

Not counted: the bonus for being in the browsers' own list of HTTPS sites, which no header earns.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urlsplit

GRADES = ((100, "A+"), (90, "A"), (85, "A-"), (80, "B+"), (70, "B"), (65, "B-"), (60, "C+"), (50, "C"),
          (45, "C-"), (40, "D+"), (30, "D"), (25, "D-"), (0, "F"))  # fmt: skip
ENOUGH_FOR_BONUSES = 90
SIX_MONTHS = 15_768_000
Headers = Iterable[tuple[str, str]]
Modifiers = dict[str, tuple[int, str]]


@dataclass(frozen=True)
class Page:
    url: str
    headers: tuple[tuple[str, str], ...]
    body: str
    # What http:// on the same host answers.
    plain_status: int
    plain_location: str

    def all(self, name: str) -> list[str]:
        return [value for each, value in self.headers if each.lower() == name.lower()]

    def header(self, name: str) -> str | None:
        found = self.all(name)
        return found[0].strip() if found else None


def score_of(modifiers: Mapping[str, tuple[int, str]]) -> int:
    points = [points for points, _ in modifiers.values()]
    score = 100 + sum(each for each in points if each < 0)
    if score >= ENOUGH_FOR_BONUSES:
        score += sum(each for each in points if each > 0)
    return max(score, 0)


def grade_of(score: int) -> str:
    return next(grade for least, grade in GRADES if score >= least)


def modifiers_of(page: Page) -> Modifiers:
    """Each test's modifier, and why."""
    return {
        "Content-Security-Policy": _policy(page),
        "Cookies": _cookies(page),
        "Cross-origin sharing": _sharing(page),
        "Redirection": _redirection(page),
        "Referrer-Policy": _referrer(page),
        "Strict-Transport-Security": _strict_transport(page),
        "Subresource integrity": _integrity(page),
        "X-Content-Type-Options": _sniffing(page),
        "X-Frame-Options": _framing(page),
        "Cross-Origin-Resource-Policy": _resources(page),
    }


# --- Content-Security-Policy ----------------------------------------------------------------

BROAD = {"*", "http:", "https:", "ftp:", "http://*", "https://*", "http://*.*", "https://*.*"}  # fmt: skip
INLINE = {"'unsafe-inline'", "data:"}


def _directives(page: Page) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for directive in ";".join(page.all("Content-Security-Policy")).split(";"):
        name, *sources = directive.split() or [""]
        if name:
            found.setdefault(name.lower(), {each.lower() for each in sources})
    return found


def _sources(policy: dict[str, set[str]], name: str) -> set[str]:
    """By the directive itself, else by default-src, else from anywhere; a nonce or a hash switches 'unsafe-inline' off."""
    sources = policy.get(name, policy.get("default-src", {"*"}))
    if any(re.match("'(nonce|sha256|sha384|sha512)-", each) for each in sources):
        return sources - {"'unsafe-inline'"}
    return sources


def _policy(page: Page) -> tuple[int, str]:
    policy = _directives(page)
    if not policy:
        return -25, "none"
    script, style, objects = (_sources(policy, f"{kind}-src") for kind in ("script", "style", "object"))  # fmt: skip
    passive = {"img-src", "media-src"}
    active = set().union(*(sources for name, sources in policy.items() if name not in passive))  # fmt: skip
    shown = _sources(policy, "img-src") | _sources(policy, "media-src")
    if script & (BROAD | INLINE) or objects & BROAD:
        return -20, "scripts or objects from anywhere or inline"
    if any(each.startswith(("http:", "ftp:")) for each in active):
        return -20, "something over http"
    if "'unsafe-eval'" in script | style:
        return -10, "'unsafe-eval'"
    if any(each.startswith(("http:", "ftp:")) for each in shown):
        return -10, "pictures over http"
    if style & (BROAD | INLINE):
        return 0, "inline styles"
    # The newer rules also look at where forms may be sent.
    if policy.get("default-src") == {"'none'"} and not policy.get("form-action", {"*"}) & BROAD:  # fmt: skip
        return 10, "default-src 'none', nothing unsafe"
    return 5, "nothing unsafe"


# --- Cookies --------------------------------------------------------------------------------


def _cookies(page: Page) -> tuple[int, str]:
    """The worst of all cookies."""
    found = [_cookie(each, page) for each in page.all("Set-Cookie")]
    return min(found) if found else (0, "none set")


def _cookie(line: str, page: Page) -> tuple[int, str]:
    name = line.partition("=")[0].strip().lower()
    flags = {
        key.strip().lower(): value.strip().lower()
        for key, _, value in (part.partition("=") for part in line.split(";")[1:])
    }
    is_session = "sess" in name or "login" in name
    protected = _strict_transport(page)[0] >= 0
    if is_session and "secure" not in flags:
        return (-10 if protected else -40), f"{name} without Secure"
    if is_session and "httponly" not in flags:
        return -30, f"{name} without HttpOnly"
    if "samesite" in flags and flags["samesite"] not in ("lax", "strict", "none"):
        return -20, f"{name} with a broken SameSite"
    if "csrf" in name and "samesite" not in flags:
        return -20, f"{name} without SameSite"
    if "secure" not in flags:
        return (-5 if protected else -20), f"{name} without Secure"
    if "samesite" in flags:
        return 5, "Secure, HttpOnly for the session, SameSite"
    return 0, "Secure, HttpOnly for the session"


# --- The others -----------------------------------------------------------------------------


def _sharing(page: Page) -> tuple[int, str]:
    origin = page.header("Access-Control-Allow-Origin")
    if origin is None:
        return 0, "none"
    if page.header("Access-Control-Allow-Credentials") == "true" and origin == "*":
        return -50, "with everybody, signed in"
    return 0, "public content only"


def _redirection(page: Page) -> tuple[int, str]:
    if page.plain_status not in (301, 302, 303, 307, 308):
        return -20, "http isn't sent on to https"
    to = urlsplit(page.plain_location)
    if to.scheme != "https":
        return -20, "http is sent on to http"
    if to.hostname != urlsplit(page.url).hostname:
        return -5, "first to another host"
    return 0, "to https on the same host"


PRIVATE = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}  # fmt: skip
TALKATIVE = {"origin", "origin-when-cross-origin", "unsafe-url", "no-referrer-when-downgrade"}  # fmt: skip


def _referrer(page: Page) -> tuple[int, str]:
    """Of several policies, browsers take the last that they know."""
    value = page.header("Referrer-Policy")
    if value is None:
        return 0, "none"
    known = [each.strip().lower() for each in value.split(",")]
    known = [each for each in known if each in PRIVATE | TALKATIVE]
    if known and known[-1] in PRIVATE:
        return 5, known[-1]
    return -5, known[-1] if known else "not understood"


def _strict_transport(page: Page) -> tuple[int, str]:
    value = page.header("Strict-Transport-Security")
    seconds = re.search(r"(?:^|;)\s*max-age=\"?(\d+)", value or "", re.I)
    if seconds is None:
        return -20, "none"
    if int(seconds[1]) < SIX_MONTHS:
        return -10, "less than six months"
    return 0, f"{seconds[1]} seconds"


class _Scripts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:  # fmt: skip
        named = dict(attributes)
        if tag == "script" and named.get("src"):
            self.found.append((str(named["src"]), bool(named.get("integrity"))))


def _integrity(page: Page) -> tuple[int, str]:
    scripts = _Scripts()
    scripts.feed(page.body)
    host = urlsplit(page.url).hostname
    foreign = [each for each in scripts.found if urlsplit(each[0]).hostname not in (None, host)]  # fmt: skip
    insecure = [each for each in foreign if not each[0].startswith("https:")]
    if insecure:
        return (-20 if all(checked for _, checked in foreign) else -50), "over http"
    if any(not checked for _, checked in foreign):
        return -5, "scripts of others unchecked"
    if scripts.found and all(checked for _, checked in scripts.found):
        return 5, "all scripts checked"
    return 0, "own scripts only" if scripts.found else "no scripts"


def _sniffing(page: Page) -> tuple[int, str]:
    value = page.header("X-Content-Type-Options")
    return (0, value) if value and value.lower() == "nosniff" else (-5, "none")


def _framing(page: Page) -> tuple[int, str]:
    ancestors = _directives(page).get("frame-ancestors")
    if ancestors and not ancestors & BROAD:
        return 5, "by frame-ancestors"
    value = (page.header("X-Frame-Options") or "").upper()
    if value in ("DENY", "SAMEORIGIN") or value.startswith("ALLOW-FROM "):
        return 0, value
    return -20, "none"


def _resources(page: Page) -> tuple[int, str]:
    value = page.header("Cross-Origin-Resource-Policy")
    if value is None:
        return 0, "none"
    points = {"same-origin": 10, "same-site": 10, "cross-origin": 0}
    return points.get(value.lower(), -5), value
