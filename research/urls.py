from django.urls import path

from research.views import category

app_name = "research"
urlpatterns = [
    path("categories/<slug:slug>/", category.category, name="category"),
]
