from django.urls import path

from research.views import alternatives, category, compare, guide, peers, voice

app_name = "research"
urlpatterns = [
    path("compare/", compare.compare, name="compare"),
    path("compare.pdf", compare.compare_pdf, name="compare_pdf"),
    path(
        "products/<slug:slug>/alternatives/",
        alternatives.alternatives,
        name="alternatives",
    ),
    path(
        "products/<slug:slug>/people-like-me/",
        peers.people_like_me,
        name="people_like_me",
    ),
    path("categories/<slug:slug>/", category.category, name="category"),
    path("categories/<slug:slug>/guide/", guide.guide, name="guide"),
    path("categories/<slug:slug>/guide.pdf", guide.guide_pdf, name="guide_pdf"),
    path("products/<slug:slug>/voice/", voice.product_voice, name="product_voice"),
    path("vendors/<slug:slug>/voice/", voice.vendor_voice, name="vendor_voice"),
]
