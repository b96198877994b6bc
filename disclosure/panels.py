"""The panels of the product page: what has been released of each topic, or what is missing for it."""

from collections import defaultdict

from django.template.loader import get_template

from disclosure.models import Cell
from disclosure.topics import all_topics
from products.models import Product


def panels(product: Product) -> list[str]:
    """HTML, in the order of the topics; one query for all cells."""
    by_topic: dict[str, list[Cell]] = defaultdict(list)
    for cell in Cell.objects.filter(product=product).order_by("series", "band"):
        by_topic[cell.topic].append(cell)
    return [
        get_template(topic.panel_template).render(
            {"product": product, "topic": topic, "cells": by_topic[topic.name]}
        )
        for topic in all_topics()
    ]
