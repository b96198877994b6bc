"""/api/v1/conversations/"""

from django.urls import path

from messaging import api

ONE = "conversations/<uuid:public_id>"
CALL = f"{ONE}/calls/<uuid:call_id>"
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
    path(f"{ONE}/contacts/", api.ContactDetails.as_view(), name="contacts"),
    path(f"{ONE}/draft/", api.Draft.as_view(), name="draft"),
    path(f"{ONE}/calls/", api.CallList.as_view(), name="calls"),
    path(f"{CALL}/", api.CallDetail.as_view(), name="call"),
    path(f"{CALL}/accept/", api.AcceptCall.as_view(), name="accept_call"),
    path(f"{CALL}/decline/", api.DeclineCall.as_view(), name="decline_call"),
    path(f"{CALL}/cancel/", api.CancelCall.as_view(), name="cancel_call"),
    path(f"{CALL}/calendar.ics", api.CallCalendar.as_view(), name="call_calendar"),
    path(f"{MESSAGE}/report/", api.ReportMessage.as_view(), name="report_message"),
]
