import unicodedata

# Format characters: they hide, or turn the direction of, what stands beside them.
_INVISIBLE = {"Cf", "Cc", "Cs", "Co", "Cn", "Zl", "Zp"}


def one_line(text: str) -> str:
    """What can be seen of it, in one line."""
    seen = (c if unicodedata.category(c) not in _INVISIBLE else " " for c in text)
    return " ".join("".join(seen).split())
