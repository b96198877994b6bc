from drf_spectacular.views import SpectacularSwaggerSplitView


class ApiDocs(SpectacularSwaggerSplitView):
    """The API to try out, from files of this site alone."""

    template_name = "api_docs.html"
    url_name = "api:schema"
    title = "API"
