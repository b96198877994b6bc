from importlib import import_module

import pytest


def people():
    # Models can't be imported yet when pytest reads this file.
    return import_module("tests.messaging.people")


@pytest.fixture
def buyer(db):
    return people().member(email="buyer@hospital.example")


@pytest.fixture
def reviewer(db):
    return people().member(email="reviewer@bank.example")


@pytest.fixture
def stranger(db):
    return people().member(email="stranger@school.example")


@pytest.fixture
def moderator(db):
    return people().member(email="moderator@levelfield.example", is_staff=True)


@pytest.fixture
def review(reviewer):
    return import_module("tests.factories").ReviewFactory(author=reviewer)


@pytest.fixture
def request_(buyer, review):
    return people().ask(buyer, review)


@pytest.fixture
def conversation(request_, reviewer):
    people().write(request_, reviewer)
    request_.refresh_from_db()
    return request_
