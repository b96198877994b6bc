from django.urls import path

from messaging import views

app_name = "messaging"
urlpatterns = [
    path("reviews/<uuid:public_id>/message/", views.ask, name="ask"),
    path(
        "reviews/<uuid:public_id>/message/draft/",
        views.question_draft,
        name="question_draft",
    ),
    path("messages/", views.inbox, name="inbox"),
    path("messages/new/", views.inbox_news, name="inbox_news"),
    path("messages/<uuid:public_id>/", views.conversation, name="conversation"),
    path("messages/<uuid:public_id>/new/", views.new_messages, name="new_messages"),
    path("messages/<uuid:public_id>/draft/", views.draft, name="draft"),
    path("messages/<uuid:public_id>/archive/", views.archive, name="archive"),
    path("messages/<uuid:public_id>/read/", views.read, name="read"),
    path("messages/<uuid:public_id>/accept/", views.accept, name="accept"),
    path("messages/<uuid:public_id>/decline/", views.decline, name="decline"),
    path("messages/<uuid:public_id>/leave/", views.leave, name="leave"),
    path("messages/<uuid:public_id>/block/", views.block, name="block"),
    path("messages/<uuid:public_id>/unblock/", views.unblock, name="unblock"),
    path("messages/<uuid:public_id>/mute/", views.mute, name="mute"),
    path("messages/<uuid:public_id>/calls/", views.calls, name="calls"),
    path(
        "messages/<uuid:public_id>/calls/new/", views.propose_call, name="propose_call"
    ),
    path(
        "messages/<uuid:public_id>/calls/<uuid:call_id>/accept/",
        views.accept_call,
        name="accept_call",
    ),
    path(
        "messages/<uuid:public_id>/calls/<uuid:call_id>/decline/",
        views.decline_call,
        name="decline_call",
    ),
    path(
        "messages/<uuid:public_id>/calls/<uuid:call_id>/cancel/",
        views.cancel_call,
        name="cancel_call",
    ),
    path(
        "messages/<uuid:public_id>/calls/<uuid:call_id>/calendar.ics",
        views.calendar,
        name="calendar",
    ),
    path("messages/<uuid:public_id>/contacts/", views.contacts, name="contacts"),
    path(
        "messages/<uuid:public_id>/contacts/revoke/",
        views.revoke_contacts,
        name="revoke_contacts",
    ),
    path(
        "messages/<uuid:public_id>/<uuid:message_id>/report/",
        views.report,
        name="report",
    ),
]
