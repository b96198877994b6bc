from django.urls import path

from products import views

app_name = "products"
urlpatterns = [
    path("products/", views.product_list, name="list"),
    path("categories/<slug:slug>/", views.category, name="category"),
    path("vendors/<slug:slug>/", views.vendor, name="vendor"),
    path("search/", views.search_page, name="search"),
]
