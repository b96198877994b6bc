from django.urls import path

from following.views import confirming, feeds, follows, shortlists

app_name = "following"
urlpatterns = [
    path("products/<slug:slug>/shortlist/", shortlists.add, name="add_to_shortlist"),
    path("me/shortlists/", shortlists.own_lists, name="shortlists"),
    path("me/shortlists/<uuid:public_id>/", shortlists.shortlist, name="shortlist"),
    path(
        "me/shortlists/<uuid:public_id>/rename/",
        shortlists.rename,
        name="rename_shortlist",
    ),
    path(
        "me/shortlists/<uuid:public_id>/delete/",
        shortlists.delete,
        name="delete_shortlist",
    ),
    path(
        "me/shortlists/<uuid:public_id>/csv/",
        shortlists.download,
        name="shortlist_csv",
    ),
    path(
        "me/shortlists/<uuid:public_id>/<slug:slug>/note/",
        shortlists.note,
        name="item_note",
    ),
    path(
        "me/shortlists/<uuid:public_id>/<slug:slug>/remove/",
        shortlists.remove,
        name="remove_item",
    ),
    path("products/<slug:slug>/follow/", follows.product, name="product"),
    path("categories/<slug:slug>/follow/", follows.category, name="category"),
    path("vendors/<slug:slug>/follow/", follows.vendor, name="vendor"),
    path("me/following/", follows.follows, name="follows"),
    path("me/following/digest/", follows.ask_for_digest, name="ask_for_digest"),
    path("me/following/digest/stop/", follows.stop_digest, name="stop_digest"),
    path(
        "me/following/digest/confirm/<str:token>/",
        confirming.confirm_digest,
        name="confirm_digest",
    ),
    path("feed/", feeds.site, name="site_feed"),
    path("products/<slug:slug>/feed/", feeds.product, name="product_feed"),
    path("categories/<slug:slug>/feed/", feeds.category, name="category_feed"),
]
