from typing import Any

from rest_framework import serializers

from disclosure.models import Cell


class CellSerializer(serializers.ModelSerializer):
    """Rounded figures over at least so many organisations; those of a series and band are about them alone."""

    topic = serializers.CharField(help_text="What the figures are about.")
    series = serializers.CharField(
        help_text="What can't be mixed: a unit and currency, a month; empty where there is one series only."
    )
    band = serializers.CharField(help_text="A part of the series; empty for all of it.")
    organisations = serializers.IntegerField(
        help_text="At least so many, rounded down to a multiple of 5."
    )
    figures = serializers.DictField(
        child=serializers.DictField(),
        help_text="By field: `median`, `low` and `high` (quartiles); or `percent` with its 90 % interval and "
        "`bound` (`or more`, `or less`, or empty); or such percentages by answer under `words`.",
    )
    released_on = serializers.DateField(help_text="First day of a quarter.")

    class Meta:
        model = Cell
        fields = [
            "topic",
            "series",
            "band",
            "organisations",
            "figures",
            "released_on",
        ]


class FiguresSerializer(serializers.Serializer[Any]):
    """What is released of one product; nothing of what too few organisations said."""

    product = serializers.SlugField()
    method = serializers.URLField(help_text="How the figures are made.")
    cells = CellSerializer(many=True)
