from django import template

from prices import cells, figures

register = template.Library()
register.filter("price_series", cells.all_series)
register.filter(cells.band_label)
register.filter(cells.money)
register.filter("price_terms", lambda cell: cells.terms(cell.figures))
register.simple_tag(figures.range_bar)
