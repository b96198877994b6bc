from disclosure.cohorts import Candidate, Formed, History, Live, plan

NOBODY = History(known=frozenset(), said={})


def candidates(names: str, band: str = "", value: str = "old") -> list[Candidate]:
    return [Candidate(name, value, band) for name in names]


def shape(formed: list[Formed]) -> list[tuple[str, str]]:
    return [
        (each.band, "".join(sorted(m.organisation for m in each.members)))
        for each in formed
    ]


def known(names: str) -> History:
    return History(known=set(names), said={name: ["old"] for name in names})


def test_five_newcomers_form_a_cohort():
    assert shape(plan([], candidates("abcde"), NOBODY)) == [("", "abcde")]


def test_four_newcomers_wait():
    assert plan([], candidates("abcd"), NOBODY) == []


def test_newcomers_are_divided_into_fives_and_a_bit():
    assert shape(plan([], candidates("abcdefghijklm"), NOBODY)) == [
        ("", "acegikm"),
        ("", "bdfhjl"),
    ]


def test_bands_with_five_newcomers_stand_alone_and_the_others_mix():
    given = candidates("abcde", "s") + candidates("fgh", "m") + candidates("ij", "l")
    assert shape(plan([], given, NOBODY)) == [("s", "abcde"), ("", "fghij")]


def test_who_was_in_a_cohort_before_is_no_newcomer_but_may_join():
    four_new = candidates("efgh")
    assert plan([], candidates("abcd") + four_new, known("abcd")) == []
    five_new = candidates("efghi")
    assert shape(plan([], candidates("abcd") + five_new, known("abcd"))) == [
        ("", "abcdefghi")
    ]


def test_those_left_over_are_spread_over_the_new_cohorts():
    given = candidates("abc") + candidates("klmnopqrst")
    assert shape(plan([], given, known("abc"))) == [
        ("", "ackmoqs"),
        ("", "blnprt"),
    ]


def test_a_live_cohort_takes_nobody_in():
    live = [Live(1, "", set("abcde"))]
    assert plan(live, candidates("abcdefghi"), known("abcde")) == []


def test_a_cohort_is_renewed_when_five_of_it_say_something_new():
    live = [Live(1, "s", set("abcdef"))]
    given = candidates("abcde", "s", "new") + candidates("f", "s")
    (renewed,) = plan(live, given, known("abcdef"))
    assert shape([renewed]) == [("s", "abcdef")]
    assert renewed.replaces == (1,)
    assert {m.value for m in renewed.members} == {"new", "old"}


def test_a_cohort_in_which_four_say_something_new_stays():
    live = [Live(1, "", set("abcdef"))]
    given = candidates("abcd", value="new") + candidates("ef")
    assert plan(live, given, known("abcdef")) == []


def test_what_was_said_in_an_earlier_cohort_is_not_new():
    live = [Live(2, "", set("abcde"))]
    past = History(known=set("abcde"), said={name: ["old", "new"] for name in "abcde"})
    assert plan(live, candidates("abcde", value="old"), past) == []


def test_whose_past_was_emptied_never_says_anything_new():
    live = [Live(2, "", set("abcde"))]
    past = History(known=set("abcde"), said={}, emptied={"a"})
    assert plan(live, candidates("abcde", value="new"), past) == []


def test_cohorts_of_one_band_are_renewed_together():
    live = [Live(1, "s", set("abcde")), Live(2, "s", set("fghij"))]
    given = (
        candidates("ab", "s", "new")
        + candidates("cde", "s")
        + candidates("fgh", "s", "new")
        + candidates("ij", "s")
    )
    (renewed,) = plan(live, given, known("abcdefghij"))
    assert shape([renewed]) == [("s", "abcdefghij")]
    assert renewed.replaces == (2, 1)


def test_cohorts_of_two_bands_are_not_renewed_together():
    live = [Live(1, "s", set("abcde")), Live(2, "l", set("fghij"))]
    given = candidates("abcfgh", value="new") + candidates("deij")
    assert plan(live, given, known("abcdefghij")) == []


def test_a_cohort_waits_while_a_member_has_just_changed():
    live = [Live(1, "", set("abcdef"))]
    assert plan(live, candidates("abcde", value="new"), known("abcdef")) == []


def test_a_renewed_cohort_keeps_its_band_when_a_member_has_grown():
    live = [Live(1, "s", set("abcde"))]
    given = candidates("abcd", "s", "new") + candidates("e", "l", "new")
    assert shape(plan(live, given, known("abcde"))) == [("s", "abcde")]
