import datetime

import pytest

from disclosure import releasing
from disclosure.models import Cell
from disclosure.topics import Weighted, get
from outcomes import services
from outcomes.models import CheckIn
from outcomes.topics import months_late
from reviews.models import Review
from reviews.services import withdraw_review
from tests.factories import ProductFactory
from tests.outcomes.customers import ago, answered, customer, delivered, review_of

pytestmark = pytest.mark.django_db

DATE = datetime.date
TODAY = ago(0).date()
RETENTION, DELIVERY = get("retention"), get("delivery")


@pytest.fixture
def product():
    return ProductFactory(slug="grafana")


def said(topic, product, until=TODAY) -> dict[tuple[str, str], dict]:
    return {
        (each.series, each.organisation): {
            name: value for name, value in each.values.items() if value is not None
        }
        for each in topic.contributions(product.pk, until)
    }


def release(product, topic: str) -> dict[str, dict]:
    """The figures by series; a quarter begins today."""
    releasing.release(product.pk, topic, TODAY)
    return {
        cell.series: cell.figures
        for cell in Cell.objects.filter(product=product, topic=topic)
    }


# --- Did they stay? -------------------------------------------------------------------------


def test_an_answer_contributes_to_its_month(product):
    review = review_of(product, days=370)
    answered(review, 6, use="grew", buy_again="yes", organisation="a.example", days=190)
    answered(review, 12, use="shrank", organisation="a.example", days=3)

    assert list(RETENTION.product_ids()) == [product.pk]
    assert said(RETENTION, product) == {
        ("6", "a.example"): {"still_using": True, "use": "grew", "buy_again": "yes"},
        ("12", "a.example"): {"still_using": True, "use": "shrank"},
    }
    assert list(said(RETENTION, product, until=TODAY - datetime.timedelta(days=4))) == [
        ("6", "a.example")
    ]


@pytest.mark.parametrize(
    ("days", "series"), [(364, {"6"}), (366, {"6", "12"}), (731, {"6", "12", "24"})]
)
def test_who_left_counts_as_gone_in_each_later_month_that_has_come(
    product, days, series
):
    review = review_of(product, days=days)
    answered(review, 6, still_using=False, buy_again="no", organisation="a.example")

    found = said(RETENTION, product)
    assert {name for name, _ in found} == series
    assert found["6", "a.example"] == {"still_using": False, "buy_again": "no"}
    assert all(
        found[name, "a.example"] == {"still_using": False} for name in series - {"6"}
    )


def test_an_organisation_counts_once_with_its_newest_answer(product):
    for days, still in ((120, True), (100, False), (110, True)):
        answered(
            review_of(product),
            6,
            still_using=still,
            organisation="a.example",
            days=days,
        )

    assert said(RETENTION, product) == {("6", "a.example"): {"still_using": False}}


@pytest.mark.parametrize(
    "changes",
    [{"status": "withdrawn"}, {"status": "removed"}, {"relationship": "reseller"}],
)
def test_only_public_reviews_of_customers_count(product, changes):
    review = review_of(product)
    answered(review)
    delivered(review)
    Review.objects.filter(pk=review.pk).update(**changes)

    assert said(RETENTION, product) == {} == said(DELIVERY, product)
    assert not list(RETENTION.product_ids()) and not list(DELIVERY.product_ids())


def test_an_answer_without_an_organisation_counts_for_nobody(product):
    check_in = answered(review_of(product))
    CheckIn.objects.filter(pk=check_in.pk).update(organisation="")

    assert said(RETENTION, product) == {}


def test_figures_of_ten_organisations_by_hand():
    """8 of 10 stayed: 80 %; Wilson with n 10 and z 1.645: (0.8 + 0.1353) / 1.2706 ± 0.2003 = 0.5358 … 0.9364."""
    members = [Weighted({"still_using": n < 8}, 1.0) for n in range(10)]
    assert RETENTION.figures(members) == {
        "still_using": {
            "percent": 80,
            "bound": "",
            "low": 50,
            "high": 95,
            "organisations": 10,
        }
    }
    words = ["grew"] * 5 + ["same"] * 3 + ["shrank"] * 2
    figures = RETENTION.figures([Weighted({"use": word}, 1.0) for word in words])
    shares = figures["use"]["words"]
    assert [(word, shares[word]["percent"]) for word in shares] == [
        ("grew", 50),
        ("same", 30),
        ("shrank", 20),
    ]
    assert figures["use"]["organisations"] == 10


def test_four_organisations_are_shown_nowhere_and_five_are(product, client):
    for number in range(4):
        answered(review_of(product, days=300), still_using=number > 0, buy_again="yes")
    assert release(product, "retention") == {}

    answered(review_of(product, days=300), buy_again="yes")
    releasing.release(product.pk, "retention", TODAY + datetime.timedelta(days=1))
    cell = Cell.objects.get()
    assert (cell.series, cell.organisations) == ("6", 5)
    # 4 of 5; that all would buy again is told as all but one.
    assert cell.figures["still_using"]["percent"] == 80
    assert cell.figures["still_using"]["bound"] == "or more"
    assert cell.figures["buy_again"]["words"]["yes"]["bound"] == "or more"


def test_one_organisation_with_ten_answers_is_one(product):
    for _ in range(10):
        answered(review_of(product, days=300), organisation="a.example")

    assert release(product, "retention") == {}


def test_answers_of_less_than_90_days_are_in_no_figure(product):
    for number in range(5):
        answered(review_of(product, days=300), days=89 if number else 120)

    assert release(product, "retention") == {}


# --- Who leaves takes the figures along -----------------------------------------------------


@pytest.fixture
def released(product):
    """Five organisations behind figures of both topics."""
    reviews = []
    for number in range(5):
        review = review_of(product, customer(domain=f"firm{number}.example"), days=400)
        answered(review, organisation=f"firm{number}.example", days=200)
        delivered(review, organisation=f"firm{number}.example", days=200)
        reviews.append(review)
    for topic in ("retention", "delivery"):
        assert release(product, topic)
    return reviews


def topics() -> set[str]:
    return set(Cell.objects.values_list("topic", flat=True))


def test_a_withdrawn_review_retires_both(released):
    withdraw_review(review=released[0], author=released[0].author)
    assert topics() == set()


def test_an_answer_taken_back_retires_its_own_topic(released):
    services.take_back_answer(review=released[1], month=6)
    assert topics() == {"delivery"}


def test_a_delivery_taken_back_retires_its_own_topic(released):
    services.take_back_delivery(review=released[1])
    assert topics() == {"retention"}


def test_a_correction_leaves_what_was_released_as_it_was(released, product):
    before = list(Cell.objects.order_by("topic").values_list("topic", "figures"))
    answer = services.Answer(still_using=False, buy_again="no")
    services.answer_check_in(review=released[2], month=6, answer=answer)
    releasing.check(product.pk, "retention")

    assert (
        list(Cell.objects.order_by("topic").values_list("topic", "figures")) == before
    )


def test_taking_back_what_was_never_there_does_nothing(released, product):
    services.take_back_answer(review=review_of(product), month=6)
    assert topics() == {"retention", "delivery"}


# --- Sold and delivered ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("promised", "live", "late"),
    [
        (DATE(2025, 6, 1), DATE(2025, 8, 1), 2),
        (DATE(2025, 6, 1), DATE(2025, 6, 1), 0),
        (DATE(2025, 6, 1), DATE(2025, 5, 1), -1),
        (DATE(2025, 11, 1), DATE(2027, 2, 1), 15),
    ],
)
def test_months_late(product, promised, live, late):
    row = delivered(review_of(product), promised_on=promised, live_on=live)
    assert months_late(row) == late


def test_what_is_not_live_is_as_late_as_on_the_day_of_the_statement(product):
    row = delivered(
        review_of(product), days=0, promised_on=TODAY.replace(day=1), live_on=None
    )
    assert months_late(row) is None
    row.promised_on = DATE(TODAY.year - 1, TODAY.month, 1)
    assert months_late(row) == 12


def test_delivery_figures_of_eight_organisations_by_hand():
    """Half of the organisations at 0, half at 6: by symmetry the median is 3. Costs are all the same, 25 %."""
    late = [Weighted({"months_late": value}, 1.0) for value in (0, 0, 0, 0, 6, 6, 6, 6)]
    figures = DELIVERY.figures(late)["months_late"]
    assert figures["median"] == 3
    assert figures["low"] == 3 - (figures["high"] - 3)
    # Never as narrow as what they all say: a step of 5 points around it.
    cost = DELIVERY.figures([Weighted({"cost_gap": 25}, 1.0)] * 8)["cost_gap"]
    assert cost == {"median": 25, "low": 20, "high": 30, "organisations": 5}
    on_time = DELIVERY.figures([Weighted({"on_time": n < 4}, 1.0) for n in range(8)])
    # Wilson: 0.5 ± 1.645 · √(0.25/8 + 2.7055/256) / 1.3382 = 0.2487 … 0.7513.
    assert on_time["on_time"] == {
        "percent": 50,
        "bound": "",
        "low": 20,
        "high": 80,
        "organisations": 5,
    }


def test_a_delivery_contributes_what_it_states(product):
    review = review_of(product)
    delivered(review, cost_gap_percent=25, scope="most", organisation="a.example")
    assert said(DELIVERY, product) == {
        ("", "a.example"): {
            "months_late": 2,
            "on_time": False,
            "cost_gap": 25,
            "scope": "most",
        }
    }
