from django.apps import AppConfig


class ReviewsSiteConfig(AppConfig):
    name = "reviews_site"
