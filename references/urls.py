from django.urls import path

from references import views

app_name = "references"
urlpatterns = [
    path("products/<slug:slug>/references/", views.product, name="product"),
    path("me/references/<uuid:public_id>/", views.draw, name="draw"),
    path("reviews/<uuid:public_id>/reference/", views.consent, name="consent"),
]
