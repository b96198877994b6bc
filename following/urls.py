from django.urls import URLPattern

app_name = "following"
urlpatterns: list[URLPattern] = []
