from django import template

from outcomes import cells, figures

register = template.Library()
register.filter(cells.retention_of)
register.filter(cells.delivered_of)
register.simple_tag(figures.retention_curve)
register.simple_tag(figures.gap_bar)
register.simple_tag(figures.answer_bar)
