"""The six languages, and what each means for a page. Dari is `fa_AF`: the tag `prs` is known to no library we
use.
"""

from __future__ import annotations

from dataclasses import dataclass

DIGITS = {"latn": "0123456789", "arab": "٠١٢٣٤٥٦٧٨٩", "arabext": "۰۱۲۳۴۵۶۷۸۹"}


@dataclass(frozen=True)
class Locale:
    """A language as a page needs it."""

    tag: str
    html_lang: str
    direction: str
    name: str
    """Its own name, in its own script."""
    digits: str
    font_class: str

    @property
    def is_rtl(self) -> bool:
        return self.direction == "rtl"


SOURCE = "en"
LOCALES: dict[str, Locale] = {
    locale.tag: locale
    for locale in (
        Locale("en", "en", "ltr", "English", "latn", "font-latin"),
        Locale("ur", "ur", "rtl", "اردو", "latn", "font-nastaliq"),
        Locale("ps", "ps", "rtl", "پښتو", "arabext", "font-vazirmatn"),
        Locale("fa_AF", "fa-AF", "rtl", "دری", "arabext", "font-vazirmatn"),
        Locale("ar", "ar", "rtl", "العربية", "arab", "font-naskh"),
        Locale("ckb", "ckb", "rtl", "کوردیی سۆرانی", "arab", "font-naskh"),
    )
}


def locale_of(tag: str | None) -> Locale:
    """The language of a tag, English for one that we do not have."""
    return LOCALES.get(tag or SOURCE, LOCALES[SOURCE])
