from collections.abc import Mapping


def said(answer: Mapping[str, str]) -> dict[str, str]:
    """The headers of an answer, but for the id by which its request stands in the log."""
    return {name: value for name, value in answer.items() if name != "X-Request-ID"}
