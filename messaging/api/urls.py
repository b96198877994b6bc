"""/api/v1/conversations/"""

from django.urls import path

from messaging import api

ONE = "conversations/<uuid:public_id>"
MESSAGE = f"{ONE}/messages/<uuid:message_id>"

urlpatterns = [
    path("conversations/", api.ConversationList.as_view(), name="conversations"),
    path(f"{ONE}/", api.ConversationDetail.as_view(), name="conversation"),
    path(f"{ONE}/messages/", api.MessageList.as_view(), name="messages"),
    path(f"{ONE}/accept/", api.Accept.as_view(), name="accept"),
    path(f"{ONE}/decline/", api.Decline.as_view(), name="decline"),
    path(f"{ONE}/leave/", api.Leave.as_view(), name="leave"),
    path(f"{ONE}/read/", api.Read.as_view(), name="read"),
    path(f"{ONE}/mute/", api.Mute.as_view(), name="mute"),
    path(f"{ONE}/archive/", api.Archive.as_view(), name="archive"),
    path(f"{ONE}/block/", api.BlockMember.as_view(), name="block"),
    path(f"{MESSAGE}/report/", api.ReportMessage.as_view(), name="report_message"),
]
