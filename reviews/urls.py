from django.urls import path

from reviews.views import (
    discussion,
    invitation,
    mine,
    proofs,
    reports,
    review,
    score,
    vendors,
    write,
)

app_name = "reviews"
urlpatterns = [
    path("products/<slug:slug>/reviews/new/", write.write, name="write"),
    path("products/<slug:slug>/reviews/draft/", write.save_draft, name="save_draft"),
    path("products/<slug:slug>/score/", score.score, name="score"),
    path("reviews/<uuid:public_id>/", review.review, name="review"),
    path("reviews/<uuid:public_id>/edit/", write.edit, name="edit"),
    path("reviews/<uuid:public_id>/edit/draft/", write.save_edit, name="save_edit"),
    path("reviews/<uuid:public_id>/withdraw/", mine.withdraw, name="withdraw"),
    path("reviews/<uuid:public_id>/proof/", proofs.proof, name="proof"),
    path(
        "reviews/<uuid:public_id>/proof/take-back/",
        proofs.take_back,
        name="take_back_proof",
    ),
    path(
        "reviews/proofs/<uuid:public_id>/<int:position>/",
        proofs.page,
        name="proof_page",
    ),
    path("invitations/<uuid:public_id>/", invitation.invitation, name="invitation"),
    path("me/reviews/", mine.mine, name="mine"),
    path("reviews/<uuid:public_id>/helpful/", discussion.helpful, name="helpful"),
    path(
        "reviews/<uuid:public_id>/comments/", discussion.comment_on, name="comment_on"
    ),
    path("reviews/<uuid:public_id>/report/", reports.review, name="report_review"),
    path("comments/", discussion.latest, name="latest_comments"),
    path("comments/<uuid:public_id>/", discussion.comment, name="comment"),
    path(
        "comments/<uuid:public_id>/withdraw/",
        discussion.withdraw_comment,
        name="withdraw_comment",
    ),
    path("comments/<uuid:public_id>/report/", reports.comment, name="report_comment"),
    path(
        "responses/<uuid:public_id>/report/", reports.response, name="report_response"
    ),
    path("reports/<uuid:public_id>/", reports.report, name="report"),
    path("me/comments/", discussion.mine, name="own_comments"),
    path("vendors/<slug:slug>/desk/", vendors.desk, name="vendor_desk"),
    path(
        "vendors/<slug:slug>/desk/invitations/",
        vendors.vendor_invitations,
        name="vendor_invitations",
    ),
    path(
        "vendors/<slug:slug>/desk/invitations/<uuid:public_id>/end/",
        vendors.end_vendor_invitation,
        name="end_invitation",
    ),
    path("reviews/<uuid:public_id>/respond/", vendors.respond, name="respond"),
    path(
        "reviews/<uuid:public_id>/respond/withdraw/",
        vendors.withdraw_response,
        name="withdraw_response",
    ),
    path("reviews/<uuid:public_id>/dispute/", vendors.dispute, name="dispute"),
    path(
        "reviews/<uuid:public_id>/dispute/withdraw/",
        vendors.withdraw_dispute,
        name="withdraw_dispute",
    ),
]
