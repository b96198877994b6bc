import json
from importlib import import_module

import pytest


def factories():
    # Models can't be imported yet when pytest reads this file.
    return import_module("tests.factories")


def member(**fields):
    user = factories().confirm_email(factories().UserFactory(**fields))
    factories().complete_profile(user)
    return user


@pytest.fixture
def author(db):
    return member(email="author@hospital.example")


@pytest.fixture
def reviewer(db):
    return member(email="reviewer@bank.example")


@pytest.fixture
def stranger(db):
    return member(email="stranger@school.example")


@pytest.fixture
def review(reviewer):
    return factories().ReviewFactory(author=reviewer)


class Api:
    """The test client with a token and JSON both ways."""

    def __init__(self, client, user=None):
        self.client = client
        self.headers = {}
        if user is not None:
            services = import_module("accounts.services")
            _, key = services.create_token(user=user, name="test")
            self.headers["Authorization"] = f"Bearer {key}"

    def get(self, path, **headers):
        return self.client.get(f"/api/v1/{path}", headers=self.headers | headers)

    def post(self, path, data, content_type="application/json", **headers):
        return self.send("post", path, data, content_type, **headers)

    def put(self, path, data=None, **headers):
        return self.send("put", path, {} if data is None else data, **headers)

    def delete(self, path, **headers):
        return self.send("delete", path, {}, **headers)

    def send(self, method, path, data, content_type="application/json", **headers):
        body = data if isinstance(data, (str, bytes)) else json.dumps(data)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.generic(
            method.upper(),
            f"/api/v1/{path}",
            body,
            content_type,
            headers=self.headers | named,
        )


@pytest.fixture
def api(client, db):
    """api() is a visitor, api(user) a member with a token."""
    return lambda user=None: Api(client, user)
