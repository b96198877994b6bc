from rest_framework import serializers

from outcomes.models import CheckIn, Delivery


class OutcomePartSerializer(serializers.Serializer):
    """In per cent, in steps of 5. `bound` "or more" or "or less": all or none is never told."""

    percent = serializers.IntegerField()
    bound = serializers.ChoiceField(
        choices=["", "or more", "or less"], allow_blank=True
    )
    low = serializers.IntegerField(help_text="Of the 90 % interval.")
    high = serializers.IntegerField(help_text="Of the 90 % interval.")


class OutcomeShareSerializer(OutcomePartSerializer):
    organisations = serializers.IntegerField(help_text="At least so many.")


class OutcomeAnswersSerializer(serializers.Serializer):
    """Of each answer that at least two organisations gave."""

    words = serializers.DictField(child=OutcomePartSerializer())
    organisations = serializers.IntegerField(help_text="At least so many.")


class GapSerializer(serializers.Serializer):
    low = serializers.IntegerField(help_text="The lower quartile.")
    median = serializers.IntegerField()
    high = serializers.IntegerField(help_text="The upper quartile.")
    organisations = serializers.IntegerField(help_text="At least so many.")


class RetentionFiguresSerializer(serializers.Serializer):
    """What too few organisations say is not there."""

    still_using = OutcomeShareSerializer(required=False)
    use = OutcomeAnswersSerializer(
        required=False,
        help_text=f"Of those who stayed: {', '.join(CheckIn.Use.values)}.",
    )
    buy_again = OutcomeAnswersSerializer(
        required=False, help_text=f"{', '.join(CheckIn.BuyAgain.values)}."
    )


class DeliveryFiguresSerializer(serializers.Serializer):
    """What too few organisations say is not there."""

    on_time = OutcomeShareSerializer(required=False)
    months_late = GapSerializer(required=False)
    cost_gap = GapSerializer(
        required=False, help_text="In per cent of what was promised."
    )
    scope = OutcomeAnswersSerializer(
        required=False, help_text=f"{', '.join(Delivery.Scope.values)}."
    )


class RetentionCellSerializer(serializers.Serializer):
    months = serializers.IntegerField(
        source="series", help_text="After the review: 6, 12 or 24."
    )
    figures = RetentionFiguresSerializer()
    released_on = serializers.DateField()


class DeliveryCellSerializer(serializers.Serializer):
    figures = DeliveryFiguresSerializer()
    released_on = serializers.DateField()


class RetentionSerializer(serializers.Serializer):
    """Cells over at least 5 organisations, released once a quarter; none: nothing can be shown yet."""

    product = serializers.SlugField()
    cells = RetentionCellSerializer(many=True)


class DeliverySerializer(serializers.Serializer):
    product = serializers.SlugField()
    cells = DeliveryCellSerializer(many=True)
