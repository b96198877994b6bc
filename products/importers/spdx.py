"""Licence names as people write them → SPDX identifiers."""

from products.importers.text import clean_line

LICENCE_LIMIT = 100
IDENTIFIERS = {
    "apache license 2.0": "Apache-2.0",
    "apache 2.0": "Apache-2.0",
    "apache-2": "Apache-2.0",
    "apache license, version 2.0": "Apache-2.0",
    "mit license": "MIT",
    "the mit license": "MIT",
    "bsd 2-clause": "BSD-2-Clause",
    "bsd 3-clause": "BSD-3-Clause",
    "new bsd": "BSD-3-Clause",
    "gpl 2.0": "GPL-2.0",
    "gpl 3.0": "GPL-3.0",
    "gplv2": "GPL-2.0",
    "gplv3": "GPL-3.0",
    "lgpl 2.1": "LGPL-2.1",
    "lgpl 3.0": "LGPL-3.0",
    "agpl 3.0": "AGPL-3.0",
    "agplv3": "AGPL-3.0",
    "mozilla public license 2.0": "MPL-2.0",
    "mpl 2.0": "MPL-2.0",
    "eclipse public license 2.0": "EPL-2.0",
    "csla 1.0": "Community-Spec-1.0",
    "community specification license": "Community-Spec-1.0",
    "community specification license 1.0": "Community-Spec-1.0",
}


def spdx(value: object) -> str:
    """The SPDX identifier of a known spelling, else the text as it stands."""
    text = clean_line(value, LICENCE_LIMIT)
    return IDENTIFIERS.get(text.casefold(), text)
