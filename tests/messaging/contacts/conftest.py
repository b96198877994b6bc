from importlib import import_module

import pytest


def factories():
    # Models can't be imported yet when pytest reads this file.
    return import_module("tests.factories")


def own():
    return import_module("tests.messaging.contacts.sharing")


@pytest.fixture
def buyer(buyer):
    """With a name and a confirmed address at work."""
    buyer.profile.display_name = own().OF_BUYER["name"]
    buyer.profile.save()
    factories().WorkEmailFactory(
        user=buyer, domain="hospital.example", address=own().OF_BUYER["work_email"]
    )
    return buyer


@pytest.fixture
def reviewer(reviewer):
    factories().WorkEmailFactory(
        user=reviewer, domain="bank.example", address=own().OF_REVIEWER["work_email"]
    )
    return reviewer
