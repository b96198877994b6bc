from importlib import import_module

import pytest


def factories():
    # Models can't be imported yet when pytest reads this file.
    return import_module("tests.factories")


@pytest.fixture
def moderator(db):
    return factories().UserFactory(email="anna@levelfield.example", is_staff=True)


@pytest.fixture
def colleague(db):
    return factories().UserFactory(email="ben@levelfield.example", is_staff=True)


@pytest.fixture
def panel(client, moderator):
    client.force_login(moderator)
    return client
