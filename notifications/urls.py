from django.urls import path

from notifications import views

app_name = "notifications"
urlpatterns = [
    path("me/emails/", views.preferences, name="preferences"),
    path("emails/unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("dev/mail/", views.dev_mail, name="dev_mail"),
    path("dev/mail/<uuid:public_id>/", views.dev_mail_one, name="dev_mail_one"),
]
