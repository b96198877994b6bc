from rest_framework import serializers

from prices.topics import BANDS

OF_THESE = "How many state it: at least so many, rounded down to a multiple of 5."


class MiddleSerializer(serializers.Serializer):
    """Lower quartile, median and upper quartile, rounded."""

    low = serializers.FloatField()
    median = serializers.FloatField()
    high = serializers.FloatField()
    organisations = serializers.IntegerField(help_text=OF_THESE)


class ShareSerializer(serializers.Serializer):
    """In per cent, with its 90 % interval; `bound` is "or more", "or less" or empty."""

    percent = serializers.IntegerField()
    bound = serializers.CharField()
    low = serializers.IntegerField()
    high = serializers.IntegerField()


class AnswerSerializer(ShareSerializer):
    organisations = serializers.IntegerField(help_text=OF_THESE)


class AnswersSerializer(serializers.Serializer):
    """By answer; one that a single organisation gave isn't among them."""

    words = serializers.DictField(child=ShareSerializer())
    organisations = serializers.IntegerField(help_text=OF_THESE)


class FiguresSerializer(serializers.Serializer):
    """What fewer than 5 organisations state is left out. Discounts and limits of rises are in per cent."""

    unit_price = MiddleSerializer(required=False)
    discount = MiddleSerializer(required=False)
    uplift_cap = MiddleSerializer(required=False)
    auto_renewal = AnswerSerializer(required=False)
    term = AnswersSerializer(required=False)
    exit_format = AnswersSerializer(required=False)
    return_seen = AnswersSerializer(required=False)


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
    figures = FiguresSerializer()


class PricesSerializer(serializers.Serializer):
    """A unit and year, without tax."""

    product = serializers.SlugField()
    cells = PriceCellSerializer(many=True)
