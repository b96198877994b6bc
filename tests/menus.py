import contextlib

from playwright.sync_api import Locator, expect

TRIES = 15
MILLISECONDS_A_TRY = 2_000


def unfold(summary: Locator) -> None:
    """Opens what a <summary> heads: by key, and once more if need be.

    Behind an address with a fragment the page moves while it loads, and a click may land beside what it aims at.
    """
    folded = summary.locator("xpath=..")
    for _ in range(TRIES):
        if folded.get_attribute("open") is not None:
            return
        summary.press("Enter")
        with contextlib.suppress(AssertionError):
            expect(folded).to_have_attribute("open", "", timeout=MILLISECONDS_A_TRY)
    expect(folded).to_have_attribute("open", "")
