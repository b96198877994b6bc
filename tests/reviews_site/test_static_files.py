"""Collected files have names that change with their content, so they are kept for good, and compressed once."""

import gzip

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.http import HttpResponse
from django.test import RequestFactory
from whitenoise.middleware import WhiteNoiseMiddleware

STYLE = "body { margin: 0; }\n" * 200


@pytest.fixture
def served(settings, tmp_path):
    """As in production: collected, hashed, compressed, and read once when the process starts."""
    source = tmp_path / "source" / "css"
    source.mkdir(parents=True)
    (source / "plain.css").write_text(STYLE)
    settings.STATICFILES_DIRS = [source.parent]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]  # fmt: skip
    settings.STATIC_ROOT = tmp_path / "collected"
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "reviews_site.lib.static.HashedFilesOnlyStorage"}
    }
    settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = False
    call_command("collectstatic", "--noinput", verbosity=0)
    server = WhiteNoiseMiddleware(lambda request: HttpResponse(status=404))

    def get(path: str, **headers: str):
        return server(RequestFactory().get(path, headers=headers))

    return get


def test_a_collected_file_is_kept_for_good(served):
    address = staticfiles_storage.url("css/plain.css")
    answer = served(address)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "max-age=315360000, public, immutable"
    assert b"".join(answer).decode() == STYLE
    assert address != "/static/css/plain.css"
    assert served("/static/css/plain.css").status_code == 404


def test_a_collected_file_is_compressed_beforehand(served):
    address = staticfiles_storage.url("css/plain.css")
    packed = served(address, accept_encoding="gzip")
    assert packed["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed["Vary"]
    body = b"".join(packed)
    assert gzip.decompress(body).decode() == STYLE
    assert served(address, accept_encoding="gzip, br")["Content-Encoding"] == "br"
    assert int(packed["Content-Length"]) == len(body) < len(STYLE) / 10


def test_a_file_that_was_not_changed_is_a_304(served):
    address = staticfiles_storage.url("css/plain.css")
    answer = served(address)
    again = served(address, if_modified_since=answer["Last-Modified"])
    assert again.status_code == 304
