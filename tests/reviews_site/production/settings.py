"""As in production, but for what the tests of this process change as well, and two things that fail on purpose."""

from reviews_site.settings import *  # noqa: F403

STORAGES = STORAGES | {  # noqa: F405
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ROOT_URLCONF = "tests.reviews_site.production.urls"
CELERY_IMPORTS = ["tests.reviews_site.production.failing"]
