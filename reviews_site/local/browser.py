"""Where a Chromium is: the one on the machine, or Playwright's own."""

import os
import shutil
from functools import cache
from pathlib import Path

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
)
MAC_APPS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)


@cache
def find_browser() -> Path | None:
    given = os.environ.get("BROWSER_PATH")
    if given:
        return Path(given) if os.access(given, os.X_OK) else None
    for candidate in (*map(shutil.which, NAMES), "/usr/bin/chromium", *MAC_APPS):
        if candidate and os.access(candidate, os.X_OK):
            return Path(candidate)
    return playwrights_own()


def playwrights_own() -> Path | None:
    given = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    folders = [Path(given)] if given else []
    folders += [
        Path.home() / ".cache" / "ms-playwright",
        Path.home() / "Library" / "Caches" / "ms-playwright",
    ]
    patterns = (
        "chromium-*/chrome-linux*/chrome",
        "chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
    )
    found = [
        path
        for folder in folders
        for pattern in patterns
        for path in folder.glob(pattern)
        if os.access(path, os.X_OK)
    ]
    return max(found, default=None)
