from accounts.countries import COUNTRIES
from accounts.models import Profile
from accounts.personas import missing_facets, persona, persona_of


def test_persona_names_each_facet_in_one_line():
    text = persona("it", "c_minus_1", "201-1000", "healthcare", "DE")
    assert text == "IT · one level below C · 201–1,000 employees · Healthcare · Germany"


def test_persona_leaves_out_what_is_not_known():
    assert persona("", "", "", "") == ""
    assert persona("other", "c_level", "1-50", "other") == "C-level · 1–50 employees"
    assert persona("", "c_minus_2", "", "") == "Two levels below C"
    assert persona("it", "c_level", "", "") == "IT · C-level"
    assert persona("made-up", "x", "y", "z", "XX") == ""


def test_persona_of_takes_whatever_has_the_facets():
    profile = Profile(job_function="hr", seniority="c_minus_3", country="FR")
    assert (
        persona_of(profile) == "Human resources · three or more levels below C · France"
    )
    assert missing_facets(profile) == ["size of your organisation", "industry"]


def test_countries_are_the_249_of_the_standard():
    assert len(COUNTRIES) == 249
    assert all(len(code) == 2 and code.isupper() for code in COUNTRIES)
