from importlib import import_module

import pytest


def people():
    # Models can't be imported yet when pytest reads this file.
    return import_module("tests.messaging.people")


@pytest.fixture
def owner(db):
    return people().member(email="owner@hospital.example")


@pytest.fixture
def other(db):
    return people().member(email="other@bank.example")


@pytest.fixture
def signed_in(client, owner):
    client.force_login(owner)
    return client
