from django.contrib import admin
from django.urls import path

from moderation.panel import batches, items, queue

for_moderators = admin.site.admin_view

urlpatterns = [
    path("", for_moderators(queue.queue), name="moderation_queue"),
    path("batches/", for_moderators(batches.start), name="moderation_batches"),
    path(
        "batches/<uuid:public_id>/",
        for_moderators(batches.batch),
        name="moderation_batch",
    ),
    path(
        "batches/<uuid:public_id>/undo/",
        for_moderators(batches.undo),
        name="moderation_batch_undo",
    ),
    path(
        "<uuid:public_id>/",
        for_moderators(items.ItemView.as_view()),
        name="moderation_item",
    ),
    path(
        "<uuid:public_id>/hold/",
        for_moderators(items.hold),
        name="moderation_item_hold",
    ),
    path(
        "<uuid:public_id>/open/",
        for_moderators(items.OpenItem.as_view()),
        name="moderation_item_open",
    ),
    path(
        "<slug:kind>/<uuid:target_id>/",
        for_moderators(items.TargetView.as_view()),
        name="moderation_target",
    ),
]
