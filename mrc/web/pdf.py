"""Papers: letters, forms and case files as PDF, in both directions, with our fonts, nothing from outside.

A paper is a template that extends `layouts/paper.html`. WeasyPrint reads no file and no address that a
template names (it would otherwise put any file of the machine into a PDF); style and fonts come from us.
"""

from __future__ import annotations

import atexit
import re
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Response, g, render_template

from mrc.core.errors import Unavailable

STATIC = Path(__file__).parent.parent / "static"
SHEETS = (STATIC / "vendor" / "fonts" / "paper-fonts.css", STATIC / "css" / "paper.css")


def pdf_of(template: str, **values: Any) -> bytes:
    """The paper as PDF. Raises Unavailable where Pango, which shapes our scripts, is not installed."""
    # Components leave out on paper what only a screen can use: links and icons.
    g.on_paper = True
    try:
        markup = render_template(template, **values)
    finally:
        g.on_paper = False
    try:
        weasyprint = import_module("weasyprint")
    except OSError:
        raise Unavailable from None
    fonts, sheets = _style()
    nothing_outside = weasyprint.URLFetcher(allowed_protocols=["data"])
    page = weasyprint.HTML(string=markup, url_fetcher=nothing_outside)
    return bytes(page.write_pdf(stylesheets=sheets, font_config=fonts))


def pdf_response(template: str, *, filename: str, **values: Any) -> Response:
    """The paper as a download. `filename` is without ending and without personal data."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", filename)
    disposition = f"attachment; filename=\"{plain}.pdf\"; filename*=UTF-8''{quote(filename)}.pdf"
    headers = {"Content-Disposition": disposition}
    return Response(pdf_of(template, **values), mimetype="application/pdf", headers=headers)


@lru_cache(maxsize=1)
def _style() -> tuple[Any, list[Any]]:
    """Fonts and sheets, read once. Sheets and paper must share the font configuration, or the fonts are
    silently left out.
    """
    weasyprint = import_module("weasyprint")
    # The fonts are given back before the interpreter takes apart what they need for it.
    atexit.register(_style.cache_clear)
    fonts = import_module("weasyprint.text.fonts").FontConfiguration()
    own_files = weasyprint.URLFetcher(allowed_protocols=["file"])
    return fonts, [
        weasyprint.CSS(filename=str(sheet), font_config=fonts, url_fetcher=own_files) for sheet in SHEETS
    ]
