"""Texts as a moderator must see them: with what is hidden in them, and with what an edit changed, word for word."""

import difflib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

# Usual in what people write, and seen as what they are.
_PLAIN = re.compile(r"[\x20-\x7e\n]+")
_WORD = re.compile(r"\w+")
_TOKEN = re.compile(r"\n|[^\S\n]|\w+|[^\w\s]")
# Pairs of equal words, one of either text: two essays have some 20,000. Far more are one word over and over, whose
# comparison would keep the page for minutes: then all of it went and all of it came.
_PAIRS_COMPARED = 40_000

_SHORT = {
    "\t": "TAB",
    "\r": "CR",
    "\u00a0": "NBSP",
    "\u00ad": "SHY",
    "\u034f": "CGJ",
    "\u061c": "ALM",
    "\u200b": "ZWSP",
    "\u200c": "ZWNJ",
    "\u200d": "ZWJ",
    "\u200e": "LRM",
    "\u200f": "RLM",
    "\u2028": "LS",
    "\u2029": "PS",
    "\u202a": "LRE",
    "\u202b": "RLE",
    "\u202c": "PDF",
    "\u202d": "LRO",
    "\u202e": "RLO",
    "\u202f": "NNBSP",
    "\u2060": "WJ",
    "\u2066": "LRI",
    "\u2067": "RLI",
    "\u2068": "FSI",
    "\u2069": "PDI",
    "\ufeff": "BOM",
}
# Letters, marks and symbols that are drawn as nothing or as a gap, whatever their category says.
_BLANK = {
    0x034F,
    0x115F,
    0x1160,
    0x17B4,
    0x17B5,
    0x2800,
    0x3164,
    0xFFA0,
    *range(0xFE00, 0xFE10),
    *range(0xE0100, 0xE01F0),
}
_HIDDEN_CATEGORIES = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs"}

# Scripts whose letters pass for one another's.
_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC")
# Cyrillic and Greek letters that are drawn like Latin ones.
_TWINS = frozenset("асеһіјорԛѕԝхуӏԁАВЕІЈКМНОРСТХУЅԚԜѴҮ" + "οανρυικΑΒΕΖΗΙΚΜΝΟΡΤΥΧ")


@dataclass(frozen=True)
class Piece:
    """A part of a text; `note` says what is odd about it, and is empty for what is as it looks."""

    text: str
    note: str = ""
    # Drawn as a mark in place of the character, for nobody would see that one.
    is_hidden: bool = False


@dataclass(frozen=True)
class Change:
    """A part of two texts: "same", "gone" or "new"."""

    kind: str
    text: str


def pieces(text: str) -> Iterator[Piece]:
    """The text in order, cut where something in it is hidden or passes for something else."""
    text = text.replace("\r\n", "\n")
    odd = _odd_letters(text)
    position = 0
    while position < len(text):
        if position not in odd and (plain := _PLAIN.match(text, position)):
            yield Piece(plain.group())
            position = plain.end()
            continue
        character = text[position]
        if position in odd:
            yield Piece(character, f"{_name(character)} {odd[position]}")
        elif is_hidden(character):
            yield Piece(_short(character), _name(character), is_hidden=True)
        else:
            yield Piece(character)
        position += 1


def is_hidden(character: str) -> bool:
    return character not in " \n" and (
        unicodedata.category(character) in _HIDDEN_CATEGORIES
        or ord(character) in _BLANK
    )


def changes(before: str, after: str) -> list[Change]:
    old = _TOKEN.findall(before.replace("\r\n", "\n"))
    new = _TOKEN.findall(after.replace("\r\n", "\n"))
    if _pairs(old, new) > _PAIRS_COMPARED:
        return [Change("gone", before), Change("new", after)]
    found = []
    # Spaces are compared only beside words: else they would be most of the pairs.
    matcher = difflib.SequenceMatcher(str.isspace, old, new, autojunk=False)
    for what, a, b, c, d in matcher.get_opcodes():
        if what == "equal":
            found.append(Change("same", "".join(old[a:b])))
            continue
        found.append(Change("gone", "".join(old[a:b])))
        found.append(Change("new", "".join(new[c:d])))
    return [change for change in found if change.text]


def _pairs(old: list[str], new: list[str]) -> int:
    theirs = Counter(new)
    return sum(theirs[token] for token in old if not token.isspace())


def _odd_letters(text: str) -> dict[int, str]:
    """Position of a letter that passes for another script's, to what is odd about it."""
    found: dict[int, str] = {}
    if text.isascii():
        return found
    is_latin = re.search("[a-zA-Z]", text) is not None
    for word in _WORD.finditer(text):
        if word.group().isascii():
            continue
        found |= {
            word.start() + n: note
            for n, note in _odd_in(word.group(), is_latin).items()
        }
    return found


def _odd_in(word: str, is_in_latin_text: bool) -> dict[int, str]:
    styled = {
        n: "in place of a plain letter"
        for n, letter in enumerate(word)
        if _script(letter) in ("MATHEMATICAL", "FULLWIDTH")
    }
    scripts = [_script(letter) for letter in word]
    present = [script for script in _SCRIPTS if script in scripts]
    if len(present) > 1:
        main = max(present, key=scripts.count)
        return styled | {
            n: f"in a {main.capitalize()} word"
            for n, script in enumerate(scripts)
            if script in present and script != main
        }
    if is_in_latin_text and set(word) <= _TWINS:
        return styled | dict.fromkeys(range(len(word)), "drawn like a Latin letter")
    return styled


def _script(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]


def _short(character: str) -> str:
    return _SHORT.get(character, f"U+{ord(character):04X}")


def _name(character: str) -> str:
    name = unicodedata.name(character, "").capitalize() or "Control character"
    return f"{name} (U+{ord(character):04X})"
