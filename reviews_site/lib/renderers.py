"""Apart from reviews_site.lib.api, since REST framework's views want it while that is still being imported."""

from rest_framework.renderers import JSONRenderer


class OneFormJSONRenderer(JSONRenderer):
    """REST framework's indents by what Accept says, which a page kept for all visitors must not depend on."""

    def get_indent(self, *asked: object) -> None:
        return None
