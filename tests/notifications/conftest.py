from importlib import import_module

import pytest


@pytest.fixture
def register(monkeypatch):
    """Registers a kind for the length of one test."""
    kinds = import_module("notifications.kinds")
    monkeypatch.setattr(kinds, "_KINDS", dict(kinds._KINDS))
    return kinds.register
