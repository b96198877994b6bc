from django.urls import path

from products import views

app_name = "products"
urlpatterns = [
    path("products/", views.product_list, name="list"),
    path("vendors/<slug:slug>/", views.vendor, name="vendor"),
    path("vendors/<slug:slug>/claim/", views.claim, name="claim"),
    path("vendors/<slug:slug>/leave/", views.leave, name="leave"),
    path("me/vendors/", views.manage, name="manage"),
    path(
        "me/vendors/<uuid:public_id>/withdraw/",
        views.withdraw_claim,
        name="withdraw_claim",
    ),
    path("me/vendors/confirm/<str:token>/", views.confirm_claim, name="confirm_claim"),
    path("search/", views.search_page, name="search"),
]
