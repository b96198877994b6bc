"""Addresses of the whole site. Each app's own urls.py holds its full paths, so it is included at the root."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.contrib.sitemaps.views import sitemap
from django.urls import include, path

from reviews.views import product as product_page
from reviews_site import about, api_docs, health, home, metrics, sitemaps

handler500 = "reviews_site.unavailable.server_error"

admin.autodiscover()
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("", home.home, name="home"),
    # First, since it is asked for most; it shows reviews, so it is served by the app above products.
    path("products/<slug:slug>/", product_page.product, name="product"),
    # Before the hundred and more that no address of the API is like.
    path("api/v1/", include("reviews_site.api_urls")),
    path("robots.txt", home.robots, name="robots"),
    path("sitemap.xml", sitemaps.index, name="sitemap_index"),
    path(
        "sitemap-<section>.xml",
        sitemap,
        {"sitemaps": sitemaps.SITEMAPS},
        name="sitemap",
    ),
    path("about/ratings/", about.ratings, name="about_ratings"),
    path("about/verification/", about.verification, name="about_verification"),
    path("about/guidelines/", about.guidelines, name="about_guidelines"),
    path("about/figures/", about.figures, name="about_figures"),
    path("about/messages/", about.messages, name="about_messages"),
    path("reviews/new/", about.write_a_review, name="write_a_review"),
    # Before allauth: it replaces one of its pages.
    path("", include("accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("", include("products.urls")),
    path("", include("reviews.urls")),
    path("", include("prices.urls")),
    path("", include("outcomes.urls")),
    path("", include("messaging.urls")),
    path("", include("references.urls")),
    path("", include("following.urls")),
    path("", include("research.urls")),
    path("", include("moderation.urls")),
    path("", include("notifications.urls")),
    path("admin/queue/", include("moderation.panel.urls")),
    path("admin/", admin.site.urls),
    path("api/docs/", api_docs.ApiDocs.as_view(), name="api_docs"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
]
