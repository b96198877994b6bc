import pytest

from moderation import texts
from moderation.templatetags.moderation import changes, marked, marked_line


def odd(text: str) -> list[tuple[str, str]]:
    return [(piece.text, piece.note) for piece in texts.pieces(text) if piece.note]


def test_a_usual_text_is_one_piece():
    assert list(texts.pieces("Good, for 5 € too.\nReally.")) == [
        texts.Piece("Good, for 5 "),
        texts.Piece("€"),
        texts.Piece(" too.\nReally."),
    ]
    assert odd("Müller’s café – naïve, 東京とカタカナ, Москва, Αθήνα") == []


def test_what_nobody_sees_is_named():
    assert odd("a\u200bb\u202ec\u00add\u00a0e\x07f") == [
        ("ZWSP", "Zero width space (U+200B)"),
        ("RLO", "Right-to-left override (U+202E)"),
        ("SHY", "Soft hyphen (U+00AD)"),
        ("NBSP", "No-break space (U+00A0)"),
        ("U+0007", "Control character (U+0007)"),
    ]
    assert [short for short, _ in odd("\u3164\u2800\ufe0f\U000e0041\ue000")] == [
        "U+3164",
        "U+2800",
        "U+FE0F",
        "U+E0041",
        "U+E000",
    ]


def test_letters_of_another_script_in_a_word_are_named():
    assert odd("a p\u0430ssword") == [
        ("\u0430", "Cyrillic small letter a (U+0430) in a Latin word")
    ]
    assert odd("Москвa") == [("a", "Latin small letter a (U+0061) in a Cyrillic word")]
    assert odd("free 𝐛") == [
        (
            "𝐛",
            "Mathematical bold small b (U+1D41B) in place of a plain letter",
        )
    ]


def test_a_word_made_of_twins_is_named_in_a_latin_text():
    assert [letter for letter, _ in odd("The сосо is good")] == list("сосо")
    assert odd("сосо") == []


def test_marks_escape_what_they_surround():
    assert marked_line("<b>\u200b&\n") == (
        '&lt;b&gt;<span class="m-hidden" title="Zero width space (U+200B)">ZWSP</span>&amp;<br>'
    )
    assert marked("one\r\n\r\ntwo\nthree") == (
        '<p dir="auto">one</p>\n<p dir="auto">two<br>three</p>'
    )


def test_changes_are_shown_by_word():
    assert changes("It was slow at first.", "It is slow at last.") == (
        "It <del>was</del><ins>is</ins> slow at <del>first</del><ins>last</ins>."
    )
    # What changes as a whole reads as a whole.
    assert changes("It was slow at first.", "It is fast at first.") == (
        "It <del>was slow</del><ins>is fast</ins> at first."
    )
    assert changes("", "<i>") == "<ins>&lt;i&gt;</ins>"


def test_a_long_text_is_compared_by_word():
    before = " ".join(f"word{n} and" for n in range(150))
    after = before.replace("word100 ", "other ")
    assert [change.text for change in texts.changes(before, after)][1:3] == [
        "word100",
        "other",
    ]


def test_an_edit_of_hidden_characters_alone_is_shown():
    assert changes("pass word", "pass\u200bword") == (
        'pass<del>␣</del><ins><span class="m-hidden" title="Zero width space (U+200B)">ZWSP</span></ins>word'
    )
    assert changes("a\nb", "a b") == "a<del>¶<br></del><ins>␣</ins>b"


@pytest.mark.parametrize(
    ("before", "after"), [("a " * 2000, "a b " * 1000), (".," * 2000, ",." * 2000)]
)
def test_one_word_over_and_over_keeps_no_page_waiting(before, after):
    assert texts.changes(before, after) == [
        texts.Change("gone", before),
        texts.Change("new", after),
    ]
