from django import template

from products import figures

register = template.Library()
register.simple_tag(figures.interval_bar)
register.simple_tag(figures.interval_scale)
register.simple_tag(figures.histogram)
register.simple_tag(figures.trend)
register.filter(figures.plus_minus)
register.filter(figures.interval_text)
