"""Which language a reader gets: the person's own, else a cookie, else what the browser asks for, else
English.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, g, has_request_context, request
from flask_babel import Babel, get_locale, get_translations

from mrc.i18n import catalogues, formats
from mrc.i18n.locales import LOCALES, SOURCE, Locale, locale_of

COOKIE = "mrc_language"
HEAVY_FONT, LIGHT_FONT = "font-nastaliq", "font-naskh"
TRANSLATIONS = Path(__file__).parent.parent.parent / "translations"


def current_locale() -> Locale:
    """The language of the present page, or English outside a request."""
    locale = locale_of(_chosen_tag())
    identity = g.get("identity") if has_request_context() else None
    if locale.font_class == HEAVY_FONT and getattr(identity, "light_font", False):
        return replace(locale, font_class=LIGHT_FONT)
    return locale


def init_i18n(app: Flask) -> None:
    """Set up Flask-Babel, the filters, and what the layouts ask for."""
    catalogues.compile_if_older()
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(TRANSLATIONS)
    Babel(app, locale_selector=_chosen_tag, timezone_selector=_time_zone)
    formats.init_formats(app)
    # Flask-Babel looks the reader's catalogue up for every single text; a page has hundreds.
    app.jinja_env.install_gettext_callables(_gettext, _ngettext, newstyle=True)  # type: ignore[attr-defined]
    app.context_processor(lambda: {"locale": current_locale(), "locales": list(LOCALES.values())})


def _catalogue() -> Any:
    """The reader's catalogue, found once per language of a request or job."""
    locale = get_locale()
    known = g.get("mrc_catalogue")
    if known is None or known[0] is not locale:
        known = g.mrc_catalogue = (locale, get_translations())
    return known[1]


def _gettext(text: str) -> str:
    return _catalogue().ugettext(text)


def _ngettext(one: str, many: str, count: int) -> str:
    return _catalogue().ungettext(one, many, count)


def _chosen_tag() -> str:
    if not has_request_context():
        return SOURCE
    if (identity := g.get("identity")) is not None:
        return locale_of(identity.locale).tag
    if (tag := request.cookies.get(COOKIE)) in LOCALES:
        return str(tag)
    offered = {locale.html_lang: tag for tag, locale in LOCALES.items()} | {"fa": "fa_AF", "prs": "fa_AF"}
    best = request.accept_languages.best_match(list(offered), default=SOURCE)
    return offered.get(best or SOURCE, SOURCE)


def _time_zone() -> str:
    zone = g.get("time_zone", "UTC") if has_request_context() else "UTC"
    return str(ZoneInfo(zone))
