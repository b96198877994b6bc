from django.urls import path

from moderation import views

app_name = "moderation"
urlpatterns = [
    path("appeals/new/<uuid:public_id>/", views.new_appeal, name="new_appeal"),
    path("appeals/<uuid:public_id>/", views.appeal, name="appeal"),
    path("transparency/", views.transparency, name="transparency"),
    path("transparency.json", views.transparency_json, name="transparency_json"),
    path("transparency/roots/", views.roots, name="roots"),
]
