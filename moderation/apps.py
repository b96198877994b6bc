from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ModerationConfig(AppConfig):
    name = "moderation"

    def ready(self) -> None:
        # Each app's desks.py registers what it lays on a moderator's desk, its transparency.py what it counts.
        autodiscover_modules("desks", "transparency")
