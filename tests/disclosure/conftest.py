from collections.abc import Iterator

import pytest

from tests.disclosure.ledger import Ledger, registered
from tests.factories import ProductFactory


@pytest.fixture
def ledger(db) -> Iterator[Ledger]:
    made = Ledger(product=ProductFactory())
    with registered(made):
        yield made
