from django import template

register = template.Library()

# In this order: most browsers also name those they descend from.
_BROWSERS = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
]
_SYSTEMS = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
]


def _first(named: list[tuple[str, str]], text: str) -> str:
    return next((name for mark, name in named if mark in text), "")


@register.filter
def browser(user_agent: str) -> str:
    """ "Firefox on Windows", as far as it can be told."""
    parts = [_first(_BROWSERS, user_agent), _first(_SYSTEMS, user_agent)]
    return " on ".join(part for part in parts if part) or "Unknown browser"
