from collections.abc import Iterator

import pytest

from tests.conftest import is_transactional
from tests.disclosure.ledger import Ledger, registered
from tests.factories import ProductFactory


@pytest.fixture
def ledger(request) -> Iterator[Ledger]:
    request.getfixturevalue(
        "transactional_db" if is_transactional(request.node) else "db"
    )
    made = Ledger(product=ProductFactory())
    with registered(made):
        yield made
