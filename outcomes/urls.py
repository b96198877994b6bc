from django.urls import path

from outcomes.views import check_ins, delivery, product

app_name = "outcomes"
urlpatterns = [
    path("check-ins/<str:token>/", check_ins.answer, name="answer"),
    path("me/check-ins/", check_ins.mine, name="check_ins"),
    path(
        "me/check-ins/<uuid:public_id>/<int:month>/",
        check_ins.own_answer,
        name="own_answer",
    ),
    path(
        "me/check-ins/<uuid:public_id>/<int:month>/take-back/",
        check_ins.take_back,
        name="take_back_answer",
    ),
    path("reviews/<uuid:public_id>/delivery/", delivery.delivery, name="delivery"),
    path(
        "reviews/<uuid:public_id>/delivery/take-back/",
        delivery.take_back,
        name="take_back_delivery",
    ),
    path("products/<slug:slug>/outcomes/", product.outcomes, name="outcomes"),
]
