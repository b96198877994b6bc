from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class DisclosureConfig(AppConfig):
    name = "disclosure"

    def ready(self) -> None:
        # Each app's topics.py registers what it publishes of private rows.
        autodiscover_modules("topics")
