from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    # Before allauth's own, which would sign a member out when the link is only opened.
    path("accounts/confirm-email/<str:key>/", views.InertConfirmEmailView.as_view()),
    path("me/", views.overview, name="overview"),
    path("me/profile/", views.profile, name="profile"),
    path("me/work-email/", views.work_email, name="work_email"),
    path(
        "me/work-email/confirm/<str:token>/",
        views.confirm_work_email,
        name="confirm_work_email",
    ),
    path(
        "me/work-email/<uuid:public_id>/remove/",
        views.remove_work_email,
        name="remove_work_email",
    ),
    path("me/tokens/", views.tokens, name="tokens"),
    path("me/tokens/<uuid:public_id>/revoke/", views.revoke_token, name="revoke_token"),
    path("me/export/", views.export, name="export"),
    path("me/delete/", views.erase, name="erase"),
    path("me/deleted/", views.erased, name="erased"),
]
