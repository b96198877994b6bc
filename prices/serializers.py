from rest_framework import serializers

from prices.topics import BANDS

OF_THESE = "How many state it: at least so many, rounded down to a multiple of 5."


class PriceMiddleSerializer(serializers.Serializer):
    """Lower quartile, median and upper quartile, rounded."""

    low = serializers.FloatField()
    median = serializers.FloatField()
    high = serializers.FloatField()
    organisations = serializers.IntegerField(help_text=OF_THESE)


class PriceShareSerializer(serializers.Serializer):
    """In per cent, with its 90 % interval; `bound` is "or more", "or less" or empty."""

    percent = serializers.IntegerField()
    bound = serializers.CharField()
    low = serializers.IntegerField()
    high = serializers.IntegerField()


class PriceAnswerSerializer(PriceShareSerializer):
    organisations = serializers.IntegerField(help_text=OF_THESE)


class PriceAnswersSerializer(serializers.Serializer):
    """By answer; one that a single organisation gave isn't among them."""

    words = serializers.DictField(child=PriceShareSerializer())
    organisations = serializers.IntegerField(help_text=OF_THESE)


class PriceFiguresSerializer(serializers.Serializer):
    """What fewer than 5 organisations state is left out. Discounts and limits of rises are in per cent."""

    unit_price = PriceMiddleSerializer(required=False)
    discount = PriceMiddleSerializer(required=False)
    uplift_cap = PriceMiddleSerializer(required=False)
    auto_renewal = PriceAnswerSerializer(required=False)
    term = PriceAnswersSerializer(required=False)
    exit_format = PriceAnswersSerializer(required=False)
    return_seen = PriceAnswersSerializer(required=False)


class PriceCellSerializer(serializers.Serializer):
    unit = serializers.CharField()
    currency = serializers.CharField()
    band = serializers.ChoiceField(
        choices=[("", "All sizes"), *BANDS],
        help_text="Size of the organisations; empty for all sizes.",
    )
    organisations = serializers.IntegerField(
        help_text="At least so many, rounded down to a multiple of 5."
    )
    released_on = serializers.DateField()
    figures = PriceFiguresSerializer()


class PricesSerializer(serializers.Serializer):
    """A unit and year, without tax."""

    product = serializers.SlugField()
    cells = PriceCellSerializer(many=True)
