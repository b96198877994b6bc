from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ProductsConfig(AppConfig):
    name = "products"

    def ready(self) -> None:
        # Each app's representation.py registers what it does when a member begins to speak for a vendor.
        autodiscover_modules("representation")
