import json

import pytest

from products.models import Product
from reviews import ratings, voice
from reviews.models import Answer, Question, Review
from reviews.voice.choosing import Background, salience
from reviews.voice.computing import LONGEST_QUOTE, quote
from tests.factories import PendingReviewFactory, ProductFactory, UserFactory
from tests.reviews.voices import counts, ledger, listen, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def product() -> Product:
    return ledger()


def heard(product: Product) -> dict:
    return listen(product)[product.pk]


# --- What is counted ------------------------------------------------------------------------


def test_phrase_is_counted_once_a_review(product):
    for _ in range(3):
        say(product, pros="Bank reconciliation works. Bank reconciliation again!")
    say(product, pros="Nothing about banks.")
    figures = heard(product)
    assert counts(figures, "praise") == {"bank reconciliation": 3}
    assert figures["reviews"] == 4
    assert figures["praise"][0]["share"] == 0.75


def test_phrase_of_two_reviews_is_not_shown(product):
    say(product, pros="Bank reconciliation works.")
    say(product, pros="Bank reconciliation works.")
    say(product, pros="Something else entirely.")
    assert heard(product)["praise"] == []


def test_praise_and_criticism_are_counted_apart(product):
    for _ in range(3):
        say(product, pros="A bank reconciliation.", cons="The phone version.")
    figures = heard(product)
    assert counts(figures, "praise") == {"bank reconciliation": 3}
    assert counts(figures, "criticism") == {"phone version": 3}


def test_answers_to_positive_and_negative_questions_are_counted(product):
    for _ in range(3):
        review = say(product)
        for key, text in (
            ("most_valuable", "The audit trail."),
            ("needs_improvement", "Those invoice templates."),
            ("use_case", "Our payroll runs."),
        ):
            question = Question.objects.get(key=key)
            Answer.objects.create(review=review, question=question, text=text)
    figures = heard(product)
    assert counts(figures, "praise") == {"audit trail": 3}
    assert counts(figures, "criticism") == {"invoice templates": 3}


def test_answers_are_counted_whatever_the_numbers_of_their_questions(product):
    Question.objects.filter(key="most_valuable").delete()
    question = Question.objects.create(
        pk=3_000_000, key="most_valuable", text="What is most valuable?", position=90
    )
    for _ in range(3):
        review = say(product)
        Answer.objects.create(review=review, question=question, text="The audit trail.")
    assert counts(heard(product), "praise") == {"audit trail": 3}


def test_only_what_is_published_and_scored_is_counted(product):
    for _ in range(3):
        say(product, pros="A bank reconciliation.")
    for status in ("rejected", "withdrawn", "removed"):
        say(product, pros="A bank reconciliation.", status=status)
    PendingReviewFactory(product=product, pros="A bank reconciliation.")
    for relationship in ("partner", "reseller", "consultant"):
        say(product, pros="A bank reconciliation.", relationship=relationship)
    say(product, pros="A bank reconciliation.", source="imported")
    figures = heard(product)
    assert counts(figures, "praise") == {"bank reconciliation": 3}
    assert figures["reviews"] == 3


def test_words_of_one_stem_are_one_phrase_in_the_wording_used_most(product):
    say(product, pros="The import wizards.")
    say(product, pros="Its import wizard.")
    say(product, pros="An import wizard.")
    assert counts(heard(product), "praise") == {"import wizard": 3}


def test_phrases_do_not_reach_across_clauses_and_sentences(product):
    for _ in range(3):
        say(product, pros="Reliable backups, invoices. Ledgers")
    praised = counts(heard(product), "praise")
    assert "backups invoices" not in praised
    assert "invoices ledgers" not in praised


def test_small_words_join_two_words(product):
    for _ in range(3):
        say(product, pros="Its separation of duties.")
    assert counts(heard(product), "praise") == {"separation of duties": 3}


def test_own_name_and_vendor_are_no_praise(product):
    product.vendor.name = "Quill and Sons"
    product.vendor.save()
    for _ in range(3):
        say(product, pros="Ledger! Thank you, Quill and Sons. LEDGER exports.")
    assert counts(heard(product), "praise") == {"exports": 3}


def test_word_with_a_hyphen_is_one_word(product):
    for _ in range(3):
        say(product, pros="Their single sign-on.")
    assert counts(heard(product), "praise") == {"single sign-on": 3}


def test_pair_takes_over_its_words_where_they_nearly_coincide(product):
    for _ in range(4):
        say(product, pros="A bank reconciliation.")
    say(product, pros="Some reconciliation.")
    assert counts(heard(product), "praise") == {"bank reconciliation": 4}


def test_word_that_stands_alone_more_often_stays(product):
    for _ in range(3):
        say(product, pros="A payroll calendar.")
    for _ in range(6):
        say(product, pros="The payroll.")
    assert counts(heard(product), "praise")["payroll"] == 9


def test_what_the_whole_category_says_does_not_win(product):
    for _ in range(3):
        say(product, pros="It opens quickly.", cons="A phone version. It crashes.")
    figures = heard(product)
    assert figures["praise"] == []
    assert counts(figures, "criticism") == {"phone version": 3}


def test_words_that_only_praise_are_left_out(product):
    for _ in range(3):
        say(product, pros="Good. Great software. Excellent product, really amazing!")
    assert heard(product)["praise"] == []


def test_products_are_counted_apart(product):
    other = ProductFactory(name="Other")
    for _ in range(3):
        say(product, pros="A bank reconciliation.")
        say(other, pros="The audit trail.")
    figures = listen(product, other)
    assert counts(figures[product.pk], "praise") == {"bank reconciliation": 3}
    assert counts(figures[other.pk], "praise") == {"audit trail": 3}


# --- Who, when, in which words --------------------------------------------------------------


def test_phrase_has_its_share_of_each_perspective_and_its_quarters(product):
    for perspective, times in (("buyer", 2), ("end_user", 1)):
        for _ in range(times):
            say(product, pros="A bank reconciliation.", perspective=perspective)
    say(product, perspective="end_user")
    figures = heard(product)
    phrase = figures["praise"][0]
    assert figures["perspectives"] == {"buyer": 2, "end_user": 2}
    assert phrase["perspectives"] == {
        "buyer": {"count": 2, "share": 1.0},
        "end_user": {"count": 1, "share": 0.5},
    }
    assert sum(figures["quarters"].values()) == 4
    assert sum(phrase["quarters"].values()) == 3


def test_examples_are_sentences_of_three_reviews_each_perspective_first(product):
    newest = [
        say(product, days_ago=n, pros=f"A bank reconciliation, number {n}. Other.")
        for n in range(1, 5)
    ]
    user = say(product, days_ago=9, pros="Bank reconciliation!", perspective="end_user")
    examples = heard(product)["praise"][0]["examples"]
    assert examples == [
        {
            "review": str(newest[0].public_id),
            "sentence": "A bank reconciliation, number 1.",
            "words": "bank reconciliation",
            "perspective": "buyer",
        },
        {
            "review": str(user.public_id),
            "sentence": "Bank reconciliation!",
            "words": "Bank reconciliation",
            "perspective": "end_user",
        },
        {
            "review": str(newest[1].public_id),
            "sentence": "A bank reconciliation, number 2.",
            "words": "bank reconciliation",
            "perspective": "buyer",
        },
    ]


def test_long_sentence_is_cut_around_the_words():
    text = "before " * 100 + "bank reconciliation" + " after" * 100
    sentence, words = quote(text, "bank reconciliation")
    assert words == "bank reconciliation"
    assert words in sentence
    assert sentence.startswith("…") and sentence.endswith("…")
    assert len(sentence) <= LONGEST_QUOTE + 2


def test_words_across_a_line_are_found():
    assert quote("A bank\n reconciliation.", "bank reconciliation") == (
        "A bank reconciliation.",
        "bank reconciliation",
    )


def test_top_reads_what_is_stored(product):
    for _ in range(3):
        say(product, pros="See the bank reconciliation of ours.")
    (phrase,) = voice.top(heard(product), "praise", 5)
    assert (phrase.text, phrase.count, phrase.share) == ("bank reconciliation", 3, 1.0)
    example = phrase.examples[0]
    assert (example.before, example.words, example.after) == (
        "See the ",
        "bank reconciliation",
        " of ours.",
    )
    assert voice.top({}, "praise", 5) == []


# --- Hostile and foreign texts --------------------------------------------------------------

HOSTILE = (
    "<script>alert('bank reconciliation')</script> bank reconciliation <b>bold</b>",
    "x" * 3900 + " bank reconciliation",
    "🎉🎉 bank reconciliation 🎉 \u202e evil \u202c \u0007 bell",
    "מרחבא البنك bank reconciliation 银行对账 対照",
    "%s %% {0} {braces} \\ ' \" bank reconciliation (((((",
    "Die Bank reconciliation läuft. Überweisungen sind schnell und größer.",
)


def test_hostile_texts_are_counted_like_any(product):
    for text in HOSTILE:
        say(product, pros=text, cons=text)
    figures = heard(product)
    assert counts(figures, "praise")["bank reconciliation"] == len(HOSTILE)
    assert "\u0007" not in json.dumps(figures, ensure_ascii=False)


def test_hostile_names_are_left_out_as_they_are(product):
    product.name = r"C++ (.*) [a|b] \d %s '"
    product.save()
    for _ in range(3):
        say(product, pros=rf"{product.name} has a bank reconciliation.")
    assert counts(heard(product), "praise")["bank reconciliation"] == 3


def test_german_reviews_have_german_phrases(product):
    for _ in range(3):
        say(product, pros="Die monatliche Umsatzsteuervoranmeldung klappt.")
    assert "monatliche Umsatzsteuervoranmeldung" in counts(heard(product), "praise")


# --- The same for everybody -----------------------------------------------------------------


def test_figures_are_the_same_each_time_and_whoever_wrote(product):
    for n in range(6):
        say(product, pros=f"A bank reconciliation, an audit trail {n}.", cons="Slow.")
    first = json.dumps(heard(product))
    for review in Review.objects.filter(product=product).order_by("-pk"):
        review.author, review.is_anonymous = UserFactory(), False
        review.company_size, review.country = "10000+", "FR"
        review.save()
    assert json.dumps(heard(product)) == first


def test_vendor_is_heard_over_its_products_where_three_said_it_of_one(product):
    second = ProductFactory(name="Second", vendor=product.vendor)
    for _ in range(3):
        say(product, pros="A bank reconciliation.")
    # By one and the same author, perhaps: nobody looks.
    for one, times in ((product, 2), (second, 2)):
        for _ in range(times):
            say(one, pros="The audit trail.")
    say(second, pros="A bank reconciliation.")
    for one in (product, second):
        ratings.refresh_product_rating(one.pk)
    subject = voice.Subject(1, [product.pk, second.pk], ["Ledger", "Second"])
    figures = voice.compute([subject])[1]
    assert figures["reviews"] == 8
    assert counts(figures, "praise") == {"bank reconciliation": 4}


def test_nothing_is_computed_for_nobody(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert voice.compute([]) == {}


def test_product_without_reviews_says_so(product):
    assert heard(product) == {
        "reviews": 0,
        "perspectives": {},
        "quarters": {},
        "praise": [],
        "criticism": [],
        "differences": [],
        "gaps": [],
    }


def test_many_products_are_counted_with_as_many_queries_as_one(
    product, django_assert_num_queries
):
    products = [product, *(ProductFactory() for _ in range(2))]
    for one in products:
        for _ in range(3):
            say(one, pros="A bank reconciliation.")
    listen(*products)
    for heard_at_once in (products[:1], products):
        subjects = [voice.Subject(p.pk, [p.pk], [p.name]) for p in heard_at_once]
        with django_assert_num_queries(15):
            voice.compute(subjects)


# --- Salience -------------------------------------------------------------------------------


def test_salience_grows_with_the_share_and_falls_with_the_background():
    rare = Background(1, 100, 1, 100)
    common = Background(50, 100, 50, 100)
    assert salience(30, 100, rare) > salience(10, 100, rare) > 1
    assert salience(50, 100, common) == pytest.approx(0, abs=0.01)
    assert salience(30, 100, common) < 0


def test_salience_needs_no_background_at_all():
    assert salience(3, 3, Background(0, 0, 0, 0)) > 0
