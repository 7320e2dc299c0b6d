"""Junctions: where two characters meet that not every language lets meet.

A vowel sign of Devanagari needs a consonant before it, the final forms of Hebrew and
Greek stand at the ends of words, a joiner connects certain emoji, and few lists have
two full stops in a row, words of two scripts, or capitals within words. The junctions
of a list show what it allows. They are more general than pairs of characters, so that a
short list shows most of them:

- a mark after a letter is told by the letter, and by the mark's category and class of
  combination: a consonant that takes one vowel sign takes the others;
- elsewhere a letter counts as any letter, beside a letter of another script as any of
  its script;
- characters that are no letters, digits or emoji meet as they are, and the case of a
  letter counts beside such a character and where a capital is inside a word;
- brackets and quotation marks that open or close, and emoji, count as such;
- two vowel signs in a row are told from a vowel sign and another mark.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from itertools import pairwise
from unicodedata import category, combining
from unicodedata import name as name_of

FLAG_LETTERS = range(0x1F1E6, 0x1F200)  # two are a flag

PLAIN = ""  # the junction of any other two characters
UNBALANCED = "unbalanced"  # in names with a bracket or quotation mark too many
HALF_FLAG = "half a flag"  # in names with an odd number of letters of flags in a row
_BOTH_VOWELS = " vowels"  # after the groups of two vowel signs
_SMALL_WORD = frozenset([PLAIN, " Ll"])  # the junctions of a word in small letters

_JOINERS = "\u200c\u200d"
_SKIN_TONES = "".join(map(chr, range(0x1F3FB, 0x1F400)))
# Letters that have a place in a word or a syllable: final forms, Arabic letters that
# end words, vowels that Thai and Lao write as letters, small kana and the mark of
# length.
_FINAL = "ךםןףץςةى"
_VOWELS = "ะาำๅเแโใไະາຳເແໂໃໄ"
_KANA = "ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶー"
_PLACED = frozenset(_JOINERS + _SKIN_TONES + _FINAL + _VOWELS + _KANA)
_THAI_VOWEL_SIGNS = "ัิีึืุู"  # which Unicode does not call vowel signs
_NOT_FINAL = frozenset("כמנפצσ")  # letters that have a final form

_FLAG_LETTER = f"[{chr(FLAG_LETTERS[0])}-{chr(FLAG_LETTERS[-1])}]"
_HALF_FLAG = (  # not compiled before it is used: the range takes a millisecond
    f"(?<!{_FLAG_LETTER})(?:{_FLAG_LETTER}{{2}})*{_FLAG_LETTER}(?!{_FLAG_LETTER})"
)


def junctions(name: str) -> frozenset[str]:
    """The junctions of a name in NFC, each as a text; its ends count as blanks. More
    texts tell of brackets that are opened or closed alone, and of half a flag.

    >>> sorted(junctions("שלום"))
    ['', 'L ם', 'ם ']
    """
    if name.isascii() and name.isalpha() and name.islower():
        return _SMALL_WORD
    met = frozenset(_junction(*pair) for pair in pairwise(f" {name} "))
    if sum(map(_opened, name)):
        met |= {UNBALANCED}
    return met | {HALF_FLAG} if re.search(_HALF_FLAG, name) else met


def with_vowels(junctions: Collection[str]) -> list[str]:
    """The junctions that mean what these did when vowel signs were not told from other
    marks, nor half a flag from a whole one.
    """
    vowels = [f"{text}{_BOTH_VOWELS}" for text in junctions if text.startswith("M")]
    return sorted({*junctions, *vowels, HALF_FLAG})


def barred_pairs(characters: str, seen: Collection[str]) -> list[tuple[str, str]]:
    """Which of the characters do not meet in names whose junctions have been `seen`: in
    each pair of texts, none of the first is followed by any of the second. A blank
    stands for the ends of names.

    >>> barred_pairs("a.b ", junctions("a. b"))
    [('.', '.'), (' ', '. ')]
    """
    befores: dict[str, list[str]] = {}
    for before in characters:
        barred = [after for after in characters if _junction(before, after) not in seen]
        befores.setdefault("".join(barred), []).append(before)
    return [("".join(texts), barred) for barred, texts in befores.items() if barred]


@lru_cache(maxsize=2**16)
def _junction(before: str, after: str) -> str:
    if before in _NOT_FINAL and after.isspace():
        return f"{before} "
    if _is_mark(after) and not _depends(before):
        return f"{before} {_group(after)}"
    if _depends(before) or _depends(after):
        groups = f"{_group(before)} {_group(after)}"
        both_vowels = _is_vowel_sign(before) and _is_vowel_sign(after)
        return f"{groups}{_BOTH_VOWELS}" if both_vowels else groups
    if _is_sign(before) and _is_sign(after):
        return f"{before}{after}"
    if _is_sided(before) or _is_sided(after):
        return f"{_side(before)} {_side(after)}"
    scripts = _script(before), _script(after)
    if all(scripts) and scripts[0] != scripts[1]:
        return " ".join(scripts)
    return _case_junction(before, after)


def _case_junction(before: str, after: str) -> str:
    kinds = category(before), category(after)
    if kinds[1] in ("Lu", "Ll") and _is_sign(before):
        return f" {kinds[1]}"
    if kinds[1] == "Lu" and kinds[0] in ("Lu", "Ll"):
        return " ".join(kinds)
    return PLAIN


def _depends(character: str) -> bool:
    """Whether it stands beside certain characters only."""
    return character in _PLACED or _is_mark(character)


def _is_mark(character: str) -> bool:
    return category(character)[0] == "M"


def _is_vowel_sign(character: str) -> bool:
    named = "VOWEL SIGN" in name_of(character, "") and _is_mark(character)
    return named or character in _THAI_VOWEL_SIGNS


def _is_sign(character: str) -> bool:
    """Whether it is a blank, or punctuation or a symbol that is no emoji."""
    kind = category(character)
    return kind[0] in "ZPS" and kind != "So"


def _is_sided(character: str) -> bool:
    """Whether one side of it is inside of something: brackets and quotation marks; or
    it is an emoji.
    """
    return category(character) in ("Ps", "Pe", "Pi", "Pf", "So")


@lru_cache(maxsize=2**16)
def _opened(character: str) -> int:
    """How many brackets it opens, below 0 where it closes one."""
    kind = category(character)
    return (kind in ("Ps", "Pi")) - (kind in ("Pe", "Pf"))


def _side(character: str) -> str:
    return category(character) if _is_sided(character) else _group(character)


def _script(character: str) -> str:
    """What the names of the letters of its script begin with; "" for no letter."""
    is_letter = category(character)[0] == "L"
    return name_of(character, "").partition(" ")[0] if is_letter else ""


def _group(character: str) -> str:
    """What a character counts as beside one that depends on it."""
    kind = category(character)
    if kind[0] == "M":
        return f"{kind}{combining(character)}"
    if character in _PLACED or kind == "So":
        return character
    return "" if kind[0] == "Z" else kind[0]
