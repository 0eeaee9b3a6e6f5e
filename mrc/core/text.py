"""Turn what people write into what can be compared: clean text, folded text, and one key per part of a name.

Arabic, Persian, Urdu, Pashto and Kurdish write the same name with different letters, and Latin spellings
differ with the ear of whoever wrote them. `fold` brings letters together; `name_keys` keeps only consonants,
in one alphabet for both scripts, so that محمد and Mohammed share a key. Keys find candidates; a person
decides (measured basis and limits: mahmud and muhammad share a key too).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii

UNWANTED = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff\ufff9-\ufffb]"
)
"""Controls, direction marks and overrides, lone surrogates; newline, tab and the joiners stay."""

LETTERS = str.maketrans(
    {
        "ي": "ی",
        "ى": "ی",
        "ې": "ی",
        "ێ": "ی",
        "ۍ": "ی",
        "ئ": "ی",
        "ے": "ی",
        "ۓ": "ی",
        "ك": "ک",
        "ڪ": "ک",
        "ګ": "گ",
        "ڭ": "گ",
        "ة": "ه",
        "ہ": "ه",
        "ۂ": "ه",
        "ۀ": "ه",
        "ھ": "ه",
        "ە": "ه",
        "ۃ": "ه",
        "ۿ": "ه",
        "أ": "ا",
        "إ": "ا",
        "آ": "ا",
        "ٱ": "ا",
        "ٲ": "ا",
        "ٳ": "ا",
        "ؤ": "و",
        "ۆ": "و",
        "ۇ": "و",
        "ۋ": "و",
        "ۈ": "و",
        "ټ": "ت",
        "ٹ": "ت",
        "ډ": "د",
        "ڈ": "د",
        "ړ": "ر",
        "ڑ": "ر",
        "ڕ": "ر",
        "ڼ": "ن",
        "ں": "ن",
        "ڵ": "ل",
        "څ": "چ",
        "ځ": "ز",
        "ږ": "ژ",
        "ښ": "ش",
        "ڤ": "ف",
        "ء": None,
        "ـ": None,
        "\u200c": None,
        "\u200d": None,
        "\u200b": None,
    }
)

# One alphabet of consonants for both scripts; letters that people hear alike share a sign.
CONSONANTS = {
    "ب": "b",
    "پ": "p",
    "ت": "t",
    "ط": "t",
    "ث": "s",
    "س": "s",
    "ص": "s",
    "ج": "j",
    "چ": "j",
    "ح": "h",
    "ه": "h",
    "خ": "k",
    "ک": "k",
    "ق": "k",
    "گ": "g",
    "غ": "g",
    "د": "d",
    "ذ": "z",
    "ز": "z",
    "ظ": "z",
    "ض": "z",
    "ژ": "z",
    "ر": "r",
    "ش": "x",
    "ف": "f",
    "ل": "l",
    "م": "m",
    "ن": "n",
}
LATIN = {
    "kh": "k",
    "gh": "g",
    "sh": "x",
    "ch": "j",
    "zh": "z",
    "th": "s",
    "dh": "d",
    "ph": "f",
    "ck": "k",
    "q": "k",
    "x": "ks",
    "c": "k",
    "v": "w",
}
LATIN_SOUNDS = re.compile("|".join(LATIN))
WEAK = frozenset("aeiouywاوی'`’ع-")
"""Vowels and half-vowels, which spellings add and leave out."""
LINKS = frozenset({"al", "el", "ul", "ud", "ad", "ur", "bin", "ibn", "bint", "ال", "بن", "بنت", "ولد"})
JOINED = frozenset({"الله", "allah", "ullah", "اللە"})
"""Parts that belong to the word before them: عبد الله and عبدالله are one name."""
SHORT_FORMS = {"mohd": "muhammad", "md": "muhammad", "muhd": "muhammad"}


def clean(text: str) -> str:
    """Composed (NFC) text without controls, direction overrides and broken characters; newlines stay."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return UNWANTED.sub("", unicodedata.normalize("NFC", UNWANTED.sub("", text)))


def ascii_digits(text: str) -> str:
    """The text with the digits of any script as 0 to 9."""
    return "".join(
        str(unicodedata.decimal(character)) if character.isdecimal() else character for character in text
    )


@lru_cache(maxsize=50_000)
def fold(text: str) -> str:
    """The text as it is compared: one letter for all its forms, no marks, no case, plain digits, single
    blanks.
    """
    text = unicodedata.normalize("NFKC", clean(text)).casefold().translate(LETTERS)
    text = "".join(
        character for character in unicodedata.normalize("NFD", text) if not unicodedata.combining(character)
    )
    text = ascii_digits(text.translate(LETTERS))
    return " ".join(re.sub(r"[^\w\s]", " ", text).split())


@lru_cache(maxsize=50_000)
def name_keys(text: str) -> tuple[str, ...]:
    """One consonant key per part of a name, in order, without doubles; the same for both scripts.

    A part without consonants is its folded self in Latin letters, so that no part is lost.
    """
    keys = (_key(word) for word in _words(text))
    return tuple(dict.fromkeys(key for key in keys if key))


def _words(text: str) -> list[str]:
    # The Kurdish letter ە is a vowel; folding takes it for the h that it looks like.
    plain = re.sub(r"[-‐'’`]", " ", clean(text).replace("ە", "ا"))
    words: list[str] = []
    for word in fold(plain).split():
        if word in JOINED and words:
            words[-1] += word
        elif word not in LINKS:
            words.append(SHORT_FORMS.get(word, word))
    return words or fold(text).split()


def _key(word: str) -> str:
    is_arabic = any("\u0600" <= character <= "\u06ff" for character in word)
    signs = _arabic_signs(word) if is_arabic else _latin_signs(word)
    key = re.sub(r"(.)\1+", r"\1", signs)
    # A closing h is heard by some and written by others: Fatima and Fatimah, فاطمه.
    if len(key) > 1 and key.endswith("h"):
        key = key[:-1]
    return key or anyascii(word)[:1]


def _arabic_signs(word: str) -> str:
    word = word.removeprefix("ال") if len(word) > 4 else word
    return "".join(CONSONANTS.get(letter, "") for letter in word)


def _latin_signs(word: str) -> str:
    word = re.sub(r"[^a-z]", "", anyascii(word).casefold())
    word = LATIN_SOUNDS.sub(lambda sound: LATIN[sound.group()], word)
    return "".join(letter for letter in word if letter not in WEAK)
