from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        # Each app's emails.py registers its kinds.
        autodiscover_modules("emails")
