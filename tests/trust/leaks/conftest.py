import logging
from collections.abc import Iterator
from importlib import import_module

import pytest
from django.db import transaction


# Models can't be imported yet when pytest reads this file.
def _module(name: str):  # type: ignore[no-untyped-def]
    return import_module(f"tests.trust.{name}")


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker) -> Iterator[object]:
    """Made once for the tests of a module, each of which takes back what it did; taken back after them."""
    world, chance = _module("world"), _module("randomness")
    with django_db_blocker.unblock(), transaction.atomic():
        with world.kept_numbers():
            with chance.same_chance() as stream, world.frozen() as clock:
                site = _module("leaks.site").make_site(clock, stream)
            yield site
        transaction.set_rollback(True)


@pytest.fixture
def site(built, db, caplog):
    """The site, at the moment at which all had happened."""
    # Thousands of refusals, all of them expected.
    caplog.set_level(logging.CRITICAL)
    world, chance = _module("world"), _module("randomness")
    with chance.same_chance() as stream, world.frozen() as clock:
        clock.move_to(built.now, tick=False)
        built.chance, built.clock = stream, clock
        stream.restart("test")
        yield built


@pytest.fixture
def leaky_page(site):
    """A page of the site that names the reviewer to whoever comes, and may be kept."""
    urls, http = import_module("django.urls"), import_module("django.http")
    email = site.people["reviewer"].email

    def leak(request):
        return http.HttpResponse(f"<html><a href='mailto:{email}'>Write</a></html>", headers={"Cache-Control": "private"})  # fmt: skip

    routes = [urls.path("leaky/", leak, name="home")]
    with import_module("django.test").override_settings(ROOT_URLCONF=tuple(routes)):
        yield _module("leaks.reading").Place("home", "/leaky/", _module("leaks.policies").NOTHING)  # fmt: skip
    urls.clear_url_caches()
