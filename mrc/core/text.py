"""Turn what people write into what can be compared: clean text, plain digits, one letter for all its forms.

How names are compared across scripts and spellings stands in `nameparts` and `sounds`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

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
