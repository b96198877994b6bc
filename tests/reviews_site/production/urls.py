from django.urls import path

from reviews_site.urls import urlpatterns as of_the_site
from tests.reviews_site.production.failing import failing_view

urlpatterns = [*of_the_site, path("fails/<str:token>/", failing_view, name="fails")]
