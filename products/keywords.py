from collections.abc import Iterable


def keywords(vendor: str, categories: Iterable[str], other_names: Iterable[str]) -> str:
    """The words besides its own by which a product is found, each name once."""
    return " · ".join(
        dict.fromkeys(name for name in (vendor, *other_names, *categories) if name)
    )
