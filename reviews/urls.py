from django.urls import path

from reviews.views import mine, review, write

app_name = "reviews"
urlpatterns = [
    path("products/<slug:slug>/reviews/new/", write.write, name="write"),
    path("products/<slug:slug>/reviews/draft/", write.save_draft, name="save_draft"),
    path("reviews/<uuid:public_id>/", review.review, name="review"),
    path("reviews/<uuid:public_id>/edit/", write.edit, name="edit"),
    path("reviews/<uuid:public_id>/edit/draft/", write.save_edit, name="save_edit"),
    path("reviews/<uuid:public_id>/withdraw/", mine.withdraw, name="withdraw"),
    path("me/reviews/", mine.mine, name="mine"),
]
