import pytest

from products.facts import attribution, stated_facts
from products.models import Product


def test_facts_are_shown_under_their_labels():
    product = Product(
        facts={"latest_release": "13.2", "alternative_to": ["A", "B"], "x": 1}
    )
    assert stated_facts(product) == [
        ("Latest release", "13.2"),
        ("Listed as an alternative to", "A, B"),
    ]


@pytest.mark.parametrize(
    ("source", "facts", "expected"),
    [
        ("demo", {"described_by": ["cncf-landscape", "new one"]}, "CNCF Landscape contributors, new one"),
        ("fedramp-marketplace", {}, "FedRAMP Marketplace"),
        ("own list", {"described_by": "text"}, "own list"),
        ("", {}, ""),
        ("x", ["not", "a", "mapping"], "x"),
    ],
)  # fmt: skip
def test_entry_names_whose_work_it_is(source, facts, expected):
    product = Product(source=source, facts=facts)
    assert attribution(product) == expected
    assert stated_facts(product) == []
