from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        # Each app's privacy.py registers what it exports and erases.
        autodiscover_modules("privacy")
