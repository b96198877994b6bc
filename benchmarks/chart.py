"""The pages' shares as bars: one SVG, readable on light and on dark, with the same figures as text."""

from collections.abc import Sequence
from html import escape

from benchmarks.figures import PageFigures

WIDTH, LABELS, FIGURES, LINE, TOP = 820, 290, 60, 22, 34
# The peer's bars are hatched by colour: ours are the accent of the site.
STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1f2937 }
.ours { fill: #0f766e } .peer { fill: #b45309 } .bare { fill: #6b7280 } .reach { stroke: #1f2937 }
@media (prefers-color-scheme: dark) {
  text { fill: #e5e7eb } .ours { fill: #2dd4bf } .peer { fill: #fbbf24 } .bare { fill: #9ca3af } .reach { stroke: #e5e7eb }
}
"""


def as_svg(pages: Sequence[PageFigures], peer: str, bare: str) -> str:
    height = TOP + LINE * len(pages) + 10
    rows = "\n".join(
        _row(page, TOP + LINE * place, _kind(page.name, peer, bare))
        for place, page in enumerate(pages)
    )
    described = ". ".join(f"{page.name}: {page.share.median:.3f}" for page in pages)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-labelledby="title desc">\n<title id="title">Requests a second as a share of a bare Django view</title>\n'
        f'<desc id="desc">{escape(described)}</desc>\n<style>{STYLE}</style>\n'
        f'<text x="0" y="18">Requests a second as a share of a bare Django view: median, smallest to largest</text>\n'
        f"{rows}\n</svg>\n"
    )


def _kind(name: str, peer: str, bare: str) -> str:
    if name.startswith(peer):
        return "peer"
    return "bare" if name == bare else "ours"


def _row(page: PageFigures, y: int, kind: str) -> str:
    share = page.share
    begin, end = LABELS + _length(share.low), LABELS + _length(share.high)
    middle = y + 8
    return (
        f'<text x="{LABELS - 8}" y="{y + 12}" text-anchor="end">{escape(page.name)}</text>'
        f'<rect class="{kind}" x="{LABELS}" y="{y}" width="{_length(share.median):.1f}" height="15" rx="2"/>'
        f'<path class="reach" d="M{begin:.1f} {middle}H{end:.1f}"/>'
        f'<text x="{max(end, LABELS + _length(share.median)) + 6:.1f}" y="{y + 12}">{share.median:.3f}</text>'
    )


def _length(share: float) -> float:
    room = WIDTH - LABELS - FIGURES
    return max(1.0, min(1.0, share) * room)
