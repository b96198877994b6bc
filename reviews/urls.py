from django.urls import path

from reviews.views import review

app_name = "reviews"
urlpatterns = [
    path("reviews/<uuid:public_id>/", review.review, name="review"),
]
