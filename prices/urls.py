from django.contrib import admin
from django.urls import path

from prices import views

app_name = "prices"
urlpatterns = [
    path("products/<slug:slug>/price/", views.price, name="price"),
    path("products/<slug:slug>/prices/", views.prices, name="prices"),
    path("me/prices/", views.mine, name="mine"),
    path("me/prices/<uuid:public_id>/withdraw/", views.withdraw, name="withdraw"),
    path("admin/prices/", admin.site.admin_view(views.read), name="read"),
]
